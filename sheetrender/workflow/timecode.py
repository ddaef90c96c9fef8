"""Timecode, frames and seconds, each from each; and picture sizes from a shape."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from sheetrender.model.errors import UsageError
from sheetrender.model.frames import Size
from sheetrender.model.timing import FrameRate, TimecodeError, format_timecode, parse_timecode
from sheetrender.planning import readers
from sheetrender.planning.syntax import FormulaError


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One frame, in every way of naming it.

    Attributes:
        frame: 0-based.
        timecode: its label.
        seconds: at which it appears.
        rate: frames per second.
    """

    frame: int
    timecode: str
    seconds: Fraction
    rate: FrameRate

    def as_json(self) -> dict[str, object]:
        """Return the form of ``timecode --json``."""
        return {
            "frame": self.frame,
            "timecode": self.timecode,
            "seconds": float(self.seconds),
            "fps": str(self.rate),
        }


def parse_rate(text: str) -> FrameRate:
    """Return a rate that a person typed.

    Raises:
        UsageError: it is none.
    """
    try:
        return FrameRate.parse(text)
    except ValueError as error:
        raise UsageError(f"{error}. Give --fps 24, 25, 29.97, 30 or 30000/1001.") from error


def convert(value: str, fps: str, *, drop: bool = False) -> Moment:
    """Return the frame that a timecode, a frame number or a time such as ``4.07s`` names.

    Args:
        value: what a person typed.
        fps: the rate as typed.
        drop: count in drop-frame timecode; a ``;`` in `value` says the same.

    Raises:
        UsageError: it names no frame at this rate.
    """
    rate = parse_rate(fps)
    is_drop = drop or ";" in value
    if is_drop and not rate.dropped:
        remedy = _without_drop(value, rate) if ";" in value else "Leave --drop out."
        raise UsageError(
            f"{rate.label} fps has no drop-frame timecode; only 29.97, 59.94 and 119.88 have it. "
            f"{remedy}"
        )
    if value.lstrip()[:1] in ("@", "b", "B"):
        raise UsageError(f"{value!r}: markers and beats need a sheet. Give a timecode or seconds.")
    try:
        written = value.replace(":", ";") if drop and value.count(":") == 3 else value
        frame = readers.any_frame(written, readers.Clock(rate=rate))
    except FormulaError as error:
        raise UsageError(f"{value!r} {error}. {error.remedy}") from error
    _refuse_beyond_labels(value, frame, rate, drop=is_drop)
    return Moment(
        frame=frame,
        timecode=format_timecode(frame, rate, drop=is_drop),
        seconds=rate.seconds_at(frame),
        rate=rate,
    )


def _without_drop(value: str, rate: FrameRate) -> str:
    """Return the remedy for a label with semicolons: the nearest one that exists."""
    label = value.strip().replace(";", ":")
    try:
        parse_timecode(label, rate)
    except TimecodeError as error:
        return f"Without it, {label!r} {error}."
    return f"Write {label}."


def _refuse_beyond_labels(value: str, frame: int, rate: FrameRate, *, drop: bool) -> None:
    # A sheet ends much earlier, at a million frames; timecode ends where it has no more digits.
    last = parse_timecode("99:59:59:00", rate, drop=drop) + rate.nominal - 1
    if frame > last:
        label = format_timecode(last, rate, drop=drop)
        raise UsageError(f"{value!r} is beyond {label}, the last timecode. Give an earlier moment.")


def size_of(shape: str, width: int) -> Size:
    """Return the picture size nearest to a shape such as ``16:9``, both sides multiples of 8.

    Raises:
        UsageError: the shape or the width is none.
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*[:x/]\s*(\d+(?:\.\d+)?)\s*", shape)
    if match is None or not float(match[1]) or not float(match[2]):
        raise UsageError(f"{shape!r} is not a shape. Give --size 16:9, 4:3, 1:1 or 2.39:1.")
    if width < 8:
        raise UsageError(f"A width of {width} is too small. Give 8 or more.")
    wide = max(8, round(width / 8) * 8)
    high = max(8, round(wide * float(match[2]) / float(match[1]) / 8) * 8)
    return Size(wide, high)
