"""What a look at the sheet found, written into its rows: what to mend, and what to think about."""

from __future__ import annotations

from collections.abc import Sequence

from sheetrender.model.cells import Findings, Problem, Workbook
from sheetrender.model.errors import SheetChanged
from sheetrender.planning.readers import text
from sheetrender.planning.table import Table, find_table
from sheetrender.reporting.block import block_writes, standing_note, utc_now
from sheetrender.reporting.statuses import RowNote
from sheetrender.reporting.tracked_rows import Landing, ids_that_stand, track_rows
from sheetrender.sheets.store import SheetStore, is_google

WARNING = "Warning: "
ATTEMPTS = 5
"""At writing into rows that others move meanwhile."""


def write_findings(
    store: SheetStore,
    workbook: Workbook,
    problems: Sequence[Problem],
    warnings: Sequence[Problem] = (),
    *,
    mended: bool = False,
) -> int:
    """Write ``invalid`` and the reason into each row with a problem, warnings into the message.

    Args:
        store: the sheet.
        workbook: as it was read.
        problems: what has to be mended.
        warnings: what is probably not meant; the status of such a row stays as it is.
        mended: rows that say ``invalid`` or a warning, and have none any more, are emptied.

    Returns:
        How many rows say something now.

    Raises:
        SheetUnavailable: the sheet does not take it; nothing was changed.
    """
    table = find_table(workbook, Findings())
    if table is None:
        return 0
    wrong, doubtful = _by_row(table, problems), _by_row(table, warnings)
    notes = mended_notes(table) if mended else {}
    for row, said in doubtful.items():
        standing = standing_note(table, row)
        status = "" if standing.status == "invalid" else standing.status
        notes[row] = RowNote(
            status=status,
            progress=standing.progress,
            message=WARNING + " ".join(said),
            preview=standing.preview,
        )
    notes |= problem_notes(table, problems)
    _write(store, workbook, notes)
    return len(wrong.keys() | doubtful.keys())


def problem_notes(table: Table, problems: Sequence[Problem]) -> dict[int, RowNote]:
    """Return what rows with problems say, by row number."""
    notes = {}
    for row, said in _by_row(table, problems).items():
        # A row that is held stays so when its problem is mended.
        is_held = standing_note(table, row).status in ("hold", "held")
        status = "held" if is_held else "invalid"
        notes[row] = RowNote(status=status, message=" ".join(said))
    return notes


def mended_notes(table: Table) -> dict[int, RowNote]:
    """Return what rows say whose old findings are gone, by row number; all that had some."""
    return {row: note for row in table.rows if (note := _emptied(table, row))}


def _write(store: SheetStore, workbook: Workbook, notes: dict[int, RowNote]) -> None:
    """Write the notes; where rows moved before they landed, find the rows and write them again."""
    tracked = track_rows(workbook, list(notes))
    rows = list(tracked.values())
    by_id = {tracked[row].row_id: note for row, note in notes.items()}
    places: dict[str, int] | None = {track.row_id: row for row, track in tracked.items()}
    strays: frozenset[str] = frozenset()
    for left in reversed(range(ATTEMPTS)):
        known = Landing(confirmed=ids_that_stand(rows), strays=strays)
        block = block_writes(workbook, rows, by_id, now=utc_now(), places=places, landing=known)
        if not notes or not block.writes:
            return
        try:
            store.write(
                block.writes,
                version=workbook.version,
                echo=block.guards.keys(),
                anchors=block.anchors,
                unchanged=block.typed,
            )
            landed = store.landed
            missed = block.missed(landed)
        except SheetChanged:
            # Whoever saves a file has looked at it; what happens to a live sheet happens all along.
            if not left or not is_google(store.location):
                raise
            landed, missed = {}, frozenset()
        else:
            if not missed or not left:
                return
        strays |= {text(landed[place]) for place in missed if place in landed}
        workbook, places = store.read(), None


def _emptied(table: Table, row: int) -> RowNote | None:
    """Return what a row says once its old findings are gone; None where it has none."""
    standing = standing_note(table, row)
    if standing.status == "invalid":
        return RowNote(status="")
    if standing.message.startswith(WARNING):
        return RowNote(status=standing.status, progress=standing.progress, preview=standing.preview)
    return None


def _by_row(table: Table, problems: Sequence[Problem]) -> dict[int, list[str]]:
    """Return what is said of each row of the table."""
    by_row: dict[int, list[str]] = {}
    for problem in problems:
        place = problem.place
        if place is None or place.tab != table.grid.tab or place.row <= table.heading_row:
            continue
        by_row.setdefault(place.row, []).append(str(problem).removeprefix(f"{problem.cell} "))
    return by_row
