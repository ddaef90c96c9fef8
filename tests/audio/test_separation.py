"""The rough stand-ins for stems move as the stems do, more than the whole song does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sheetrender.audio.levels import levels
from sheetrender.audio.recording import Recording, held, record
from sheetrender.audio.separation import rough_stem
from sheetrender.audio.windows import frame_edges
from sheetrender.model.curves import StemName
from sheetrender.model.timing import FrameRate

SAMPLES = Path(__file__).parents[2] / "sample_sheets"
STEMS: tuple[StemName, ...] = ("drums", "bass", "vocals", "other")


def loudness(recording: Recording) -> np.ndarray:
    edges = frame_edges(recording.sample_rate, FrameRate.parse("30"), 600)
    return levels(recording, edges)["loudness"]


@pytest.mark.parametrize("stem", STEMS)
def test_it_follows_its_stem(stem: StemName) -> None:
    song = record(SAMPLES / "song.flac")
    truth = loudness(record(SAMPLES / "stems" / f"{stem}.flac"))
    rough = held(rough_stem(song, stem))
    likeness = np.corrcoef(loudness(rough), truth)[0, 1]
    assert len(rough.samples) == len(song.samples)
    assert likeness > np.corrcoef(loudness(song), truth)[0, 1]
    assert likeness > {"drums": 0.8, "vocals": 0.8}.get(stem, 0.5)


@pytest.mark.parametrize("stem", STEMS)
@pytest.mark.parametrize("length", [0, 1, 5000])
def test_short_sounds_and_silence_are_no_error(stem: StemName, length: int) -> None:
    silence = Recording(np.zeros((length, 2), np.float32), 44100)
    assert held(rough_stem(silence, stem)).samples.tolist() == [[0.0]] * length


@pytest.mark.parametrize("stem", STEMS)
def test_mono_has_stand_ins_too(stem: StemName) -> None:
    song = record(SAMPLES / "song.flac")
    mono = Recording(song.samples.mean(axis=1, keepdims=True), song.sample_rate)
    assert np.abs(held(rough_stem(mono, stem)).samples).max() > 0.01


def test_pieces_join_without_a_seam() -> None:
    rate = 8000
    tone = 0.3 * np.sin(2 * np.pi * 100 * np.arange(rate * 50) / rate)
    rough = held(rough_stem(Recording(tone.astype(np.float32)[:, None], rate), "bass")).samples[
        :, 0
    ]
    inner = slice(rate, -rate)
    assert np.abs(rough - tone)[inner].max() < 0.02
