from __future__ import annotations

import pytest

from sheetrender.model.cells import Value
from sheetrender.planning.syntax import FormulaError
from tests.planning.formulas import cases, check, computed, shown, value_at


@cases(
    {
        "=IF(A1,2,3)": 2,
        "=IF(,2,3)": 3,
        "=IF(FALSE,2,)": 0,
        '=IF("x",1,2)': "#VALUE!",
        '=IF("true",1,2)': 1,
        "=IF(1/0,1,2)": "#DIV/0!",
        '=IF(TRUE,B4)&"x"': "x",
        "=IFS(A1>5,1,A1>0,2)": 2,
        "=IFS(FALSE,1)": "#N/A",
        '=_xlfn.SWITCH(B2,"intro",1,"VERSE",2)': 2,
        "=_xlfn.SWITCH(9,1,2)": "#N/A",
        "=_xlfn.SWITCH(9,1,2,3)": 3,
        "=CHOOSE(2.9,1,2,3)": 2,
        "=CHOOSE(4,1,2,3)": "#VALUE!",
        "=IFERROR(1/0,5)": 5,
        "=IFERROR(B4,5)": 0,
        "=IFNA(NA(),5)": 5,
        "=IFNA(1/0,5)": "#DIV/0!",
        "=IFERROR(#N/A,1)": 1,
        "=AND(C1:C4)": False,
        "=OR(C1:C4,FALSE)": True,
        "=XOR(TRUE,TRUE,TRUE)": True,
        "=AND(B1:B4)": "#VALUE!",
        "=NOT(0)": True,
        "=ISNUMBER(A1)": True,
        "=ISNUMBER(C1)": False,
        "=ISTEXT(B1)": True,
        "=ISBLANK(B4)": True,
        '=ISBLANK("")': False,
        "=ISERROR(1/0)": True,
        "=ISERR(NA())": False,
        "=ISNA(MATCH(99,A1:A4,0))": True,
        "=ISLOGICAL(C2)": True,
        "=N(TRUE)": 1,
        "=SUMPRODUCT(--ISNUMBER(A1:D4))": 8,
        "=_xlfn.LET(_xlpm.x,3,_xlpm.x^2)": 9,
        "=LET(x,2,y,x*3,X+y)": 8,
        "=LET(all,A1:A4,SUM(all))": 6,
        "=LET(x,1,LET(x,x+1,x)+x)": 3,
        "=LET(x,1/0,5)": 5,
        "=TRUE()": True,
    }
)
def test_logic(formula: str, value: Value) -> None:
    check(formula, value)


@pytest.mark.parametrize(
    "formula",
    [
        "=IF(TRUE,1,XIRR(A1:A3))",
        "=IF(FALSE,H1,1)",
        "=IF(A1>0,1,NOWHERE)",
        "=IFS(TRUE,1,XIRR(1),2)",
        "=SWITCH(2,2,1,XIRR(1),H1)",
        "=CHOOSE(1,1,H1,XIRR(1))",
        "=IFERROR(1,XIRR(1))",
        "=IFNA(1,H1)",
    ],
)
def test_what_stands_in_a_branch_that_is_not_taken_is_no_problem(formula: str) -> None:
    assert shown(formula) == 1


def test_a_missing_function_is_a_problem_even_inside_iferror() -> None:
    with pytest.raises(FormulaError, match="uses XIRR"):
        shown("=IFERROR(XIRR(1),0)")


@pytest.mark.parametrize("name", ["A1", "xfd9", "r", "c", "1", '"x"', "a b"])
def test_a_name_of_let_looks_like_no_cell(name: str) -> None:
    with pytest.raises(FormulaError):
        shown(f"=LET({name},1,2)")


def test_a_running_total_that_asks_for_its_own_column_is_no_circle() -> None:
    cells, book = computed([[1.0], *[["=INDEX(A:A,ROW()-1)+1"]] * 9])
    assert value_at(cells, book, 10, 1) == 10
    cells, book = computed([["=ROWS(A$1:A1)"], ["=ROWS(A$1:A2)*COLUMN(A2)"]])
    assert value_at(cells, book, 2, 1) == 2
