"""Audition, Audacity, Avid and Pro Tools."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sheetrender.cues.cue import CueError
from tests.cues.reading import moments, read, sample

AVID = (
    "Maker\t01:00:12:04\tV1\tred\tthe fox appears\t1\nMaker\t01:00:31:03\tTC1\tblue\tthe drop\t1\n"
)
PRO_TOOLS = (
    "SESSION NAME:\tSong\nSAMPLE RATE:\t48000.000000\nBIT DEPTH:\t24-bit\n"
    "SESSION START TIMECODE:\t01:00:00:00\nTIMECODE FORMAT:\t25 Frame\n\n\n"
    "M A R K E R S  L I S T I N G\n"
    "#   \tLOCATION     \tTIME REFERENCE    \tUNITS    \tNAME      \tCOMMENTS\n"
    "1   \t01:00:12:12  \t600000            \tSamples  \tVerse     \ta red fox\n"
    "2   \t01:00:24:06  \t13|1|000          \tTicks    \tDrop      \t\n"
)


def test_audition_reads_clock_times_with_and_without_hours() -> None:
    assert moments(sample("audition_markers.csv")) == [
        ("Intro", Fraction(0)),
        ("Opening", Fraction("14.125")),
        ("Talking About Something", Fraction("36.564")),
        ("Test More", 3600 + 37 * 60 + Fraction("28.222")),
        ("Outro", 84 * 3600 + 60 + Fraction("23.44")),
    ]


def test_a_range_of_audition_ends_after_its_duration() -> None:
    text = sample("audition_markers.csv").decode("utf-8-sig")
    cue = read(text.replace("0:14.125\t0:00.000", "0:14.125\t0:02.500")).cues[1]
    assert cue.end == Fraction("16.625")


@pytest.mark.parametrize("written", ["", "0:1x.125", "13:2", "677376"])
def test_a_damaged_audition_row_names_the_line(written: str) -> None:
    text = sample("audition_markers.csv").decode("utf-8-sig").replace("0:14.125", written)
    if written == "13:2":
        assert moments(text)[1] == ("Opening", Fraction(782))
        return
    with pytest.raises(CueError, match="no clock time") as caught:
        read(text)
    assert caught.value.place == "line 3"


def test_audacity_keeps_regions_and_passes_over_frequencies() -> None:
    cues = read(sample("audacity_labels.txt")).cues
    assert [(cue.name, cue.start, cue.end) for cue in cues] == [
        ("Intro", 0, None),
        ("Verse é 日本", Fraction("12.5"), None),
        ("Drop (region)", Fraction("24.25"), Fraction("48.75")),
    ]


def test_audacity_with_decimal_commas_reads_the_same() -> None:
    text = sample("audacity_labels.txt").decode().replace(".", ",")
    assert moments(text) == moments(sample("audacity_labels.txt"))


def test_a_damaged_audacity_line_names_itself() -> None:
    with pytest.raises(CueError, match="half a row") as caught:
        read(sample("audacity_labels.txt").decode().replace("24.250000\t48.750000", "24.25"))
    assert caught.value.place == "line 3"


def test_avid_takes_the_comment_for_the_name() -> None:
    assert moments(AVID) == [("the fox appears", "01:00:12:04"), ("the drop", "01:00:31:03")]


def test_a_damaged_avid_line_names_itself() -> None:
    with pytest.raises(CueError, match="half a row") as caught:
        read(AVID[: AVID.index("\tblue")])
    assert caught.value.place == "line 2"


def test_pro_tools_counts_samples_and_else_its_timecode() -> None:
    found = read(PRO_TOOLS)
    assert moments(PRO_TOOLS) == [("Verse", Fraction("12.5")), ("Drop", "01:00:24:06")]
    assert found.cues[0].comment == "a red fox"
    assert (str(found.rate), found.start) == ("25/1", "01:00:00:00")


def test_pro_tools_in_drop_frame_says_so() -> None:
    found = read(PRO_TOOLS.replace("25 Frame", "29.97 Drop Frame"))
    assert (str(found.rate), found.drop) == ("30000/1001", True)


def test_a_damaged_pro_tools_row_names_its_line() -> None:
    with pytest.raises(CueError, match="half a row") as caught:
        read(PRO_TOOLS[: PRO_TOOLS.index(":24:06")])
    assert caught.value.place == "line 11"


def test_a_session_without_markers_says_so() -> None:
    with pytest.raises(CueError, match="without any marker"):
        read(PRO_TOOLS[: PRO_TOOLS.index("M A R")])
