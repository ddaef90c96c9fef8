"""Exported schedules, computed by the evaluator that Deforum itself uses."""

from __future__ import annotations

import re

import numexpr
import numpy as np
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sheetrender.model.keyframes import ChannelKey
from sheetrender.planning.deforum.schedules import deforum_curve, deforum_schedule
from sheetrender.planning.syntax import FormulaError

FRAMES = 60
CONSTANTS = {"max_f": FRAMES - 1.0, "fps": 30000 / 1001, "pi": float(np.pi), "e": float(np.e)}
WAVES = re.compile(r"\b(?:sin|cos)\(")
PLAIN = re.compile(r"[-+]?[0-9]*\.?[0-9]+")


def in_deforum(schedule: str) -> np.ndarray:
    """Return what Deforum shows: numbers go on to the next key, formulas hold until it."""
    keys = dict(piece.split(":") for piece in schedule.split(","))
    values = {int(key): value.strip() for key, value in keys.items()}
    shown, known, here = np.zeros(FRAMES), np.zeros(FRAMES, dtype=bool), ""
    for t in range(FRAMES):
        here = values.get(t, here)
        is_plain = PLAIN.fullmatch(re.sub(r"['\"()]", "", here))
        if not is_plain or t in values:
            shown[t] = numexpr.evaluate(here, local_dict={"t": t}, global_dict={})
            known[t] = True
    return np.interp(np.arange(FRAMES), np.flatnonzero(known), shown[known])


def is_chaotic(cell: float | str) -> bool:
    """Say whether a wave's argument is so large that its last digit turns the wave round."""
    if not isinstance(cell, str) or not WAVES.search(cell):
        return False
    try:
        inner = deforum_curve({0: WAVES.sub("(", cell)}, CONSTANTS, FRAMES)
    except FormulaError:
        return True
    return bool(np.any(np.abs(inner) > 1e5))


atoms = st.sampled_from(["t", "max_f", "pi", "fps", "50%", "1e-3", "0", "7", "12", "0.3", "-2"])
calls = st.sampled_from(["sin", "cos", "exp", "sqrt", "abs", "floor", "ceil", "arctan", "max"])
formulas = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds("{}({})".format, calls, inner),
        st.builds("({}{}{})".format, inner, st.sampled_from("+-*/%^>"), inner),
        st.builds("{} {} {}".format, inner, st.sampled_from("+-*/%^"), inner),
        st.builds("-{}".format, inner),
    ),
    max_leaves=6,
)
cells = formulas | st.floats(-99, 99).map(lambda number: round(number, 5))


@given(st.dictionaries(st.integers(0, FRAMES - 1), cells, min_size=1, max_size=5), st.booleans())
@example({0: 1.0, 20: "max_f", 40: 2.0}, True)
@example({0: "t%0.001", 9: "exp(t)%fps"}, True)
@example({0: "t*t*t*t*t*t*t*t*t*t*t/10^15"}, True)
@example({0: "floor(10*sin(t)*0.1)"}, True)
def test_deforum_computes_what_the_plan_says(keys: dict[int, float | str], linear: bool) -> None:
    try:
        values = deforum_curve(keys, CONSTANTS, FRAMES)
    except FormulaError:
        values = np.full(FRAMES, np.nan)
    assume(bool(np.all(np.abs(values) < 1e6)))
    assume(not any(map(is_chaotic, keys.values())))
    listed = [ChannelKey(at, value, None) for at, value in sorted(keys.items())]
    schedule = deforum_schedule(listed, values, CONSTANTS, linear=linear)
    try:
        there = in_deforum(schedule)
    except ZeroDivisionError:
        # It stops where something is divided by a plain 0, whatever becomes of the quotient.
        assume(False)
    assert np.abs(there - values).max() <= 1e-9
