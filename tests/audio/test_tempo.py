"""The tempo and the beats of songs of which both are known."""

from __future__ import annotations

import numpy as np
import pytest

from sheetrender.audio.analysis import Analysis, analyse
from sheetrender.audio.recording import Recording
from sheetrender.audio.tempo import find_beats
from sheetrender.model.beats import Beats
from tests.audio.made_songs import RATE, STYLES, drifting, made_song, steady, styled_song

BREAKS = ((22.0, 36.0), (58.0, 74.0))


def beats_in(heard: Analysis) -> Beats | None:
    onset, low, change = (
        np.asarray(s, np.float64) for s in (heard.onset, heard.low_onset, heard.change)
    )
    return find_beats(onset, low, change, heard.step_seconds)


def errors(found: Beats, truth: np.ndarray) -> np.ndarray:
    """Return how far from each true beat the nearest found one is, in seconds."""
    count = np.round(found.beats_at(truth))
    from fractions import Fraction

    moments = np.array([float(found.seconds_at(Fraction(int(n)))) for n in count])
    return np.abs(moments - truth)


@pytest.mark.slow
@pytest.mark.parametrize(("bpm", "first"), [(124.0, 0.35), (97.3, 0.1), (140.0, 0.6), (174.0, 0.0)])
def test_breaks_without_drums_do_not_lead_it_astray(bpm: float, first: float) -> None:
    truth = steady(bpm, first, 100)
    found = beats_in(analyse(made_song(truth, 100, BREAKS).recording))
    assert found is not None
    assert not found.moments
    assert found.bpm == pytest.approx(bpm, rel=1e-3)
    wrong = errors(found, truth)
    assert wrong.mean() < 0.010
    assert wrong.max() < 0.025


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("bpm", [60, 75, 105, 132, 180])
def test_hi_hats_between_the_beats_do_not_double_the_tempo(bpm: float, style: str) -> None:
    song = styled_song(bpm, style, 24)
    found = beats_in(analyse(song.recording))
    assert found is not None
    assert found.bpm == pytest.approx(bpm, rel=1e-3)
    assert errors(found, song.beats).max() < 0.025


def test_a_slow_song_that_drifts_is_not_doubled() -> None:
    truth = drifting(0.05, 41) * 1.7
    found = beats_in(analyse(made_song(truth, 70).recording))
    assert found is not None
    assert found.bpm == pytest.approx(120 / 1.7, rel=0.06)
    assert errors(found, truth).max() < 0.025


@pytest.mark.parametrize("share", [0.03, 0.08])
def test_a_tempo_that_drifts_is_followed(share: float) -> None:
    truth = drifting(share, 70)
    found = beats_in(analyse(made_song(truth, 70).recording))
    assert found is not None
    assert found.moments
    wrong = errors(found, truth)
    assert wrong.mean() < 0.010
    assert wrong.max() < 0.025


def test_bars_begin_where_the_bass_drum_strikes() -> None:
    truth = steady(120, 0.5, 40)
    found = beats_in(analyse(made_song(truth, 40).recording))
    assert found is not None
    number = (found.first_beat - 0.5) / 0.5
    assert number == pytest.approx(round(number), abs=0.02)
    assert round(number) % 2 == 0


@pytest.mark.slow
@pytest.mark.parametrize("style", ["rock", "house"])
@pytest.mark.parametrize(("bpm", "upbeats"), [(75, 1), (96, 2), (124, 3), (168, 2)])
def test_bars_begin_where_the_chords_change_whatever_comes_before(
    bpm: float, upbeats: int, style: str
) -> None:
    song = styled_song(bpm, style, 30)
    first = song.beats[4 - upbeats] - 0.05
    cut = Recording(song.recording.samples[round(first * RATE) :], RATE)
    found = beats_in(analyse(cut))
    assert found is not None
    number = (found.first_beat - (song.beats[4] - first)) / (60 / bpm)
    assert number == pytest.approx(round(number), abs=0.05)
    assert round(number) % 4 == 0


@pytest.mark.parametrize("seconds", [0.01, 20])
def test_silence_has_no_beat(seconds: float) -> None:
    silence = Recording(np.zeros((int(seconds * RATE), 1), np.float32), RATE)
    assert beats_in(analyse(silence)) is None


def test_noise_is_not_taken_for_a_steady_beat() -> None:
    hiss = np.random.default_rng(1).normal(0, 0.1, (60 * RATE, 1)).astype(np.float32)
    found = beats_in(analyse(Recording(hiss, RATE)))
    assert found is None or found.certainty < 0.65
