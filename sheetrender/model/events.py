"""What rendering says while it works; the driver passes each to journal, sheet and bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class RenderStarted:
    """The work is known.

    Attributes:
        frames: of the whole video.
        todo: numbers of the frames that will be drawn, ascending.
    """

    frames: int
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


Event: TypeAlias = RenderStarted | FrameStored | FrameDamaged
