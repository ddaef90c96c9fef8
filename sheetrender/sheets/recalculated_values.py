"""The values of formulas, taken from another copy of the same workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from sheetrender.model.cells import Cell, Grid, Value

_UNKNOWN_NAME = "#NAME?"

Computed: TypeAlias = Mapping[str, Mapping[tuple[int, int], Value]]
"""Values by the worksheet's title and by row and column."""


def has_formulas(grids: Sequence[Grid]) -> bool:
    """Return whether any cell holds a formula."""
    return any(cell.formula is not None for grid in grids for cell in grid.cells.values())


def formula_values(grids: Sequence[Grid]) -> Computed:
    """Return all values of a workbook; cells without one are left out."""
    return {
        grid.tab: {
            place: cell.value for place, cell in grid.cells.items() if cell.value is not None
        }
        for grid in grids
    }


def with_values(grids: Sequence[Grid], computed: Computed) -> list[Grid]:
    """Return worksheets whose formulas show the computed values; all else is as it was.

    A name that the other program does not know says nothing about the formula: it may be too old.
    """
    return [_with_values(grid, computed.get(grid.tab, {})) for grid in grids]


def _with_values(grid: Grid, values: Mapping[tuple[int, int], Value]) -> Grid:
    cells: dict[tuple[int, int], Cell] = {}
    for place, cell in grid.cells.items():
        if cell.formula is not None and values.get(place, _UNKNOWN_NAME) != _UNKNOWN_NAME:
            cells[place] = replace(cell, value=values[place], tokens=None)
        else:
            cells[place] = cell
    return Grid(grid.tab, cells)
