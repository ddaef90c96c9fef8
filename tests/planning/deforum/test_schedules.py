from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.model.keyframes import ChannelKey
from sheetrender.planning.columns import CHANNELS, Column, channel
from sheetrender.planning.deforum.schedules import (
    cell_of_schedule,
    deforum_curve,
    deforum_schedule,
    keys_by_frame,
)
from sheetrender.planning.schedule_text import read_schedule, resolved
from sheetrender.planning.syntax import FormulaError

DATA = Path(__file__).parents[2] / "data"
VECTORS = json.loads((DATA / "deforum_schedules.json").read_text("utf-8"))
ANGLE = channel("angle")


def shown(cell: float | str, frames: int, seed: float = 0.0, column: Column = ANGLE) -> np.ndarray:
    """Return what a sheet shows that has this cell in its Settings tab."""
    keys = resolved(read_schedule(cell, column, None), max_f=frames - 1, seed=seed)
    names = {"s": seed, "max_f": frames - 1.0}
    return deforum_curve({key.frame: key.value for key in keys}, names, frames)


# What is cubic here is set beside the schedule, not in it.
COMPUTED = [case for case in VECTORS if "values" in case and case["interp"] == "Linear"]


@pytest.mark.parametrize("case", COMPUTED, ids=lambda case: case["id"])
def test_an_imported_schedule_shows_what_deforum_showed(case: dict) -> None:
    cell = cell_of_schedule(case["schedule"], ANGLE)
    expected = [float(value) for value in case["values"]]
    assert shown(cell, case["max_frames"], case["seed"]) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    "schedule",
    ["0: (1.0), 30: (1.0+0.02*sin(2*3.14*t/20))", "0:(0), 60: (-2.5),", '0: 1, "max_f/2": (2)'],
)
def test_what_means_the_same_stays_as_it_was_written(schedule: str) -> None:
    assert cell_of_schedule(schedule, ANGLE) == schedule


@pytest.mark.parametrize(
    ("schedule", "cell"),
    [
        ("0: (1.5)", 1.5),
        ("0:(-.25)", -0.25),
        ("0: ( 7 )", 7.0),
        ("3.5", 3.5),
        ("0: (2), 30: ( 1 )", "0: (2), 30: (1+0)"),
        ("0: (1.), 9: (5e-2), 20: (3)", "0: (1+0), 9: (0.05+0), 20: (3)"),
        ("0: (4 % -t)", "0: ((4) % -t)"),
        ("0: (t%7), 9: (2.5%-2+t%-3)", "0: (t%7), 9: ((2.5)%-2+t%-3)"),
        ('0: (1e-7), "max_f-9": (t)', '0: (0.0000001+0), "max_f-9": (t)'),
    ],
)
def test_steps_of_deforum_are_written_as_formulas(schedule: str, cell: float | str) -> None:
    assert cell_of_schedule(schedule, ANGLE) == cell


def test_strength_is_clamped_as_deforum_does_and_the_rest_is_refused() -> None:
    assert cell_of_schedule("0: (1.5), 9: (0.5)", channel("strength")) == "0: (1), 9: (0.5)"
    with pytest.raises(FormulaError, match="out of range"):
        cell_of_schedule("0: (0)", channel("zoom"))


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(FormulaError, match="comma for a decimal point"):
        cell_of_schedule("0:(1,5), 50:(2)", ANGLE)


def test_the_keys_of_a_schedule_as_rows() -> None:
    schedule = '0: (1), 30: (2*t), "max_f": (0)'
    assert keys_by_frame(schedule, ANGLE, frames=100, seed=0) == {0: 1.0, 30: "2*t", 99: 0.0}


FORMULAS = (
    "1 + 0.05*sin(2*pi*t/20)",
    "t^2/max_f - -3",
    "-(t%7)**2",
    "2**-(t/50)",
    "50% * t",
    "1.008 + 0.024*(1 - (t%15)/15)**4",
    "exp(-0.1*(t % 12.5))",
    "t**2",
    "(1-t)%4",
    "where(t < 20, 1, 2)",
    "max(t, 30, 2)",
    "t > 20",
    "0.1*t if t < 9 else -1",
    "(t > 5 and t < 9) | (t == 20)",
    "saw(t/20)",
    "noise(t/20)",
    "smoothstep(0, 30, t)",
    "round(t/7)",
    "1e-9*t",
    "2s + t",
)
# The two grammars, as far as they find the keys.
WEB = re.compile(r"[^,:]+:[^,:]+(,[^,:]+:[^,:]+)*")
NOTEBOOK = re.compile(r"([0-9]+):\s*\(([\S\s]*?)\)(?:,|$)")

