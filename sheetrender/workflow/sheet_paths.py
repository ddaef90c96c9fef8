"""Paths that stand in a sheet, which anyone may edit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sheetrender.model.errors import UsageError
from sheetrender.sheets.store import SheetStore


def path_from_sheet(written: str, store: SheetStore, allowed: Sequence[Path], *, what: str) -> Path:
    """Return a path that stands in a sheet; anyone may edit a sheet, so it stays under its folder.

    Raises:
        UsageError: it leads elsewhere, or is no path.
    """
    try:
        path = (store.folder / written.replace("\\", "/")).resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise UsageError("It is no path. Write the name of a file beside the sheet.") from error
    roots = [store.folder.resolve(), *(folder.expanduser().resolve() for folder in allowed)]
    if any(path.is_relative_to(root) for root in roots):
        return path
    raise UsageError(
        f"It leads out of the sheet's folder. Put the {what} beside the sheet, "
        f"or allow it with --allow-path {path.parent}."
    )
