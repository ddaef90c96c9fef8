from __future__ import annotations

import pytest

from sheetrender.model.cells import Value
from sheetrender.planning.syntax import FormulaError
from tests.planning.formulas import cases, check, shown


@cases(
    {
        "=VLOOKUP(2,A1:D4,2,FALSE)": "verse",
        '=VLOOKUP("chorus",B1:D4,3,FALSE)': 30,
        '=VLOOKUP("v*",B1:D4,3,0)': 20,
        "=VLOOKUP(9,A1:D4,2,FALSE)": "#N/A",
        "=VLOOKUP(2,A1:D4,9,FALSE)": "#REF!",
        "=VLOOKUP(2,A1:D4,0,FALSE)": "#VALUE!",
        "=VLOOKUP(25,D1:D4,1)": 20,
        "=VLOOKUP(5,D1:D4,1)": "#N/A",
        '=VLOOKUP(2,{1,"a";2,"b"},2,FALSE)': "b",
        "=VLOOKUP(2,A:B,2,FALSE)": "verse",
        "=HLOOKUP(10,A1:D4,3,FALSE)": 30,
        "=LOOKUP(25,D1:D4,B1:B4)": "verse",
        "=LOOKUP(25,D1:D4)": 20,
        "=MATCH(20,D1:D4,0)": 2,
        "=MATCH(25,D1:D4)": 2,
        "=MATCH(25,{40,30,20},-1)": 2,
        '=MATCH("VERSE",B1:B4,0)': 2,
        "=MATCH(1,A1:D4,0)": "#N/A",
        "=INDEX(A1:D4,2,4)": 20,
        "=INDEX(D1:D4,3)": 30,
        "=INDEX(A2:D2,4)": 20,
        "=INDEX(D1:D4,5)": "#REF!",
        "=INDEX(D1:D4,-1)": "#VALUE!",
        "=SUM(INDEX(A1:D4,0,4))": 100,
        "=SUM(INDEX(A1:D4,2,0))": 22,
        "=INDEX({1,2;3,4},2,1)": 3,
        "=_xlfn.XLOOKUP(20,D1:D4,B1:B4)": "verse",
        '=_xlfn.XLOOKUP(99,D1:D4,B1:B4,"none")': "none",
        "=_xlfn.XLOOKUP(99,D1:D4,B1:B4)": "#N/A",
        "=_xlfn.XLOOKUP(25,D1:D4,B1:B4,,-1)": "verse",
        "=_xlfn.XLOOKUP(25,D1:D4,B1:B4,,1)": "Chorus",
        '=_xlfn.XLOOKUP("?erse",B1:B4,D1:D4,,2)': 20,
        '=_xlfn.XLOOKUP("?erse",B1:B4,D1:D4)': "#N/A",
        "=SUM(_xlfn.XLOOKUP(2,A1:A4,C1:D4))": 20,
        "=_xlfn.XLOOKUP(TRUE,C1:C4,D1:D4,,0,-1)": 30,
        "=_xlfn.XLOOKUP(1,A1:A4,D1:D3)": "#VALUE!",
        "=_xlfn.XMATCH(30,D1:D4)": 3,
        "=ROW()": 1,
        "=ROW(B3)": 3,
        "=COLUMN()": 8,
        "=ROWS(A1:B3)": 3,
        "=COLUMNS(A:C)": 3,
        "=ADDRESS(2,3)": "$C$2",
        '=ADDRESS(2,3,4,TRUE,"My tab")': "'My tab'!C2",
        "=OFFSET(A1,1,3)": 20,
        "=SUM(OFFSET(A1,0,0,3,1))": -1,
        "=SUM(OFFSET(A3,0,0,-3,1))": -1,
        "=OFFSET(A1,-1,0)": "#REF!",
        "=OFFSET(A1,1E300,0)": "#NUM!",
        '=INDIRECT("D"&2)': 20,
        '=SUM(INDIRECT("D1:D4"))': 100,
        '=INDIRECT("nowhere")': "#REF!",
        "=ROW(INDIRECT(\"D7\"))": 7,
        "=_xlfn.SINGLE(D1:D4)": 10,
        "=_xlfn.SINGLE(D2:D4)": "#VALUE!",
    }
)  # fmt: skip
def test_lookups(formula: str, value: Value) -> None:
    check(formula, value)


def test_a_whole_row_out_of_index_is_refused() -> None:
    with pytest.raises(FormulaError, match="whole row"):
        shown("=INDEX(A1:D4,2)")


def test_a_lookup_needs_only_the_cells_that_it_asks_for() -> None:
    rows: list[list[Value]] = [[1.0, "=XIRR(1)"], [2.0, "found"]]
    assert shown("=VLOOKUP(2,A1:B2,2,FALSE)", rows) == "found"
    assert shown("=INDEX(B1:B2,2)", rows) == "found"
