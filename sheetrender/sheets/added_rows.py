"""Changes of cells together with new rows, in a sheet that people may be writing in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sheetrender.model.cells import Address, CellWrite
from sheetrender.sheets.store import SheetStore, is_google


@dataclass(frozen=True, slots=True)
class AddedRows:
    """Neighbouring rows of one tab that are new.

    Attributes:
        below: the last row that has something in it, formulas of the person's own set aside.
        writes: cells of the rows behind it, none of which holds anything.
    """

    below: int
    writes: Sequence[CellWrite]


def write_with_rows(
    store: SheetStore,
    changes: Sequence[CellWrite],
    added: Sequence[AddedRows],
    *,
    version: str,
    echo: Collection[Address] = (),
) -> None:
    """Set cells, and add rows; where people write meanwhile, no row of theirs is written over.

    Files are changed as a whole or not at all. In a Google Sheet the cells come first, then the
    rows, each tab in one step. Read the sheet anew after it.

    Args:
        store: the sheet.
        changes: of cells in rows that are there.
        added: the new rows.
        version: `Workbook.version` of the sheet as it was read.
        echo: as for `SheetStore.write`.

    Raises:
        SheetChanged: the sheet is another one by now: read it again.
        CellsRefused: some of the cells must stay as they are; it names them.
        SheetUnavailable: it cannot be reached or written.
    """
    if not is_google(store.location):
        rows = [write for one in added for write in one.writes]
        store.write([*changes, *rows], version=version, echo=echo)
        return
    from sheetrender.sheets.google import GoogleStore
    from sheetrender.sheets.google_added_rows import add_google_rows

    assert isinstance(store, GoogleStore)
    snapshot = store.snapshot(version)
    store.write(changes, version=version, echo=echo)
    for one in added:
        if one.writes:
            add_google_rows(store, snapshot, one.below, one.writes)
