"""Where the status cells of a row stand, and which cells have to change.

A row is found by its `row_id`. While a row has none, it is found by what stands in its frame cell,
which no two rows share.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sheetrender.model.cells import Address, CellWrite, Findings, Workbook
from sheetrender.model.errors import SheetUnavailable
from sheetrender.planning.columns import OUR_HEADINGS
from sheetrender.planning.readers import text
from sheetrender.planning.table import Table, find_table
from sheetrender.reporting.statuses import RowNote

# No vowels, so that no word comes about, and nothing that a spreadsheet takes for a number.
_LETTERS = "bcdfghjkmnpqrstvwxz"
LAST_COLUMN = 16_384
COMMANDS = frozenset({"rerender", "hold"})


def new_row_id() -> str:
    """Return 8 characters that no other row has."""
    return "".join(secrets.choice(_LETTERS) for _ in range(8))


def utc_now() -> str:
    """Return the time for the `updated` cells: ISO 8601 in UTC, to the second."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class TrackedRow:
    """A row whose status is written.

    Attributes:
        row_id: what it is known by.
        frame: the text of its frame cell, by which it is found until the id stands in the sheet.
    """

    row_id: str
    frame: str


@dataclass(frozen=True, slots=True)
class BlockWrites:
    """The cells to change.

    Attributes:
        writes: none twice.
        lost: ids of rows that are no longer in the sheet.
        formulas: cells of ours that hold a formula and are left.
    """

    writes: tuple[CellWrite, ...]
    lost: tuple[str, ...]
    formulas: tuple[Address, ...]


def track_rows(workbook: Workbook, rows: Sequence[int]) -> dict[int, TrackedRow]:
    """Return what each row is known by; a row without an id, or with a copied one, gets a new one.

    Args:
        workbook: as read.
        rows: numbers of the rows, 1-based.
    """
    table = _table(workbook)
    taken: set[str] = set()
    tracked = {}
    for row in sorted(rows):
        row_id = _text(table, row, "row_id")
        if not row_id or row_id in taken:
            row_id = new_row_id()
        taken.add(row_id)
        tracked[row] = TrackedRow(row_id, _text(table, row, "frame"))
    return tracked


def standing_note(table: Table, row: int) -> RowNote:
    """Return what the status cells of a row say now."""
    return RowNote(
        status=_text(table, row, "status").casefold(),
        progress=_text(table, row, "progress"),
        message=_text(table, row, "message"),
        preview=_text(table, row, "preview"),
    )


def block_writes(
    workbook: Workbook,
    rows: Sequence[TrackedRow],
    notes: Mapping[str, RowNote],
    *,
    now: str,
    obeyed: Collection[str] = (),
    places: Mapping[str, int] | None = None,
) -> BlockWrites:
    """Return the cells that have to change so that the sheet says what `notes` say.

    Args:
        workbook: as it stands now.
        rows: the rows that are tracked.
        notes: by row id; a row without a note only gets its id.
        now: for the `updated` cells, ISO 8601.
        obeyed: ids of rows whose command was carried out and may be overwritten.
        places: row numbers by id, where they are known for this very workbook.

    Raises:
        SheetUnavailable: the heading row is gone.
    """
    table = _table(workbook)
    columns, headings = _columns(table)
    places = _places(table, rows) if places is None else places
    writes = [CellWrite(Address(table.grid.tab, table.heading_row, c), h) for h, c in headings]
    formulas: list[Address] = []
    lost = []
    for tracked in rows:
        row = places.get(tracked.row_id)
        if row is None:
            lost.append(tracked.row_id)
            continue
        wanted = _wanted(table, row, tracked, notes.get(tracked.row_id), now, obeyed)
        for heading, value in wanted.items():
            place = Address(table.grid.tab, row, columns[heading])
            cell = table.grid.cells.get((row, place.column))
            if cell is not None and cell.formula is not None:
                formulas.append(place)
            elif (text(cell.value) if cell else "") != value:
                writes.append(CellWrite(place, value or None))
    return BlockWrites(tuple(writes), tuple(lost), tuple(formulas))


def _table(workbook: Workbook) -> Table:
    table = find_table(workbook, Findings())
    if table is None:
        raise SheetUnavailable(
            "The heading row with `frame` and `subject` is gone from the sheet. Put it back."
        )
    return table


def _text(table: Table, row: int, heading: str) -> str:
    column = table.columns.get(heading)
    cell = table.grid.cells.get((row, column)) if column else None
    if cell is None:
        return ""
    return text(cell.value if cell.value is not None else cell.formula)


def _columns(table: Table) -> tuple[dict[str, int], list[tuple[str, int]]]:
    """Return the column of each of our headings, and those headings that have to be made."""
    columns = dict(table.columns)
    # Notes of the person's own may stand to the right of the headings: the block goes behind them.
    end = max(column for row, column in table.grid.cells if row >= table.heading_row)
    if end + len(OUR_HEADINGS) > LAST_COLUMN:
        raise SheetUnavailable(
            f"{table.grid.tab} has something in its very last columns, so that there is no room "
            "for the status columns. Empty those cells."
        )
    made = []
    for heading in OUR_HEADINGS:
        if heading not in columns:
            end += 1
            columns[heading] = end
            made.append((heading, end))
    return columns, made


def _places(table: Table, rows: Sequence[TrackedRow]) -> dict[str, int]:
    """Return the row number of every tracked row that is still there."""
    by_id: dict[str, int] = {}
    by_frame: dict[str, int] = {}
    for row in sorted({row for row, _ in table.grid.cells if row > table.heading_row}):
        row_id = _text(table, row, "row_id")
        if row_id:
            by_id.setdefault(row_id, row)
            if by_id[row_id] == row:
                continue
        # Without an id, or a copy of another row with that row's id: the frame tells them apart.
        by_frame.setdefault(_text(table, row, "frame"), row)
    places = {}
    for tracked in rows:
        found = by_id.get(tracked.row_id) or by_frame.get(tracked.frame)
        if found is not None:
            places[tracked.row_id] = found
    return places


def _wanted(
    table: Table,
    row: int,
    tracked: TrackedRow,
    note: RowNote | None,
    now: str,
    obeyed: Collection[str],
) -> dict[str, str]:
    wanted = {"row_id": tracked.row_id}
    if note is None:
        return wanted
    stands = _text(table, row, "status").casefold()
    if stands in COMMANDS and tracked.row_id not in obeyed:
        # Typed while we worked: it is for the next look, so it has to stay.
        return wanted
    wanted |= {
        "status": note.status,
        "progress": note.progress,
        "message": note.message,
        "preview": note.preview,
    }
    if any(_text(table, row, heading) != value for heading, value in wanted.items()):
        wanted["updated"] = now
    return wanted
