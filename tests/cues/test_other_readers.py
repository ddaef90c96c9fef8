"""Our readers of subtitles and WAV files beside pysubs2 and wavinfo, where a file is whole.

Known to differ, and left out here: pysubs2 takes a damaged time for words, drops the names of
WebVTT's cues, keeps HTML's letters as they are written, and counts in whole milliseconds; wavinfo
has to be told the encoding of labels.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pysubs2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wavinfo import WavInfoReader

from tests.cues.reading import read, sample
from tests.cues.test_wav import adtl, cue, text, wav

WORDS = st.text("abc äöß", min_size=1, max_size=12).filter(str.strip)
SPANS = st.lists(st.tuples(st.integers(0, 9_000_000), st.integers(1, 60_000), WORDS), min_size=1)


def stamp(milliseconds: int, point: str) -> str:
    seconds, below = divmod(milliseconds, 1000)
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{clock}{point}{below:03d}"


def written(spans: list[tuple[int, int, str]], point: str, head: str = "") -> str:
    blocks = (
        f"{number}\n{stamp(start, point)} --> {stamp(start + length, point)}\n{words}\n"
        for number, (start, length, words) in enumerate(spans, start=1)
    )
    return head + "\n".join(blocks)


def ours(content: str) -> list[tuple[Fraction, Fraction, str]]:
    return [(cue.start, cue.end, cue.name) for cue in read(content).cues]  # type: ignore[misc]


def theirs(content: str, form: str) -> list[tuple[Fraction, Fraction, str]]:
    found = pysubs2.SSAFile.from_string(content, format_=form)
    return [
        (Fraction(event.start, 1000), Fraction(event.end, 1000), " ".join(event.plaintext.split()))
        for event in found
    ]


@given(SPANS)
def test_srt_is_read_as_pysubs2_reads_it(spans: list[tuple[int, int, str]]) -> None:
    content = written(spans, ",")
    assert ours(content) == theirs(content, "srt")


@given(SPANS)
def test_webvtt_is_read_as_pysubs2_reads_it(spans: list[tuple[int, int, str]]) -> None:
    content = written(spans, ".", "WEBVTT\n\n")
    assert ours(content) == theirs(content, "vtt")


def test_the_sample_of_subtitles_is_read_as_pysubs2_reads_it() -> None:
    content = sample("song.srt").decode("utf-8-sig")
    assert ours(content) == theirs(content, "srt")


@pytest.mark.parametrize("names", [["Intro"], ["Vers", "Säx", "Ende"]])
def test_wav_points_are_read_as_wavinfo_reads_them(names: list[str], tmp_path: Path) -> None:
    offsets = [number * 1234 for number in range(len(names))]
    labels = [text(b"labl", number, name.encode()) for number, name in enumerate(names, start=1)]
    path = tmp_path / "song.wav"
    path.write_bytes(wav(cue(*offsets), adtl(*labels)))
    found = WavInfoReader(str(path), info_encoding="utf-8").cues
    theirs = [
        (Fraction(point.sample_offset, 8000), found.label_and_note(point.name)[0])
        for point in found.cues
    ]
    assert [(c.start, c.name) for c in read(path.read_bytes()).cues] == theirs
