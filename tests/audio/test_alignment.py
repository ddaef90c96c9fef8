"""A stem is found in its song wherever it was trimmed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sheetrender.audio.alignment import align
from sheetrender.audio.recording import Recording, record

SAMPLES = Path(__file__).parents[2] / "sample_sheets"


@pytest.mark.parametrize("stem", ["drums", "vocals"])
@pytest.mark.parametrize("moved", [0.0, 2.0, -0.5, 0.026, -0.013])
def test_a_trimmed_or_padded_stem_is_found(stem: str, moved: float) -> None:
    part = record(SAMPLES / "stems" / f"{stem}.flac").moved(round(moved * 44100))
    found = align(part, record(SAMPLES / "song.flac"))
    assert found.is_clear
    assert found.seconds == pytest.approx(-moved, abs=0.001)


def test_a_foreign_sound_is_left_where_it_is() -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, (44100 * 5, 1)).astype(np.float32)
    found = align(Recording(noise, 44100), record(SAMPLES / "song.flac"))
    assert (found.seconds, found.is_clear) == (0.0, False)


def test_sample_rates_may_differ() -> None:
    song = record(SAMPLES / "song.flac")
    half = Recording(record(SAMPLES / "stems" / "drums.flac").samples[::2], 22050)
    assert align(half, song).seconds == pytest.approx(0, abs=0.001)


def test_silence_is_no_reason_to_move() -> None:
    silence = Recording(np.zeros((1000, 1), np.float32), 44100)
    assert align(silence, record(SAMPLES / "song.flac")).seconds == 0
