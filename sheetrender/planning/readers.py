"""One cell's meaning: numbers, switches, seeds and the many ways to name a frame."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from sheetrender.model.beats import BEATS_PER_BAR, Beats
from sheetrender.model.cells import Value
from sheetrender.model.timing import FrameRate, TimecodeError, parse_timecode
from sheetrender.planning.columns import Column, nearest
from sheetrender.planning.syntax import FormulaError

_YES = frozenset({"yes", "y", "x", "true", "1", "✓", "✔", "☑", "ja", "oui", "si", "sí", "on"})
_NO = frozenset({"no", "n", "false", "0", "☐", "nein", "non", "off", "-"})
_TYPOGRAPHY = str.maketrans({"−": "-", "–": "-", "\u00a0": " ", "\u202f": " "})
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*(%?)")
_COMMA_NUMBER = re.compile(r"[+-]?\d*,\d+\s*%?")
_SECONDS = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*(?:s|sec|seconds?)", re.IGNORECASE)
_MINUTES = re.compile(r"(\d+):([0-5]?\d(?:\.\d+)?)(?:\s*min)?")
_HOURS = re.compile(r"(\d+):([0-5]?\d):([0-5]?\d(?:\.\d+)?)")
_BEAT = re.compile(r"b(?:eat)?\s*(\d+(?:\.\d+)?)", re.IGNORECASE)
_BAR = re.compile(r"bar\s*(\d+(?:\.\d+)?)", re.IGNORECASE)
_TIMECODE = re.compile(r"-?\d+[:;]\d+[:;]\d+[:;.]\d+")
_COMMA_IN_TIME = re.compile(r"(\d),(\d)")
LAST_FRAME = 1_000_000
LONGEST_NAME = 200


def written(value: Value) -> str:
    """Return a cell's value as a person sees it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.15g}"
    return "" if value is None else str(value)


def is_blank(value: Value) -> bool:
    """Say whether a cell holds nothing but blanks."""
    return value is None or (isinstance(value, str) and not value.strip())


def text(value: Value) -> str:
    """Return a cell as one line of text: runs of blanks and line breaks become single blanks."""
    return " ".join(written(value).split())


def flag(value: Value) -> bool:
    """Return whether a cell says yes.

    Raises:
        FormulaError: it says neither yes nor no.
    """
    word = written(value).strip().casefold()
    if word in _YES:
        return True
    if word in _NO or not word:
        return False
    raise FormulaError("is neither yes nor no", "Write yes, or leave it empty.")


def number(value: Value, *, decimal_comma: bool = False) -> float | None:
    """Return the number that a cell holds, or None where it holds something else.

    Raises:
        FormulaError: a number, but written in a way that has no sure meaning, or not finite.
    """
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):  # twice as fast as int | float, and it counts
        try:
            found = float(value)
        except OverflowError as error:
            raise FormulaError("is too large a number", "Write a smaller one.") from error
        if not math.isfinite(found):
            raise FormulaError("is not finite", "Write a plain number.")
        return found
    if not isinstance(value, str):
        raise FormulaError("is a date or a time of day", "Format the column as plain numbers.")
    word = value.translate(_TYPOGRAPHY).strip()
    if _COMMA_NUMBER.fullmatch(word):
        point = word.replace(",", ".")
        if not decimal_comma:
            raise FormulaError("has a comma for a decimal point", f"Write {point}.")
        word = point
    match = _PLAIN_NUMBER.fullmatch(word)
    if match is None:
        return None
    found = float(word.rstrip("% ")) / (100.0 if match[3] else 1.0)
    if not math.isfinite(found):
        raise FormulaError("is too large a number", "Write a smaller one.")
    return found


def is_number_text(written: str) -> bool:
    """Say whether a text is a plain number, with a point or a comma."""
    word = written.translate(_TYPOGRAPHY).strip()
    return bool(_PLAIN_NUMBER.fullmatch(word) or _COMMA_NUMBER.fullmatch(word))


