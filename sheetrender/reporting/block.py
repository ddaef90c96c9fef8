"""Where the status cells of a row stand, and which cells have to change.

A row is found by its `row_id`. While it is not sure that its id stands in the sheet, it is found by
what stands in its frame cell, which no two rows share. Other people may move rows between our look
and our write: `BlockWrites.guards` names the cells that tell whether a write landed where it was
meant, and the next look mends what did not.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sheetrender.model.cells import Address, Cell, CellPicture, CellWrite, Findings, Value, Workbook
from sheetrender.model.errors import SheetUnavailable
from sheetrender.planning.columns import OUR_HEADINGS
from sheetrender.planning.readers import text
from sheetrender.planning.table import Table, find_table
from sheetrender.reporting.statuses import RowNote, Shown

# No vowels, so that no word comes about, and nothing that a spreadsheet takes for a number.
_LETTERS = "bcdfghjkmnpqrstvwxz"
LAST_COLUMN = 16_384
COMMANDS = frozenset({"rerender", "hold"})
STATUSES = frozenset({"queued", "rendering", "done", "failed", "invalid", "stale", "held"})


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
        columns: where our headings stood.
        written: texts that were written last.
    """

    confirmed: frozenset[str] = frozenset()
    strays: frozenset[str] = frozenset()
    is_shared: bool = False
    columns: Mapping[str, int] = field(default_factory=dict)
    written: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockWrites:
    """The cells to change.

    Attributes:
        writes: none twice.
        guards: cells that are not changed, and the text that each holds if no row has moved.
        ids: what each of these cells belongs to: the id of its row; empty for a row of no one.
        columns: where our headings stand.
        anchors: the headings of our columns, by a name that lasts.
        lost: ids of rows that are no longer in the sheet.
        formulas: cells of ours that hold a formula and are left.
    """

    writes: tuple[CellWrite, ...]
    guards: Mapping[Address, str]
    ids: Mapping[Address, str]
    columns: Mapping[str, int]
    anchors: Mapping[str, Address]
    lost: tuple[str, ...]
    formulas: tuple[Address, ...]

    def missed(self, landed: Mapping[Address, Value]) -> frozenset[str]:
        """Return what stood in the place of the expected texts, where rows have moved."""
        return frozenset(
            text(landed[place])
            for place, expected in self.guards.items()
            if place in landed and text(landed[place]) != expected
        )


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
        is_new = not row_id or row_id in taken
        if is_new:
            row_id = new_row_id()
        taken.add(row_id)
        tracked[row] = TrackedRow(row_id, _text(table, row, "frame"), is_new)
    return tracked


def says(cell: Cell | None, wanted: Shown) -> bool:
    """Say whether a cell shows what it is to show."""
    if cell is None:
        return wanted == ""
    if cell.formula is not None:
        return CellPicture.of(cell.formula) == wanted
    return text(cell.value) == str(wanted)


def standing_note(table: Table, row: int) -> RowNote:
    """Return what the status cells of a row say now."""
    return RowNote(
        status=_text(table, row, "status").casefold(),
        progress=_text(table, row, "progress"),
        message=_text(table, row, "message"),
        preview=_standing_preview(table, row),
    )


def _standing_preview(table: Table, row: int) -> Shown:
    cell = table.grid.cells.get((row, table.columns.get("preview", 0)))
    picture = CellPicture.of(cell.formula) if cell else None
    return picture or _text(table, row, "preview")


def block_writes(
    workbook: Workbook,
    rows: Sequence[TrackedRow],
    notes: Mapping[str, RowNote],
    *,
    now: str,
    obeyed: Collection[str] = (),
    places: Mapping[str, int] | None = None,
    landing: Landing | None = None,
) -> BlockWrites:
    """Return the cells that have to change so that the sheet says what `notes` say.

    Args:
        workbook: as it stands now.
        rows: the rows that are tracked.
        notes: by row id; a row without a note only gets its id.
        now: for the `updated` cells, ISO 8601.
        obeyed: ids of rows whose command was carried out and may be overwritten.
        places: row numbers by id, where they are known for this very workbook; other rows are
            then left alone.
        landing: what is known of earlier writes.

    Raises:
        SheetUnavailable: the heading row is gone.
    """
    known = landing or Landing(confirmed=ids_that_stand(rows))
    return _Block(_table(workbook), rows, notes, now, obeyed, known).writes(places)


def ids_that_stand(rows: Sequence[TrackedRow]) -> frozenset[str]:
    """Return the ids that stood in the sheet when it was read first."""
    return frozenset(tracked.row_id for tracked in rows if not tracked.is_new)


