"""The Markers tab: names for moments, which a row's frame may be."""

from __future__ import annotations

from collections.abc import Iterator

from sheetrender.model.cells import Workbook
from sheetrender.planning import readers
from sheetrender.planning.columns import folded
from sheetrender.planning.syntax import FormulaError


def read_markers(workbook: Workbook, clock: readers.Clock) -> dict[str, int]:
    """Return the frames of the Markers tab by name in lower case; unreadable ones are left out."""
    markers: dict[str, int] = {}
    for name, frame in named_markers(workbook, clock):
        markers.setdefault(name.casefold(), frame)
    return markers


def named_markers(workbook: Workbook, clock: readers.Clock) -> Iterator[tuple[str, int]]:
    """Yield name and frame of each row of the Markers tab; unreadable ones are left out."""
    grid = workbook.grid("Markers")
    if grid is None or not grid.cells:
        return
    rows = grid.rows()
    heading_row = min(rows)
    heads = {folded(readers.written(c.value)): n for n, c in rows.pop(heading_row).items()}
    for cells in rows.values():
        name = cells.get(heads.get("name", 0))
        for source in ("frame", "timecode"):
            cell = cells.get(heads.get(source, 0))
            if name is None or cell is None or readers.is_blank(cell.value):
                continue
            try:
                yield readers.text(name.value), readers.frame(cell.value, clock)
            except FormulaError:
                continue
            break
