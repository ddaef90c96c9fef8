"""Where the status cells of a row stand, and which cells have to change.

A row is found by its `row_id`. While it is not sure that its id stands in the sheet, it is found by
what stands in its frame cell, which no two rows share. Other people may move rows between our look
and our write: `BlockWrites.guards` names the cells that tell whether a write landed where it was
meant, and the next look mends what did not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sheetrender.model.cells import Address, Cell, CellPicture, CellWrite, Value, Workbook
from sheetrender.planning.columns import OUR_HEADINGS
from sheetrender.planning.readers import text
from sheetrender.planning.table import Table
from sheetrender.reporting.statuses import RowNote, Shown
from sheetrender.reporting.tracked_rows import (
    Landing,
    TrackedRow,
    cell_text,
    ids_that_stand,
    new_row_id,
    our_columns,
    places_of,
    row_numbers,
    table_of,
)

COMMANDS = frozenset({"rerender", "hold"})
STATUSES = frozenset({"queued", "rendering", "done", "failed", "invalid", "stale", "held"})


def utc_now() -> str:
    """Return the time for the `updated` cells: ISO 8601 in UTC, to the second."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


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

    @property
    def typed(self) -> frozenset[Address]:
        """The cells to change into which people type commands."""
        places = {write.address for write in self.writes}
        return frozenset(p for p in places if p.column == self.columns["status"])

    def missed(self, landed: Mapping[Address, Value]) -> frozenset[Address]:
        """Return the guards that do not hold what they held: their rows have moved.

        Args:
            landed: what the write left there; empty where it would have been refused.
        """
        if not landed:
            return frozenset()
        found = {place: text(landed[place]) for place in self.guards if place in landed}
        return frozenset(p for p, expected in self.guards.items() if found.get(p) != expected)


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
        status=cell_text(table, row, "status").casefold(),
        progress=cell_text(table, row, "progress"),
        message=cell_text(table, row, "message"),
        preview=_standing_preview(table, row),
    )


def _standing_preview(table: Table, row: int) -> Shown:
    cell = table.grid.cells.get((row, table.columns.get("preview", 0)))
    picture = CellPicture.of(cell.formula) if cell else None
    return picture or cell_text(table, row, "preview")


def block_writes(
    workbook: Workbook,
    rows: Sequence[TrackedRow],
    notes: Mapping[str, RowNote],
    *,
    now: str,
    obeyed: Mapping[str, str] | None = None,
    places: Mapping[str, int] | None = None,
    landing: Landing | None = None,
) -> BlockWrites:
    """Return the cells that have to change so that the sheet says what `notes` say.

    Args:
        workbook: as it stands now.
        rows: the rows that are tracked.
        notes: by row id; a row without a note only gets its id.
        now: for the `updated` cells, ISO 8601.
        obeyed: commands that were carried out and may be overwritten, by row id.
        places: row numbers by id, where they are known for this very workbook; other rows are
            then left alone.
        landing: what is known of earlier writes.

    Raises:
        SheetUnavailable: the heading row is gone.
    """
    known = landing or Landing(confirmed=ids_that_stand(rows))
    return _Block(table_of(workbook), rows, notes, now, obeyed or {}, known).writes(places)


class _Block:
    """The status cells of one look at the sheet."""

    def __init__(
        self,
        table: Table,
        rows: Sequence[TrackedRow],
        notes: Mapping[str, RowNote],
        now: str,
        obeyed: Mapping[str, str],
        landing: Landing,
    ) -> None:
        self._table = table
        self._rows = rows
        self._notes = notes
        self._now = now
        self._obeyed = obeyed
        self._landing = landing
        self._columns, made = our_columns(table, landing)
        tab, heading_row = table.grid.tab, table.heading_row
        self._writes = [CellWrite(Address(tab, heading_row, c), h) for h, c in made]
        self._guards: dict[Address, str] = {}
        self._ids: dict[Address, str] = {}
        self._formulas: list[Address] = []

    def writes(self, places: Mapping[str, int] | None) -> BlockWrites:
        known = places
        if known is None:
            known = places_of(self._table, self._rows, self._landing.confirmed)
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
        stands = cell_text(self._table, row, "status").casefold()
        if note is None:
            # A row with nothing to say may still have been hit by what was meant for another.
            is_hit = tracked.row_id in self._landing.strays and stands not in COMMANDS
            return wanted | dict.fromkeys(OUR_HEADINGS[1:], "") if is_hit else wanted
        if stands in COMMANDS and stands != self._obeyed.get(tracked.row_id):
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
        stands = cell_text(self._table, row, "row_id")
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
        for row in row_numbers(self._table):
            row_id = cell_text(self._table, row, "row_id")
            is_copy = row_id in ids
            if row in taken or (row_id and not is_copy and row_id not in self._landing.strays):
                continue
            note = standing_note(self._table, row)
            if note.status in COMMANDS:
                continue
            if is_copy or self._landing.is_shared or note.status in STATUSES:
                emptied = dict.fromkeys(OUR_HEADINGS[1:], "")
                self._set(row, {"row_id": new_row_id() if is_copy else row_id, **emptied}, "")
