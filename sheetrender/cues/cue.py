"""What a marker file holds, before anybody has said at which rate it counts."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from sheetrender.model.timing import FrameRate

Moment: TypeAlias = str | int | Fraction
"""A timecode label, a frame number, or seconds."""


class CueError(ValueError):
    """A file, or a line of it, that cannot be read; the text is one sentence with the remedy.

    Attributes:
        place: such as ``line 7``; empty where the whole file is meant.
    """

    def __init__(self, text: str, place: str = "") -> None:
        super().__init__(text)
        self.place = place


def at_line(number: int, text: str) -> CueError:
    """Return the error of one line, counted from 1."""
    return CueError(text, f"line {number}")


@dataclass(slots=True, kw_only=True)
class Cue:
    """One marker as written. Not frozen, since a hundred thousand of them are made at once.

    Attributes:
        number: of its line, or its place among the markers where there are no lines; from 1.
        name: as written; may be empty.
        start: when it begins.
        end: when it ends, exclusive; None for a point.
        frames: its length, where the file says that in frames.
        comment: as written; may be empty.
    """

    number: int
    name: str
    start: Moment
    end: Moment | None = None
    frames: int = 0
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CueFile:
    """A whole marker file as written.

    Attributes:
        kind: what made it, for people.
        cues: in the order of the file; at least one.
        unit: what `Cue.number` counts.
        rate: that the file itself tells; None where it tells none.
        drop: whether its labels are drop-frame, where a heading says so; else their ``;`` do.
        start: label of the first frame, where the file tells it.
        point_lasts: frames between In and Out of a point; Resolve gives it one.
        notes: sentences about what was left out.
    """

    kind: str
    cues: list[Cue]
    unit: str = "line"
    rate: FrameRate | None = None
    drop: bool | None = None
    start: str = ""
    point_lasts: int = 0
    notes: tuple[str, ...] = ()

    def place(self, cue: Cue) -> str:
        """Return where a cue stands, for messages."""
        return f"{self.unit} {cue.number}"
