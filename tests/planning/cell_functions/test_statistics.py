from __future__ import annotations

import pytest

from sheetrender.model.cells import Value
from sheetrender.planning.syntax import FormulaError
from tests.planning.formulas import cases, check, shown


@cases(
    {
        "=SUM(A1:C4)": 6,
        "=SUM(A1:A4,TRUE,\"2\")": 9,
        '=SUM("x")': "#VALUE!",
        "=SUM(B1)": 0,
        "=SUM(A:A)": 6,
        "=SUM(2:2)": 22,
        "=PRODUCT(A1:A2,3)": 6,
        "=MAX(B1:B4)": 0,
        "=AVERAGE(B1:B4)": "#DIV/0!",
        "=AVERAGE(A1:A4)": 1.5,
        "=MEDIAN(A1:A4)": 1.5,
        "=MEDIAN(B1:B4)": "#NUM!",
        "=COUNT(A1:D4)": 8,
        "=COUNT(1,\"2\",\"x\",NA())": 2,
        "=COUNT(INDEX(A1:A4,9))": 0,
        "=COUNTA(A1:D4)": 14,
        "=COUNTBLANK(A1:D4)": 2,
        "=COUNTBLANK(F1:F9)": 9,
        "=COUNTBLANK(B:B)": 1048573,
        "=LARGE(A1:A4,2)": 2,
        "=SMALL(A1:A4,1)": -4,
        "=SMALL(A1:A4,5)": "#NUM!",
        "=RANK(2,A1:A4)": 2,
        "=RANK(2,A1:A4,1)": 3,
        "=RANK(99,A1:A4)": "#N/A",
        "=STDEV(A1:A2)": 0.7071067812,
        "=STDEV(A1)": "#DIV/0!",
        "=STDEVP(A1:A2)": 0.5,
        "=VAR(D1:D4)": 166.6666666667,
        "=PERCENTILE(D1:D4,0.5)": 25,
        "=QUARTILE(D1:D4,5)": "#NUM!",
        "=SUMPRODUCT(A1:A4,D1:D4)": 210,
        "=SUMPRODUCT(A1:A4,D1:D3)": "#VALUE!",
        "=SUMPRODUCT((A1:A4>0)*D1:D4)": 70,
        '=SUMPRODUCT(--(B1:B4="verse"),D1:D4)': 20,
        "=SUMPRODUCT(ABS(A1:A4))": 14,
        "=SUMPRODUCT(IF(A1:A4>0,A1:A4,0))": 10,
        "=SUMPRODUCT((ROW(A1:A4)=2)*D1:D4)": 20,
        '=SUMPRODUCT((B:B="verse")*D:D)': 20,
        '=SUMPRODUCT(--(B1:B9=""))': 6,
        "=SUMPRODUCT(--ISBLANK(B1:B9))": 6,
        "=SUM({1,2;3,-4})": 2,
        "=SUM({1,2}*{3;4})": 21,
        "=SUMSQ(3,4)": 25,
    }
)  # fmt: skip
def test_statistics(formula: str, value: Value) -> None:
    check(formula, value)


@pytest.mark.parametrize("formula", ["=SUM(A1:A4*2)", "=A1:A4+1", "=SUMPRODUCT((A:A=0)*1)"])
def test_what_calculates_with_whole_ranges_is_refused(formula: str) -> None:
    with pytest.raises(FormulaError, match="whole"):
        shown(formula)
