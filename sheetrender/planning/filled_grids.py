"""Worksheets, and how far down their columns are filled."""

from __future__ import annotations

from sheetrender.model.cells import Grid
from sheetrender.planning.cell_areas import Area


class FilledGrid:
    """A worksheet, and how far its columns are filled."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self._last_rows: dict[int, int] | None = None

    def last_row(self, area: Area) -> int:
        """Return the last row in which a column of the area holds anything; 0 where none does."""
        if self._last_rows is None:
            self._last_rows = {}
            for row, column in self.grid.cells:
                self._last_rows[column] = max(row, self._last_rows.get(column, 0))
        last = area.column + area.width
        return max((r for c, r in self._last_rows.items() if area.column <= c < last), default=0)
