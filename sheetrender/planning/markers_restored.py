"""Rows of the Markers tab that were written over while somebody moved them, as they were."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sheetrender.model.cells import Address, Cell, CellWrite, Workbook
from sheetrender.planning import readers
from sheetrender.planning.markers_tab import HEADINGS, MarkersTable, find_markers


def marker_names(workbook: Workbook) -> dict[Address, str]:
    """Return where each marker of the tab has its name."""
    table = find_markers(workbook)
    if table is None or "name" not in table.columns:
        return {}
    column = table.columns["name"]
    return {
        Address(table.grid.tab, row, column): readers.text(cells[column].value)
        for row, cells in table.grid.rows().items()
        if row > table.heading_row and column in cells
    }


def restored_markers(
    before: Workbook, now: Workbook, names: Collection[str]
) -> tuple[CellWrite, ...]:
    """Return what gives markers their old values back, wherever they stand now.

    Args:
        before: the sheet before the write.
        now: the sheet after it.
        names: of the markers, in lower case.
    """
    old, new = find_markers(before), find_markers(now)
    if old is None or new is None:
        return ()
    known = _rows_by_name(before, old)
    writes = []
    for address, name in marker_names(now).items():
        key = name.casefold()
        if key not in names or key not in known:
            continue
        for heading in HEADINGS:
            if heading == "name" or heading not in old.columns or heading not in new.columns:
                continue
            place = Address(address.tab, address.row, new.columns[heading])
            was = known[key].get(old.columns[heading])
            stands = new.grid.cells.get((place.row, place.column))
            if _plain(was) != _plain(stands) and (was is None or was.formula is None):
                writes.append(CellWrite(place, _plain(was)))
    return tuple(writes)


def _rows_by_name(workbook: Workbook, table: MarkersTable) -> Mapping[str, Mapping[int, Cell]]:
    rows = table.grid.rows()
    return {name.casefold(): rows[place.row] for place, name in marker_names(workbook).items()}


def _plain(cell: Cell | None) -> str | int | float | None:
    value = cell.value if cell else None
    return value if isinstance(value, (str, int, float)) else None