numbers = st.floats(-1e4, 1e4, allow_nan=False) | st.floats(-1e-4, 1e-4) | st.integers(-9, 9)
cells = numbers.map(float) | st.sampled_from(FORMULAS)
key_maps = st.dictionaries(st.integers(0, 70), cells, min_size=0, max_size=6)
CONSTANTS = {"max_f": 59.0, "fps": 30.0, "pi": float(np.pi), "e": float(np.e)}


@given(key_maps, st.booleans(), st.sets(st.integers(1, 59), max_size=4))
def test_an_exported_schedule_has_the_values_of_the_plan(
    keys: dict[int, float | str], linear: bool, zeros: set[int]
) -> None:
    frames = 60
    inside = {at: value for at, value in keys.items() if at < frames} or {0: 1.0}
    values = deforum_curve(inside, CONSTANTS, frames)
    if not linear:
        values = np.where(values > 3, np.sqrt(np.abs(values)), values)
    listed = [ChannelKey(at, value, None) for at, value in sorted(keys.items())]
    schedule = deforum_schedule(listed, values, CONSTANTS, linear=linear, zeros=sorted(zeros))

    expected = values.copy()
    expected[sorted(zeros)] = 0.0
    assert shown(schedule, frames) == pytest.approx(expected, rel=0, abs=1e-9)
    assert shown(cell_of_schedule(schedule, ANGLE), frames) == pytest.approx(expected, abs=1e-9)
    assert WEB.fullmatch(schedule)
    assert len(NOTEBOOK.findall(schedule)) == schedule.count(":")
    assert schedule.startswith("0: (")
    assert not re.search(r"[eE][-+]?\d", re.sub(r"[a-z_]\w*\(", "", schedule))


@pytest.mark.parametrize(
    ("formula", "there"),
    [
        ("1 + 0.05*sin(2*pi*t/20)", "1.0+0.05*sin(2.0*3.141592653589793*t/20.0)"),
        ("2 ^ (t/9)", "2.0**(t/9.0)"),
        ("(1 - (t%15)/15)**4", "(1.0-t%15.0/15.0)**4.0"),
        ("t - (3 - t)", "t-(3.0-t)"),
        ("t / max_f", "t/59.0"),
    ],
)
def test_formulas_that_deforum_knows_stay_formulas(formula: str, there: str) -> None:
    values = deforum_curve({0: formula}, CONSTANTS, 60)
    found = deforum_schedule([ChannelKey(0, formula, None)], values, CONSTANTS, linear=True)
    assert found == f"0: ({there})"


@pytest.mark.parametrize(
    "formula",
    ["max(t, 3)", "where(t>3, 1, 0)", "t**t", "t%max(2,t)", "k/3", "p", "s+t", "t>3", "tri(t/9)"],
)
def test_what_deforum_lacks_or_computes_otherwise_becomes_numbers(formula: str) -> None:
    values = np.arange(60) / 7.0
    found = deforum_schedule([ChannelKey(0, formula, None)], values, CONSTANTS, linear=True)
    assert found.count(":") == 60
    assert shown(found, 60) == pytest.approx(values, abs=1e-12)


def test_only_the_stretch_of_such_a_formula_becomes_numbers() -> None:
    keys = [ChannelKey(0, 1.0, None), ChannelKey(10, "max(t,3)", None), ChannelKey(12, "t", None)]
    values = deforum_curve({key.frame: key.value for key in keys}, {}, 60)
    found = deforum_schedule(keys, values, CONSTANTS, linear=True)
    assert found == "0: (1), 10: (10), 11: (11), 12: (t)"


def test_a_cut_is_a_frame_without_strength() -> None:
    keys = [ChannelKey(0, 0.5, None), ChannelKey(40, "0.4+0.001*t", None)]
    values = deforum_curve({key.frame: key.value for key in keys}, {}, 60)
    found = deforum_schedule(keys, values, CONSTANTS, linear=True, zeros=[20, 50])
    assert found.count(": (0)") == 2
    expected = values.copy()
    expected[[20, 50]] = 0
    assert shown(found, 60) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("column", CHANNELS, ids=lambda column: column.heading)
def test_every_channel_has_a_key_of_deforum_or_none_at_all(column: Column) -> None:
    assert bool(column.deforum) == (column.heading not in ("blend", "lora_weight"))
