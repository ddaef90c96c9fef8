"""Resolve's marker EDL and Edit Index."""

from __future__ import annotations

import pytest

from sheetrender.cues.cue import CueError
from tests.cues.reading import moments, read, sample


def test_a_marker_edl_gives_names_and_record_times() -> None:
    found = read(sample("resolve_timeline_markers.edl"))
    assert found.kind == "Resolve marker EDL"
    assert moments(sample("resolve_timeline_markers.edl"))[:2] == [
        ("Intro", "01:00:00:00"),
        ("video point in focus", "01:04:49:03"),
    ]
    assert len(found.cues) == 5
    assert found.drop is None


def test_the_length_stands_behind_d_and_one_frame_is_a_point() -> None:
    edl = sample("resolve_timeline_markers.edl").decode().replace("|D:1", "|D:48", 1)
    assert [cue.frames for cue in read(edl).cues] == [48, 0, 0, 0, 0]


def test_a_note_before_the_colour_is_the_comment() -> None:
    edl = sample("resolve_timeline_markers.edl").decode().replace(" |C:", "a red fox |C:", 1)
    assert read(edl).cues[0].comment == "a red fox"


def test_a_drop_frame_edl_says_so() -> None:
    edl = sample("resolve_timeline_markers.edl").decode().replace("NON-DROP", "DROP")
    assert read(edl).drop is True


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("|M:video point in focus |D:1", "|M:video poi", "line 8"),
        ("01:05:40:11 01:05:40:12 01:05:40:11 01:05:40:12", "01:05:40:11 01:05", "line 13"),
    ],
)
def test_a_damaged_edl_names_the_line(old: str, new: str, place: str) -> None:
    with pytest.raises(CueError, match="half") as caught:
        read(sample("resolve_timeline_markers.edl").decode().replace(old, new))
    assert caught.value.place == place


def test_an_edl_without_markers_says_so() -> None:
    with pytest.raises(CueError, match="without any marker"):
        read("TITLE: Cut\nFCM: NON-DROP FRAME\n")


def test_the_edit_index_takes_the_text_from_the_notes() -> None:
    found = moments(sample("resolve_edit_index.csv"))
    assert found[1] == ("zoom f6 b-roll", "01:00:04:08")
    assert len(found) == 6
    assert read(sample("resolve_edit_index.csv")).point_lasts == 1


def test_rows_of_clips_are_left_out_of_the_edit_index_and_said() -> None:
    text = sample("resolve_edit_index.csv").decode("utf-8-sig")
    found = read(text.replace('"2","",', '"2","A001",'))
    assert len(found.cues) == 5
    assert found.notes == ("1 row of a clip was left out.",)


def test_a_damaged_edit_index_names_the_line() -> None:
    text = sample("resolve_edit_index.csv").decode("utf-8-sig").replace("\r\n", "\n")
    lines = text.split("\n")
    lines[3] = lines[3][:40]
    with pytest.raises(CueError) as caught:
        read("\n".join(lines))
    assert caught.value.place == "line 4"
