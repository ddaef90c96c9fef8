"""The values of spreadsheet formulas, and how one kind counts as another.

Texts that look like numbers count as numbers, a blank counts as 0, and an error travels through
whatever uses it, as in Excel.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from sheetrender.model.cells import Address, Value
from sheetrender.planning.syntax import FormulaError

SAVE_ONCE = (
    "Open the file in a spreadsheet program and save it once, "
    "or run again with --recalc libreoffice."
)
LIVE_ONES = (
    "Google Sheets shows no value for it either: where it is still loading, wait and look again; "
    "else write what it should come to."
)
"""In the place of that, for a sheet that has no file to be opened."""

MAX_TEXT = 32_767
"""Characters: Excel's own limit; without one, formulas that join texts would fill the memory."""

ERROR_VALUES = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"}
)
DAY_ZERO = dt.datetime(1899, 12, 30)
"""What date and time count from, in days; right for every day after February 1900."""

_DAY = dt.timedelta(days=1)
# Spreadsheets hide the last bits of binary fractions: there 0.1+0.2 equals 0.3.
_CLOSE = 2.0**-48
_NUMBER = re.compile(
    r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,4})?%?"
)
_CLOCK = re.compile(r"([0-9]{1,4}):([0-5]?[0-9])(?::([0-5]?[0-9](?:\.[0-9]{1,9})?))?")


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """A spreadsheet's own error, such as ``#DIV/0!``.

    Attributes:
        code: as cells show it.
        origin: the cell where it arose; None as long as that is the formula being computed.
    """

    code: str
    origin: Address | None = field(default=None, compare=False)


