"""The command `markers` as a person types it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from sheetrender.workflow.init import init
from tests.cli.test_main import call
from tests.workflow.sheets import column, frame_bytes, make_sheet

SAMPLES = Path(__file__).parents[1] / "data" / "markers"
PREMIERE = SAMPLES / "premiere_markers.csv"
CUES = (
    "Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type\t\r\n"
    "Sky\ta blue whale\t00:00:00:06\t00:00:00:06\t00:00:00:00\tComment\t\r\n"
    "Hill\ta green hill\t00:00:00:12\t00:00:00:12\t00:00:00:00\tComment\t\r\n"
)


@pytest.fixture
def cues(tmp_path: Path) -> Path:
    path = tmp_path / "premiere.csv"
    path.write_text(CUES, encoding="utf-16", newline="")
    return path


def test_a_table_of_frames_timecodes_and_names_is_printed() -> None:
    status, out, err = call("markers", PREMIERE, "--fps", "30")
    assert (status, err) == (0, "")
    assert out.splitlines()[:3] == [
        "   frame  timecode        seconds  length  name",
        "       0  00:00:00:00       0.000          Intro",
        "     364  00:00:12:04      12.133          b-roll zoom f6 showcase",
    ]
    assert out.splitlines()[-1] == "6 markers at 30 fps (Premiere markers)."


def test_json_has_the_form_of_the_contract() -> None:
    status, out, _ = call("markers", SAMPLES / "reaper_markers.csv", "--fps", "29.97", "--json")
    assert status == 0
    assert json.loads(out)[2] == {
        "name": "Drop",
        "frame": 727,
        "timecode": "00:00:24:07",
        "seconds": 24.257567,
        "duration": 734,
        "comment": "",
    }


def test_csv_is_read_again_as_the_same_markers(tmp_path: Path) -> None:
    _, out, _ = call("markers", SAMPLES / "audacity_labels.txt", "--fps", "30", "--csv")
    assert [row["name"] for row in csv.DictReader(io.StringIO(out))][2] == "Drop (region)"
    again = tmp_path / "again.csv"
    again.write_text(out, encoding="utf-8")
    assert call("markers", again, "--fps", "30", "--csv")[1] == out


def test_the_editors_own_labels_are_shown_behind_a_start() -> None:
    edl = SAMPLES / "resolve_timeline_markers.edl"
    _, out, _ = call("markers", edl, "--fps", "24", "--start", "01:00:00:00")
    assert "    6939  01:04:49:03     289.125          video point in focus" in out


@pytest.mark.parametrize(
    ("label", "start", "shown"),
    [
        ("01;00;01;00", "01:00:00:00", "01:00:01;00"),
        ("01:00:01:00", "01:00:00;00", "01:00:01:00"),
    ],
)
def test_labels_are_shown_as_in_the_edit_whatever_kind_the_start_has(
    tmp_path: Path, label: str, start: str, shown: str
) -> None:
    table = tmp_path / "table.csv"
    table.write_text(f"name,timecode\nSky,{label}\n", encoding="utf-8")
    times = tmp_path / "times.csv"
    times.write_text("name,seconds\nHill,2.002\n", encoding="utf-8")
    words = ("--fps", "29.97", "--start", start, "--json")
    for files in ((table,), (times, table)):
        rows = json.loads(call("markers", *files, *words)[1])
        assert (rows[0]["frame"], rows[0]["timecode"]) == (30, shown)


def test_an_xml_brings_its_own_rate_and_contradicts_another() -> None:
    xml = SAMPLES / "premiere_xmeml.xml"
    assert "3 markers at 30 fps (Final Cut Pro XML)." in call("markers", xml)[1]
    status, _, err = call("markers", xml, "--fps", "25")
    assert status == 2
    assert "says itself that it counts at 30 fps, and not at 25" in err


def test_several_files_become_one_list() -> None:
    _, out, err = call("markers", PREMIERE, SAMPLES / "song.srt", "--fps", "30", "--json")
    assert [row["frame"] for row in json.loads(out)] == [0, 364, 375, 728, 933, 42945, 46370, 47682]
    assert "nearest frame" in err


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((PREMIERE,), "Give --fps"),
        ((PREMIERE, "--fps", "fast"), "not a frame rate"),
        ((PREMIERE, "--fps", "15"), "line 5: has '00:23:51:15'"),
        ((PREMIERE, "--fps", "30", "--start", "soon"), "start 'soon', which is not a timecode"),
        ((PREMIERE, "--fps", "30", "--rows"), "--into"),
        ((PREMIERE, "--fps", "30", "--csv", "--json"), "either --csv or --json"),
        ((SAMPLES, "--fps", "30"), "is a directory"),
        (("nowhere.csv", "--fps", "30"), "nowhere.csv does not exist"),
        ((PREMIERE, "--fps", "30", "--largest", "0.0001"), "give --largest 1"),
        ((Path(__file__), "--fps", "30"), "of no kind that is known"),
    ],
)
def test_what_cannot_be_done_is_said_in_words_with_status_2(
    words: tuple[str | Path, ...], reason: str
) -> None:
    status, out, err = call("markers", *words)
    assert (status, out) == (2, "")
    assert reason in err


def test_a_huge_file_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    status, _, err = call("markers", path, "--fps", "30")
    assert status == 2
    assert err == (
        f"{path} has 200 MB, and marker files have a few at most: the limit is 100. "
        "If it is meant, give --largest 201.\n"
    )


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no file without end here")
def test_a_file_without_end_is_refused_at_the_limit() -> None:
    status, _, err = call("markers", "/dev/zero", "--fps", "30", "--largest", "1")
    assert status == 2
    assert err.startswith("/dev/zero gives more than 1 MB")


def test_premiere_into_a_workbook_and_run_changes_the_pictures_there(
    tmp_path: Path, cues: Path
) -> None:
    sheet = make_sheet(
        tmp_path / "my.xlsx",
        [(0, "a red fox", "orange forest", 1, None, None)],
        {"width": 64, "height": 32, "frames": 18, "caption": "no"},
    )
    assert call("run", sheet, "--no-video")[0] == 0
    plain = frame_bytes(tmp_path / "renders" / "my")
    status, out, err = call("markers", cues, "--fps", "30", "--into", sheet, "--rows")
    assert (status, out) == (0, "")
    assert err.splitlines() == [
        f"Tab Markers of {sheet}: 2 new, 0 moved, 0 where they were.",
        "Tab Keyframes: 2 new, rows 3 to 4.",
        f"The sheet as it was before: {tmp_path / 'my.before-markers.xlsx'}",
    ]
    assert call("run", sheet, "--no-video")[0] == 0
    marked = frame_bytes(tmp_path / "renders" / "my")
    first = [a == b for a, b in zip(plain, marked, strict=True)].index(False)
    assert first == 6
    assert column(sheet, "status") == ["done", "done", "done"]
    assert column(sheet, "progress") == ["6/6", "6/6", "6/6"]


def test_a_second_export_says_what_moved_by_how_many_frames(tmp_path: Path, cues: Path) -> None:
    sheet = init(tmp_path / "my.xlsx")
    call("markers", cues, "--fps", "30", "--into", sheet, "--rows")
    moved = CUES.replace("00:00:00:06", "00:00:00:18").replace("00:00:00:12", "00:00:00:11")
    cues.write_text(moved, encoding="utf-16", newline="")
    _, _, err = call("markers", cues, "--fps", "30", "--into", sheet, "--rows")
    assert err.splitlines()[:4] == [
        f"Tab Markers of {sheet}: 0 new, 2 moved, 0 where they were.",
        "  Hill: 1 frame earlier (12 to 11).",
        "  Sky: 12 frames later (6 to 18).",
        "Tab Keyframes: every marker has its row already.",
    ]
    _, _, err = call("markers", cues, "--fps", "30", "--into", sheet)
    assert err == f"{sheet} is up to date: nothing was written.\n"


def test_json_beside_into_tells_the_frames_of_the_sheet(tmp_path: Path, cues: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", settings={"fps": 60, "frames": 40})
    _, out, err = call("markers", cues, "--fps", "30", "--into", sheet, "--json")
    assert [row["frame"] for row in json.loads(out)] == [12, 24]
    assert "every marker keeps its moment" in err
