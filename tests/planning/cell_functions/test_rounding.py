from __future__ import annotations

from sheetrender.model.cells import Value
from tests.planning.formulas import cases, check


@cases(
    {
        "=ROUND(1.005,2)": 1.01,
        "=ROUND(1.5,1E9)": 1.5,
        "=ROUND(1.5,-1E9)": 0,
        "=ROUND(1E300,2)": 1e300,
        "=ROUNDUP(-1.21,1)": -1.3,
        "=ROUNDDOWN(-1.29,1)": -1.2,
        "=TRUNC(-1.9)": -1,
        "=INT(-1.1)": -2,
        "=INT(4.35*100)": 435,
        "=MROUND(7,5)": 5,
        "=MROUND(7.5,5)": 10,
        "=MROUND(7,-5)": "#NUM!",
        "=CEILING(0.3,0.1)": 0.3,
        "=CEILING(-2.5,2)": -2,
        "=CEILING(-2.5,-2)": -4,
        "=CEILING(2.5,-2)": "#NUM!",
        "=CEILING(2.5,0)": 0,
        "=FLOOR(0.3,0.1)": 0.3,
        "=FLOOR(2.5,0)": "#DIV/0!",
        "=FLOOR(0,0)": 0,
        "=FLOOR(-2.5,2)": -4,
        "=_xlfn.CEILING.MATH(-2.5,2,1)": -4,
        "=_xlfn.FLOOR.MATH(-2.5,2,1)": -2,
        "=CEILING(1E300,1E-300)": "#NUM!",
    }
)
def test_rounding(formula: str, value: Value) -> None:
    check(formula, value)
