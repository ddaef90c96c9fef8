"""Loudness for each frame, with the exact edges of the frames."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from sheetrender.audio.windows import frame_edges
from sheetrender.model.timing import FrameRate
from tests.audio.hearing import loudness

RATE = 44100
THIRTY = FrameRate(Fraction(30))


def write(path: Path, samples: np.ndarray) -> Path:
    soundfile.write(path, samples, RATE, subtype="FLOAT")
    return path


def test_it_is_the_root_mean_square_between_the_frames_edges(tmp_path: Path) -> None:
    samples = np.random.default_rng(2).normal(0, 0.1, 150_000).astype(np.float32)
    samples *= np.linspace(0.1, 1, len(samples), dtype=np.float32)
    rate = FrameRate.parse("29.97")
    frames = rate.frames_covering(Fraction(len(samples), RATE))
    edges = [round(Fraction(i * RATE * 1001, 30000)) for i in range(frames + 1)]
    expected = [
        np.sqrt(np.mean(np.square(samples[a:b], dtype=np.float64))) for a, b in pairwise(edges)
    ]
    levels = loudness(write(tmp_path / "song.wav", samples), rate, frames)
    full = np.percentile(expected, 99)
    assert levels == pytest.approx(np.minimum(np.array(expected) / full, 1), rel=1e-6)


@pytest.mark.parametrize("rate", ["30", "29.97", "23.976", "59.94"])
def test_edges_do_not_drift_in_an_hour(rate: str) -> None:
    exact = FrameRate.parse(rate)
    frames = exact.frame_at(Fraction(3600))
    edges = frame_edges(48000, exact, frames)
    assert abs(edges[-1] - frames * 48000 / exact.per_second) <= Fraction(1, 2)
    assert np.ptp(np.diff(edges)) <= 1


def test_a_click_lies_in_its_own_frame(tmp_path: Path) -> None:
    samples = np.zeros(RATE * 2)
    samples[1470 * 45] = 0.9  # the first sample of frame 45
    levels = loudness(write(tmp_path / "song.wav", samples), THIRTY, 60)
    assert np.flatnonzero(levels).tolist() == [45]
    assert levels[45] == 1


def test_silence_is_zero_and_never_nan(tmp_path: Path) -> None:
    levels = loudness(write(tmp_path / "song.wav", np.zeros((RATE, 2))), THIRTY, 30)
    assert levels.tolist() == [0.0] * 30


def test_frames_after_the_song_are_silent(tmp_path: Path) -> None:
    levels = loudness(write(tmp_path / "song.wav", np.full(RATE, 0.3)), THIRTY, 40)
    assert levels[:30] == pytest.approx(1)
    assert levels[30:].tolist() == [0.0] * 10


def test_a_last_frame_that_the_song_half_fills_is_as_loud_as_the_song(tmp_path: Path) -> None:
    levels = loudness(write(tmp_path / "song.wav", np.full(1470 * 3 + 700, 0.3)), THIRTY, 4)
    assert levels == pytest.approx(1)


def test_a_video_shorter_than_the_song_takes_its_beginning(tmp_path: Path) -> None:
    samples = np.concatenate([np.full(RATE, 0.1), np.full(RATE * 5, 0.9)])
    levels = loudness(write(tmp_path / "song.wav", samples), THIRTY, 30)
    assert levels == pytest.approx(1)


def test_one_odd_bang_does_not_make_the_rest_quiet(tmp_path: Path) -> None:
    samples = np.full(1470 * 1000, 0.2)
    samples[:1470] = 1.0
    levels = loudness(write(tmp_path / "song.wav", samples), THIRTY, 1000)
    assert levels == pytest.approx(1)


def test_a_side_that_sounds_alone_has_half_of_the_power(tmp_path: Path) -> None:
    left = np.full(1470, 0.4)
    samples = np.concatenate([np.column_stack([left, left]), np.column_stack([left, 0 * left])])
    levels = loudness(write(tmp_path / "song.wav", samples), THIRTY, 2)
    assert levels == pytest.approx([1, 0.5**0.5], rel=0.02)
