"""LRC, simple and enhanced."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sheetrender.cues.cue import CueError
from tests.cues.reading import moments, read, sample


def test_an_offset_makes_the_lines_of_an_lrc_come_earlier() -> None:
    assert moments(sample("song.lrc")) == [
        ("First line", Fraction(12)),
        ("Chorus repeated", Fraction("23.75")),
        ("Chorus repeated", Fraction("83.75")),
        ("three digits", Fraction("29.623")),
        ("colon centis", Fraction(62)),
    ]


def test_an_offset_never_leads_before_the_song() -> None:
    assert moments("[offset:500]\n[00:00.20]Go\n") == [("Go", 0)]


def test_enhanced_lrc_loses_its_stamps_of_words() -> None:
    assert moments("[00:01.00] <00:01.00> Never <00:01.50> mind\n") == [("Never mind", 1)]


def test_a_stamp_without_words_is_no_marker() -> None:
    assert moments("[00:01.00]One\n[00:05.00]\n") == [("One", 1)]


@pytest.mark.parametrize("line", ["[00:31", "[00:61.00]late", "[0x:12.00]no", "[00:12.5 open"])
def test_a_damaged_stamp_names_the_line(line: str) -> None:
    with pytest.raises(CueError) as caught:
        read(f"[00:01.00]One\n{line}\n")
    assert caught.value.place == "line 2"
