from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.planning.expressions import compute, parse_formula
from sheetrender.planning.formula_calls import FUNCTION_NAMES
from sheetrender.planning.syntax import FormulaError

T = np.arange(10.0)


def at(formula: str) -> list[float]:
    return compute(formula, {"t": T, "pi": math.pi, "drums": T / 9}, 10).tolist()


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1 + 2*3", 7),
        ("2^3^2", 512),
        ("-2^2", -4),
        ("2**-1", 0.5),
        ("10-3-2", 5),
        ("8/4/2", 1),
        ("7%4*2", 6),
        ("-7 % 4", 1),
        ("7 // 2", 3),
        ("1.", 1),
        (".5", 0.5),
        ("5e-2", 0.05),
        ("50%", 0.5),
        ("50% + 1", 1.5),
        ("4 % -5", -1),
        ("1 + 50 %", 1.5),
        ("(50%)*2", 1),
        ("7%4", 3),
        ("max(50%, 20 %)", 0.5),
        ("2 × 3 − 1", 5),
        ("1 < 2", 1),
        ("1 ≥ 2", 0),
        ("1 <> 2", 1),
        ("not 0 and 1", 1),
        ("0 or 2 > 1", 1),
        ("3 if 1 > 2 else 4", 4),
        ("1 if 0 else 2 if 0 else 3", 3),
        ("max(1, 5, 3)", 5),
        ("min(4, 2)", 2),
        ("clamp(9, 0, 1)", 1),
        ("lerp(10, 20, 0.25)", 12.5),
        ("smoothstep(0, 10, 5)", 0.5),
        ("where(1 > 2, 7, 8)", 8),
        ("arctan2(1, 1)", math.pi / 4),
        ("round(2.567, 2)", 2.57),
        ("(1 > 0) & (2 > 1)", 1),
    ],
)
def test_formulas_mean_what_mathematics_means(formula: str, value: float) -> None:
    assert at(formula)[0] == pytest.approx(value)


def test_names_have_one_value_for_each_frame() -> None:
    assert at("t*2") == (T * 2).tolist()
    assert at("1 + drums^2") == pytest.approx((1 + (T / 9) ** 2).tolist())


def test_a_constant_holds_for_every_frame() -> None:
    assert at("1.02") == [1.02] * 10


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("1 +", "ends too early"),
        ("(1", "ends too early"),
        ("1 2", "'2'"),
        ("1,5", "','"),
        ("sin(", "ends too early"),
        ("max()", "0 values"),
        ("sin(1, 2)", "2 values"),
        ("clamp(1,,2)", "empty value"),
        ("'a'", "quotation mark"),
        ("t.real", "dot"),
        ("t[0]", "'\\['"),
        ("a = 1", "single ="),
        ("1 if 2", "else"),
        ("", "ends too early"),
        ("@x", "'@'"),
    ],
)
def test_what_is_no_formula_says_why(formula: str, says: str) -> None:
    with pytest.raises(FormulaError, match=says):
        at(formula)


@pytest.mark.parametrize(
    ("formula", "remedy"),
    [("sinn(t)", "sin"), ("drumz", "drums"), ("qq + 1", "drums, pi, t"), ("qq(1)", "abs")],
)
def test_an_unknown_name_suggests_the_likeliest(formula: str, remedy: str) -> None:
    with pytest.raises(FormulaError) as caught:
        at(formula)
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    "formula",
    ["__import__('os')", "().__class__", "lambda: 1", "[1]", "{1}", "t := 1", "exec(1)", "`ls`"],
)
def test_nothing_but_the_whitelist_exists(formula: str) -> None:
    with pytest.raises(FormulaError):
        at(formula)


def test_deep_and_long_formulas_are_refused_quickly() -> None:
    with pytest.raises(FormulaError, match="50 levels"):
        at("(" * 60 + "1" + ")" * 60)
    with pytest.raises(FormulaError, match="2000 characters"):
        at("1+" * 1000 + "1")
    with pytest.raises(FormulaError, match="too many operators"):
        at("2" + "**2" * 300)
    with pytest.raises(FormulaError, match="too many operators"):
        at("-" * 300 + "1")
    assert at("1+(" * 50 + "1" + ")" * 50)[0] == 51
    assert at("where(t<0,1," * 49 + "2" + ")" * 49)[0] == 2
    assert len(at("2*-sin(" * 50 + "1" + ")" * 50)) == 10


def test_a_sum_of_hundreds_of_terms_is_no_deep_formula() -> None:
    assert at("+".join(["1"] * 900))[0] == 900


def test_what_has_no_answer_is_left_to_the_caller_to_name() -> None:
    assert math.isinf(at("1/t")[0])
    assert math.isnan(at("sqrt(-1)")[0])
    assert math.isinf(at("9**9**9**9")[0])


@pytest.mark.parametrize("name", FUNCTION_NAMES)
def test_every_function_can_be_called(name: str) -> None:
    names = {"t": 7.0, "k": 3.0, "n": 10.0}
    arguments = ["1.25", "1.5", "1.75"] if name == "arccosh" else ["0.25", "0.5", "0.75"]
    answers = []
    for count in (1, 2, 3):
        try:
            answers += compute(f"{name}({', '.join(arguments[:count])})", names, 1).tolist()
        except FormulaError as error:
            assert name in error.remedy
    assert answers
    assert all(map(math.isfinite, answers))


@given(st.text(max_size=60))
def test_any_text_is_a_number_for_each_frame_or_a_clear_refusal(text: str) -> None:
    try:
        values = compute(text, {"t": T}, 10)
    except FormulaError as error:
        assert str(error)
    else:
        assert values.shape == (10,)


NUMBERS = st.floats(-1e3, 1e3, allow_nan=False).map(lambda n: f"({n!r})")


@given(
    st.recursive(
        NUMBERS,
        lambda part: st.tuples(part, st.sampled_from(["+", "-", "*", "<", ">="]), part).map(
            lambda three: f"({three[0]} {three[1]} {three[2]})"
        ),
        max_leaves=12,
    )
)
def test_arithmetic_agrees_with_python(formula: str) -> None:
    assert compute(formula, {}, 1)[0] == pytest.approx(float(eval(formula)), nan_ok=True)


def test_the_same_text_is_parsed_once() -> None:
    assert parse_formula("1 + t") is parse_formula("1 + t")
