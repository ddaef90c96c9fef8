"""A finished video as an editor sees it: clips from cut to cut, a song, and markers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from sheetrender.model.errors import UsageError
from sheetrender.model.frames import Size
from sheetrender.model.timing import FrameRate, format_timecode

BY = "sheetrender"
"""Stands in what is written, so that a later export may replace it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A run of frames from one cut to the next.

    Attributes:
        name: for people.
        first: its first frame in the timeline, and in the video.
        end: the first frame behind it.
    """

    name: str
    first: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A marker.

    Attributes:
        frame: where it stands, from 0.
        end: the first frame behind what it is about.
        name: may be empty.
        comment: may be empty.
        duration: frames that the marker itself lasts, 0 for a moment.
    """

    frame: int
    end: int
    name: str
    comment: str
    duration: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """The song in the timeline.

    Attributes:
        path: of the file.
        seconds: its whole length.
        first: the frame at which it begins, or is heard from.
        end: the first frame behind it.
        skipped: frames' worth of it that are cut off at its beginning.
    """

    path: Path
    seconds: Fraction
    first: int
    end: int
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """All that is handed over.

    Attributes:
        name: of the sequence.
        rate: frames per second.
        start: number of frame 0 in timecode.
        drop: count in drop-frame timecode.
        size: of the picture.
        frames: how many.
        video: the file that clips are cut from.
        video_start: number of the video's own first frame in timecode.
        clips: in order; together they are the video.
        song: or None.
        marks: in order of their frames.
    """

    name: str
    rate: FrameRate
    start: int
    drop: bool
    size: Size
    frames: int
    video: Path
    video_start: int
    clips: tuple[Clip, ...]
    song: Track | None
    marks: tuple[Mark, ...]

    def label(self, frame: int) -> str:
        """Return the timecode of a frame of the timeline."""
        return format_timecode(self.start + frame, self.rate, drop=self.drop)

    @property
    def is_ntsc(self) -> bool:
        """Whether the rate is a whole one slowed down by 1000/1001."""
        return self.rate.per_second.denominator == 1001

    def require_timebase(self, form: str) -> None:
        """Look whether editors can count at this rate.

        Raises:
            UsageError: they cannot.
        """
        if self.rate.per_second not in (
            Fraction(self.rate.nominal),
            Fraction(self.rate.nominal * 1000, 1001),
        ):
            raise UsageError(
                f"{form} cannot count {self.rate.label} frames per second. "
                "Write a usual rate for fps or fps_to, such as 24, 25, 29.97 or 30."
            )


def plain_line(text: str) -> str:
    """Return a text on one line, without signs that files of text and XML cannot hold."""
    kept = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(kept.split())
