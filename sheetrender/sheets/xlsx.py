"""Sheets in .xlsx and .xlsm files."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path

from sheetrender.model.cells import Address, CellWrite, Value, Workbook
from sheetrender.model.errors import SheetUnavailable
from sheetrender.sheets.a1 import Area, parse_area
from sheetrender.sheets.changes import refuse_unusable
from sheetrender.sheets.files import file_state, read_snapshot, read_unchanged, replace_file
from sheetrender.sheets.recalculated import recalculated
from sheetrender.sheets.recalculated_values import (
    Computed,
    formula_values,
    has_formulas,
    with_values,
)
from sheetrender.sheets.refusals import UnusualFileError
from sheetrender.sheets.xlsx_package import Package, WorksheetPart
from sheetrender.sheets.xlsx_patch import patch
from sheetrender.sheets.zip_splice import splice

_RESAVE = "Save it anew in Excel (File > Save As), and run again."


class XlsxStore:
    """One .xlsx or .xlsm file.

    Attributes:
        name: the file's name without its ending.
        location: its absolute path, symbolic links resolved.
        folder: where it lies.
    """

    def __init__(self, path: Path, *, recalc: bool = False) -> None:
        """Take the path of a file, which need not exist yet.

        Args:
            path: of the file.
            recalc: whether `read` takes the values of formulas from LibreOffice, which computes a
                copy of the file; at most once for each version of it.
        """
        self._recalc = recalc
        self._computed: tuple[str, Computed] | None = None
        self._path = path.resolve()
        self.name = self._path.stem
        self.location = str(self._path)
        self.folder = self._path.parent

    def read(self) -> Workbook:
        """Return the workbook as it stands on the disk.

        Raises:
            SheetUnavailable: the file is not there, or is none that can be read.
            PartMissing: LibreOffice shall compute it, and is not installed.
            RenderFailed: LibreOffice cannot compute it.
        """
        # Imported here because openpyxl takes long, and writing does not need it.
        from sheetrender.sheets.xlsx_read import read_contents

        snapshot = read_snapshot(self._path)
        contents = read_contents(snapshot.content, self._path)
        grids = contents.grids
        if self._recalc and has_formulas(grids):
            if self._computed is None or self._computed[0] != snapshot.version:
                content = recalculated(snapshot.content, self._path)
                computed = formula_values(read_contents(content, self._path).grids)
                self._computed = snapshot.version, computed
            grids = with_values(grids, self._computed[1])
        return Workbook(grids=grids, version=snapshot.version, names=contents.names)

    @property
    def landed(self) -> Mapping[Address, Value]:
        """Nothing: a write is refused where the file has changed, so it lands where it is meant."""
        return {}

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
        """Set the named cells, and leave every other byte of the workbook as it is.

        Returns:
            The version of the file after the write.

        Raises:
            SheetChanged: the file is another one by now.
            SheetLocked: Excel or LibreOffice has it open.
            CellsRefused: some cells hold formulas, or are merged, or name a table's columns.
            SheetUnavailable: the file is of a kind that cannot be changed without loss. In all
                cases nothing was changed.
        """
        refuse_unusable(changes)
        content, package = self._opened(version)
        try:
            contents = _patched(package, changes)
            if not contents:
                return version
            pieces = splice(content, contents)
        except UnusualFileError as error:
            raise package.unavailable(f"cannot be written: it {error}. {_RESAVE}") from error
        check = partial(_refuse_damage, contents)
        return replace_file(self._path, pieces, version=version, check=check)

    def glance(self) -> str:
        """Return the state of the file."""
        return file_state(self._path)

    def close(self) -> None:
        """Do nothing: files are not held open."""

    def add_tab(self, title: str, widths: Sequence[float], *, version: str) -> str:
        """Add an empty worksheet behind the others; every other part stays as it is.

        Args:
            title: that no tab has.
            widths: of its first columns, in characters.
            version: `Workbook.version` of the file.

        Returns:
            The version of the file after the write.

        Raises:
            SheetChanged: the file is another one by now.
            SheetLocked: Excel or LibreOffice has it open.
            SheetUnavailable: the file is of a kind that cannot be changed without loss. In all
                cases nothing was changed.
        """
        from sheetrender.sheets.xlsx_new_tab import with_tab

        content, package = self._opened(version)
        try:
            pieces = with_tab(content, package, title, widths)
        except UnusualFileError as error:
            raise package.unavailable(f"cannot be written: it {error}. {_RESAVE}") from error
        return replace_file(self._path, pieces, version=version, check=partial(_refuse_damage, {}))

    def _opened(self, version: str) -> tuple[bytes, Package]:
        content = read_unchanged(self._path, version)
        package = Package(content, self._path)
        if any(name.lower().startswith("_xmlsignatures/") for name in package.names):
            raise package.unavailable("is signed, and would lose its signature. Work on a copy.")
        return content, package


def _patched(package: Package, changes: Sequence[CellWrite]) -> dict[str, bytes]:
    """Return the new contents of the parts that differ afterwards."""
    contents = {}
    for _, group in groupby(sorted(changes, key=_tab), key=_tab):
        writes = list(group)
        worksheet = _worksheet(package, writes[0].address)
        old = package.read(worksheet.part)
        new = patch(old, writes, _table_headings(package, worksheet))
        if new != old:
            contents[worksheet.part] = new
    return contents


def _tab(change: CellWrite) -> str:
    return change.address.tab.casefold()


def _worksheet(package: Package, address: Address) -> WorksheetPart:
    wanted = address.tab.casefold()
    for worksheet in package.worksheets:
        if worksheet.title.casefold() == wanted:
            return worksheet
    raise package.unavailable(f"has no worksheet called {address.tab}. Add one, and run again.")


def _table_headings(package: Package, worksheet: WorksheetPart) -> list[Area]:
    headings = []
    for part in package.related(worksheet.part, "table"):
        table = package.elements(part)[0].attributes
        if table.get("headerRowCount", "1") != "0":
            area = parse_area(table.get("ref", ""))
            headings.append(Area(area.top, area.left, area.top, area.right))
    return headings


def _refuse_damage(contents: dict[str, bytes], written: Path) -> None:
    """Raise where a finished file does not hold what was put into it.

    Raises:
        SheetUnavailable: it does not; the file that it would replace is as it was.
    """
    try:
        with zipfile.ZipFile(written) as archive:
            whole = all(archive.read(part) == content for part, content in contents.items())
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
        raise _not_whole(written) from error
    if not whole:
        raise _not_whole(written)


def _not_whole(written: Path) -> SheetUnavailable:
    return SheetUnavailable(
        f"What was written to {written.parent} does not read back whole. Check the disk."
    )
