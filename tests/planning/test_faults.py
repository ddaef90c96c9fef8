from __future__ import annotations

import numpy as np
import pytest

from sheetrender.planning.expressions import compute
from sheetrender.planning.faults import fault

NAMES = {"t": 0.0, "k": 0.0, "n": 10.0}


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("1/t", "divides by zero"),
        ("5 // t", "divides by zero"),
        ("(t-1) % 0", "remainder"),
        ("fmod(1, 0)", "remainder"),
        ("sqrt(t-5)", "root of a negative number"),
        ("where(t>0, 1/t, 0) + sqrt(t-5)", "root of a negative number"),
        ("(1/t if t > 0 else 0) + exp(2000)", "grows beyond all bounds"),
        ("log(t)", "logarithm of 0"),
        ("log(t-1)", "logarithm of a negative number"),
        ("arctanh(1)", r"arctanh\(1\)"),
        ("(t-8)^0.5", "broken power"),
        ("9**9**9**9", "grows beyond all bounds"),
        ("t + 9e999", "grows beyond all bounds"),
        ("tri(n-10)", "width of 0"),
    ],
)
def test_the_part_that_fails_is_named(formula: str, says: str) -> None:
    assert not np.isfinite(compute(formula, NAMES, 1)).all()
    with pytest.raises(type(fault(formula, NAMES)), match=says):
        raise fault(formula, NAMES)
