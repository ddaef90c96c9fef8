"""The order in which Google Sheets puts the rows of a sorted range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.emulator.a1 import Area
from tests.emulator.cells import Cell
from tests.emulator.tab import Tab, natural


def sort(
    tab: Tab, area: Area, specs: Sequence[Mapping[str, Any]], *, lines_follow: bool = False
) -> None:
    """Sort the cells of an area: numbers, texts, truths, errors; blanks last in either order."""
    bounded = tab.bounded(area)

    def order(top: int) -> list[int]:
        rows = list(range(top, bounded.ends[0]))
        for spec in reversed(specs):
            column = spec.get("dimensionIndex", 0)
            descending = spec.get("sortOrder") == "DESCENDING"
            full = [row for row in rows if tab.at(row, column).result() is not None]
            blank = [row for row in rows if tab.at(row, column).result() is None]
            rows = stable(full, tab, column, descending) + blank
        return rows

    tab.sort(bounded, order, lines_follow=lines_follow)


def stable(rows: list[int], tab: Tab, column: int, descending: bool) -> list[int]:
    return sorted(rows, key=lambda row: rank(tab.at(row, column)), reverse=descending)


def rank(cell: Cell) -> tuple[int, float, str]:
    value = cell.value
    if cell.error:
        return (3, 0, "")
    if isinstance(value, bool):
        return (2, value, "")
    if isinstance(value, str):
        return (1, 0, natural(value))
    return (0, value or 0, "")
