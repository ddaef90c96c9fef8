"""GridRange and DimensionRange: areas as numbers from 0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.emulator.a1 import Area
from tests.emulator.book import Book, not_there
from tests.emulator.cells import Shape
from tests.emulator.errors import ApiError
from tests.emulator.tab import Dimension, Tab


def tab_of(book: Book, sheet_id: int) -> Tab:
    for tab in book.tabs:
        if tab.sheet_id == sheet_id:
            return tab
    raise not_there(sheet_id)


def area_of(book: Book, shape: Mapping[str, Any], name: str = "range") -> tuple[Tab, Area]:
    """Read a GridRange, cut at the edges of its tab.

    Raises:
        ApiError: it lies beyond them, or is empty.
    """
    tab = tab_of(book, shape.get("sheetId", 0))
    area = Area(
        top=shape.get("startRowIndex", 0),
        left=shape.get("startColumnIndex", 0),
        bottom=shape.get("endRowIndex"),
        right=shape.get("endColumnIndex"),
    )
    for what, start, end in (("Row", area.top, area.bottom), ("Column", area.left, area.right)):
        if start < 0 or (end is not None and end <= start):
            raise ApiError.invalid(
                f"{name}.end{what}Index[{end}] must be greater than start{what}Index[{start}]"
            )
    if (area.bottom or 0) > tab.row_count or (area.right or 0) > tab.column_count:
        raise tab.outside(area)
    tab.bounded(area)
    return tab, area


def shape_of(tab: Tab, area: Area) -> Shape:
    """Write an area as GridRange; what is unbounded stays out."""
    numbers = {
        "startRowIndex": area.top or (0 if area.bottom is not None else None),
        "endRowIndex": area.bottom,
        "startColumnIndex": area.left or (0 if area.right is not None else None),
        "endColumnIndex": area.right,
    }
    given = {name: number for name, number in numbers.items() if number is not None}
    return {"sheetId": tab.sheet_id, **given}


def lines_of(book: Book, shape: Mapping[str, Any]) -> tuple[Tab, Dimension, int, int]:
    """Read a DimensionRange: tab, dimension, first index, index after the last."""
    tab = tab_of(book, shape.get("sheetId", 0))
    dimension = shape.get("dimension")
    if dimension not in ("ROWS", "COLUMNS"):
        raise ApiError.invalid("range.dimension must be specified.")
    start = shape.get("startIndex", 0)
    end = shape.get("endIndex", len(tab.lines[dimension]))
    if not 0 <= start < end:
        raise ApiError.invalid(
            f"range.endIndex[{end}] must be greater than range.startIndex[{start}]"
        )
    return tab, dimension, start, end