def whole_number(value: Value, column: Column, *, decimal_comma: bool = False) -> int:
    """Return the whole number within a column's limits that a cell holds.

    Raises:
        FormulaError: it holds something else.
    """
    found = number(value, decimal_comma=decimal_comma)
    remedy = f"Write a whole number {column.limits}."
    if found is None or not found.is_integer():
        raise FormulaError("is not a whole number", remedy)
    if not column.allows(found):
        raise FormulaError("is out of range", remedy)
    return int(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What is needed to turn the ways of naming a moment into frames.

    Attributes:
        rate: frames per second.
        start: the frame number that the start timecode names; timecodes count from it.
        beats: where beats fall, or None where nobody knows.
        markers: frames by marker name in lower case.
        decimal_comma: whether ``1,5`` means 1.5 in this sheet.
    """

    rate: FrameRate
    start: int = 0
    beats: Beats | None = None
    markers: Mapping[str, int] = field(default_factory=dict)
    decimal_comma: bool = False


def frame(value: Value, clock: Clock) -> int:
    """Return the 0-based frame that a cell names.

    Raises:
        FormulaError: it names none, or one before the first.
    """
    found = any_frame(value, clock)
    if found > LAST_FRAME:
        raise FormulaError("is beyond a million frames", "Write an earlier moment.")
    return found


def any_frame(value: Value, clock: Clock) -> int:
    """Return the 0-based frame that a text names, also one that no sheet reaches.

    Raises:
        FormulaError: it names none, or one before the first.
    """
    found = _frame(value, clock)
    if found < 0:
        raise FormulaError("is before the first frame, which is 0", "Write 0 or more.")
    return found


def _frame(value: Value, clock: Clock) -> int:
    if isinstance(value, dt.time | dt.timedelta | dt.datetime | dt.date):
        return clock.rate.frame_at(_clock_seconds(value))
    plain = number(value, decimal_comma=clock.decimal_comma)
    if plain is not None:
        if not plain.is_integer():
            raise FormulaError(
                "is a fraction of a frame",
                f"Write {round(plain)}, or a time: {plain:g} seconds are {plain:g}s.",
            )
        return int(plain)
    plain_text = text(value)
    if len(plain_text) > LONGEST_NAME:
        raise FormulaError("is too long to name a frame", "Write a frame such as 122.")
    if plain_text.startswith("@"):
        # A name is compared as it is written, dashes and all.
        return _marker(plain_text[1:].strip(), clock)
    word = written(value).translate(_TYPOGRAPHY).strip()
    if clock.decimal_comma:
        word = _COMMA_IN_TIME.sub(r"\1.\2", word)
    return _named_moment(word, clock)


def _clock_seconds(value: dt.time | dt.timedelta | dt.datetime | dt.date) -> Fraction:
    if isinstance(value, dt.timedelta):
        return Fraction(value // dt.timedelta(microseconds=1), 1_000_000)
    if isinstance(value, dt.time) and value.hour == 0:
        return value.minute * 60 + value.second + Fraction(value.microsecond, 1_000_000)
    raise FormulaError(
        "was taken by the spreadsheet for a time of day or a date",
        "Format the column as text and write 83s, 1:23.0 or 00:01:23:00.",
    )


def _named_moment(word: str, clock: Clock) -> int:
    rate = clock.rate
    if _TIMECODE.fullmatch(word):
        try:
            return parse_timecode(word, rate) - clock.start
        except TimecodeError as error:
            raise FormulaError(str(error), "Or write a frame number.") from error
    if match := _SECONDS.fullmatch(word):
        return rate.frame_at(Fraction(match[1]))
    if match := _MINUTES.fullmatch(word):
        return rate.frame_at(int(match[1]) * 60 + Fraction(match[2]))
    if match := _HOURS.fullmatch(word):
        return rate.frame_at((int(match[1]) * 60 + int(match[2])) * 60 + Fraction(match[3]))
    if match := _BAR.fullmatch(word):
        # Musicians count bars from 1 and beats, as a grid, from 0: bar 1 is beat 0.
        return _beat((Fraction(match[1]) - 1) * BEATS_PER_BAR, clock)
    if match := _BEAT.fullmatch(word):
        return _beat(Fraction(match[1]), clock)
    raise FormulaError(
        "names no frame", "Write a frame such as 122, 00:00:04:02, 4.07s, 1:23.5, @marker or b16."
    )


def _beat(beats: Fraction, clock: Clock) -> int:
    if clock.beats is None:
        raise FormulaError("counts beats, but no tempo is known", "Set bpm in the Settings tab.")
    return clock.rate.frame_at(clock.beats.seconds_at(beats))


def _marker(name: str, clock: Clock) -> int:
    found = clock.markers.get(name.casefold())
    if found is not None:
        return found
    close = nearest(name, clock.markers)
    hint = f"Did you mean @{close}?" if close else "Put it there, or write a frame number."
    raise FormulaError("is no marker in the Markers tab", hint)
