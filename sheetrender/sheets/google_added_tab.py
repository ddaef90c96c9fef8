"""A new, empty tab at the end of a Google Sheet that people work in."""

from __future__ import annotations

from collections.abc import Sequence

from sheetrender.sheets.google import GoogleStore
from sheetrender.sheets.google_errors import FAILURES, unavailable

_ROWS, _COLUMNS = 1000, 26
_PIXELS = 7
"""That a character takes."""

_ID = 0x5EE7_0000
"""Where the search for a number begins that no tab has."""


def add_google_tab(store: GoogleStore, title: str, widths: Sequence[float]) -> None:
    """Add a tab with one frozen row behind the others.

    Args:
        store: the sheet, which has no tab of that title.
        title: of the tab.
        widths: of its first columns, in characters.

    Raises:
        SheetUnavailable: it cannot be reached or written; nothing was changed.
    """
    try:
        found = store.client.fetch_sheet_metadata(
            store.key, params={"fields": "sheets.properties(sheetId)"}
        )
        used = {tab["properties"].get("sheetId", 0) for tab in found.get("sheets", ())}
        number = next(n for n in range(_ID, _ID + len(used) + 1) if n not in used)
        grid = {"rowCount": _ROWS, "columnCount": _COLUMNS, "frozenRowCount": 1}
        properties = {"sheetId": number, "title": title, "gridProperties": grid}
        requests: list[dict[str, object]] = [{"addSheet": {"properties": properties}}]
        requests += [_width(number, at, width) for at, width in enumerate(widths)]
        store.client.batch_update(store.key, {"requests": requests})
    except FAILURES as error:
        raise unavailable(error, f"The Google Sheet {store.key}", store.identity) from error


def _width(number: int, at: int, letters: float) -> dict[str, object]:
    place = {"sheetId": number, "dimension": "COLUMNS", "startIndex": at, "endIndex": at + 1}
    properties = {"pixelSize": int(letters * _PIXELS)}
    return {
        "updateDimensionProperties": {
            "range": place,
            "properties": properties,
            "fields": "pixelSize",
        }
    }