class ErrorShown(Exception):
    """Ends the computation of a value with a spreadsheet's error."""

    def __init__(self, value: ErrorValue | str) -> None:
        super().__init__()
        self.value = ErrorValue(value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Range:
    """The values of a range of cells or of an array.

    Attributes:
        values: row by row; rows that are blank to the end of the sheet are left out.
        height: in rows, with those that are left out.
        width: in columns.
        is_array: whether no cells stand behind it, as in ``{1,2}``.
    """

    values: tuple[Scalar, ...]
    height: int
    width: int
    is_array: bool = False

    @property
    def stored_rows(self) -> int:
        """How many rows `values` holds."""
        return len(self.values) // self.width

    def at(self, row: int, column: int) -> Scalar:
        """Return the value at a 0-based row and column within."""
        place = row * self.width + column
        return self.values[place] if place < len(self.values) else None

    def line(self) -> tuple[Scalar, ...]:
        """Return the values of a single row or column.

        Raises:
            ErrorShown: it has several of both.
        """
        if self.height > 1 and self.width > 1:
            raise ErrorShown("#N/A")
        return self.values

    def part(self, row: int, column: int, height: int, width: int) -> Range:
        """Return a rectangle within, from a 0-based row and column."""
        rows = range(row, min(row + height, self.stored_rows))
        values = tuple(self.at(r, c) for r in rows for c in range(column, column + width))
        return Range(values, height, width, self.is_array)


Scalar: TypeAlias = float | str | bool | ErrorValue | None
Operand: TypeAlias = Scalar | Range


def scalar_of(value: Value, place: Address | None = None) -> Scalar:
    """Return what a cell's value is in a formula; dates and times become days since 1899-12-30."""
    if isinstance(value, str):
        return ErrorValue(value, place) if value in ERROR_VALUES else value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        try:
            return float(value)
        except OverflowError:
            return ErrorValue("#NUM!", place)
    return days(value)


def days(value: dt.datetime | dt.date | dt.time | dt.timedelta) -> float:
    """Return a date, a time of day or a duration in days."""
    if isinstance(value, dt.datetime):
        return (value.replace(tzinfo=None) - DAY_ZERO) / _DAY
    if isinstance(value, dt.date):
        return float((value - DAY_ZERO.date()).days)
    if isinstance(value, dt.time):
        return (dt.datetime.combine(DAY_ZERO, value.replace(tzinfo=None)) - DAY_ZERO) / _DAY
    return value / _DAY


def single(value: Operand) -> Scalar:
    """Return the one value of an operand.

    Raises:
        ErrorShown: it is an error.
        FormulaError: it is a range of several cells.
    """
    if isinstance(value, Range):
        if value.height > 1 or value.width > 1:
            raise FormulaError("calculates with a whole range", SAVE_ONCE)
        value = value.at(0, 0)
    if isinstance(value, ErrorValue):
        raise ErrorShown(value)
    return value


def number(value: Operand) -> float:
    """Return what a value counts as in a calculation.

    Raises:
        ErrorShown: it is an error, or a text that is no number.
        FormulaError: it is a range of several cells.
    """
    if type(value) is float:
        return value
    value = single(value)
    if isinstance(value, str):
        return parsed_number(value)
    return float(value or 0.0)  # type: ignore[arg-type]  # single() takes the errors out


def whole(value: Operand) -> int:
    """Return a number without its fraction, as counts and places are read.

    Raises:
        ErrorShown: it is no number, or beyond all that can be counted.
        FormulaError: it is a range of several cells.
    """
    found = number(value)
    if abs(found) > 2.0**53:
        raise ErrorShown("#NUM!")
    return math.trunc(found)


def parsed_number(text: str) -> float:
    """Return the number, percentage or time of day that a text shows.

    Raises:
        ErrorShown: it shows none.
    """
    plain = text.strip()
    clock = _CLOCK.fullmatch(plain)
    if clock:
        hours, minutes, seconds = clock.groups("0")
        return (int(hours) * 3600 + int(minutes) * 60 + float(seconds)) / 86400
    if not _NUMBER.fullmatch(plain):
        raise ErrorShown("#VALUE!")
    try:
        found = float(plain.rstrip("%").replace(",", ""))
    except ValueError:
        raise ErrorShown("#VALUE!") from None
    if not math.isfinite(found):
        raise ErrorShown("#VALUE!")
    return found / 100 if plain.endswith("%") else found


def text(value: Operand) -> str:
    """Return a value as text.

    Raises:
        ErrorShown: it is an error.
        FormulaError: it is a range of several cells.
    """
    if isinstance(value, str):
        return value
    value = single(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return _number_text(value) if isinstance(value, float) else ""


def _number_text(value: float) -> str:
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    size = abs(value)
    if not 1e-9 <= size < 1e21:
        digits, _, exponent = f"{value:.14e}".partition("e")
        return f"{digits.rstrip('0').rstrip('.')}E{exponent}"
    shown = f"{value:.15g}"
    if "e" not in shown:
        return shown
    places = 0 if size >= 1 else 14 - math.floor(math.log10(size))
    plain = f"{float(shown):.{places}f}"
    return plain.rstrip("0") if places else plain


def truth(value: Operand) -> bool:
    """Return whether a condition holds.

    Raises:
        ErrorShown: it is an error, or a text that is no truth value.
        FormulaError: it is a range of several cells.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        if value.upper() in {"TRUE", "FALSE"}:
            return value.upper() == "TRUE"
        raise ErrorShown("#VALUE!")
    return number(value) != 0


def same(left: float, right: float) -> bool:
    """Return whether two numbers are equal as spreadsheets see it."""
    return left == right or abs(left - right) < _CLOSE * min(abs(left), abs(right))


def floor(value: float) -> float:
    """Return the whole number below; one that is missed by the last bits alone counts as hit."""
    if abs(value) >= 2.0**52:
        return value
    near = math.floor(value + 0.5)
    return float(near if same(near, value) else math.floor(value))


def order(left: Scalar, right: Scalar) -> int:
    """Compare as spreadsheets do: numbers before texts before truth values; case does not count."""
    first, second = _ranked(left, right), _ranked(right, left)
    if first[0] == second[0] == 0 and same(first[1], second[1]):  # type: ignore[arg-type]
        return 0
    return (first > second) - (first < second)


def _ranked(side: Scalar, other: Scalar) -> tuple[int, float | str]:
    if side is None:
        if isinstance(other, str):
            return 1, ""
        return (2 if isinstance(other, bool) else 0), 0.0
    if isinstance(side, bool):
        return 2, float(side)
    return (1, side.casefold()) if isinstance(side, str) else (0, float(side))  # type: ignore[arg-type]


def flat(values: tuple[Scalar, ...]) -> Iterator[float]:
    """Yield the numbers of a range; its texts, blanks and truth values do not count.

    Raises:
        ErrorShown: one of the values is an error.
    """
    for value in values:
        if type(value) is float:
            yield value
        elif isinstance(value, ErrorValue):
            raise ErrorShown(value)
