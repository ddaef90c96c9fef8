from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.model.keyframes import Interpolation
from sheetrender.planning.columns import channel
from sheetrender.planning.schedule_text import read_schedule, resolved
from sheetrender.planning.schedules import FormulaNames, channel_curve
from sheetrender.planning.syntax import FormulaError

ANGLE = channel("angle")


def curve(
    schedule: str | float,
    frames: int = 100,
    how: Interpolation = "linear",
    *,
    seed: float = 0,
    decimal_comma: bool = False,
) -> list[float]:
    names = FormulaNames({"max_f": frames - 1.0, "pi": np.pi, "s": seed}, [0], frames)
    read = read_schedule(schedule, ANGLE, None, decimal_comma=decimal_comma)
    keys = resolved(read, max_f=frames - 1, seed=seed)
    return channel_curve(keys, names, frames, how).tolist()


VECTORS = json.loads(
    (Path(__file__).parents[1] / "data" / "deforum_schedules.json").read_text("utf-8")
)
# Where we mean something else, or refuse, although Deforum has values: docs/language.md says why.
ON_PURPOSE = {"space_in_number", "div_zero"}
COMPUTED = [case for case in VECTORS if "values" in case and case["id"] not in ON_PURPOSE]
REFUSED = [case for case in VECTORS if "values" not in case]


def of_vector(case: dict) -> list[float]:
    how: Interpolation = "cubic" if case["interp"] == "Cubic" else "linear"
    return curve(case["schedule"], case["max_frames"], how, seed=case["seed"])


@pytest.mark.parametrize("case", COMPUTED, ids=lambda case: case["id"])
def test_schedules_have_the_values_that_deforum_computes(case: dict) -> None:
    assert of_vector(case) == pytest.approx(case["values"], abs=1e-9)


def test_every_vector_is_looked_at() -> None:
    assert len(COMPUTED) + len(ON_PURPOSE) + len(REFUSED) == len(VECTORS) == 38


SENSIBLE = {
    "missing_zero": lambda t: np.interp(t, [30, 60], [3, 9]),
    "int_floor_div": lambda t: t // 7,
    "and_word": lambda t: (t > 10) & (t < 20),
    "pi_const": lambda t: np.sin(np.pi * t / 10),
    "ternary": lambda t: np.where(t > 5, 1, 2),
    "max_two_args": lambda t: np.maximum(t, 50),
    "frame_var_f": lambda t: t * 0.1,
}
CLEAR = {
    "float_key": "fraction of a frame",
    "semicolon": "two colons",
    "comma_decimal": "comma for a decimal point",
}


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["id"])
def test_what_deforum_refuses_is_meant_sensibly_or_refused_clearly(case: dict) -> None:
    if case["id"] in SENSIBLE:
        expected = SENSIBLE[case["id"]](np.arange(case["max_frames"], dtype=float))
        assert of_vector(case) == pytest.approx(np.asarray(expected, dtype=float))
    else:
        with pytest.raises(FormulaError, match=CLEAR[case["id"]]):
            of_vector(case)


