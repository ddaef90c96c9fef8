"""Functions that look values up by what stands beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sheetrender.planning.cell_areas import Area
from sheetrender.planning.cell_functions.calling import (
    Function,
    Surroundings,
    as_range,
    one_or_range,
    weight,
)
from sheetrender.planning.cell_functions.matching import exact, nearest_place, sorted_place
from sheetrender.planning.cell_values import (
    ErrorShown,
    Operand,
    Range,
    Scalar,
    number,
    single,
    truth,
    whole,
)
from sheetrender.planning.syntax import Call, FormulaError, Node


@dataclass(frozen=True, slots=True)
class _Table:
    """Cells or an array; of cells only those that are asked for are computed."""

    here: Surroundings
    cells: Area | Range

    @property
    def height(self) -> int:
        return self.cells.height

    @property
    def width(self) -> int:
        return self.cells.width

    def part(self, row: int, column: int, height: int = 1, width: int = 1) -> Range:
        """Return a rectangle within, from a 0-based row and column."""
        if isinstance(self.cells, Range):
            return self.cells.part(row, column, height, width)
        return self.here.cells(_inner(self.cells, row, column, height, width))


def _inner(area: Area, row: int, column: int, height: int, width: int) -> Area:
    return replace(
        area, row=area.row + row, column=area.column + column, height=height, width=width
    )


def _table(node: Node | None, here: Surroundings) -> _Table:
    area = here.area(node)
    return _Table(here, as_range(node, here) if area is None else area)


def _lookup_in(*, down: bool) -> Callable[[Call, Surroundings], Operand]:
    """Return VLOOKUP (`down`) or HLOOKUP."""

    def apply(call: Call, here: Surroundings) -> Operand:
        wanted = single(here.value(call.arguments[0]))
        table = _table(call.arguments[1], here)
        shift = whole(here.value(call.arguments[2])) - 1
        if shift < 0:
            raise ErrorShown("#VALUE!")
        if shift >= (table.width if down else table.height):
            raise ErrorShown("#REF!")
        line = (
            table.part(0, 0, height=table.height) if down else table.part(0, 0, width=table.width)
        )
        is_sorted = len(call.arguments) < 4 or truth(here.value(call.arguments[3]))
        place = _place(wanted, line, here, 1 if is_sorted else 0)
        found = table.part(place, shift) if down else table.part(shift, place)
        return one_or_range(found)

    return apply


def _place(wanted: Scalar, line: Range, here: Surroundings, kind: int) -> int:
    """Return the 0-based place of a value as MATCH's third argument asks: 0, 1 or -1.

    Raises:
        ErrorShown: it is not there.
    """
    values = line.line()
    here.spend(weight(line))
    if kind == 0:
        place = exact(wanted, values, wildcards=True)
    else:
        place = sorted_place(wanted, values, descending=kind < 0)
    if place is None:
        raise ErrorShown("#N/A")
    return place


def _match(call: Call, here: Surroundings) -> Operand:
    wanted = single(here.value(call.arguments[0]))
    kind = number(here.value(call.arguments[2])) if len(call.arguments) > 2 else 1.0
    line = as_range(call.arguments[1], here)
    return _place(wanted, line, here, (kind > 0) - (kind < 0)) + 1.0


def _x_place(
    wanted: Scalar, line: Range, here: Surroundings, mode: int, direction: int
) -> int | None:
    """Return the 0-based place of a value as XLOOKUP's and XMATCH's modes ask, or None."""
    if mode not in {-1, 0, 1, 2} or direction not in {-2, -1, 1, 2}:
        raise ErrorShown("#VALUE!")
    values = line.line()
    here.spend(weight(line))
    if direction < 0:
        values = values[::-1]
    place = exact(wanted, values, wildcards=mode == 2)
    if place is None and mode in {-1, 1}:
        place = nearest_place(wanted, values, larger=mode == 1)
    return len(values) - 1 - place if place is not None and direction < 0 else place


def _mode(call: Call, place: int, here: Surroundings, default: int) -> int:
    given = call.arguments[place] if len(call.arguments) > place else None
    return default if given is None else whole(here.value(given))


def _x_lookup(call: Call, here: Surroundings) -> Operand:
    wanted = single(here.value(call.arguments[0]))
    line = as_range(call.arguments[1], here)
    modes = _mode(call, 4, here, 0), _mode(call, 5, here, 1)
    place = _x_place(wanted, line, here, *modes)
    results = _table(call.arguments[2], here)
    across = line.width > 1
    if (results.width != line.width) if across else (results.height != line.height):
        raise ErrorShown("#VALUE!")
    if place is None:
        if len(call.arguments) < 4 or call.arguments[3] is None:
            raise ErrorShown("#N/A")
        return here.value(call.arguments[3])
    if across:
        return one_or_range(results.part(0, place, height=results.height))
    return one_or_range(results.part(place, 0, width=results.width))


def _x_match(call: Call, here: Surroundings) -> Operand:
    wanted = single(here.value(call.arguments[0]))
    line = as_range(call.arguments[1], here)
    modes = _mode(call, 2, here, 0), _mode(call, 3, here, 1)
    place = _x_place(wanted, line, here, *modes)
    if place is None:
        raise ErrorShown("#N/A")
    return place + 1.0


def _lookup(call: Call, here: Surroundings) -> Operand:
    wanted = single(here.value(call.arguments[0]))
    table = _table(call.arguments[1], here)
    across = table.width > table.height
    # Without results of its own it looks in the first row or column and answers from the last.
    results = _table(call.arguments[2], here) if len(call.arguments) == 3 else table
    line = table.part(0, 0, width=table.width) if across else table.part(0, 0, height=table.height)
    place = _place(wanted, line, here, 1)
    if results is table:
        found = (
            table.part(table.height - 1, place) if across else table.part(place, table.width - 1)
        )
    else:
        if place >= max(results.width, results.height):
            raise ErrorShown("#REF!")
        found = results.part(0, place) if results.width > 1 else results.part(place, 0)
    return one_or_range(found)


def _index(call: Call, here: Surroundings) -> Operand:
    table = _table(call.arguments[0], here)
    return one_or_range(table.part(*_indexed(table.height, table.width, call, here)))


def _index_area(call: Call, here: Surroundings) -> Area | None:
    area = here.area(call.arguments[0])
    if area is None:
        return None
    return _inner(area, *_indexed(area.height, area.width, call, here))


def _indexed(height: int, width: int, call: Call, here: Surroundings) -> tuple[int, int, int, int]:
    """Return the rectangle that INDEX names; 0 stands for all rows or all columns."""
    row = whole(here.value(call.arguments[1]))
    column = whole(here.value(call.arguments[2])) if len(call.arguments) > 2 else 0
    if len(call.arguments) == 2 and height == 1:
        row, column = 1, row
    elif len(call.arguments) == 2 and width > 1 and row:
        raise FormulaError("takes a whole row with INDEX", "Name the column as well.")
    if row < 0 or column < 0:
        raise ErrorShown("#VALUE!")
    if row > height or column > width:
        raise ErrorShown("#REF!")
    top, rows = (row - 1, 1) if row else (0, height)
    left, columns = (column - 1, 1) if column else (0, width)
    return top, left, rows, columns


LOOKUP: Mapping[str, Function] = {
    "VLOOKUP": Function(_lookup_in(down=True), 3, 4),
    "HLOOKUP": Function(_lookup_in(down=False), 3, 4),
    "LOOKUP": Function(_lookup, 2, 3),
    "MATCH": Function(_match, 2, 3),
    "XLOOKUP": Function(_x_lookup, 3, 6),
    "XMATCH": Function(_x_match, 2, 4),
    "INDEX": Function(_index, 2, 3, _index_area),
}