class _Block:
    """The status cells of one look at the sheet."""

    def __init__(
        self,
        table: Table,
        rows: Sequence[TrackedRow],
        notes: Mapping[str, RowNote],
        now: str,
        obeyed: Collection[str],
        landing: Landing,
    ) -> None:
        self._table = table
        self._rows = rows
        self._notes = notes
        self._now = now
        self._obeyed = obeyed
        self._landing = landing
        self._columns, made = _columns(table, landing)
        tab, heading_row = table.grid.tab, table.heading_row
        self._writes = [CellWrite(Address(tab, heading_row, c), h) for h, c in made]
        self._guards: dict[Address, str] = {}
        self._ids: dict[Address, str] = {}
        self._formulas: list[Address] = []

    def writes(self, places: Mapping[str, int] | None) -> BlockWrites:
        known = places
        if known is None:
            known = _places(self._table, self._rows, self._landing.confirmed)
        lost = [tracked.row_id for tracked in self._rows if tracked.row_id not in known]
        for tracked in self._rows:
            row = known.get(tracked.row_id)
            if row is not None:
                self._set(row, self._wanted(row, tracked), tracked.row_id)
        if places is None:
            self._clear_strays(set(known.values()))
        return BlockWrites(
            writes=tuple(self._writes),
            guards=self._guards,
            ids=self._ids,
            columns=self._columns,
            anchors=self._anchors(),
            lost=tuple(lost),
            formulas=tuple(self._formulas),
        )

    def _anchors(self) -> dict[str, Address]:
        tab, heading_row = self._table.grid.tab, self._table.heading_row
        return {h: Address(tab, heading_row, self._columns[h]) for h in OUR_HEADINGS}

    def _wanted(self, row: int, tracked: TrackedRow) -> dict[str, Shown]:
        wanted: dict[str, Shown] = {"row_id": tracked.row_id}
        note = self._notes.get(tracked.row_id)
        stands = _text(self._table, row, "status").casefold()
        if note is None:
            # A row with nothing to say may still have been hit by what was meant for another.
            is_hit = tracked.row_id in self._landing.strays and stands not in COMMANDS
            return wanted | dict.fromkeys(OUR_HEADINGS[1:], "") if is_hit else wanted
        if stands in COMMANDS and tracked.row_id not in self._obeyed:
            # Typed while we worked: it is for the next look, so it has to stay.
            return wanted
        wanted |= {
            "status": note.status,
            "progress": note.progress,
            "message": note.message,
            "preview": note.preview,
        }
        if any(not says(self._cell(row, h), value) for h, value in wanted.items()):
            wanted["updated"] = self._now
        return wanted

    def _cell(self, row: int, heading: str) -> Cell | None:
        return self._table.grid.cells.get((row, self._columns[heading]))

    def _set(self, row: int, wanted: Mapping[str, Shown], row_id: str) -> None:
        """Take up what differs in a row, and the cell that tells the row from others."""
        before = len(self._writes)
        for heading, value in wanted.items():
            place = Address(self._table.grid.tab, row, self._columns[heading])
            cell = self._cell(row, heading)
            if cell is not None and cell.formula is not None and not CellPicture.of(cell.formula):
                self._formulas.append(place)
            elif not says(cell, value):
                self._writes.append(CellWrite(place, value or None))
        if len(self._writes) > before:
            self._guard(row, row_id)

    def _guard(self, row: int, row_id: str) -> None:
        stands = _text(self._table, row, "row_id")
        heading = "row_id" if stands == row_id else "frame"
        place = Address(
            self._table.grid.tab, row, {**self._table.columns, **self._columns}[heading]
        )
        cell = self._table.grid.cells.get((row, place.column))
        value = cell.value if cell else None
        # A date or a time of day comes back as a number, which says nothing.
        if value is None or isinstance(value, str | int | float):
            self._guards[place] = text(value)
            self._ids[place] = row_id

    def _clear_strays(self, taken: Collection[int]) -> None:
        """Empty what stands in rows that it was not meant for, and tell copies from their rows."""
        ids = {tracked.row_id for tracked in self._rows}
        for row in _row_numbers(self._table):
            row_id = _text(self._table, row, "row_id")
            is_copy = row_id in ids
            if row in taken or (row_id and not is_copy and row_id not in self._landing.strays):
                continue
            note = standing_note(self._table, row)
            if note.status in COMMANDS:
                continue
            if is_copy or self._landing.is_shared or note.status in STATUSES:
                emptied = dict.fromkeys(OUR_HEADINGS[1:], "")
                self._set(row, {"row_id": new_row_id() if is_copy else row_id, **emptied}, "")


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


def _columns(table: Table, landing: Landing) -> tuple[dict[str, int], list[tuple[str, int]]]:
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
    """Return where a heading stood before one of our own texts landed on it; None elsewhere."""
    column = landing.columns.get(heading)
    cell = table.grid.cells.get((table.heading_row, column)) if column else None
    return column if cell is not None and text(cell.value) in landing.written else None


def _places(table: Table, rows: Sequence[TrackedRow], confirmed: Collection[str]) -> dict[str, int]:
    """Return the row number of every tracked row that is still there."""
    tracked_by_id = {tracked.row_id: tracked for tracked in rows}
    by_id: dict[str, int] = {}
    by_frame: dict[str, int] = {}
    for row in _row_numbers(table):
        row_id, frame = _text(table, row, "row_id"), _text(table, row, "frame")
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


def _row_numbers(table: Table) -> Iterator[int]:
    yield from sorted({row for row, _ in table.grid.cells if row > table.heading_row})
