"""Features tell apart what sounds different, and silence from everything."""

from __future__ import annotations

import numpy as np
import pytest

from sheetrender.audio.analysis import analyse
from sheetrender.audio.bands import PITCHES
from sheetrender.audio.features import (
    FEATURES,
    LEVELS,
    OF_TEMPO,
    heard_feature,
    hits,
    tempo_feature,
)
from sheetrender.audio.recording import Recording
from sheetrender.audio.windows import frame_edges
from sheetrender.model.beats import Beats
from sheetrender.model.timing import FrameRate

RATE = 44100
THIRTY = FrameRate.parse("30")
HEARD = [name for name in FEATURES if name not in (*LEVELS, *OF_TEMPO)]


def feature(name: str, wave: np.ndarray, fps: FrameRate = THIRTY) -> np.ndarray:
    recording = Recording(np.asarray(wave, np.float32)[:, None], RATE)
    frames = int(len(wave) / RATE * float(fps.per_second))
    edges = frame_edges(RATE, fps, frames)
    return heard_feature(name, analyse(recording), edges, fps, 0.15)  # type: ignore[arg-type]


def tone(pitch: float, seconds: float) -> np.ndarray:
    return 0.3 * np.sin(2 * np.pi * pitch * np.arange(int(seconds * RATE)) / RATE)


@pytest.mark.parametrize("name", HEARD)
@pytest.mark.parametrize("length", [0, 10, RATE])
def test_silence_is_0_everywhere(name: str, length: int) -> None:
    edges = frame_edges(RATE, THIRTY, 30)
    silence = Recording(np.zeros((length, 1), np.float32), RATE)
    curve = heard_feature(name, analyse(silence), edges, THIRTY, 0.15)  # type: ignore[arg-type]
    assert curve.tolist() == [0.0] * 30


@pytest.mark.parametrize(
    ("pitch", "own"), [(40, "sub"), (120, "bass"), (700, "mid"), (4000, "high"), (12000, "air")]
)
def test_a_tone_is_in_its_own_band_and_in_no_other(pitch: float, own: str) -> None:
    inner = slice(6, -6)
    for name in PITCHES:
        curve = feature(name, tone(pitch, 2))[inner]
        if name == own:
            assert curve.min() > 0.9
        else:
            assert curve.max() < 0.02


def test_brightness_follows_the_pitch() -> None:
    curve = feature("brightness", np.concatenate([tone(200, 1), tone(2000, 1), tone(600, 1)]))
    low, high, middle = (curve[a + 5 : a + 25].mean() for a in (0, 30, 60))
    assert low < 0.1
    assert 0.3 < middle < 0.7
    assert high > 0.9


def test_strokes_and_notes_are_told_apart() -> None:
    clicks = np.zeros(4 * RATE)
    for number in range(8):
        start = number * RATE // 2 + 1000
        clicks[start : start + 400] = np.random.default_rng(number).normal(0, 0.5, 400)
    sound = tone(440, 4) * 0.3 + clicks
    struck, held = feature("percussive", sound), feature("harmonic", sound)
    at_strokes = [number * 15 for number in range(1, 8)]
    between = [frame + 8 for frame in at_strokes]
    assert struck[at_strokes].min() > 4 * struck[between].max()
    assert held[between].min() > 0.3


@pytest.mark.parametrize("fps", ["24", "29.97", "60", "240", "1000"])
def test_a_click_is_in_the_frame_where_it_sounds_at_any_rate(fps: str) -> None:
    rate = FrameRate.parse(fps)
    wave = np.zeros(3 * RATE)
    wave[int(1.5 * RATE) : int(1.5 * RATE) + 300] = 0.8
    first = np.flatnonzero(feature("hits", wave, rate) == 1.0)[0]
    assert abs(first / float(rate.per_second) - 1.5) < 0.010 + 1 / float(rate.per_second)
    onset = feature("onset", wave, rate)
    assert abs(int(onset.argmax()) / float(rate.per_second) - 1.5) < 0.015 + 1 / float(
        rate.per_second
    )


def test_hits_jump_to_1_and_fade() -> None:
    curve = hits([0.5, 1.0 - 1e-3], THIRTY, 60, 0.2)
    assert curve[:15].tolist() == [0.0] * 15
    assert (curve[15], curve[30]) == (1.0, 1.0)
    assert curve[21] == pytest.approx(np.exp(-1))


def test_the_phase_of_beat_and_bar_climbs_from_0_to_1() -> None:
    beats = Beats(bpm=120, first_beat=0.5)
    beat = tempo_feature("beat", beats, THIRTY, 120)
    bar = tempo_feature("bar", beats, THIRTY, 120)
    assert np.flatnonzero(beat < 1e-6).tolist() == list(range(0, 120, 15))
    assert np.flatnonzero(bar < 1e-6).tolist() == [15, 75]
    assert beat.max() < 1
