"""The sample song is what its script makes, and has the beats that the sample sheets rely on."""

from __future__ import annotations

import importlib.util
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

from sheetrender.audio.song import open_song
from sheetrender.model.timing import FrameRate
from tests.audio.hearing import loudness

SAMPLES = Path(__file__).parents[2] / "sample_sheets"
STEMS = ("drums", "bass", "vocals", "other")
THIRTY = FrameRate(Fraction(30))


def stem(name: str) -> np.ndarray:
    return soundfile.read(SAMPLES / "stems" / f"{name}.flac")[0]


def test_it_is_exactly_600_frames_long() -> None:
    song = open_song(SAMPLES / "song.flac")
    assert (song.seconds * 30, song.sample_rate, song.channels) == (600, 44100, 2)


def test_it_is_small_and_does_not_clip() -> None:
    files = [SAMPLES / "song.flac", *(SAMPLES / "stems" / f"{name}.flac" for name in STEMS)]
    assert sum(file.stat().st_size for file in files) < 6_000_000
    assert all(np.abs(soundfile.read(file)[0]).max() < 0.95 for file in files)


def test_its_stems_add_up_to_it() -> None:
    mixed = soundfile.read(SAMPLES / "song.flac")[0].mean(axis=1)
    assert np.abs(mixed - sum(stem(name) for name in STEMS)).max() < 4 / 32768


def test_its_sections_differ_in_loudness() -> None:
    levels = loudness(SAMPLES / "song.flac", THIRTY, 600)
    intro, verse, gap, drop = (
        levels[slice(*at)] for at in ((0, 120), (120, 300), (346, 360), (360, 540))
    )
    assert intro.mean() < verse.mean() < drop.mean()
    assert gap.max() == 0


def test_in_the_drop_a_drum_falls_on_every_beat_and_on_its_frame() -> None:
    levels = loudness(SAMPLES / "stems" / "drums.flac", THIRTY, 600)
    for beat in range(24, 36):
        assert levels[beat * 15] > 2 * levels[beat * 15 - 1]


@pytest.mark.slow
def test_the_script_makes_it_again(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_song", SAMPLES / "make_song.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.main(tmp_path)
    for name in ("song.flac", *(f"stems/{name}.flac" for name in STEMS)):
        made, kept = (soundfile.read(folder / name)[0] for folder in (tmp_path, SAMPLES))
        assert np.abs(made - kept).max() <= 2 / 32768, name  # processors differ in the last bit
