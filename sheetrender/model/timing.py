"""Exact time: frame rates, timecode, and frames from seconds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

_NTSC = {
    "23.976": Fraction(24000, 1001),
    "23.98": Fraction(24000, 1001),
    "29.97": Fraction(30000, 1001),
    "47.952": Fraction(48000, 1001),
    "47.95": Fraction(48000, 1001),
    "59.94": Fraction(60000, 1001),
    "119.88": Fraction(120000, 1001),
}
_RATE = re.compile(r"\d{1,6}(\.\d{1,6})?|\d{1,9}/\d{1,9}")
_TIMECODE = re.compile(
    r"([0-9]{1,2})(?::([0-9]{2}):([0-9]{2})[:;]|;([0-9]{2});([0-9]{2});)([0-9]{1,5})"
)
"""Colons throughout, a semicolon before the frames, or semicolons throughout; else a slip."""


class TimecodeError(ValueError):
    """A text that names no frame; its message says why and gives the nearest legal label."""


@dataclass(frozen=True, slots=True)
class FrameRate:
    """Frames per second as an exact ratio, so that 29.97 does not drift in a long song.

    Attributes:
        per_second: > 0; NTSC 29.97 is ``Fraction(30000, 1001)``.
        nominal: frame numbers that one second of timecode has: 30 for 29.97.
    """

    per_second: Fraction
    nominal: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.per_second <= 0:
            raise ValueError("a frame rate is greater than 0")
        # Kept, since each of a hundred thousand labels asks for it.
        object.__setattr__(self, "nominal", max(1, round(self.per_second)))

    def __str__(self) -> str:
        return f"{self.per_second.numerator}/{self.per_second.denominator}"

    @classmethod
    def parse(cls, text: str) -> FrameRate:
        """Read ``30``, ``29.97`` (which means 30000/1001), ``25.0`` or ``30000/1001``.

        Raises:
            ValueError: it is no number greater than 0.
        """
        written = text.strip()
        value = _NTSC.get(written.rstrip("0") if "." in written else written)
        if value is None and not _RATE.fullmatch(written):
            raise ValueError(f"{text!r} is not a frame rate")
        try:
            return cls(value or Fraction(written))
        except (ValueError, ZeroDivisionError) as error:
            raise ValueError(f"{text!r} is not a frame rate") from error

    @property
    def label(self) -> str:
        """The rate as people say it: ``29.97`` for 30000/1001, ``30`` for 30."""
        if self.per_second.denominator == 1:
            return str(self.per_second.numerator)
        return f"{float(self.per_second):.3f}".rstrip("0").rstrip(".")

    @property
    def dropped(self) -> int:
        """Labels that drop-frame timecode skips in a minute: 2 at 29.97; 0 without drop-frame."""
        is_ntsc = self.per_second.denominator == 1001 and self.nominal % 30 == 0
        return self.nominal // 15 if is_ntsc else 0

    def frame_at(self, seconds: Fraction) -> int:
        """Return the 0-based frame nearest to a moment, halves upwards."""
        # In whole numbers: a Fraction reduced at every step takes five times as long.
        above, below = seconds.as_integer_ratio()
        times, over = self.per_second.as_integer_ratio()
        below *= over
        return (2 * above * times + below) // (2 * below)

    def seconds_at(self, frame: int) -> Fraction:
        """Return the moment, in seconds, at which a 0-based frame appears."""
        return frame / self.per_second

    def frames_covering(self, seconds: Fraction) -> int:
        """Return how many frames are needed to cover so many seconds: the ceiling."""
        return -((-seconds * self.per_second).__floor__())


def parse_timecode(text: str, rate: FrameRate, *, drop: bool | None = None) -> int:
    """Return the 0-based frame that ``hh:mm:ss:ff`` names.

    Args:
        text: the label; semicolons, the last one alone or all as Premiere writes them, mean
            drop-frame.
        rate: the rate that the label counts in.
        drop: True or False where the file says it; None lets the ``;`` decide.

    Raises:
        TimecodeError: it is no timecode, or a label that does not exist at this rate.

    Source: SMPTE ST 12-1, drop-frame counting.
    """
    match = _TIMECODE.fullmatch(text)
    if match is None:
        raise _no_timecode(text, rate)
    hours, minutes, seconds = int(match[1]), int(match[2] or match[4]), int(match[3] or match[5])
    frames = int(match[6])
    nominal = rate.nominal
    is_drop = ";" in text if drop is None else drop
    if is_drop and not rate.dropped:
        nearest = text.replace(";", ":")
        raise TimecodeError(
            f"is drop-frame (;), which {rate.label} fps does not have; write {nearest}"
        )
    if minutes > 59 or seconds > 59:
        last = _label(match, min(minutes, 59), 59, nominal - 1)
        raise TimecodeError(f"has more than 59 minutes or seconds; the nearest is {last}")
    if frames >= nominal or (len(match[6]) != 2 and not _may_have_digits(nominal, match[6])):
        raise _no_such_frame(match, minutes, seconds, rate)
    total_minutes = hours * 60 + minutes
    frame = (total_minutes * 60 + seconds) * nominal + frames
    if not is_drop:
        return frame
    if seconds == 0 and minutes % 10 and frames < rate.dropped:
        nearest = _label(match, minutes, seconds, rate.dropped)
        raise TimecodeError(f"is a label that drop-frame timecode skips; the nearest is {nearest}")
    return frame - rate.dropped * (total_minutes - total_minutes // 10)


def _may_have_digits(nominal: int, written: str) -> bool:
    """Say whether frames may be written so: a cut label has fewer digits, samples have more."""
    return (len(written) == 1 and nominal <= 10) or (len(written) == 3 and nominal > 100)


def _label(match: re.Match[str], minutes: int, seconds: int, frames: int) -> str:
    """Return another label in the style of the one that was matched."""
    text = match[0]
    first, last = text[len(match[1])], text[match.start(6) - 1]
    return f"{match[1]}{first}{minutes:02d}{first}{seconds:02d}{last}{frames:02d}"


def _no_such_frame(
    match: re.Match[str], minutes: int, seconds: int, rate: FrameRate
) -> TimecodeError:
    written = match[6]
    if len(written) < 2:
        return TimecodeError(
            f"has one digit where {rate.label} fps has two; write {match[0][:-1]}0{written} "
            "if nothing is cut off"
        )
    last = _label(match, minutes, seconds, rate.nominal - 1)
    return TimecodeError(
        f"has frame {written}, but at {rate.label} fps frames run from 0 to {rate.nominal - 1}; "
        f"the nearest is {last}"
    )


def _no_timecode(text: str, rate: FrameRate) -> TimecodeError:
    if text.startswith(("-", "−")) and _TIMECODE.fullmatch(text[1:]):
        zero = re.sub(r"\d+", "00", text[1:])
        return TimecodeError(f"is before the first frame; the nearest label is {zero}")
    if fraction := re.fullmatch(r"(\d{1,2}:\d{2}:\d{2})(\.\d+)", text):
        frame = min(rate.frame_at(Fraction(fraction[2])), rate.nominal - 1)
        return TimecodeError(
            "ends in a fraction; write the frame after a colon, the nearest is "
            f"{fraction[1]}:{frame:02d}"
        )
    return TimecodeError("is not a timecode; write hours:minutes:seconds:frames as 00:00:04:02")


def format_timecode(frame: int, rate: FrameRate, *, drop: bool = False) -> str:
    """Return the label of a 0-based frame, with ``;`` before the frames for drop-frame.

    Raises:
        TimecodeError: the frame is negative, or the rate has no drop-frame.

    Source: SMPTE ST 12-1, drop-frame counting.
    """
    if frame < 0:
        raise TimecodeError("is before the first frame; timecode has no negative labels")
    if drop:
        if not rate.dropped:
            raise TimecodeError(f"cannot be drop-frame: {rate.label} fps has none")
        per_minute = rate.nominal * 60 - rate.dropped
        per_ten_minutes = per_minute * 10 + rate.dropped
        tens, rest = divmod(frame, per_ten_minutes)
        frame += 9 * rate.dropped * tens
        if rest >= rate.dropped:
            frame += rate.dropped * ((rest - rate.dropped) // per_minute)
    rest, frames = divmod(frame, rate.nominal)
    rest, seconds = divmod(rest, 60)
    hours, minutes = divmod(rest, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{';' if drop else ':'}{frames:02d}"