@pytest.mark.parametrize(
    ("schedule", "frame", "value"),
    [
        ("0: (1.0), 10: (2.0),", 5, 1.5),
        ("0:( 1 ), 10:( 2 )", 5, 1.5),
        ("0:(1.), 10:(2.)", 5, 1.5),
        ("0:(5e-2), 10:(1e-1)", 5, 0.075),
        ("0:((1)), 10:(2))", 5, 1.5),
        ("0:(1, 10:(2", 5, 1.5),
        ("0: 1, 10: 2", 5, 1.5),
        ("0 : (1)\n,\n  10\t:(2)", 5, 1.5),
        ("10.0: (2), 0.: (1)", 5, 1.5),
        ("\"0\": (\"1\"), '10': ('2')", 5, 1.5),
        ("{0: (1), 10: (2)}", 5, 1.5),
        ("0:(−1), 10:(1)", 5, 0),
        ("0:(2×3), 10:(1)", 5, 6),
        ("0:(50%), 10:(150%)", 5, 1),
        ("0:(max(1, 2)), 10:(where(t>5, 1, 2))", 4, 2),
        ("0: max(1,2), 10: 3", 4, 2),
        ("0:(0), max_f-89:(10)", 5, 5),
        ('0:(0), "max(10, s)":(10)', 5, 5),
        ("0:(0), 5+5:(10)", 5, 5),
        ("0:(1), 10:(2), 10:(3)", 10, 3),
        ("-5:(7)", 5, 7),
        ("5:(7), 200:(9)", 99, 7),
        ("0:(-(1)), 10:(1)", 5, 0),
        ("0:(t,), 10:(1)", 5, None),
        ("0:(1), (2)", 0, None),
        ("0:(1):(2)", 0, None),
        (":(2)", 0, None),
        ("0:()", 0, None),
        ("0:(1+)", 0, None),
        ("0:(1), x:(2)", 0, None),
        ("0:(1), 1/0:(2)", 0, None),
    ],
)
def test_schedules_as_people_write_them(schedule: str, frame: int, value: float | None) -> None:
    if value is None:
        with pytest.raises(FormulaError):
            curve(schedule)
    else:
        assert curve(schedule)[frame] == pytest.approx(value)


@pytest.mark.parametrize(
    ("schedule", "says", "remedy"),
    [
        ("0: (1), (2)", "'\\(2\\)' without a frame", "30: (1.02)"),
        ("0: (1); 50: (2)", "two colons|semicolon", "comma"),
        ("0: (1), 20: (1+*2)", r"'\(1\+\*2\)' at its key '20'", "operators"),
        ("0: (1), 20: (sinn(t))", "sinn", "sin"),
        ("10.5: (1)", "fraction", "10 or 11"),
        ("0: (1), 9e9: (2)", "no frame", "frame"),
        ("0: (99999999)", "range", "-36000"),
    ],
)
def test_a_broken_schedule_says_where_and_what_to_write(
    schedule: str, says: str, remedy: str
) -> None:
    with pytest.raises(FormulaError, match=says) as caught:
        curve(schedule)
    assert remedy in caught.value.remedy


def test_decimal_commas_count_where_the_sheet_writes_them() -> None:
    assert curve("0:(0,5), 10:(1,5)", decimal_comma=True)[5] == pytest.approx(1)
    assert curve("0:(0.5),10:(1.5)", decimal_comma=True)[5] == pytest.approx(1)


def test_the_order_of_keys_does_not_matter() -> None:
    assert curve("60: (6), 0: (0), 30: (12)") == curve("0: (0), 30: (12), 60: (6)")


def test_the_order_of_a_spline_falls_back_by_the_number_of_keys() -> None:
    assert curve("0:(0), 50:(10), 99:(0)", how="cubic") == curve(
        "0:(0), 50:(10), 99:(0)", how="quadratic"
    )
    assert curve("0:(0), 50:(10)", how="quadratic") == curve("0:(0), 50:(10)")


@given(
    st.dictionaries(st.integers(0, 300), st.floats(-999, 999).map(lambda x: round(x, 4))),
    st.sampled_from(["{}: ({})", "{}:{}", '"{}" :( {} )', "{}:(({}))"]),
    st.sampled_from([", ", ",", " ,\n"]),
)
def test_numbers_read_back_whatever_the_spelling(
    keys: dict[int, float], spelling: str, separator: str
) -> None:
    if keys:
        schedule = separator.join(spelling.format(k, v) for k, v in keys.items())
        read = read_schedule(schedule, ANGLE, None)
        assert {key.at: key.value for key in read.keys} == keys


@given(st.text(alphabet="0123456789.:,()+-*/tmax_f'\"{} \n", max_size=40))
def test_any_text_is_a_schedule_or_a_clear_refusal(text: str) -> None:
    try:
        assert len(curve(text, 20)) == 20
    except FormulaError as error:
        assert str(error)
