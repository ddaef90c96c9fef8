"""Onsets of songs of which every stroke is known."""

from __future__ import annotations

import numpy as np
import pytest

from sheetrender.audio.analysis import analyse
from sheetrender.audio.recording import Recording
from tests.audio.made_songs import RATE, made_song, steady


def test_every_stroke_is_found_within_ten_milliseconds() -> None:
    song = made_song(steady(124, 0.35, 50), 50, ((20.0, 30.0),))
    found = analyse(song.recording).moments
    away = np.array([np.abs(found - stroke).min() for stroke in song.strokes])
    assert away.max() < 0.010
    assert len(found) <= len(song.strokes) + 2


@pytest.mark.parametrize("rate", [8000, 22050, 48000, 96000])
def test_clicks_are_found_at_any_sample_rate(rate: int) -> None:
    samples = np.zeros((rate * 10, 1), np.float32)
    clicks = 0.5 + np.arange(18) * 0.5
    for click in clicks:
        samples[round(click * rate) : round(click * rate) + rate // 500] = 0.7
    found = analyse(Recording(samples, rate)).moments
    assert len(found) == len(clicks)
    assert np.abs(found - clicks).max() < 0.010


def test_a_tone_that_stands_has_no_onsets_but_its_first() -> None:
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(RATE * 5) / RATE)
    found = analyse(Recording(tone.astype(np.float32)[:, None], RATE)).moments
    assert len(found[(found > 0.1) & (found < 4.9)]) == 0
