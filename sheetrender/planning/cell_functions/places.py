"""Functions of references themselves: where cells stand, how many, and which lie beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sheetrender.model.cells import column_letters
from sheetrender.planning.cell_areas import LAST_COLUMN, LAST_ROW, Area
from sheetrender.planning.cell_functions.calling import (
    Function,
    Surroundings,
    as_range,
    refers,
)
from sheetrender.planning.cell_values import (
    SAVE_ONCE,
    ErrorShown,
    Operand,
    Range,
    text,
    truth,
    whole,
)
from sheetrender.planning.syntax import Call, FormulaError


def _row(call: Call, here: Surroundings) -> Operand:
    area = _asked(call, here)
    if here.over_arrays and area.height > 1:
        here.spend(area.height)
        rows = range(area.row, area.row + area.height)
        return Range(tuple(map(float, rows)), area.height, 1, is_array=True)
    return float(area.row)


def _column(call: Call, here: Surroundings) -> Operand:
    area = _asked(call, here)
    if here.over_arrays and area.width > 1:
        columns = range(area.column, area.column + area.width)
        return Range(tuple(map(float, columns)), 1, area.width, is_array=True)
    return float(area.column)


def _asked(call: Call, here: Surroundings) -> Area:
    if not call.arguments:
        return Area(tab=here.place.tab, row=here.place.row, column=here.place.column)
    area = here.area(call.arguments[0])
    if area is None:
        raise FormulaError(f"asks for the {call.name.upper()} of what is no cell", "Name a cell.")
    return area


def _rows(call: Call, here: Surroundings) -> Operand:
    return float(_shape(call, here)[0])


def _columns(call: Call, here: Surroundings) -> Operand:
    return float(_shape(call, here)[1])


def _shape(call: Call, here: Surroundings) -> tuple[int, int]:
    area = here.area(call.arguments[0])
    cells = as_range(call.arguments[0], here) if area is None else area
    return cells.height, cells.width


def _address(call: Call, here: Surroundings) -> str:
    row, column = (whole(here.value(a)) for a in call.arguments[:2])
    given = [here.value(a) for a in call.arguments[2:]]
    kind = whole(given[0]) if given and given[0] is not None else 1
    if not (1 <= row <= LAST_ROW and 1 <= column <= LAST_COLUMN and 1 <= kind <= 4):
        raise ErrorShown("#VALUE!")
    if len(given) > 1 and given[1] is not None and not truth(given[1]):
        raise FormulaError("writes an address as R1C1, which we cannot", SAVE_ONCE)
    tab = text(given[2]) if len(given) > 2 else ""
    quoted = tab if tab.isalnum() else "'" + tab.replace("'", "''") + "'"
    before_column = "$" if kind in {1, 3} else ""
    before_row = "$" if kind in {1, 2} else ""
    return f"{quoted + '!' if tab else ''}{before_column}{column_letters(column)}{before_row}{row}"


def _offset(call: Call, here: Surroundings) -> Area:
    base = here.area(call.arguments[0])
    if base is None:
        raise ErrorShown("#VALUE!")
    down, right = (whole(here.value(a)) for a in call.arguments[1:3])
    sizes = [None if a is None else whole(here.value(a)) for a in call.arguments[3:]]
    height = sizes[0] if sizes and sizes[0] is not None else base.height
    width = sizes[1] if len(sizes) > 1 and sizes[1] is not None else base.width
    row, column = base.row + down, base.column + right
    area = replace(
        base,
        row=row + height + 1 if height < 0 else row,
        column=column + width + 1 if width < 0 else column,
        height=abs(height),
        width=abs(width),
    )
    if not area.fits:
        raise ErrorShown("#REF!")
    return area


def _indirect(call: Call, here: Surroundings) -> Area:
    if len(call.arguments) > 1 and not truth(here.value(call.arguments[1])):
        raise FormulaError("reads an address as R1C1, which we cannot", SAVE_ONCE)
    return here.locate(text(here.value(call.arguments[0])))


def _crossing(call: Call, here: Surroundings) -> Operand:
    """Return of a row or column the cell that lies level with the formula; it stands for ``@``."""
    area = here.area(call.arguments[0])
    if area is None:
        return here.value(call.arguments[0])
    if area.width == 1 and area.holds(here.place.row, area.column):
        area = replace(area, row=here.place.row, height=1)
    elif area.height == 1 and area.holds(area.row, here.place.column):
        area = replace(area, column=here.place.column, width=1)
    if not area.is_one_cell:
        raise ErrorShown("#VALUE!")
    return here.cells(area).at(0, 0)


PLACES: Mapping[str, Function] = {
    "ROW": Function(_row, 0, 1),
    "COLUMN": Function(_column, 0, 1),
    "ROWS": Function(_rows, 1, 1),
    "COLUMNS": Function(_columns, 1, 1),
    "ADDRESS": Function(_address, 2, 5),
    "OFFSET": refers(_offset, 3, 5),
    "INDIRECT": refers(_indirect, 1, 2),
    "SINGLE": Function(_crossing, 1, 1),
}
