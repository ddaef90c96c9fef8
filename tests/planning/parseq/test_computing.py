"""Formulas of Parseq, against values worked out by hand and those of its own test suite."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.planning.parseq.clock import Clock, FieldNames, Series
from sheetrender.planning.parseq.computing import computed
from sheetrender.planning.parseq.grammar import parse
from sheetrender.planning.parseq.words import words
from sheetrender.planning.syntax import FormulaError

CLOCK = Clock(
    frames=11,
    fps=30.0,
    bpm=140.0,
    labels={0: "intro", 5: "snare hit", 10: ""},
    series={"drums": Series(np.array([0.0, 100.0, 200.0]), np.array([0.0, 1.0, 4.0]), True)},
)
NAMES = FieldNames(CLOCK, [0, 5, 10], [5.0, 0.0, 10.0])


def curve(formula: str) -> np.ndarray:
    return computed(parse(formula), NAMES)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("10-5-2", 10 - (5 - 2)),
        ("10-3-2", 9),
        ("1-1+1", -1),
        ("8/4/2", 4),
        ("7%4*2", 7),
        ("2^3*2", 64),
        ("-2^2", 4),
        ("2*3+4", 10),
        ("0 and 1 or 1", 0),
        ("(10-5)-2", 3),
        ("if 0 - 1 5 else 7", 7),
        ("if 2 5", 5),
        ("-7 % 4", -3),
        ("1s", 30),
        ("1b", 30 * 60 / 140),
        ("2f", 2),
        ("round(2.5)", 3),
        ("floor(1.299, 2)", 1.29),
        ("min(3, 2) + max(a=1, b=4)", 6),
        ("s2f(2) + f2s(30)", 61),
        ("_log2(8)", 3),
        ("PI", math.pi),
        ("last_frame", 10),
        ("true", 1),
        ("3 # a remark", 3),
    ],
)
def test_operators_group_from_the_right_as_in_parseq(formula: str, value: float) -> None:
    assert curve(formula) == pytest.approx([value] * 11)


@pytest.mark.parametrize(
    ("formula", "values"),
    [
        ("L", [5, 4, 3, 2, 1, 0, 2, 4, 6, 8, 10]),
        ("S", [5, 5, 5, 5, 5, 0, 0, 0, 0, 0, 10]),
        ("round(C, 2)", [5, 3.28, 1.74, 0.56, -0.08, 0, 0.92, 2.56, 4.74, 7.28, 10]),
        ("P", [5, 2.8, 1.2, 0.2, -0.2, 0, 0.8, 2.2, 4.2, 6.8, 10]),
        ("k", [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0]),
        ("next_keyframe", [5, 5, 5, 5, 5, 10, 10, 10, 10, 10, 10]),
        ("prev_keyframe_value", [5, 5, 5, 5, 5, 0, 0, 0, 0, 0, 10]),
        ("next_keyframe_value", [0, 0, 0, 0, 0, 10, 10, 10, 10, 10, 10]),
        ("sin(p=10)", np.sin(np.arange(11) / 5 * np.pi)),
        ("tri(4)", [0, 1, 0, -1, 0, 1, 0, -1, 0, 1, 0]),
        ("saw(10, 1)", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0, 0.1]),
        ("pulse(p=5, a=2, c=10, pw=2)", [12, 12, 10, 10, 10, 12, 12, 10, 10, 10, 12]),
        ("pulse(5, 0, 2, 10, 0.5, 1)", [12, 10, 10, 0, 0, 12, 10, 10, 0, 0, 12]),
        ("slide(1, 3, 2)", [1, 2, 3, 3, 3, 1, 2, 3, 3, 3, 1]),
        ("slide(in=5)", [5, 4, 3, 2, 1, 0, 2, 4, 6, 8, 10]),
        ('bez(0, 0, 1, 1, from=0, to=5, c="linear")', None),
        ('bez(from=0, to=5, in=5, c="linear")', [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0]),
        ('info_match("snare")', [0] * 5 + [1] * 5 + [0]),
        ('info_match_since("snare")', [-1] * 5 + [0, 1, 2, 3, 4, 5]),
        ('info_match_next("snare")', [5] * 5 + [-1] * 6),
        ("drums", [0, 0, 0, 0, 1, 1, 1, 4, 4, 4, 4]),
        ("drums(f, 1)", np.interp(np.arange(11) / 0.03, [0, 100, 200], [0, 1, 4])),
    ],
)
def test_curves(formula: str, values: list[float] | None) -> None:
    if values is None:
        with pytest.raises(FormulaError, match="by name and some by place"):
            curve(formula)
    else:
        assert curve(formula) == pytest.approx(values, abs=1e-9)


@pytest.mark.parametrize(
    "formula",
    ["", "1 +", "(1", "f f", "rand()", "nobody", "sin()", "sin(1, q=2)", "min(1)", "a$b", '"x"',
     "(" * 60 + "1" + ")" * 60, "1+" * 400 + "1",
     "info_match(\"(a|a)*b\")", "info_match(\"a*a*a*b\")", "bez(c=\"no\")"],
)  # fmt: skip
def test_what_cannot_be_computed_says_why(formula: str) -> None:
    with pytest.raises(FormulaError):
        curve(formula)


NUMBERS = st.integers(0, 99).map(str)
FORMULAS = st.recursive(
    NUMBERS | st.sampled_from(["f", "k", "L", "1b", "-f"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map("".join),
        inner.map(lambda text: f"({text})"),
        st.tuples(inner, inner).map(lambda two: f"max({two[0]}, {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"if ({two[0]}) > 3 ({two[1]}) else 1"),
    ),
    max_leaves=12,
)


@given(FORMULAS)
def test_any_formula_has_a_number_for_every_frame(formula: str) -> None:
    assert curve(formula).shape == (11,)


@given(st.lists(NUMBERS, min_size=2, max_size=9), st.lists(st.sampled_from("+-"), min_size=8))
def test_sums_group_from_the_right(numbers: list[str], signs: list[str]) -> None:
    value = float(numbers[-1])
    for number, sign in zip(numbers[-2::-1], signs[len(numbers) - 2 :: -1], strict=False):
        value = float(number) + value if sign == "+" else float(number) - value
    text = numbers[0] + "".join(s + n for s, n in zip(signs, numbers[1:], strict=False))
    assert curve(text)[0] == value


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        words(text)
        curve(text)
    except FormulaError as error:
        assert str(error)
