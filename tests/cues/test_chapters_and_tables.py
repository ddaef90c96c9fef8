"""YouTube chapters, and tables of names and times."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sheetrender.cues.cue import CueError
from tests.cues.reading import moments, read, sample


def test_chapters_are_read_with_brackets_dashes_and_hours() -> None:
    assert moments(sample("youtube_chapters.txt")) == [
        ("Intro", 0),
        ("Verse", 12),
        ("Long", 3723),
        ("Drop", 24),
    ]


def test_a_chapter_may_end_with_its_time() -> None:
    assert moments("Intro - 0:00\nVerse (0:12)\n") == [("Intro", 0), ("Verse", 12)]


@pytest.mark.parametrize("line", ["0:1", "1:75 Drop", "0:12"])
def test_a_damaged_chapter_names_the_line(line: str) -> None:
    with pytest.raises(CueError) as caught:
        read(f"0:00 Intro\n{line}\n")
    assert caught.value.place == "line 2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name,time\nIntro,0:00\nDrop,1:02.5\n", [("Intro", 0), ("Drop", Fraction("62.5"))]),
        ("Name;Seconds\nIntro;0\nDrop;62,5\n", [("Intro", 0), ("Drop", Fraction("62.5"))]),
        ("frame\tname\n0\tIntro\n122\tDrop\n", [("Intro", 0), ("Drop", 122)]),
        ("Title,Timecode\nDrop,00:00:04:02\n", [("Drop", "00:00:04:02")]),
        ("Intro,0:00\nDrop,1:02\n", [("Intro", 0), ("Drop", 62)]),
        ("0.5,Intro\n12.5,Drop\n", [("Intro", Fraction("0.5")), ("Drop", Fraction("12.5"))]),
    ],
)
def test_tables_are_read_by_their_headings_or_by_their_times(text: str, expected: object) -> None:
    assert moments(text) == expected


def test_what_csv_prints_is_read_again_with_lengths_in_frames() -> None:
    text = (
        "name,frame,timecode,seconds,duration,comment\n"
        '"Verse, one",375,00:00:12:15,12.500000,49,"a ""red"" fox"\n'
    )
    (cue,) = read(text).cues
    assert (cue.name, cue.start, cue.frames) == ("Verse, one", Fraction("12.5"), 49)
    assert cue.comment == 'a "red" fox'


def test_ends_and_durations_of_a_table_are_kept() -> None:
    assert read("name,start,end\nDrop,0:10,0:12.5\n").cues[0].end == Fraction("12.5")
    assert read("name,start,duration\nDrop,0:10,2.5\n").cues[0].end == Fraction("12.5")


def test_bare_whole_numbers_without_a_heading_are_asked_about() -> None:
    with pytest.raises(CueError, match="frames or seconds"):
        read("Intro,0\nDrop,122\n")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("name,time\nIntro,0:00\nDrop\n", "line 3"),
        ("name,time\nIntro,soon\n", "line 2"),
        ("name,frame\nIntro,1.5\n", "line 2"),
        ('name,time\nIntro,0:00\n"Drop,0:12\nEnd,0:20\n', "line 3"),
        ("name,start,end\nDrop,0:10,00:00:12:04\n", "line 2"),
    ],
)
def test_a_damaged_table_names_the_line(text: str, place: str) -> None:
    with pytest.raises(CueError) as caught:
        read(text)
    assert caught.value.place == place


def test_a_table_of_headings_alone_holds_no_markers() -> None:
    with pytest.raises(CueError, match="without any marker"):
        read("name,time\n")


@pytest.mark.parametrize("arrow", ["->", "-->", "→"])
def test_an_arrow_may_stand_between_time_and_title(arrow: str) -> None:
    found = [cue.name for cue in read(f"0:00 {arrow} Intro\n0:12{arrow}Verse\n").cues]
    assert found == ["Intro", "Verse"]
