"""Files of every kind are read; what is wrong with them is counted, and the rest is used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from sheetrender.audio.recording import record
from sheetrender.audio.song import open_song
from sheetrender.audio.sound_files import write_flac
from tests.audio.made_songs import converted

RATE = 44100


def write(path: Path, channels: int = 2, rate: int = RATE) -> Path:
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(rate * 3) / rate)
    soundfile.write(path, np.tile(tone[:, None], (1, channels)), rate)
    return path


@pytest.mark.parametrize("ending", [".flac", ".mp3", ".ogg", ".m4a", ".aac", ".mp4"])
def test_every_kind_of_file_gives_the_same_tone(tmp_path: Path, ending: str) -> None:
    heard = record(converted(write(tmp_path / "a.wav"), ending))
    middle = heard.mono()[RATE : 2 * RATE]
    assert heard.sample_rate == RATE
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.3 / np.sqrt(2), rel=0.06)


@pytest.mark.parametrize("channels", [1, 2, 3, 6, 8])
@pytest.mark.parametrize("rate", [8000, 96000, 192000])
def test_any_rate_and_any_number_of_channels(tmp_path: Path, channels: int, rate: int) -> None:
    heard = record(write(tmp_path / "a.wav", channels, rate))
    assert heard.samples.shape == (rate * 3, min(channels, 2))
    assert np.abs(heard.mono()).max() == pytest.approx(0.3, rel=0.01)


def test_only_the_needed_length_is_kept(tmp_path: Path) -> None:
    from fractions import Fraction

    assert len(record(write(tmp_path / "a.wav"), Fraction(1, 2)).samples) == RATE // 2 + 1


@pytest.mark.parametrize("ending", [".wav", ".flac", ".mp3", ".aac"])
def test_a_file_that_is_cut_off_is_used_and_told(tmp_path: Path, ending: str) -> None:
    noise = np.random.default_rng(1).normal(0, 0.2, (RATE * 6, 2))
    soundfile.write(tmp_path / "a.wav", noise, RATE)
    whole = tmp_path / "a.wav" if ending == ".wav" else converted(tmp_path / "a.wav", ending)
    cut = tmp_path / f"cut{ending}"
    content = whole.read_bytes()
    cut.write_bytes(content[: len(content) // 2])
    song = open_song(cut)
    assert 1 < float(song.seconds) < 4
    (complaint,) = song.complaints
    assert "ends after" in complaint or "is damaged" in complaint


def test_a_whole_file_has_nothing_to_complain_of(tmp_path: Path) -> None:
    for ending in (".wav", ".flac", ".mp3", ".ogg", ".m4a"):
        path = write(tmp_path / "a.wav")
        assert open_song(path if ending == ".wav" else converted(path, ending)).complaints == ()


def test_samples_that_are_no_numbers_are_counted(tmp_path: Path) -> None:
    samples = np.array([0.5, np.nan, np.inf, -0.5], np.float32)
    soundfile.write(tmp_path / "a.wav", samples, RATE, subtype="FLOAT")
    assert open_song(tmp_path / "a.wav").complaints == ("has 2 samples that are no numbers (NaN)",)
    assert record(tmp_path / "a.wav").samples[:, 0].tolist() == [0.5, 0, 0, -0.5]


def test_a_long_file_is_written_in_blocks_and_held_at_full_scale(tmp_path: Path) -> None:
    heard = record(write(tmp_path / "a.wav"))
    loud = type(heard)(heard.samples * 5, RATE)
    write_flac(tmp_path / "b.flac", loud)
    back = record(tmp_path / "b.flac").samples
    assert np.abs(back - np.clip(loud.samples, -1, 1)).max() < 1e-6
