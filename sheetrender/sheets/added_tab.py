"""One more tab in a sheet that people work in, whatever kind it is of."""

from __future__ import annotations

from collections.abc import Sequence

from sheetrender.model.errors import UsageError
from sheetrender.sheets.store import SheetStore, is_google


def add_tab(store: SheetStore, title: str, widths: Sequence[float], *, version: str) -> None:
    """Add an empty tab behind the others, and change nothing else. Read the sheet anew after it.

    Args:
        store: the sheet, which has no tab of that title.
        title: of the tab.
        widths: of its first columns, in characters.
        version: `Workbook.version` of the sheet as it was read.

    Raises:
        SheetUnavailable: the sheet does not take it; nothing was changed.
        UsageError: sheets of this kind have one tab only.
    """
    if is_google(store.location):
        from sheetrender.sheets.google import GoogleStore
        from sheetrender.sheets.google_added_tab import add_google_tab

        assert isinstance(store, GoogleStore)
        add_google_tab(store, title, widths)
        return
    from sheetrender.sheets.xlsx import XlsxStore

    if not isinstance(store, XlsxStore):
        raise UsageError(f"{store.location} has one tab only, as every .csv file. Use an .xlsx.")
    store.add_tab(title, widths, version=version)
