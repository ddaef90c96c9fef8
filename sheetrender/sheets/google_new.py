"""A Google Sheet that a person made and shared, filled from the description of a new workbook.

Sheets are never created here: a service account has no room in Drive for files of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from sheetrender.model.cells import Address
from sheetrender.model.errors import UsageError
from sheetrender.sheets.google_auth import Access
from sheetrender.sheets.google_errors import FAILURES, unavailable
from sheetrender.sheets.google_http import PatientClient
from sheetrender.sheets.google_new_tab import PageWriter, TableWriter
from sheetrender.sheets.google_snapshot import FIELDS, Snapshot, Tab, snapshot_of
from sheetrender.sheets.new_description import NewWorkbook, Page, Table
from sheetrender.sheets.new_styles import Styles

Requests = list[dict[str, Any]]

_ROWS, _COLUMNS = 1000, 26
"""What Google gives a new tab."""


def fill_empty(key: str, access: Access, new: NewWorkbook) -> str:
    """Fill an empty Google Sheet, all at once or not at all.

    Tabs that are there are used, and renamed; rows and columns are never taken away.

    Returns:
        The sheet's title.

    Raises:
        UsageError: something stands in it already; nothing was changed.
        SheetUnavailable: it cannot be reached, read or written; nothing was changed.
    """
    called = f"The Google Sheet {key}"
    try:
        with access.session() as session:
            client = PatientClient(session, base=access.base)
            found = snapshot_of(client.fetch_sheet_metadata(key, params={"fields": FIELDS}))
            called = f"The Google Sheet {found.title} ({key})"
            _refuse_filled(found, called)
            client.batch_update(key, {"requests": filling(new, found)})
    except FAILURES as error:
        raise unavailable(error, called, access.identity) from error
    return found.title


def _refuse_filled(found: Snapshot, called: str) -> None:
    for tab in found.tabs:
        if tab.cells:
            place = Address(tab.title, *next(iter(tab.cells)))
            raise UsageError(
                f"{called} is not empty: something stands in {place}. It is left as it is. "
                "Empty it, or make a new sheet at https://sheets.new and share that one."
            )


def filling(new: NewWorkbook, found: Snapshot) -> Requests:
    """Return the requests that make an empty sheet what is described."""
    places = _places(new, found)
    decimal_comma = found.workbook().decimal_comma
    styles = Styles(new.look)
    requests = [request for place in places for request in place.requests()]
    for place in places:
        if isinstance(place.tab, Table):
            table = TableWriter(place.tab, styles, place.sheet_id, decimal_comma=decimal_comma)
            requests += table.requests()
        else:
            requests += PageWriter(place.tab, styles, place.sheet_id).requests()
    return requests


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a tab comes to stand.

    Attributes:
        tab: what shall be there.
        index: from the left, from 0.
        sheet_id: what the API knows it by, or shall know it by.
        rows: of the grid.
        columns: of the grid.
        is_there: an empty tab takes the new one in.
    """

    tab: Table | Page
    index: int
    sheet_id: int
    rows: int
    columns: int
    is_there: bool

    def requests(self) -> Iterator[dict[str, Any]]:
        properties = {
            "sheetId": self.sheet_id,
            "title": self.tab.title,
            "index": self.index,
            "gridProperties": {"rowCount": self.rows, "columnCount": self.columns},
        }
        if self.is_there:
            fields = "title,index,gridProperties(rowCount,columnCount)"
            yield {"updateSheetProperties": {"properties": properties, "fields": fields}}
        else:
            yield {"addSheet": {"properties": properties}}


def _places(new: NewWorkbook, found: Snapshot) -> list[_Place]:
    """Find a place for each new tab: the one of its name, else a spare one, else a new one."""
    by_name = {tab.title.casefold(): tab for tab in found.tabs}
    wanted = [by_name.pop(tab.title.casefold(), None) for tab in new.tabs]
    if wanted[0] is None and by_name:
        wanted[0] = next(iter(by_name.values()))
    used = {tab.sheet_id for tab in found.tabs}
    free = (number for number in count(1) if number not in used)
    return [
        _place(tab, index, old, next(free))
        for index, (tab, old) in enumerate(zip(new.tabs, wanted, strict=True))
    ]


def _place(tab: Table | Page, index: int, old: Tab | None, new_id: int) -> _Place:
    needed_rows, needed_columns = _size(tab)
    return _Place(
        tab=tab,
        index=index,
        sheet_id=new_id if old is None else old.sheet_id,
        rows=max(needed_rows, _ROWS if old is None else old.rows),
        columns=max(needed_columns, _COLUMNS if old is None else old.columns),
        is_there=old is not None,
    )


def _size(tab: Table | Page) -> Sequence[int]:
    """Return the rows and columns that a tab fills, and one row more to write into."""
    if isinstance(tab, Table):
        return tab.heading_row + len(tab.rows) + 1, len(tab.headings)
    return 2 + sum(2 + len(section.lines) for section in tab.sections), 2
