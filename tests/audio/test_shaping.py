"""Shaping counts in milliseconds: the same at every frame rate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.audio.shaping import shaped
from sheetrender.model.curves import Shape
from sheetrender.model.timing import FrameRate

RATES = ["24", "29.97", "60", "120"]


def step(rate: FrameRate, seconds: float, *, up: bool) -> np.ndarray:
    moments = np.arange(int(4 * rate.per_second)) / float(rate.per_second)
    return np.where((moments >= seconds) == up, 1.0, 0.0)


@pytest.mark.parametrize("fps", RATES)
def test_a_release_falls_to_a_third_in_its_time(fps: str) -> None:
    rate = FrameRate.parse(fps)
    curve = shaped(step(rate, 1.0, up=False), rate, Shape(release=500))
    last = np.flatnonzero(curve == 1.0)[-1]
    after = last + round(0.5 * float(rate.per_second))
    assert curve[after] == pytest.approx(np.exp(-1), abs=0.02)


@pytest.mark.parametrize("fps", RATES)
def test_an_attack_rises_to_two_thirds_in_its_time(fps: str) -> None:
    rate = FrameRate.parse(fps)
    curve = shaped(step(rate, 1.0, up=True), rate, Shape(attack=500))
    first = np.flatnonzero(curve)[0] - 1
    assert curve[first + round(0.5 * float(rate.per_second))] == pytest.approx(0.632, abs=0.02)


def test_looking_ahead_comes_early() -> None:
    rate = FrameRate.parse("25")
    curve = shaped(step(rate, 1.0, up=True), rate, Shape(look_ahead=200))
    assert np.flatnonzero(curve)[0] == 20


def test_a_gate_opens_at_its_height_and_closes_below_it() -> None:
    rate = FrameRate.parse("25")
    curve = np.array([0.1, 0.3, 0.5, 0.38, 0.36, 0.3, 0.4])
    assert shaped(curve, rate, Shape(gate=0.5)).tolist() == [0, 0, 0.5, 0.38, 0.36, 0, 0]


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=200),
    st.sampled_from(RATES),
    st.builds(
        Shape,
        gate=st.floats(0, 1),
        attack=st.floats(0, 60_000),
        release=st.floats(0, 60_000),
        smooth=st.floats(0, 2_000),
        look_ahead=st.floats(0, 60_000),
    ),
)
def test_whatever_is_done_it_stays_between_0_and_1(
    values: list[float], fps: str, shape: Shape
) -> None:
    curve = shaped(np.array(values), FrameRate.parse(fps), shape)
    assert curve.shape == (len(values),)
    assert curve.min() >= -1e-12
    assert curve.max() <= 1 + 1e-12
