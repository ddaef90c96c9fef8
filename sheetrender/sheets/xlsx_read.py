"""A whole .xlsx file read: what its cells show, and the formulas behind them.

Formula cells count with the value that the file carries. A file that asks to be computed anew
(``fullCalcOnLoad``) is believed all the same, because a formula that we cannot compute would
otherwise be lost although its value stands there; with one exception: such files come from
programs that do not calculate, and XlsxWriter puts a 0 under every formula. So a 0 counts as
absent there, and is computed. Nothing is lost where it is really 0.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from sheetrender.model.cells import Cell, DefinedName, Grid, Value
from sheetrender.model.collector import collector_paused
from sheetrender.sheets.formula_tokens import formula_tokens
from sheetrender.sheets.inline_text import decode_text
from sheetrender.sheets.xlsx_formulas import StoredFormula, formulas
from sheetrender.sheets.xlsx_names import defined_names
from sheetrender.sheets.xlsx_package import UNREADABLE, Package

_UNEXPECTED = (*UNREADABLE, AttributeError, InvalidFileException, SyntaxError, TypeError)
"""What openpyxl raises at parts that are not as it expects; SyntaxError is xml.etree's."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a workbook holds.

    Attributes:
        grids: its worksheets, in the order of the tabs.
        names: what its formulas may call cells, constants and formulas.
    """

    grids: list[Grid]
    names: list[DefinedName]


def read_contents(content: bytes, path: Path) -> Contents:
    """Return every worksheet of a workbook, and its names.

    Raises:
        SheetUnavailable: the bytes are no workbook that can be read.
    """
    package = Package(content, path)
    if package.strict:
        raise package.unavailable(
            "is saved as Strict Open XML, which cannot be read. In Excel choose File > Save As > "
            "Excel Workbook (.xlsx)."
        )
    package.refuse_doctypes()
    try:
        with collector_paused():
            names = defined_names(package.read(package.workbook))
            return Contents(list(_grids(content, package)), names)
    except _UNEXPECTED as error:
        raise package.damaged(error) from error


def _grids(content: bytes, package: Package) -> Iterator[Grid]:
    with warnings.catch_warnings():
        # They tell of parts that saving would lose. We never save with openpyxl.
        warnings.simplefilter("ignore")
        workbook = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
        for worksheet in package.worksheets:
            cells = _shown(workbook[worksheet.title])
            stored = formulas(package.read(worksheet.part))
            for place, formula in stored.items():
                value = cells[place].value if place in cells else None
                cells[place] = _formula_cell(formula, value, package.recalculates)
            yield Grid(worksheet.title, cells)


def _shown(worksheet: ReadOnlyWorksheet) -> dict[tuple[int, int], Cell]:
    # Programs write wrong dimensions, and cells outside of them would be missing.
    worksheet.reset_dimensions()
    return {
        (row_number, column): Cell(decode_text(value) if isinstance(value, str) else value)
        for row_number, row in enumerate(worksheet.iter_rows(values_only=True), start=1)
        for column, value in enumerate(row, start=1)
        if value is not None and value != ""
    }


def _formula_cell(formula: StoredFormula, value: Value, recalculates: bool) -> Cell:
    if value is None and formula.shows_empty_text:
        return Cell("", formula.text)
    placeholder = recalculates and type(value) in {int, float} and value == 0
    if value is None or placeholder:
        return Cell(None, formula.text, formula_tokens(formula.text))
    return Cell(value, formula.text)
