"""Sounds that pass by in blocks and pieces are what they are as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.audio import analysis
from sheetrender.audio.analysis import analyse
from sheetrender.audio.levels import levels
from sheetrender.audio.playing import Played, pieces, played
from sheetrender.audio.recording import Recording, held, mixed, record
from sheetrender.audio.separation import rough_stem
from sheetrender.audio.windows import frame_edges
from sheetrender.model.timing import FrameRate
from tests.audio.made_songs import RATE, styled_song

SONG = Path(__file__).parents[2] / "sample_sheets" / "song.flac"


def in_blocks(samples: np.ndarray, sizes: list[int], rate: int = RATE) -> Played:
    def blocks() -> Iterator[np.ndarray]:
        at, turn = 0, 0
        while at < len(samples):
            yield samples[at : at + sizes[turn % len(sizes)]]
            at += sizes[turn % len(sizes)]
            turn += 1

    return Played(rate, blocks)


@given(
    st.integers(0, 60),
    st.lists(st.integers(1, 25), min_size=1, max_size=4),
    st.integers(1, 12),
    st.integers(0, 11),
)
def test_pieces_are_all_of_a_sound_each_with_its_neighbours(
    length: int, sizes: list[int], size: int, margin: int
) -> None:
    margin = min(margin, size - 1)
    samples = np.arange(length, dtype=np.float32)[:, None]
    found = list(pieces(in_blocks(samples, sizes), size, margin))
    own = [p.samples[p.before : p.before + p.inner, 0] for p in found]
    assert np.concatenate(own).tolist() == samples[:, 0].tolist()
    assert [p.is_last for p in found] == [False] * (len(found) - 1) + [True]
    assert {p.inner for p in found[:-1]} <= {size}
    first = 0
    for piece in found:
        begin, end = max(0, first - margin), min(length, first + piece.inner + margin)
        assert piece.samples[:, 0].tolist() == samples[begin:end, 0].tolist()
        assert piece.before == first - begin
        first += piece.inner


def test_a_long_song_is_heard_in_pieces_as_if_it_were_one(monkeypatch: pytest.MonkeyPatch) -> None:
    song = styled_song(96, "rock", 23).recording
    whole = analyse(song)
    monkeypatch.setattr(analysis, "_AT_ONCE", 5 * RATE)
    parts = analyse(in_blocks(song.samples, [65_536, 1_000]))
    for name, series in whole.arrays().items():
        found = getattr(parts, name)
        assert np.shape(found) == series.shape
        # Bands are cut out in stretches, whose edges lie elsewhere.
        near = 1e-2 if name in ("sub", "bass", "mid", "high", "air") else 1e-5
        assert np.abs(found - series).max() <= near * np.abs(series).max()


def test_levels_are_the_same_whatever_the_blocks() -> None:
    song = record(SONG)
    edges = frame_edges(song.sample_rate, FrameRate.parse("29.97"), 700)
    whole, parts = levels(song, edges), levels(in_blocks(song.samples, [1471, 7, 40_000]), edges)
    for name, values in whole.items():
        assert parts[name] == pytest.approx(values, abs=1e-12)


@pytest.mark.parametrize("begins", [-700, 0, 900])
def test_a_file_is_played_in_its_place_and_no_longer_than_needed(
    tmp_path: Path, begins: int
) -> None:
    samples = np.linspace(-0.9, 0.9, 8000, dtype=np.float32)[:, None] * [[1.0, -0.5]]
    soundfile.write(tmp_path / "a.wav", samples, 8000, "FLOAT")
    heard = held(played(tmp_path / "a.wav", 8000, Fraction(1, 2), begins)).samples
    wanted = Recording(samples.astype(np.float32), 8000).moved(begins).samples[:4001]
    assert heard.tolist() == wanted.tolist()


@pytest.mark.slow
def test_one_channel_is_mixed_piece_by_piece_and_a_stand_in_can_be_played_twice() -> None:
    song = record(SONG)
    assert mixed(in_blocks(song.samples, [50_000])).mono().tolist() == song.mono().tolist()
    rough = rough_stem(song, "drums")
    assert held(rough).samples.tolist() == held(rough).samples.tolist()
