"""Rows that are told something: what they are known by, and where they and our columns stand."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sheetrender.model.cells import Findings, Workbook
from sheetrender.model.errors import SheetUnavailable
from sheetrender.planning.columns import OUR_HEADINGS
from sheetrender.planning.readers import text
from sheetrender.planning.table import Table, find_table

# No vowels, so that no word comes about, and nothing that a spreadsheet takes for a number.
_LETTERS = "bcdfghjkmnpqrstvwxz"
LAST_COLUMN = 16_384


def new_row_id() -> str:
    """Return 8 characters that no other row has."""
    return "".join(secrets.choice(_LETTERS) for _ in range(8))


@dataclass(frozen=True, slots=True)
class TrackedRow:
    """A row whose status is written.

    Attributes:
        row_id: what it is known by.
        frame: the text of its frame cell, by which it is found until the id stands in the sheet.
        is_new: the id does not stand in the sheet yet.
    """

    row_id: str
    frame: str
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Landing:
    """What is known of earlier writes, for a sheet that others change at the same time.

    Attributes:
        confirmed: ids that stand in their rows, as far as we know; another one only counts where
            the frame fits as well.
        strays: ids of rows of no one: those that a write hit by mistake, and those that copies got.
        is_shared: others write at the same time, so that what we wrote may stand in any row.
        written: texts that were written last, and the heading of the column that they were for.
    """

    confirmed: frozenset[str] = frozenset()
    strays: frozenset[str] = frozenset()
    is_shared: bool = False
    written: Mapping[str, str] = field(default_factory=dict)


def track_rows(workbook: Workbook, rows: Sequence[int]) -> dict[int, TrackedRow]:
    """Return what each row is known by; a row without an id, or with a copied one, gets a new one.

    Args:
        workbook: as read.
        rows: numbers of the rows, 1-based.
    """
    table = table_of(workbook)
    taken: set[str] = set()
    tracked = {}
    for row in sorted(rows):
        row_id = cell_text(table, row, "row_id")
        is_new = not row_id or row_id in taken
        if is_new:
            row_id = new_row_id()
        taken.add(row_id)
        tracked[row] = TrackedRow(row_id, cell_text(table, row, "frame"), is_new)
    return tracked


def ids_that_stand(rows: Sequence[TrackedRow]) -> frozenset[str]:
    """Return the ids that stood in the sheet when it was read first."""
    return frozenset(tracked.row_id for tracked in rows if not tracked.is_new)


def table_of(workbook: Workbook) -> Table:
    """Return the table of keyframes.

    Raises:
        SheetUnavailable: its heading row is gone.
    """
    table = find_table(workbook, Findings())
    if table is None:
        raise SheetUnavailable(
            "The heading row with `frame` and `subject` is gone from the sheet. Put it back."
        )
    return table


def cell_text(table: Table, row: int, heading: str) -> str:
    """Return what stands in a row below a heading; a formula without a value as its text."""
    column = table.columns.get(heading)
    cell = table.grid.cells.get((row, column)) if column else None
    if cell is None:
        return ""
    return text(cell.value if cell.value is not None else cell.formula)


def our_columns(table: Table, landing: Landing) -> tuple[dict[str, int], list[tuple[str, int]]]:
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
        if heading in columns:
            continue
        columns[heading] = _overwritten(table, heading, landing) or end + 1
        end = max(end, columns[heading])
        made.append((heading, columns[heading]))
    return columns, made


def _overwritten(table: Table, heading: str, landing: Landing) -> int | None:
    """Return where a heading stood before one of its own texts landed on it; None elsewhere."""
    if heading not in landing.written.values():
        return None
    found = (
        column
        for (row, column), cell in table.grid.cells.items()
        if row == table.heading_row and landing.written.get(text(cell.value)) == heading
    )
    return min(found, default=None)


def places_of(
    table: Table, rows: Sequence[TrackedRow], confirmed: Collection[str]
) -> dict[str, int]:
    """Return the row number of every tracked row that is still there."""
    tracked_by_id = {tracked.row_id: tracked for tracked in rows}
    by_id: dict[str, int] = {}
    by_frame: dict[str, int] = {}
    for row in row_numbers(table):
        row_id, frame = cell_text(table, row, "row_id"), cell_text(table, row, "frame")
        tracked = tracked_by_id.get(row_id)
        is_sure = tracked is not None and (row_id in confirmed or frame == tracked.frame)
        if is_sure and row_id not in by_id:
            by_id[row_id] = row
        else:
            # Without an id, with one that landed in the wrong row, or a copy of another row.
            by_frame.setdefault(frame, row)
    places = {}
    for tracked in rows:
        found = by_id.get(tracked.row_id) or by_frame.get(tracked.frame)
        if found is not None:
            places[tracked.row_id] = found
    return places


def row_numbers(table: Table) -> Iterator[int]:
    """Yield the numbers of all rows below the headings that hold anything."""
    yield from sorted({row for row, _ in table.grid.cells if row > table.heading_row})
