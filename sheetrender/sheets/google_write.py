"""Changes of cells as requests to the Sheets API, and what its answers say has landed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheetrender.model.cells import Address, CellPicture, CellWrite, Value, column_letters
from sheetrender.sheets.google_columns import MOST_BYTES, HeldColumn, landed_value, parts_of
from sheetrender.sheets.google_snapshot import Place, Snapshot, Tab, storable

_MOST_RANGES = 4_000
_BRIDGED = 8
"""Cells between two of ours in a row that one range passes over, since nulls leave them alone."""

Requests = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Strip:
    """Neighbouring cells of one row.

    Attributes:
        tab: title of the worksheet.
        row: 1-based.
        column: of the first cell, 1-based.
        values: a None leaves its cell alone, the empty text empties it.
    """

    tab: str
    row: int
    column: int
    values: tuple[str | int | float | None, ...]

    @property
    def range(self) -> str:
        """The range as the API takes it."""
        first = f"{column_letters(self.column)}{self.row}"
        last = f"{column_letters(self.column + len(self.values) - 1)}{self.row}"
        quoted = self.tab.replace("'", "''")
        return f"'{quoted}'!{first}:{last}"

    @property
    def rows(self) -> list[list[str | int | float | None]]:
        """Its values as the API takes them."""
        return [list(self.values)]

    @property
    def size(self) -> int:
        """Bytes that it takes in a request, about."""
        return len(json.dumps(self.values)) + len(self.range) + 50

    def landed(self, response: Mapping[str, Any]) -> Iterator[tuple[Address, Value]]:
        """Yield what stands in each cell; the API leaves out the empty ones at the end."""
        rows = response.get("updatedData", {}).get("values") or [[]]
        values = rows[0] + [None] * (len(self.values) - len(rows[0]))
        for column, value in enumerate(values, start=self.column):
            yield Address(self.tab, self.row, column), landed_value(value)


def strips(
    snapshot: Snapshot, changes: Sequence[CellWrite], echo: Collection[Address]
) -> list[Strip]:
    """Return the changes as few strips, cells to be echoed among them.

    Cells beyond the grid that are only to be emptied or echoed are left out: nothing is there.
    """
    by_row: dict[tuple[str, int], dict[int, str | int | float | None]] = {}
    tabs: dict[str, Tab] = {}
    wanted: list[tuple[Address, str | int | float | None]] = [(place, None) for place in echo]
    wanted += [(change.address, storable(change.value)) for change in changes]
    for address, value in wanted:
        tab = snapshot.tab(address.tab)
        if tab is None or (value in (None, "") and not tab.holds((address.row, address.column))):
            continue
        tabs[tab.title] = tab
        by_row.setdefault((tab.title, address.row), {})[address.column] = value
    return [
        strip
        for (title, row), cells in sorted(by_row.items())
        for strip in _row_strips(tabs[title], row, cells)
    ]


def _row_strips(
    tab: Tab, row: int, cells: Mapping[int, str | int | float | None]
) -> Iterator[Strip]:
    run: list[int] = []
    for column in sorted(cells):
        if run and not _may_bridge(tab, row, run[-1], column):
            yield _strip(tab, row, run, cells)
            run = []
        run.append(column)
    if run:
        yield _strip(tab, row, run, cells)


def _may_bridge(tab: Tab, row: int, left: int, right: int) -> bool:
    between = range(left + 1, right)
    return len(between) <= _BRIDGED and not any(tab.is_protected((row, c)) for c in between)


def _strip(
    tab: Tab, row: int, run: Sequence[int], cells: Mapping[int, str | int | float | None]
) -> Strip:
    values = tuple(cells.get(column) for column in range(run[0], run[-1] + 1))
    return Strip(tab.title, row, run[0], values)


def of_kind(changes: Sequence[CellWrite], pictures: bool) -> list[CellWrite]:
    """Return the changes that are pictures, or those that are not."""
    return [change for change in changes if isinstance(change.value, CellPicture) == pictures]


def pieces_of(
    snapshot: Snapshot,
    names: Sequence[HeldColumn],
    changes: Sequence[CellWrite],
    echo: Collection[Address],
) -> list[Strip | HeldColumn]:
    """Return changes and cells to be echoed: by name where they are held, else by address."""
    free = [change for change in changes if not _is_held(change.address, names)]
    pieces: list[Strip | HeldColumn] = [
        piece for part in parts_of(names, changes, echo) for piece in part.parts()
    ]
    return pieces + strips(snapshot, free, unheld(echo, names))


def unheld(cells: Collection[Address], names: Sequence[HeldColumn]) -> list[Address]:
    """Return the cells that are not held by a name."""
    return [place for place in cells if not _is_held(place, names)]


def _is_held(place: Address, names: Sequence[HeldColumn]) -> bool:
    return any(one.holds(place) for one in names)


def bodies(
    found: Sequence[Strip | HeldColumn], *, formulas: bool = False
) -> Iterator[tuple[Sequence[Strip | HeldColumn], dict[str, Any]]]:
    """Yield the bodies of as few `values:batchUpdate` as the size of requests allows.

    Args:
        found: what is to be written and echoed.
        formulas: the texts are formulas of our own making; all others stay texts.
    """
    part: list[Strip | HeldColumn] = []
    size = 0
    for piece in found:
        if part and (size + piece.size > MOST_BYTES or len(part) == _MOST_RANGES):
            yield part, _body(part, formulas=formulas)
            part, size = [], 0
        part.append(piece)
        size += piece.size
    if part:
        yield part, _body(part, formulas=formulas)


def _body(part: Sequence[Strip | HeldColumn], *, formulas: bool) -> dict[str, Any]:
    return {
        # Raw, nothing is parsed: a text that begins with = stays a text.
        "valueInputOption": "USER_ENTERED" if formulas else "RAW",
        "data": [{"range": piece.range, "values": piece.rows} for piece in part],
        "includeValuesInResponse": True,
        "responseValueRenderOption": "UNFORMATTED_VALUE",
    }


def growth(snapshot: Snapshot, changes: Sequence[CellWrite]) -> Requests:
    """Return the requests that make room for cells beyond the grid.

    Rows and columns are appended, never counted anew: setting a size could cut off what somebody
    else has added in the meantime.
    """
    corners: dict[str, Place] = {}
    tabs: dict[str, Tab] = {}
    for change in changes:
        tab = snapshot.tab(change.address.tab)
        if tab is None or storable(change.value) == "":
            continue
        tabs[tab.title] = tab
        row, column = corners.get(tab.title, (tab.rows, tab.columns))
        corners[tab.title] = max(row, change.address.row), max(column, change.address.column)
    return [
        {"appendDimension": {"sheetId": tab.sheet_id, "dimension": dimension, "length": missing}}
        for title, tab in tabs.items()
        for dimension, missing in (
            ("ROWS", corners[title][0] - tab.rows),
            ("COLUMNS", corners[title][1] - tab.columns),
        )
        if missing > 0
    ]
