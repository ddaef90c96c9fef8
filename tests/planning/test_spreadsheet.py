from __future__ import annotations

import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetrender.model.cells import Address, Cell, Value, Workbook
from sheetrender.planning import spreadsheet
from sheetrender.planning.cell_functions.registry import FUNCTIONS
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.planning.syntax import FormulaError
from tests.planning.formulas import computed, defined, value_at
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
        ("=SUM(My tab!A1)", "tab!A1"),
        ("=A1:A2 A2:A3", "A2:A3"),
        ("=SUM((A1,A2))", "compute"),
        ("=[1]Sheet1!A1+1", "another file"),
        ("=Table1[zoom]", "table"),
        ("=SUM(A1:A2", "ends too early"),
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


def test_doubling_texts_and_ranges_upon_ranges_end_before_the_memory_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spreadsheet, "MAX_LOOKED_UP", 1_000_000)
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


def test_a_circle_is_named_cell_by_cell_for_all_that_are_in_it() -> None:
    cells, book = computed([["=B1", "=C1+1", "=IF(TRUE,A1)", "=A1"]])
    for column in (1, 2, 3):
        with pytest.raises(FormulaError, match=r"goes round in a circle: .*→.*→.*→"):
            value_at(cells, book, 1, column)
    with pytest.raises(FormulaError, match=r"needs Keyframes!A1, which goes round in a circle"):
        value_at(cells, book, 1, 4)


def test_a_long_circle_is_told_in_short() -> None:
    rows = [[f"=A{row + 1}"] for row in range(1, 500)]
    cells, book = computed([*rows, ["=A1"]])
    with pytest.raises(FormulaError, match="→ … →") as caught:
        value_at(cells, book, 1, 1)
    assert len(str(caught.value)) < 200


def test_what_cannot_be_computed_is_told_of_the_cell_where_it_stands() -> None:
    cells, book = computed([["=XIRR(1)", "=A1", "=B1+1", "=SUM(A1:C1)"]])
    for column in (2, 3, 4):
        with pytest.raises(FormulaError) as caught:
            value_at(cells, book, 1, column)
        assert str(caught.value) == "needs Keyframes!A1, which uses XIRR, which we cannot compute"
        assert "--recalc libreoffice" in caught.value.remedy


def test_an_error_names_the_cell_that_it_comes_from() -> None:
    cells, book = computed([["=1/0", "=A1+1", "=SUM(B1:B1)", "=IFERROR(C1,5)"]])
    with pytest.raises(FormulaError) as caught:
        value_at(cells, book, 1, 3)
    assert str(caught.value) == "shows the error #DIV/0!, which comes from Keyframes!A1"
    assert "Keyframes!A1" in caught.value.remedy
    with pytest.raises(FormulaError) as caught:
        value_at(cells, book, 1, 1)
    assert str(caught.value) == "shows the error #DIV/0!"
    assert value_at(cells, book, 1, 4) == 5


def test_a_column_that_is_filled_from_below_is_computed_in_little_time() -> None:
    rows = [[f"=SUM(A{row + 1}:A2000)"] for row in range(1, 2000)]
    cells, book = computed([*rows, [1.0]])
    started = time.perf_counter()
    assert value_at(cells, book, 1900, 1) == 2.0**99
    assert time.perf_counter() - started < 5


LEAVES = st.sampled_from(
    [
        *("0", "1", "-1", "2.5", "1E308", "1E-308", "9E99", '"a"', '"*?~"', '""', "TRUE", "1E9"),
        *("A1", "B2", "C3", "A1:C4", "B:B", "2:2", "$A$1:$A$4", "H1", "Other!A1", "#N/A", ""),
        *('REPT("x",32767)', '"1:2"', '"[h]:mm"', '"0.0"', "base", "area", "again", "{1,2;3,4}"),
    ]
)
CALLED = st.sampled_from(sorted(name for name in FUNCTIONS if name[0].isalpha()))


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    call = st.builds(
        lambda name, arguments: f"{name}({','.join(arguments)})",
        CALLED,
        st.lists(inner, max_size=5),
    )
    sign = st.sampled_from(["+", "-", "*", "/", "^", "&", "=", "<", ">=", "<>"])
    infix = st.builds(lambda left, s, right: f"({left}{s}{right})", inner, sign, inner)
    return call | infix | inner.map(lambda text: f"-{text}%")


@pytest.mark.slow
@settings(max_examples=1500, deadline=5000)
@given(st.recursive(LEAVES, _combined, max_leaves=12))
def test_every_formula_gives_a_value_or_says_what_is_wrong(text: str) -> None:
    names = defined(base="=2.5", area="=Keyframes!$A$1:$B$2", again="=again+1")
    rows = [["=" + text, 2.0, "x"], [None, True, "=1/0"], [3.0, "y", -1.0]]
    cells, book = computed(rows, names=names)
    try:
        value = value_at(cells, book, 1, 1)
    except FormulaError as error:
        assert str(error)
    else:
        assert isinstance(value, float | str | bool)
        assert not isinstance(value, float) or math.isfinite(value)
        assert not isinstance(value, str) or len(value) <= 32_767


@pytest.mark.parametrize("criterion", ["COUNTIF(A:A,{})", "SUMIF(INDEX(A1:A9,{}),1)"])
def test_criteria_in_criteria_are_evaluated_once(criterion: str) -> None:
    formula = "1"
    for _ in range(22):
        formula = criterion.format(formula)
    assert isinstance(shown(f"={formula}"), float)


def test_two_thousand_lookups_in_a_thousand_rows_are_not_too_many() -> None:
    table = [[float(row), row / 7, f"=VLOOKUP({row},A$1:B$1000,2,FALSE)"] for row in range(1000)]
    table = [[*row, f"=INDEX(B:B,MATCH({r}.0,A:A,0))"] for r, row in enumerate(table)]
    cells, book = computed(table)
    assert value_at(cells, book, 1000, 3) == value_at(cells, book, 1000, 4)
    for place, cell in book.grids[0].cells.items():
        assert isinstance(cells.value(Address("Keyframes", *place), cell), float)


def test_work_without_end_ends_in_a_message() -> None:
    refused = 0
    long = "+".join(f"A{row}" for row in range(2, 1400))
    rows = [[f"={long}"], *[[f"=A{row}*1"] for row in range(3, 1400)], [1.0]]
    filled = [[float(row), f"=SUMPRODUCT(SIN(A1:A9999)*{row})"] for row in range(9999)]
    sheets = computed(rows), computed(filled)
    started = time.perf_counter()
    for cells, book in sheets:
        for place, cell in list(book.grids[0].cells.items())[:1000]:
            try:
                cells.value(Address("Keyframes", *place), cell)
            except FormulaError:
                refused += 1
    assert refused
    assert time.perf_counter() - started < 30


def test_deep_nesting_of_every_kind_ends_in_a_message() -> None:
    deep = "=" + "IF(TRUE," * 48 + "1" + ")" * 48
    assert shown(deep) == 1
    deep = "=" + "SUMPRODUCT(--(" * 12 + "1" + "))" * 12
    assert shown(deep) == 1
    with pytest.raises(FormulaError, match="nests deeper"):
        shown("=" + "ABS(" * 200 + "1" + ")" * 200)
    names = {f"step_{i}": f"=step_{i + 1}+1" for i in range(3000)}
    cells, book = computed([["=step_0"]], names=defined(**names, step_3000="=1"))
    assert value_at(cells, book, 1, 1) == 3001


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
