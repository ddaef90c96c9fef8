"""The one thing that every kind of sheet can do, and how the right kind is found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from sheetrender.model.cells import CellWrite, Workbook
from sheetrender.model.errors import SheetUnavailable, UsageError

Recalc: TypeAlias = Literal["", "libreoffice"]
"""The program that computes the formulas of a sheet; empty where the file's values count."""

_GOOGLE_KEY = re.compile(r"[A-Za-z0-9_-]{30,}")


class SheetStore(Protocol):
    """One sheet, wherever it lives.

    Every implementation passes ``tests/sheets/contract.py``.

    Attributes:
        name: the sheet's name without its ending, for the output folder.
        location: what the sheet is known by: an absolute path, or a key.
        folder: where relative paths in the sheet begin.
    """

    name: str
    location: str
    folder: Path

    def read(self) -> Workbook:
        """Return the sheet as it stands now.

        Raises:
            SheetUnavailable: it cannot be reached or read.
        """
        ...

    def write(self, changes: Sequence[CellWrite], *, version: str) -> str:
        """Set the named cells; leave every other cell, formula and format as it is.

        Either all of `changes` are stored or none.

        Args:
            changes: at most one for each cell.
            version: `Workbook.version` of the sheet that the changes were made for.

        Returns:
            The version of the sheet after the write.

        Raises:
            SheetChanged: the sheet is another one by now: read it again.
            SheetLocked: a program holds it open, and would overwrite what is written.
            CellsRefused: some of the cells must stay as they are, such as formulas; it names them.
            SheetUnavailable: it cannot be reached or written.
        """
        ...


def open_store(sheet: str, *, recalc: Recalc = "") -> SheetStore:
    """Return the adapter for a path; the file need not exist yet.

    Args:
        sheet: the path.
        recalc: the program that computes formulas when the sheet is read; .csv files have none.

    Raises:
        SheetUnavailable: it is a Google Sheet, which this version cannot open.
        UsageError: the ending is none that we know.
    """
    if sheet.startswith(("http://", "https://")):
        raise _not_a_file(sheet, "a web address")
    try:
        sheet.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"{sheet!r} is no name in UTF-8. Rename the file.") from error
    path = Path(sheet)
    ending = path.suffix.lower()
    if ending in {".xlsx", ".xlsm"}:
        from sheetrender.sheets.xlsx import XlsxStore

        return XlsxStore(path, recalc=recalc == "libreoffice")
    if ending in {".csv", ".tsv"}:
        from sheetrender.sheets.csv_file import CsvStore

        return CsvStore(path)
    if _GOOGLE_KEY.fullmatch(sheet) and not path.exists():
        raise _not_a_file(sheet, "the key of a Google Sheet")
    raise UsageError(f"{sheet} is no sheet that can be opened. Give an .xlsx or .csv file.")


def _not_a_file(sheet: str, what: str) -> SheetUnavailable:
    return SheetUnavailable(
        f"{sheet} is {what}, and this version opens files only. "
        "In Google Sheets choose File > Download > Microsoft Excel, and run the .xlsx file."
    )
