"""Arrays that are written into a formula, as in ``{1,2;3,4}``: read as calls of two functions."""

from __future__ import annotations

from collections.abc import Mapping

from sheetrender.planning.cell_functions.calling import Function, Surroundings
from sheetrender.planning.cell_values import ErrorShown, Operand, Range, Scalar
from sheetrender.planning.syntax import Call

ARRAY = "{"
ARRAY_ROW = "{;"
MOST_CELLS = 8192


def _row(call: Call, here: Surroundings) -> Operand:
    values: list[Scalar] = []
    for argument in call.arguments:
        value = here.value(argument)
        if isinstance(value, Range):
            raise ErrorShown("#VALUE!")
        values.append(value)
    return Range(tuple(values), 1, len(values), is_array=True)


def _array(call: Call, here: Surroundings) -> Operand:
    values: list[Scalar] = []
    width = 0
    for argument in call.arguments:
        row = here.value(argument)
        if not isinstance(row, Range) or width not in {0, row.width}:
            raise ErrorShown("#VALUE!")
        width = row.width
        values += row.values
    return Range(tuple(values), len(call.arguments), width, is_array=True)


ARRAYS: Mapping[str, Function] = {
    ARRAY: Function(_array, 1, MOST_CELLS),
    ARRAY_ROW: Function(_row, 1, MOST_CELLS),
}
