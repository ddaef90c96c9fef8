"""The one thing that every kind of sheet can do, and how the right kind is found."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from sheetrender.model.cells import Address, CellWrite, Value, Workbook
from sheetrender.model.errors import UsageError
from sheetrender.sheets.google_address import is_address, is_key, key_of

Recalc: TypeAlias = Literal["", "libreoffice"]
"""The program that computes the formulas of a sheet; empty where the file's values count."""


_ENDINGS = (".xlsx", ".xlsm", ".csv", ".tsv")

GOOGLE = "google:"
"""How the `location` of a Google Sheet begins."""


class SheetStore(Protocol):
    """One sheet, wherever it lives.

    Every implementation passes ``tests/sheets/contract.py``.

    Attributes:
        location: what the sheet is known by: an absolute path, or ``google:`` and a key.
        folder: where relative paths in the sheet begin.
        landed: where other people write at the same time, what stood, once the last write was done,
            in the cells that it wrote or was asked to echo; an empty cell is None. A cell to be
            echoed is missing where it is not sure that it stands beside what was written. Empty
            where a write is refused instead as soon as the sheet has changed.
    """

    @property
    def name(self) -> str:
        """The sheet's name without its ending, for the output folder."""
        ...

    location: str
    folder: Path

    @property
    def landed(self) -> Mapping[Address, Value]:
        """What the last write left in its cells, as it says of itself."""
        ...

    def read(self) -> Workbook:
        """Return the sheet as it stands now.

        Raises:
            SheetUnavailable: it cannot be reached or read.
        """
        ...

    def write(
        self,
        changes: Sequence[CellWrite],
        *,
        version: str,
        echo: Collection[Address] = (),
        anchors: Mapping[str, Address] | None = None,
        pins: Mapping[str, Address] | None = None,
        unchanged: Collection[Address] = (),
    ) -> str:
        """Set the named cells; leave every other cell, formula and format as it is.

        Either all of `changes` are stored or none.

        Args:
            changes: at most one for each cell.
            version: `Workbook.version` of the sheet that the changes were made for.
            echo: cells that are not touched, but come back in `landed` where there is any.
            anchors: by a lasting name each, the cell at the top of a column that is all ours from
                there on. Where others write at the same time, what is meant for such a column
                lands in it wherever they move it meanwhile, as far below that cell as it was.
            pins: likewise, single cells.
            unchanged: cells that others write as well. Where one no longer holds what it did in
                `version`, the sheet is another one; where others write at the same time, they can
                still be faster, by about a second.

        Returns:
            The version of the sheet after the write.

        Raises:
            SheetChanged: the sheet is another one by now: read it again.
            SheetLocked: a program holds it open, and would overwrite what is written.
            CellsRefused: some of the cells must stay as they are, such as formulas; it names them.
            SheetUnavailable: it cannot be reached or written.
        """
        ...

    def glance(self) -> str:
        """Return what tells one state of the sheet from another without reading it, or nothing.

        Texts that differ mean that the sheet was probably changed. Equal ones mean little: what
        they come from may lag behind.
        """
        ...

    def close(self) -> None:
        """Let go of what is held open; a later call opens it again."""
        ...


def open_store(sheet: str, *, recalc: Recalc = "", credentials: Path | None = None) -> SheetStore:
    """Return the adapter for a path, a Google Sheet's address or its key; it need not exist yet.

    Args:
        sheet: as the person wrote it.
        recalc: the program that computes formulas when the sheet is read; .csv files have none,
            and Google computes its own.
        credentials: a file for Google that the person named; else it is looked for.

    Raises:
        PartMissing: it is a Google Sheet, and there are no credentials.
        UsageError: the ending or the address is none that we know, or the credentials are unfit.
    """
    if is_address(sheet):
        return _google(key_of(sheet), credentials)
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
    if is_google(sheet):
        return _google(sheet, credentials)
    if ending == ".json":
        raise UsageError(
            f"{sheet} is no sheet that can be opened. If it is a plan of an output folder, "
            "run, preview, plan and finish take it; give this command its sheet."
        )
    close = difflib.get_close_matches(ending, _ENDINGS, n=1)
    hint = f": did you mean {path.with_suffix(close[0])}?" if close else "."
    raise UsageError(
        f"{sheet} is no sheet that can be opened. "
        f"Give an .xlsx or .csv file, or the address of a Google Sheet{hint}"
    )


def is_google(sheet: str) -> bool:
    """Say whether a text, or a store's `location`, means a Google Sheet and no file."""
    if is_address(sheet) or sheet.startswith(GOOGLE):
        return True
    return is_key(sheet) and not Path(sheet).exists()


def _google(key: str, credentials: Path | None) -> SheetStore:
    # Imported here because gspread takes long, and files do not need it.
    from sheetrender.sheets.google import google_store
    from sheetrender.sheets.google_auth import find_access

    return google_store(key, find_access(credentials))
