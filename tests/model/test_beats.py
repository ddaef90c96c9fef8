"""Beats and moments lead to each other."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.model.beats import Beats

DRIFTING = Beats(
    bpm=120, first_beat=1.5, moments=(1.0, 1.5, 2.02, 2.55, 3.1, 3.6, 4.1), first_known=-1
)


@given(st.integers(-1000, 1000), st.floats(40, 240), st.floats(-5, 5))
def test_a_grid_counts_there_and_back(beat: int, bpm: float, first: float) -> None:
    beats = Beats(bpm=bpm, first_beat=first)
    seconds = float(beats.seconds_at(Fraction(beat)))
    assert beats.beats_at(np.array([seconds]))[0] == pytest.approx(beat, abs=1e-6)


@given(st.floats(-20, 40))
def test_beats_that_drift_count_there_and_back_and_beyond(beat: float) -> None:
    seconds = float(DRIFTING.seconds_at(Fraction(beat)))
    assert DRIFTING.beats_at(np.array([seconds]))[0] == pytest.approx(beat, abs=1e-6)


def test_beat_0_is_the_first_beat() -> None:
    assert float(DRIFTING.seconds_at(Fraction(0))) == 1.5
    assert DRIFTING.beats_at(np.array([2.02, 2.285]))[:2] == pytest.approx([1, 1.5])
