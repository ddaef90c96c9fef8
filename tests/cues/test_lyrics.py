"""LRC, SRT and WebVTT."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sheetrender.cues.cue import CueError
from tests.cues.reading import moments, read, sample

VTT = """WEBVTT - lyrics

NOTE made by hand

chorus-1
00:12.500 --> 00:15.000 align:start
<v Singer>Tom &amp; <i>Jerry</i>

01:00:24.250 --> 01:00:26.000
Bye
"""


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


def test_subtitles_join_their_lines_and_lose_their_tags() -> None:
    cues = read(sample("song.srt")).cues
    assert [(cue.name, cue.start, cue.end, cue.comment) for cue in cues] == [
        ("First line second row", Fraction("12.5"), Fraction(15), ""),
        ("Chorus", Fraction("24.25"), Fraction(26), ""),
    ]


def test_webvtt_keeps_the_names_of_its_cues() -> None:
    cues = read(VTT).cues
    assert [(cue.name, cue.comment, cue.start) for cue in cues] == [
        ("Tom & Jerry", "chorus-1", Fraction("12.5")),
        ("Bye", "", 3624 + Fraction("0.25")),
    ]


@pytest.mark.parametrize("broken", ["00:00:24,2x0 --> 00:00:26,000", "00:00:24,250 -->"])
def test_a_damaged_subtitle_names_the_line(broken: str) -> None:
    text = sample("song.srt").decode().replace("00:00:24,250 --> 00:00:26,000", broken)
    with pytest.raises(CueError, match="two times") as caught:
        read(text)
    assert caught.value.place == "line 7"


def test_webvtt_without_cues_says_so() -> None:
    with pytest.raises(CueError, match="WebVTT without any marker"):
        read("WEBVTT\n\n")
