"""Reaper's list and its project files."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sheetrender.cues.cue import CueError
from tests.cues.reading import read, sample

PROJECT = """<REAPER_PROJECT 0.1 "7.11/linux-x86_64" 1711000000
  TEMPO 120 4 4
  MARKER 1 0 Intro 0
  MARKER 2 12.5 "Verse, one" 0 0 1 B {GUID} 0
  MARKER 1 24.25 'the "drop"' 1
  MARKER 1 48.75 "" 1
>
"""


def test_markers_and_regions_of_the_list_are_read() -> None:
    cues = read(sample("reaper_markers.csv")).cues
    assert [(cue.name, cue.start, cue.end) for cue in cues] == [
        ("Intro", 0, None),
        ("Verse, one", Fraction("12.5"), None),
        ("Drop", Fraction("24.25"), Fraction("48.75")),
    ]


@pytest.mark.parametrize("written", ["13.1.00", "600000", ""])
def test_a_ruler_in_bars_or_samples_is_refused_with_its_line(written: str) -> None:
    with pytest.raises(CueError, match="Minutes:Seconds") as caught:
        read(sample("reaper_markers.csv").decode().replace("0:12.500", written))
    assert caught.value.place == "line 3"


def test_a_quote_that_is_never_closed_names_the_line() -> None:
    with pytest.raises(CueError, match="quote") as caught:
        read(sample("reaper_markers.csv").decode().replace('one"', "one"))
    assert caught.value.place == "line 3"


def test_a_project_gives_its_markers_and_joins_the_ends_of_regions() -> None:
    cues = read(PROJECT).cues
    assert [(cue.name, cue.start, cue.end) for cue in cues] == [
        ("Intro", 0, None),
        ("Verse, one", Fraction("12.5"), None),
        ('the "drop"', Fraction("24.25"), Fraction("48.75")),
    ]


def test_a_damaged_project_names_the_line() -> None:
    with pytest.raises(CueError, match="half a MARKER") as caught:
        read(PROJECT[: PROJECT.index(", one")])
    assert caught.value.place == "line 4"


def test_a_project_without_markers_says_so() -> None:
    with pytest.raises(CueError, match="without any marker"):
        read(PROJECT.replace("MARKER", "TRACK"))


@pytest.mark.parametrize("cut", ["M2,Verse,0:12.500,", "M2,Verse,0:12.500", "M2,Ver"])
def test_half_a_row_of_the_list_is_refused_with_its_line(cut: str) -> None:
    head = "#,Name,Start,End,Length,Color\nM1,Intro,0:00.000,,,\n"
    with pytest.raises(CueError, match="half a row") as caught:
        read(head + cut)
    assert caught.value.place == "line 3"
