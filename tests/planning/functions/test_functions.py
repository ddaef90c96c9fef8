from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from sheetrender.planning.expressions import compute
from sheetrender.planning.functions.easings import EASINGS
from sheetrender.planning.syntax import FormulaError

FRAMES = np.arange(60.0)
NAMES = {
    "t": FRAMES + 30, "k": FRAMES, "n": 60.0, "p": FRAMES / 60, "fps": 30.0, "bpm": 120.0,
    "pi": math.pi, "beat": (FRAMES + 30) / 15,
}  # fmt: skip


def wave(cycles: float) -> float:
    return 2 / math.pi * math.asin(math.sin(2 * math.pi * cycles))


def at(formula: str) -> list[float]:
    return compute(formula, NAMES, 60).tolist()


@pytest.mark.parametrize(
    ("formula", "by_hand"),
    [
        ("tri(t/20)", lambda t: wave(t / 20)),
        ("tri(20)", lambda t: wave(t / 20)),
        ("tri(20, 5, 2, 1)", lambda t: 1 + 2 * wave((t + 5) / 20)),
        ("saw(t/20)", lambda t: t % 20 / 20),
        ("saw(20, 0, 3)", lambda t: t % 20 * 3 / 20),
        ("square(t/20)", lambda t: 1 if t % 20 < 10 else -1),
        ("sq(p=20, a=0.5, c=2)", lambda t: 2.5 if t % 20 < 10 else 1.5),
        ("pulse(t/20)", lambda t: t % 20 < 10),
        ("pulse(t/20, 0.2)", lambda t: t % 20 < 4),
        ("pulse(20)", lambda t: t % 20 < 5),
        ("pulse(20, pw=3)", lambda t: t % 20 < 3),
        ("sin(p=20)", lambda t: math.sin(2 * math.pi * t / 20)),
        ("sin(p=20, c=1, a=0.1)", lambda t: 1 + 0.1 * math.sin(2 * math.pi * t / 20)),
        ("saw(1s)", lambda t: t % 30 / 30),
        ("saw(2b)", lambda t: t % 30 / 30),
        ("saw(20f)", lambda t: t % 20 / 20),
        ("saw(beat)", lambda t: t % 15 / 15),
        ("tri(20, li=1)", lambda t: wave(t / 20) if t <= 50 else 0),
        ("hit(k)", lambda t: max(0, 1 - (t - 30) / 10) ** 2),
        ("hit(t - 40, 8)", lambda t: max(0, 1 - (t - 40) / 8) ** 2 if t >= 40 else 0),
        ("f + 0*PI", lambda t: t),
    ],
)  # fmt: skip
def test_waves_and_hits(formula: str, by_hand) -> None:
    assert at(formula) == pytest.approx([float(by_hand(t)) for t in range(30, 90)], abs=1e-9)


def test_a_period_that_is_the_rows_length_makes_one_wave_in_the_row() -> None:
    assert max(at("tri(n)")) == pytest.approx(1)
    assert min(at("tri(n)")) == pytest.approx(-1)


@pytest.mark.parametrize("name", [name for name in EASINGS if name != "bez"])
def test_easings_run_from_0_to_1_and_stay_there(name: str) -> None:
    assert at(f"{name}(0)")[0] == pytest.approx(0, abs=1e-3)
    assert at(f"{name}(1)")[0] == pytest.approx(1)
    assert at(f"{name}(-3)")[0] == at(f"{name}(0)")[0]
    assert at(f"{name}(7, 10, 20)")[0] == pytest.approx(20)
    if "Back" not in name:
        assert all(a <= b + 1e-9 for a, b in pairwise(at(f"{name}(p)")))


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("easeInQuad(0.5)", 0.25),
        ("easeOutQuad(0.5)", 0.75),
        ("easeInOutCubic(0.25)", 0.0625),
        ("easeInOutCubic(0.75)", 0.9375),
        ("easeInSine(0.5)", 1 - math.cos(math.pi / 4)),
        ("easeInExpo(0.5)", 2**-5),
        ("easeOutCirc(0.5)", math.sqrt(0.75)),
        ("easeInBack(0.5)", 2.70158 / 8 - 1.70158 / 4),
        ("easeInOutBack(0.25)", -0.0996818),
        ("ease(0.25)", 0.15625),
        ("ease(0.5, 2, 4)", 3),
        ("easeInOut(0.5)", 0.5),
        ("easeIn(0.5)", 0.3153568),
        ("easeOut(0.5)", 0.6846432),
    ],
)
def test_easings_have_the_published_values(formula: str, value: float) -> None:
    assert at(formula)[0] == pytest.approx(value, abs=1e-6)


def test_bez_goes_over_the_row_or_over_the_frames_that_it_is_given() -> None:
    whole, quick = at("bez()"), at("bez(0, 0, 1, 1, 10, 20, 30)")
    assert (whole[0], whole[30]) == (0, pytest.approx(0.5))
    assert quick[:31] == pytest.approx([10 + k / 3 for k in range(31)])
    assert quick[31:] == pytest.approx([20] * 29)
    assert at("bez(from=1, to=3, in=2s)")[30] == pytest.approx(2)


def test_noise_is_smooth_even_and_the_same_on_every_machine() -> None:
    wanders, jumps = at("noise(t/20, 3)"), at("noise(t)")
    assert max(abs(a - b) for a, b in pairwise(wanders)) < 0.2
    assert -1 <= min(jumps) < -0.5 < 0.5 < max(jumps) <= 1
    assert at("noise(t, 3)") != at("noise(t, 4)")
    assert at("noise(-5.5, 2)")[0] == pytest.approx(-0.41989818)
    spread = compute("noise(t)", {"t": np.arange(100_000.0)}, 100_000)
    assert abs(spread.mean()) < 0.01
    assert spread.std() == pytest.approx(1 / math.sqrt(3), abs=0.01)


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("tri()", "0 values"),
        ("tri(20, 1, 1, 1, 1, 1)", "6 values"),
        ("tri(q=20)", "called q"),
        ("tri(20, p=20)", "its p twice"),
        ("tri(p=20, 5)", "without a name behind"),
        ("max(a=1)", "0 values"),
        ("sin(q=20)", "called q"),
        ("slide(1, 2)", "slide"),
        ("clamp(1, low=2)", "2 values"),
    ],
)
def test_a_call_that_cannot_be_made_says_why(formula: str, says: str) -> None:
    with pytest.raises(FormulaError, match=says):
        at(formula)


def test_comparisons_may_be_chained() -> None:
    assert sum(at("30 <= t < 40")) == 10
    assert sum(at("30 < t < 40 < 50")) == 9
    assert at("(1 < 2) == 1")[0] == 1
    assert at("3 > 2 > 1")[0] == 1


def test_nested_calls_and_chains_cost_no_more_than_their_length() -> None:
    waves = "t"
    for _ in range(48):
        waves = f"tri({waves})"
    assert len(at(waves)) == 60
    chain = "t"
    for _ in range(20):
        chain = f"(0<{chain}<2)"
    assert len(at(chain)) == 60
