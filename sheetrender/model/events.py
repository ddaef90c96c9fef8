"""What happens while the program works; whoever iterates passes each to journal, sheet and bar."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class RenderStarted:
    """The work is known.

    Attributes:
        frames: of the whole video.
        there: frames that are on disk as planned.
        todo: numbers of the frames that will be drawn, ascending.
    """

    frames: int
    there: int
    todo: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FrameStored:
    """A frame is whole on disk and in the journal.

    Attributes:
        index: its number, 0-based.
    """

    index: int


@dataclass(frozen=True, slots=True)
class FrameDamaged:
    """A frame that should have been there is cut short or altered, and is drawn again.

    Attributes:
        index: its number, 0-based.
    """

    index: int


@dataclass(frozen=True, slots=True)
class VideoProgress:
    """So much of the video is encoded.

    Attributes:
        frames: encoded so far.
        total: of the video.
    """

    frames: int
    total: int


@dataclass(frozen=True, slots=True)
class StillProgress:
    """So many stills of a mood board are drawn.

    Attributes:
        stills: drawn so far.
        total: to draw.
    """

    stills: int
    total: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a person should know; one or two sentences."""

    text: str


@dataclass(frozen=True, slots=True)
class Made:
    """A file for people is finished.

    Attributes:
        path: the file.
        what: what it is, for a sentence.
    """

    path: Path
    what: str


Event: TypeAlias = (
    RenderStarted | FrameStored | FrameDamaged | VideoProgress | StillProgress | Notice | Made
)
