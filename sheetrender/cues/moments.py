"""How files write moments: clock times, seconds and timecode labels."""

from __future__ import annotations

import re
from fractions import Fraction

LABEL = r"[0-9]{1,3}[:;][0-9]{2}[:;][0-9]{2}[:;.][0-9]{1,5}"
"""A timecode label, or what Premiere writes in its place where audio time is shown."""

_LABEL = re.compile(r"[0-9]{1,3}(?::[0-9]{2}:[0-9]{2}[:;]|;[0-9]{2};[0-9]{2};)[0-9]{1,5}")
_CLOCK = re.compile(r"(?:([0-9]{1,5}):)?([0-9]{1,5}):([0-9]{1,2})(?:[.,]([0-9]{1,9}))?")
_DECIMAL = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,18}))?")


def is_label(text: str) -> bool:
    """Say whether a text has the shape of ``hh:mm:ss:ff``."""
    return _LABEL.fullmatch(text) is not None


def clock_seconds(text: str) -> Fraction | None:
    """Return the seconds of ``m:ss``, ``m:ss.mmm`` or ``h:mm:ss.mmm``; None for another text."""
    match = _CLOCK.fullmatch(text)
    if match is None or int(match[3]) > 59 or (match[1] and int(match[2]) > 59):
        return None
    whole = (int(match[1] or 0) * 60 + int(match[2])) * 60 + int(match[3])
    return _with_fraction(whole, match[4])


def decimal_seconds(text: str) -> Fraction | None:
    """Return the seconds of ``12`` or ``12.5``; a comma counts as the point."""
    match = _DECIMAL.fullmatch(text)
    return None if match is None else _with_fraction(int(match[1]), match[2])


def _with_fraction(whole: int, digits: str | None) -> Fraction:
    if not digits:
        return Fraction(whole)
    below = 10 ** len(digits)
    return Fraction(whole * below + int(digits), below)
