from __future__ import annotations

import math

import pytest

from sheetrender.model.cells import Address, Cell, Value, Workbook
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.planning.syntax import FormulaError
from tests.planning.workbooks import grid

SHEET = [(1.5, "text", True), (2, None, "3"), (-4, 0.25, 10)]


def shown(formula: str, *more: object) -> Value:
    """Return what D1 shows when it holds this formula."""
    rows = [list(row) for row in SHEET]
    rows[0].append(formula)
    book = Workbook(
        grids=[grid("Keyframes", rows), grid("My tab", [(7, 8), (9, "=A1*2")])], version="1"
    )
    return ComputedCells(book).value(Address("Keyframes", 1, 4), book.grids[0].cells[1, 4])


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=1+2*3", 7),
        ("=-2^2", 4),
        ("=2^3^2", 64),
        ("=2^-1", 0.5),
        ("=50%", 0.5),
        ("=A1+A2", 3.5),
        ("=$A$1+A$2+$A3", -0.5),
        ("=B2+1", 1),
        ("=B2", 0),
        ("=C2*2", 6),
        ("=C1+1", 2),
        ('="a"&A2&TRUE', "a2TRUE"),
        ("=A1>A2", False),
        ('="B"="b"', True),
        ('=1<"a"', True),
        ("='My tab'!A1+1", 8),
        ("='My tab'!B2", 14),
        ("=SUM(A1:A3)", -0.5),
        ("=MAX(A1:C3)", 10),
        ("=MIN(A1:C3,-9)", -9),
        ("=ABS(A3)", 4),
        ("=MOD(-3,2)", 1),
        ("=ROUND(2.675,2)", 2.68),
        ("=ROUND(-2.5,0)", -3),
        ("=ROUND(1234,-2)", 1200),
        ("=IF(A1>1,10,20)", 10),
        ("=IF(A1>9,10)", False),
        ("=1+0.02*SIN(PI()/2)", 1.02),
        ("=COS(0)", 1),
        ("=IF(FALSE,1/0,5)", 5),
        ("=(1+2)*3", 9),
        ("=+A2", 2),
        ('=IF(A2="","blank","full")', "full"),
        ('=IF(B2="","blank","full")', "blank"),
    ],
)
def test_formulas_show_what_a_spreadsheet_shows(formula: str, value: Value) -> None:
    result = shown(formula)
    assert result == (pytest.approx(value) if isinstance(value, int | float) else value)
    assert isinstance(result, bool) == isinstance(value, bool)


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("=1/0", "#DIV/0!"),
        ("=1+B1", "#VALUE!"),
        ("=#REF!+1", "#REF!"),
        ("=Nowhere!A1", "#REF!"),
        ("=0^0", "#NUM!"),
        ("=(-8)^0.5", "#NUM!"),
        ("=10^999", "#NUM!"),
        ("=XIRR(A1:A3,B1:B3)", "XIRR"),
        ("=D1+1", "circle"),
        ("=A1:A3", "range"),
        ("=SINN(1)", "SINN"),
        ("={1,2}", "range"),
        ("=SUM(A1:ZZ999999)", "circle"),
        ("=SUM(My tab!A1)", "My"),
        ("=A1:A2 A2:A3", "A2:A3"),
        ("=SUM((A1,A2))", "compute"),
        ("=[1]Sheet1!A1+1", "another file"),
        ("=Table1[zoom]", "table"),
        ("=SUM(A1:A2", "formula"),
        ("=" + "(" * 60 + "1" + ")" * 60, "nests"),
        ("=some_name+1", "some_name"),
        ("=SIN()", "SIN"),
    ],
)
def test_what_cannot_be_computed_says_why(formula: str, says: str) -> None:
    with pytest.raises(FormulaError, match=says):
        shown(formula)


def test_a_long_chain_of_cells_is_computed_without_recursion() -> None:
    rows = [[0.0], *[[f"=A{row}+1"] for row in range(1, 5000)]]
    sheet = grid("Keyframes", rows)
    cells = ComputedCells(Workbook(grids=[sheet], version="1"))
    assert cells.value(Address("Keyframes", 5000, 1), sheet.cells[5000, 1]) == 4999


def test_a_cell_used_twice_is_no_circle() -> None:
    sheet = grid("Keyframes", [["=B1+C1", "=C1*2", "=D1+1", 5]])
    cells = ComputedCells(Workbook(grids=[sheet], version="1"))
    assert cells.value(Address("Keyframes", 1, 1), sheet.cells[1, 1]) == 18


def test_doubling_texts_and_ranges_upon_ranges_end_before_the_memory_does() -> None:
    doubling = grid("Keyframes", [["x" * 1000], *[[f"=A{n}&A{n}"] for n in range(1, 40)]])
    cells = ComputedCells(Workbook(grids=[doubling], version="1"))
    with pytest.raises(FormulaError, match="#VALUE!"):
        cells.value(Address("Keyframes", 40, 1), doubling.cells[40, 1])
    rows = [[f"=SUM(B1:B{100_000 - n})"] if n < 100 else [None] for n in range(100_000)]
    sums = grid("Keyframes", [[*row, 1.0] for row in rows])
    cells = ComputedCells(Workbook(grids=[sums], version="1"))
    refused = 0
    for row in range(1, 101):
        try:
            cells.value(Address("Keyframes", row, 1), sums.cells[row, 1])
        except FormulaError:
            refused += 1
    assert refused >= 50


def test_a_circle_through_other_cells_is_found() -> None:
    sheet = grid("Keyframes", [["=B1", "=C1", "=A1"]])
    cells = ComputedCells(Workbook(grids=[sheet], version="1"))
    with pytest.raises(FormulaError, match=r"circle|needs"):
        cells.value(Address("Keyframes", 1, 1), sheet.cells[1, 1])


def test_a_cached_error_is_an_error_and_a_cached_value_is_taken() -> None:
    cells = ComputedCells(Workbook(grids=[], version="1"))
    place = Address("Keyframes", 1, 1)
    assert cells.value(place, Cell(1.5, "=XIRR(1)")) == 1.5
    with pytest.raises(FormulaError, match="#N/A"):
        cells.value(place, Cell("#N/A", "=NA()"))
    assert cells.value(place, Cell("#N/A")) == "#N/A"


def test_results_are_numbers_python_can_use() -> None:
    assert isinstance(shown("=PI()"), float)
    assert math.isclose(float(shown("=SQRT(2)")), math.sqrt(2))  # type: ignore[arg-type]
