from __future__ import annotations

from sheetrender.model.cells import Value
from tests.planning.formulas import cases, check, shown


@cases(
    {
        "=SQRT(16)": 4,
        "=SQRT(-1)": "#NUM!",
        "=LN(0)": "#NUM!",
        "=LOG(8,2)": 3,
        "=LOG(100)": 2,
        "=LOG(5,1)": "#DIV/0!",
        "=EXP(1000)": "#NUM!",
        "=SINH(1000)": "#NUM!",
        "=ACOS(2)": "#NUM!",
        "=ATAN2(1,1)": 0.7853981634,
        "=ATAN2(0,0)": "#DIV/0!",
        "=SIGN(-3)": -1,
        "=MOD(-3,2)": 1,
        "=MOD(3,-2)": -1,
        "=MOD(1,0)": "#DIV/0!",
        "=MOD(0.3,0.1)": 0,
        "=QUOTIENT(-7,2)": -3,
        "=POWER(0,0)": "#NUM!",
        "=POWER(0,-1)": "#DIV/0!",
        "=10^308*10": "#NUM!",
        "=1E999": "#NUM!",
        "=-1E308-1E308": "#NUM!",
        "=EVEN(-1.5)": -2,
        "=ODD(1.5)": 3,
        "=ODD(0)": 1,
        "=ISEVEN(2.5)": True,
        "=ISODD(1E300)": False,
        "=ISODD(TRUE)": "#VALUE!",
        "=FACT(5)": 120,
        "=FACT(171)": "#NUM!",
        "=FACT(1E9)": "#NUM!",
        "=GCD(12,18)": 6,
        "=GCD(-1)": "#NUM!",
        "=LCM(4,6)": 12,
        "=LCM(9007199254740881,9007199254740847)": "#NUM!",
        "=DEGREES(PI())": 180,
        "=0.1+0.2-0.3=0": True,
        "=RANDBETWEEN(2,1)": "#NUM!",
        "=RANDBETWEEN(3,3)": 3,
    }
)
def test_maths(formula: str, value: Value) -> None:
    check(formula, value)


def test_random_numbers_differ_within_a_cell_and_are_the_same_on_every_run() -> None:
    first = shown("=RAND()")
    assert first == shown("=RAND()")
    assert isinstance(first, float)
    assert 0 <= first < 1
    assert shown("=RAND()=RAND()") is False
