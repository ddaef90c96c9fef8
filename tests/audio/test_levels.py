"""Levels keep time over an hour, and hear both sides."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from sheetrender.audio.levels import levels
from sheetrender.audio.recording import Recording
from sheetrender.audio.windows import frame_edges
from sheetrender.model.timing import FrameRate

FILM = FrameRate.parse("29.97")


def test_after_an_hour_at_29_97_a_click_is_still_in_its_frame() -> None:
    rate = 8000
    frames = FILM.frame_at(Fraction(3600))
    samples = np.zeros((3600 * rate, 1), np.float32)
    marked = [0, 1, 54_321, frames - 2, frames - 1]
    for frame in marked:
        first = round(Fraction(frame * rate) / FILM.per_second)
        samples[first] = samples[round(Fraction((frame + 1) * rate) / FILM.per_second) - 1] = 0.5
    heard = levels(Recording(samples, rate), frame_edges(rate, FILM, frames))
    for values in heard.values():
        assert np.flatnonzero(values).tolist() == marked


def test_sides_that_swing_against_each_other_are_heard() -> None:
    wave = (0.5 * np.sin(np.arange(8000) * 0.3)).astype(np.float32)
    recording = Recording(np.column_stack([wave, -wave]), 8000)
    heard = levels(recording, frame_edges(8000, FILM, 29))
    assert heard["loudness"].min() > 0.3
    assert np.abs(recording.mono()).max() == pytest.approx(0.5, rel=0.01)


def test_frames_after_the_sound_are_silent_and_no_sound_is_no_error() -> None:
    short = Recording(np.full((4000, 2), 0.3, np.float32), 8000)
    assert levels(short, frame_edges(8000, FILM, 30))["peak"][15:].tolist() == [0.0] * 15
    nothing = Recording(np.zeros((0, 1), np.float32), 8000)
    assert levels(nothing, frame_edges(8000, FILM, 3))["loudness"].tolist() == [0.0] * 3
