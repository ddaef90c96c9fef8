"""Five hundred generated formulas against LibreOffice."""

from __future__ import annotations

import datetime as dt
import math
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from sheetrender.model.cells import Address, Grid, Value
from sheetrender.planning.cell_values import days
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.planning.syntax import FormulaError
from sheetrender.sheets.xlsx import XlsxStore
from tests.planning.generated_formulas import DATA, NAMES, Formulas

FORMULAS = 500
SHOWS = "shows the error "

needs_libreoffice = pytest.mark.skipif(
    not shutil.which("soffice"), reason="LibreOffice is not installed"
)


def written(path: Path, formulas: list[str]) -> None:
    book = openpyxl.Workbook()
    keyframes = book.active
    assert keyframes is not None
    keyframes.title = "Keyframes"
    for formula in formulas:
        keyframes.append([formula])
    data = book.create_sheet("Data")
    for row in DATA:
        data.append(row)
    for name, meaning in NAMES.items():
        book.defined_names[name] = DefinedName(name, attr_text=meaning)
    book.save(path)


def by_libreoffice(path: Path, folder: Path) -> list[Value]:
    subprocess.run(
        [
            *("soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"),
            *("--convert-to", "xlsx", "--outdir", str(folder / "out"), str(path)),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    book = openpyxl.load_workbook(folder / "out" / path.name, data_only=True)
    return [row[0] for row in book["Keyframes"].iter_rows(max_col=1, values_only=True)]


def by_us(cells: ComputedCells, grid: Grid, row: int) -> Value:
    try:
        return cells.value(Address(grid.tab, row, 1), grid.cells[row, 1])
    except FormulaError as error:
        # Whatever else it says, such as a function that is missing, then equals no error value.
        return str(error).removeprefix(SHOWS).partition(",")[0]


def agree(ours: Value, theirs: Value) -> bool:
    if isinstance(theirs, dt.datetime | dt.date | dt.time | dt.timedelta):
        theirs = days(theirs)
    if isinstance(ours, str):
        # LibreOffice stores errors that only it has, such as Err:502 for #NUM!, as #VALUE!.
        return ours == (theirs or "") or (ours.startswith("#") and theirs == "#VALUE!")
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    both = isinstance(ours, int | float) and isinstance(theirs, int | float)
    return both and math.isclose(float(ours), float(theirs), rel_tol=1e-9, abs_tol=1e-12)  # type: ignore[arg-type]


@pytest.mark.slow
@needs_libreoffice
def test_generated_formulas_show_what_libreoffice_shows(tmp_path: Path) -> None:
    stream = Formulas(seed=20)
    formulas = [stream.next() for _ in range(FORMULAS)]
    path = tmp_path / "formulas.xlsx"
    written(path, formulas)
    theirs = by_libreoffice(path, tmp_path)
    workbook = XlsxStore(path).read()
    cells = ComputedCells(workbook)
    differing = [
        f"{formula}: ours {ours!r}, LibreOffice's {other!r}"
        for row, (formula, other) in enumerate(zip(formulas, theirs, strict=True), 1)
        if not agree(ours := by_us(cells, workbook.grids[0], row), other)
    ]
    assert not differing, "\n".join(differing)
    errors = sum(isinstance(value, str) and value.startswith("#") for value in theirs)
    assert errors < FORMULAS / 5
