from __future__ import annotations

import time

from sheetrender.model.cells import Value
from tests.planning.formulas import cases, check, shown


@cases(
    {
        '=COUNTIF(A1:A4,">1")': 2,
        '=COUNTIF(B1:B4,"*r*")': 3,
        '=COUNTIF(B1:B4,"?ntro")': 1,
        '=COUNTIF(B1:B4,"CHORUS")': 1,
        '=COUNTIF(B1:B4,"<>intro")': 3,
        '=COUNTIF(B1:B4,"")': 1,
        '=COUNTIF(B1:B4,"<>")': 3,
        "=COUNTIF(C1:C4,TRUE)": 2,
        "=COUNTIF(A1:A4,A2)": 1,
        '=COUNTIF(A:A,"")': 1048572,
        '=COUNTIF(A1:A4,"="&A1)': 1,
        '=SUMIF(B1:B4,"*r*",D1:D4)': 60,
        '=SUMIF(B1:B4,"verse",D1)': 20,
        '=SUMIF(D1:D4,">15")': 90,
        '=SUMIFS(D1:D4,A1:A4,">0",B1:B4,"<>intro")': 60,
        '=COUNTIFS(A1:A4,">0",C1:C4,TRUE)': 1,
        '=COUNTIFS(A1:A4,">0",C1:C3,TRUE)': "#VALUE!",
        '=AVERAGEIF(A1:A4,">9")': "#DIV/0!",
        '=AVERAGEIFS(D1:D4,A1:A4,">0")': 23.3333333333,
        '=_xlfn.MAXIFS(D1:D4,A1:A4,"<5")': 30,
        '=_xlfn.MINIFS(D1:D4,A1:A4,">99")': 0,
        '=COUNTIF(B1:B4,REPT("x",300))': "#VALUE!",
    }
)
def test_criteria(formula: str, value: Value) -> None:
    check(formula, value)


def test_a_pattern_full_of_stars_takes_no_time() -> None:
    rows = [["a" * 30_000]]
    started = time.perf_counter()
    assert shown('=COUNTIF(A1,REPT("*a",100)&"b")', rows) == 0
    assert shown('=SEARCH(REPT("*a",100)&"b",A1)', rows) == "#VALUE!"
    assert time.perf_counter() - started < 1
