"""How a function of a spreadsheet formula is called: what it may ask for, and its arguments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sheetrender.model.cells import Address
from sheetrender.planning.cell_areas import Area
from sheetrender.planning.cell_values import (
    SAVE_ONCE,
    ErrorShown,
    ErrorValue,
    Operand,
    Range,
    Scalar,
    flat,
    number,
)
from sheetrender.planning.syntax import Call, FormulaError, Node

WHOLE_COLUMNS = "Name no more rows than are needed, as in A1:A500."
STEPS_PER_CELL = 3
"""What applying a function to a cell costs, in cells that are only read."""

LETTERS_PER_STEP = 100

MANY = 255
"""Arguments that a function takes at most."""


class Surroundings(Protocol):
    """What a function may ask of the formula and the workbook around it."""

    @property
    def place(self) -> Address:
        """The cell that is being computed."""
        ...

    @property
    def over_arrays(self) -> bool:
        """Whether ranges are calculated with cell by cell, as inside SUMPRODUCT."""
        ...

    def value(self, node: Node | None) -> Operand:
        """Return the value of an argument; None for one that is left empty."""
        ...

    def area(self, node: Node | None) -> Area | None:
        """Return the cells that an argument refers to, unread; None where it is no reference."""
        ...

    def cells(self, area: Area) -> Range:
        """Return the values of some cells."""
        ...

    def locate(self, text: str) -> Area:
        """Return the cells that a text or a name refers to."""
        ...

    def bound(self, names: Mapping[str, Operand]) -> Surroundings:
        """Return the same surroundings with further names, folded."""
        ...

    def with_arrays(self) -> Surroundings:
        """Return the same surroundings, `over_arrays`."""
        ...

    def spend(self, steps: int) -> None:
        """Count work that grows with the values, and raise where it becomes too much."""
        ...

    @property
    def now(self) -> dt.datetime:
        """The moment at which the workbook is computed, local."""
        ...

    def random(self) -> float:
        """Return a number from 0 up to 1, always the same one at the same place."""
        ...


@dataclass(frozen=True, slots=True)
class Function:
    """A function that formulas may call.

    Attributes:
        apply: returns its value; evaluates those arguments that it needs.
        fewest: arguments.
        most: arguments.
        area: returns the cells that its value stands in, where it is a reference.
    """

    apply: Callable[[Call, Surroundings], Operand]
    fewest: int
    most: int
    area: Callable[[Call, Surroundings], Area | None] | None = None


def refers(area: Callable[[Call, Surroundings], Area], fewest: int, most: int) -> Function:
    """Return a function whose value is a reference."""

    def apply(call: Call, here: Surroundings) -> Operand:
        return one_or_range(here.cells(area(call, here)))

    return Function(apply, fewest, most, area)


def one_or_range(cells: Range) -> Operand:
    """Return the value of a range of one cell; else the range."""
    return cells.at(0, 0) if cells.height == cells.width == 1 else cells


def scalar(function: Callable[..., Scalar], fewest: int, most: int | None = None) -> Function:
    """Return a function of single values; over arrays it is applied cell by cell.

    Args:
        function: takes values of which none is an error; None is a blank.
        fewest: arguments.
        most: arguments; as many as `fewest` where it is left out.
    """

    def apply(call: Call, here: Surroundings) -> Operand:
        values = [here.value(argument) for argument in call.arguments]
        for value in values:
            if isinstance(value, Range):
                return mapped(function, values, here)
            if isinstance(value, ErrorValue):
                return value
        return function(*values)

    return Function(apply, fewest, fewest if most is None else most)


def numeric(function: Callable[..., float], fewest: int, most: int | None = None) -> Function:
    """Return a function of numbers."""
    if most is None and fewest == 1:
        return scalar(lambda value: function(number(value)), 1)
    return scalar(lambda *values: function(*map(number, values)), fewest, most)


def aggregate(function: Callable[[list[float]], float], most: int = MANY) -> Function:
    """Return a function of all the numbers that its arguments hold."""
    return Function(lambda call, here: function(list(numbers(call.arguments, here))), 1, most)


def mapped(
    function: Callable[..., Scalar], values: Sequence[Operand], here: Surroundings
) -> Operand:
    """Apply a function cell by cell; single values, rows and columns are repeated.

    Raises:
        FormulaError: ranges are not calculated with here, or are whole columns of other than zeros.
    """
    ranges = [v for v in values if isinstance(v, Range)]
    height, width = max(r.height for r in ranges), max(r.width for r in ranges)
    if height == width == 1:
        single_values = [v.at(0, 0) if isinstance(v, Range) else v for v in values]
        return _element(function, single_values)
    if not here.over_arrays and not all(r.is_array for r in ranges):
        raise FormulaError("calculates with a whole range", SAVE_ONCE)
    stored = max(r.stored_rows if r.height > 1 else 1 for r in ranges)
    here.spend(max(stored * width, sum(map(weight, ranges))) * STEPS_PER_CELL)
    if stored < height and _element(function, [_at(v, stored, 0) for v in values]):
        raise FormulaError("calculates with whole columns", WHOLE_COLUMNS)
    found = tuple(
        _element(function, [_at(v, row, column) for v in values])
        for row in range(stored)
        for column in range(width)
    )
    return Range(found, height, width, is_array=True)


def weight(cells: Range) -> int:
    """Return what looking at all values of a range costs: long texts count as several cells."""
    letters = sum(len(value) for value in cells.values if isinstance(value, str))
    return len(cells.values) + letters // LETTERS_PER_STEP


def _at(value: Operand, row: int, column: int) -> Scalar:
    if not isinstance(value, Range):
        return value
    row = 0 if value.height == 1 else row
    column = 0 if value.width == 1 else column
    if row >= value.height or column >= value.width:
        return ErrorValue("#N/A")
    return value.at(row, column)


def _element(function: Callable[..., Scalar], values: Sequence[Scalar]) -> Scalar:
    error = next((v for v in values if isinstance(v, ErrorValue)), None)
    if error:
        return error
    try:
        return function(*values)
    except ErrorShown as shown:
        return shown.value


def as_range(node: Node | None, here: Surroundings) -> Range:
    """Return an argument as a range, be it cells, an array or a single value."""
    area = here.area(node)
    if area is not None:
        return here.cells(area)
    value = here.value(node)
    return value if isinstance(value, Range) else Range((value,), 1, 1, is_array=True)


def items(
    arguments: Sequence[Node | None], here: Surroundings, empty: Scalar = 0.0
) -> Iterator[Range | Scalar]:
    """Yield arguments one by one: a reference or an array as a range, else a value.

    Args:
        arguments: of the call.
        here: what is around it.
        empty: what an argument counts as that is left empty; a blank cell is None.
    """
    for argument in arguments:
        try:
            area = here.area(argument)
        except ErrorShown as shown:
            yield shown.value
            continue
        if area is not None:
            yield here.cells(area)
        else:
            yield empty if argument is None else here.value(argument)


def numbers(arguments: Sequence[Node | None], here: Surroundings) -> Iterator[float]:
    """Yield the numbers of arguments as SUM sees them.

    Raises:
        ErrorShown: one is an error, or a text that is written in the formula and is no number.
    """
    for item in items(arguments, here):
        if isinstance(item, Range):
            yield from flat(item.values)
        elif item is not None:
            yield number(item)
