"""New rows in a Google Sheet, set in so that they cannot land on anybody's row.

Google cannot be told to write into a cell only if it is empty. But it can set in rows and fill them
in one step, in which nobody else writes: wherever the place is by then, the rows are new.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from gspread.exceptions import APIError

from sheetrender.model.cells import CellWrite
from sheetrender.model.errors import CellsRefused, SheetChanged
from sheetrender.sheets.google import GoogleStore
from sheetrender.sheets.google_errors import FAILURES, unavailable
from sheetrender.sheets.google_snapshot import Snapshot, Tab, storable

_AT_ONCE = 4000
"""Rows of one request."""
_IMPOSSIBLE = 400

Row: TypeAlias = dict[int, str | int | float]
"""What is written into a row, by column."""


def add_google_rows(
    store: GoogleStore, snapshot: Snapshot, below: int, writes: Sequence[CellWrite]
) -> None:
    """Set in rows behind one, and fill them.

    Args:
        store: the sheet.
        snapshot: for which the rows were counted.
        below: the row.
        writes: cells of the rows behind it.

    Raises:
        SheetChanged: the tab is gone, or so short by now that there is no such place.
        CellsRefused: cells are protected.
        SheetUnavailable: it cannot be reached or written.
    """
    tab = snapshot.tab(writes[0].address.tab)
    if tab is None:
        raise _changed(store)
    _refuse(tab, writes, store.identity.email)
    rows: dict[int, Row] = {}
    for write in writes:
        rows.setdefault(write.address.row, {})[write.address.column] = storable(write.value)
    ordered = [cells for _, cells in sorted(rows.items())]
    try:
        for first in range(0, len(ordered), _AT_ONCE):
            part = ordered[first : first + _AT_ONCE]
            body = {"requests": list(_requests(tab, below, first, part))}
            store.client.batch_update(store.key, body)
    except APIError as error:
        if error.response.status_code == _IMPOSSIBLE:
            raise _changed(store) from error
        raise unavailable(error, f"The Google Sheet {store.key}", store.identity) from error
    except FAILURES as error:
        raise unavailable(error, f"The Google Sheet {store.key}", store.identity) from error


def _refuse(tab: Tab, writes: Sequence[CellWrite], who: str) -> None:
    reasons = {}
    for write in writes:
        if reason := tab.refusal((write.address.row, write.address.column), who):
            reasons[write.address] = reason
    if reasons:
        raise CellsRefused(reasons)


def _changed(store: GoogleStore) -> SheetChanged:
    return SheetChanged(
        f"The Google Sheet {store.key} was changed in this moment, and has no place for new rows "
        "any more. Run the same line again."
    )


def _requests(
    tab: Tab, below: int, done: int, rows: Sequence[Row]
) -> Iterator[dict[str, dict[str, Any]]]:
    at = below + done
    lines = {"dimension": "ROWS", "startIndex": at, "endIndex": at + len(rows)}
    # A first row does not take after its headings, unless the grid ends there.
    has_rows = any(row < below for row, _ in tab.cells)
    yield {
        "insertDimension": {
            "range": {"sheetId": tab.sheet_id, **lines},
            "inheritFromBefore": has_rows or at >= tab.rows,
        }
    }
    yield from _own_formulas(tab, below + 1, at, len(rows))
    for column in sorted({column for cells in rows for column in cells}):
        start = {"sheetId": tab.sheet_id, "rowIndex": at, "columnIndex": column - 1}
        values = [{"values": [_entered(cells.get(column, ""))]} for cells in rows]
        yield {"updateCells": {"start": start, "rows": values, "fields": "userEnteredValue"}}


def _own_formulas(tab: Tab, free: int, at: int, count: int) -> Iterator[dict[str, dict[str, Any]]]:
    """Yield what fills the new rows with formulas that a person has filled down below the others.

    They stood in the free row, which stands behind the new ones now.
    """
    for (row, column), cell in tab.cells.items():
        if row == free and cell.formula is not None:
            where = {
                "sheetId": tab.sheet_id,
                "startColumnIndex": column - 1,
                "endColumnIndex": column,
            }
            source = {**where, "startRowIndex": at + count, "endRowIndex": at + count + 1}
            target = {**where, "startRowIndex": at, "endRowIndex": at + count}
            yield {
                "copyPaste": {
                    "source": source, "destination": target, "pasteType": "PASTE_FORMULA"
                }
            }  # fmt: skip


def _entered(value: str | int | float) -> dict[str, Any]:
    if value == "":
        return {}
    kind = "stringValue" if isinstance(value, str) else "numberValue"
    return {"userEnteredValue": {kind: value}}
