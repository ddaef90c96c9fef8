"""Areas of cells as the Sheets API names them: from 0, without their end, unbounded in places."""

from __future__ import annotations

from collections.abc import Mapping

from sheetrender.sheets.a1 import Area
from sheetrender.sheets.changes import LAST_COLUMN, LAST_ROW


def area_of(grid_range: Mapping[str, int]) -> Area:
    """Return an area of the API's; it reaches to the edge where a side is missing."""
    return Area(
        top=grid_range.get("startRowIndex", 0) + 1,
        left=grid_range.get("startColumnIndex", 0) + 1,
        bottom=grid_range.get("endRowIndex", LAST_ROW),
        right=grid_range.get("endColumnIndex", LAST_COLUMN),
    )


def range_of(sheet_id: int, area: Area) -> dict[str, int]:
    """Return an area as the API takes it."""
    return {
        "sheetId": sheet_id,
        "startRowIndex": area.top - 1,
        "endRowIndex": area.bottom,
        "startColumnIndex": area.left - 1,
        "endColumnIndex": area.right,
    }
