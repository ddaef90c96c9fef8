"""What the cells of workbooks show: computed by us, and by LibreOffice."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import openpyxl
import pytest

from sheetrender.model.cells import Address, Value
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.sheets.xlsx import XlsxStore

Shown = dict[tuple[str, int, int], Value]
"""Value by tab, row and column, the last two 1-based; cells that show nothing are left out."""

needs_libreoffice = pytest.mark.skipif(
    not shutil.which("soffice"), reason="LibreOffice is not installed"
)


def by_us(path: Path, *tabs: str) -> Shown:
    """Return what a workbook shows, of all tabs where none are named."""
    workbook = XlsxStore(path).read()
    cells = ComputedCells(workbook)
    shown = {
        (grid.tab, row, column): cells.value(Address(grid.tab, row, column), cell)
        for grid in workbook.grids
        if not tabs or grid.tab in tabs
        for (row, column), cell in grid.cells.items()
    }
    return {place: value for place, value in shown.items() if value not in (None, "")}


def by_libreoffice(paths: Iterable[Path], folder: Path) -> list[Shown]:
    """Return what the workbooks show once LibreOffice has opened and saved them."""
    paths = list(paths)
    subprocess.run(
        [
            *("soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"),
            *("--convert-to", "xlsx", "--outdir", str(folder / "out"), *map(str, paths)),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return [_saved(folder / "out" / path.name) for path in paths]


def _saved(path: Path) -> Shown:
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        (sheet.title, cell.row, cell.column): cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value not in (None, "")
    }
