"""What single formulas show, for tests of their functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import pytest

from sheetrender.model.cells import Address, DefinedName, Value, Workbook
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.planning.syntax import FormulaError
from sheetrender.sheets.formula_tokens import formula_tokens
from tests.planning.workbooks import grid

SHEET: Sequence[Sequence[Value]] = [
    (1.0, "intro", True, 10.0),
    (2.0, "verse", False, 20.0),
    (-4.0, "Chorus", True, 30.0),
    (7.0, None, None, 40.0),
]
"""What stands in A1:D4; the formula stands in H1."""

NOW = dt.datetime(2024, 5, 6, 12, 0)


def defined(**names: str) -> list[DefinedName]:
    """Return names of a workbook; a double underscore parts a tab from the name."""
    return [
        DefinedName(
            name=name.rpartition("__")[2],
            tab=name.rpartition("__")[0],
            formula=meaning,
            tokens=formula_tokens(meaning),
        )
        for name, meaning in names.items()
    ]


def computed(
    rows: Sequence[Sequence[Value]], *, names: Sequence[DefinedName] = ()
) -> tuple[ComputedCells, Workbook]:
    book = Workbook(grids=[grid("Keyframes", rows)], version="1", names=names)
    return ComputedCells(book, NOW), book


def value_at(cells: ComputedCells, book: Workbook, row: int, column: int) -> Value:
    sheet = book.grids[0]
    return cells.value(Address(sheet.tab, row, column), sheet.cells[row, column])


def shown(formula: str, rows: Sequence[Sequence[Value]] = SHEET) -> Value:
    """Return what H1 shows; an error value as its code."""
    first = [*rows[0], *[None] * (7 - len(rows[0])), formula]
    cells, book = computed([first, *rows[1:]])
    try:
        return value_at(cells, book, 1, 8)
    except FormulaError as error:
        text = str(error)
        if text.startswith("shows the error "):
            return text.removeprefix("shows the error ").partition(",")[0]
        raise


def check(formula: str, value: Value) -> None:
    result = shown(formula)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    assert result == (pytest.approx(value) if is_number else value)
    assert isinstance(result, bool) == isinstance(value, bool)


def cases(expected: Mapping[str, Value]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("formula", "value"), list(expected.items()))
