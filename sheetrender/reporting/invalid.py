"""Rows that cannot be rendered say so in the sheet, with what to write instead."""

from __future__ import annotations

from collections.abc import Sequence

from sheetrender.model.cells import Findings, Problem, Workbook
from sheetrender.planning.table import find_table
from sheetrender.reporting.block import block_writes, track_rows, utc_now
from sheetrender.reporting.statuses import RowNote
from sheetrender.sheets.store import SheetStore


def write_invalid(store: SheetStore, workbook: Workbook, problems: Sequence[Problem]) -> None:
    """Write ``invalid`` and the reason into each row that has a problem.

    Raises:
        SheetUnavailable: the sheet does not take it; nothing was changed.
    """
    by_row = _by_row(workbook, problems)
    if by_row:
        tracked = track_rows(workbook, list(by_row))
        notes = {
            tracked[row].row_id: RowNote(status="invalid", message=" ".join(by_row[row]))
            for row in tracked
        }
        block = block_writes(
            workbook,
            list(tracked.values()),
            notes,
            now=utc_now(),
            places={track.row_id: row for row, track in tracked.items()},
        )
        if block.writes:
            store.write(block.writes, version=workbook.version)


def _by_row(workbook: Workbook, problems: Sequence[Problem]) -> dict[int, list[str]]:
    """Return what is wrong in each row of the table; a tab without heading row has none."""
    table = find_table(workbook, Findings())
    by_row: dict[int, list[str]] = {}
    for problem in problems:
        place = problem.place
        if table is None or place is None or place.tab != table.grid.tab:
            continue
        if place.row == table.heading_row:
            continue
        by_row.setdefault(place.row, []).append(str(problem).removeprefix(f"{problem.cell} "))
    return by_row
