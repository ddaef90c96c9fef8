"""Columns that are held by a name while people insert, move and delete rows and columns.

A named range goes with its cells inside of Google, so that nothing can happen between our look
and our write that makes us write elsewhere than from the heading of one of our columns down.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sheetrender.model.cells import Address, CellWrite, Value
from sheetrender.sheets.a1 import Area
from sheetrender.sheets.google_areas import range_of
from sheetrender.sheets.google_cells import plain_number
from sheetrender.sheets.google_names import OURS, NamedRange
from sheetrender.sheets.google_snapshot import Snapshot, Tab, storable

_FIRST_ROW = re.compile(r"!\$?[A-Z]+\$?(\d+)(?::[A-Z0-9$]*)?$")

MOST_BYTES = 1_500_000
"""Of one request; Google advises against more than 2 MB."""

_EMPTY_ROW_BYTES = 8

Requests = list[dict[str, Any]]
Cells = Mapping[int, str | int | float | None]
"""By row, 1-based; a None leaves its cell alone, the empty text empties it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldColumn:
    """What is meant for a column of ours.

    Attributes:
        name: of the range that begins at its heading.
        top: the heading, at the time of the look.
        cells: to be written or echoed, by row at the time of the look.
        is_pin: it is one single cell.
    """

    name: str
    top: Address
    cells: Cells
    is_pin: bool = False

    @property
    def range(self) -> str:
        """The range as the API takes it."""
        return self.name

    @property
    def rows(self) -> list[list[str | int | float | None]]:
        """Its values as the API takes them."""
        return [[self.cells.get(row)] for row in range(self.top.row, max(self.cells) + 1)]

    @property
    def size(self) -> int:
        """Bytes that it takes in a request, about."""
        return _size(self.cells, self.top.row)

    def landed(self, response: Mapping[str, Any]) -> Iterator[tuple[Address, Value]]:
        """Yield what stands, so far below the heading as each cell was, now that it is written."""
        rows = response.get("updatedData", {}).get("values", [])
        for row in self.cells:
            found = rows[row - self.top.row] if row - self.top.row < len(rows) else []
            yield Address(self.top.tab, row, self.top.column), landed_value([*found, None][0])

    def has_moved(self, response: Mapping[str, Any]) -> bool:
        """Say whether what was written stands in other rows than at the time of the look."""
        found = _FIRST_ROW.search(response.get("updatedRange", ""))
        return found is not None and int(found[1]) != self.top.row

    def parts(self) -> Iterator[HeldColumn]:
        """Yield it in parts that fit into one request each."""
        if self.size <= MOST_BYTES or len(self.cells) == 1:
            yield self
            return
        rows = sorted(self.cells)
        for half in (rows[: len(rows) // 2], rows[len(rows) // 2 :]):
            cells = {row: self.cells[row] for row in half}
            yield from replace(self, cells=cells).parts()

    def holds(self, place: Address) -> bool:
        """Say whether a cell belongs to it."""
        return place == self.top if self.is_pin else is_below(place, self.top)

    def part(self, changes: Sequence[CellWrite], echo: Collection[Address]) -> HeldColumn | None:
        """Return it with what of the changes and echoes is meant for it; None without any."""
        cells: dict[int, str | int | float | None] = {
            place.row: None for place in echo if self.holds(place)
        }
        cells |= {
            change.address.row: storable(change.value)
            for change in changes
            if self.holds(change.address)
        }
        return replace(self, cells=cells) if cells else None


def _size(cells: Cells, top: int) -> int:
    texts = sum(len(json.dumps(value)) for value in cells.values() if value is not None)
    return texts + (max(cells) - top + 1) * _EMPTY_ROW_BYTES


def held(anchors: Mapping[str, Address], pins: Mapping[str, Address]) -> list[HeldColumn]:
    """Return what is held by names, with nothing to be written yet.

    Args:
        anchors: headings of columns, by name.
        pins: single cells, by name.
    """
    columns = [HeldColumn(name=f"{OURS}{name}", top=top, cells={}) for name, top in anchors.items()]
    cells = [
        HeldColumn(name=f"{OURS}{name}", top=top, cells={}, is_pin=True)
        for name, top in pins.items()
    ]
    return columns + cells


def parts_of(
    held: Sequence[HeldColumn], changes: Sequence[CellWrite], echo: Collection[Address]
) -> list[HeldColumn]:
    """Return what of the changes and echoes is meant for what is held."""
    return [part for one in held if (part := one.part(changes, echo)) is not None]


def is_below(place: Address, top: Address) -> bool:
    """Say whether a cell is a column's first one, or stands below it."""
    is_same = place.column == top.column and place.tab.casefold() == top.tab.casefold()
    return is_same and place.row >= top.row


def naming(snapshot: Snapshot, columns: Sequence[HeldColumn]) -> Requests:
    """Return the requests after which all of the columns are held by their names.

    Args:
        snapshot: as it stands now.
        columns: to be held, down to their last row.
    """
    return [request for column in columns for request in _naming(snapshot, column)]


def _naming(snapshot: Snapshot, column: HeldColumn) -> Iterator[dict[str, Any]]:
    tab = snapshot.tab(column.top.tab)
    if tab is None:
        return
    known, *doubles = [*(one for one in snapshot.named if one.name == column.name), None]
    for double in doubles:
        # Of a tab that somebody duplicated: which of the two a write would hit is not sure.
        if double is not None:
            yield {"deleteNamedRange": {"namedRangeId": double.identity}}
    if known is not None and _holds(known, tab, column):
        return
    bottom = column.top.row if column.is_pin else max(tab.rows, *column.cells)
    area = Area(column.top.row, column.top.column, bottom, column.top.column)
    shape: dict[str, Any] = {"name": column.name, "range": range_of(tab.sheet_id, area)}
    if known is None:
        yield {"addNamedRange": {"namedRange": shape}}
    else:
        shape["namedRangeId"] = known.identity
        yield {"updateNamedRange": {"namedRange": shape, "fields": "range"}}


def _holds(known: NamedRange, tab: Tab, column: HeldColumn) -> bool:
    area = known.area
    return (
        area is not None
        and known.sheet_id == tab.sheet_id
        and area.top == column.top.row
        and area.left == area.right == column.top.column
        and area.bottom >= max(column.cells)
        and not (column.is_pin and area.bottom > area.top)
    )


def landed_value(value: Any) -> Value:
    """Return a value of an answer in the model's words."""
    if value is None or value == "":
        return None
    if isinstance(value, float):
        return plain_number(value)
    return value if isinstance(value, str | int) else str(value)
