"""A song is opened, measured and drawn, whatever it is stored as."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

from sheetrender.audio.song import SongUnreadable, open_song, waveform
from sheetrender.model.errors import PartMissing, UsageError
from tests.audio.made_songs import converted

RATE = 44100


def write_song(path: Path, samples: int = 50_000) -> Path:
    """Write a rising tone on the left, its half on the right."""
    tone = np.linspace(0, 0.8, samples) * np.sin(np.arange(samples) * 0.06)
    soundfile.write(path, np.column_stack([tone, tone / 2]), RATE)
    return path


def test_the_length_is_exact_to_the_sample(tmp_path: Path) -> None:
    song = open_song(write_song(tmp_path / "song.flac", 44_101))
    assert (song.seconds, song.sample_rate, song.channels) == (Fraction(44_101, RATE), RATE, 2)


def test_the_length_survives_mp3(tmp_path: Path) -> None:
    assert open_song(converted(write_song(tmp_path / "song.wav"), ".mp3")).samples == 50_000


@pytest.mark.parametrize("ending", [".m4a", ".mp4"])
def test_ffmpeg_reads_what_libsndfile_cannot(tmp_path: Path, ending: str) -> None:
    song = open_song(converted(write_song(tmp_path / "song.wav"), ending))
    assert (song.sample_rate, song.channels) == (RATE, 2)
    assert song.samples == pytest.approx(50_000, abs=1100)


def test_what_libsndfile_can_read_needs_no_ffmpeg(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHEETRENDER_FFMPEG", "/nowhere/ffmpeg")
    assert open_song(write_song(tmp_path / "song.ogg")).samples == 50_000


def test_without_ffmpeg_the_cure_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "song.m4a").write_bytes(b"ftyp" * 100)
    monkeypatch.setenv("SHEETRENDER_FFMPEG", "/nowhere/ffmpeg")
    with pytest.raises(PartMissing, match="SHEETRENDER_FFMPEG"):
        open_song(tmp_path / "song.m4a")


def test_a_text_is_no_song(tmp_path: Path) -> None:
    (tmp_path / "song.mp3").write_text("la la la " * 100)
    with pytest.raises(SongUnreadable, match=r"song\.mp3 holds no sound.*Give a \.wav"):
        open_song(tmp_path / "song.mp3")


def test_a_missing_song_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"song\.wav is not there"):
        open_song(tmp_path / "song.wav")


def test_a_folder_is_no_song(tmp_path: Path) -> None:
    with pytest.raises(SongUnreadable, match="is a folder"):
        open_song(tmp_path)


def test_an_empty_file_is_no_song(tmp_path: Path) -> None:
    (tmp_path / "song.wav").write_bytes(b"")
    with pytest.raises(SongUnreadable, match="empty file"):
        open_song(tmp_path / "song.wav")


def test_a_song_of_no_length_is_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "song.wav", np.zeros((0, 2)), RATE)
    with pytest.raises(SongUnreadable, match="0 seconds long"):
        open_song(tmp_path / "song.wav")


def test_the_waveform_is_the_lowest_and_highest_sample_of_each_stretch(tmp_path: Path) -> None:
    samples = np.random.default_rng(1).uniform(-0.9, 0.9, (200_003, 2)).astype(np.float32)
    soundfile.write(tmp_path / "song.wav", samples, RATE, subtype="FLOAT")
    shape = waveform(tmp_path / "song.wav", 37)
    edges = np.ceil(np.arange(38) * len(samples) / 37).astype(int)
    for number, (lowest, highest) in enumerate(shape):
        stretch = samples[edges[number] : edges[number + 1]]
        assert (lowest, highest) == (stretch.min(), stretch.max())


def test_the_waveform_of_compressed_sound_grows_like_the_song(tmp_path: Path) -> None:
    shape = waveform(converted(write_song(tmp_path / "song.wav"), ".m4a"), 4)
    assert shape[0, 1] < shape[1, 1] < shape[2, 1] < 0.9
    assert shape[2, 0] == pytest.approx(-shape[2, 1], abs=0.05)


def test_a_song_shorter_than_the_waveform_is_stretched_without_holes(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "song.wav", np.array([0.5, -0.25]), RATE, subtype="FLOAT")
    shape = waveform(tmp_path / "song.wav", 10)
    assert shape[:5].tolist() == [[0.5, 0.5]] * 5
    assert shape[6:].tolist() == [[-0.25, -0.25]] * 4


def test_samples_that_are_no_numbers_are_silenced(tmp_path: Path) -> None:
    samples = np.array([0.5, np.nan, np.inf, -0.5], np.float32)
    soundfile.write(tmp_path / "song.wav", samples, RATE, subtype="FLOAT")
    assert waveform(tmp_path / "song.wav", 1).tolist() == [[-0.5, 0.5]]
