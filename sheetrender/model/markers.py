"""A named moment of the song, as an editor or a lyric file marks it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """One marker, counted at a known rate.

    Attributes:
        name: as written, or the comment where there is no name; may be empty.
        frame: 0-based, from the start of the song.
        duration: in frames; 0 for a point.
        comment: as written; may be empty.
    """

    name: str
    frame: int
    duration: int = 0
    comment: str = ""
