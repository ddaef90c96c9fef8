"""Whether a sheet could be written, found out without changing it."""

from __future__ import annotations

from pathlib import Path

from sheetrender.model.cells import Address
from sheetrender.sheets.files import refuse_unwritable
from sheetrender.sheets.store import SheetStore, is_google


def try_to_write(store: SheetStore, place: Address, *, version: str) -> None:
    """Write nothing into a sheet, as far as that goes.

    Args:
        store: the sheet.
        place: a cell that is to be written later; Google is asked to leave it as it is.
        version: of the sheet as it was read.

    Raises:
        SheetLocked: a program holds it open.
        SheetChanged: it is another one by now.
        SheetUnavailable: it cannot be written.
    """
    if is_google(store.location):
        from sheetrender.sheets.google import GoogleStore

        assert isinstance(store, GoogleStore)
        store.write([], version=version, echo=[place])
    else:
        store.write([], version=version)
        refuse_unwritable(Path(store.location))
