from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from sheetrender.model.errors import FolderRefused, PartMissing, SheetInvalid, UsageError
from sheetrender.model.events import FrameStored, Made
from sheetrender.model.programs import find_ffmpeg
from sheetrender.rendering.journal import Journal
from sheetrender.sheets.xlsx import XlsxStore
from sheetrender.workflow.check import check
from sheetrender.workflow.project import Request, understood
from sheetrender.workflow.run import RunOptions, run
from tests.sheets.workbooks import SHEET_PART, raw_members, rich
from tests.workflow.sheets import (
    HEAD,
    ROWS,
    SMALL,
    column,
    drawn,
    edit,
    frame_bytes,
    make_sheet,
    notices,
    rendered,
    request,
)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return make_sheet(tmp_path / "my.xlsx")


def frames_in(video: Path) -> int:
    command = [find_ffmpeg(), "-v", "error", "-i", str(video), "-map", "0:v:0", "-c", "copy",
               "-f", "framecrc", "-"]  # fmt: skip
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return sum(not line.startswith("#") for line in lines)


def test_a_sheet_becomes_frames_a_video_and_statuses(sheet: Path) -> None:
    events = list(run(request(sheet), RunOptions()))
    folder = sheet.parent / "renders" / "my"
    assert drawn(events) == list(range(24))
    assert Made(folder / "video.mp4", "video") in events
    assert frames_in(folder / "video.mp4") == 24
    assert column(sheet, "status") == ["done"] * 3
    assert column(sheet, "progress") == ["8/8", "8/8", "8/8"]
    assert column(sheet, "preview")[2] == "renders/my/frames/000016.png"
    assert str(column(sheet, "updated")[0]).endswith("Z")
    assert len(set(column(sheet, "row_id"))) == 3
    plan = json.loads((folder / "plan.json").read_text("utf-8"))
    assert plan["frames"] == len(plan["channels"]["zoom"]) == 24
    assert plan["settings"]["engine"] == "animatic"
    assert plan["versions"]["sheetrender"]


def test_a_second_run_finds_everything_done(sheet: Path) -> None:
    list(run(request(sheet), RunOptions()))
    ids = column(sheet, "row_id")
    video = sheet.parent / "renders/my/video.mp4"
    made = video.stat().st_mtime_ns
    content = sheet.read_bytes()
    events = list(run(request(sheet), RunOptions()))
    assert drawn(events) == []
    assert video.stat().st_mtime_ns == made
    assert column(sheet, "row_id") == ids
    assert sheet.read_bytes() == content


def test_editing_a_subject_renders_from_its_frame_to_the_next_cut(sheet: Path) -> None:
    rendered(sheet)
    before = frame_bytes(sheet.parent / "renders/my")
    edit(sheet, B3="a white whale")
    assert drawn(rendered(sheet)) == list(range(8, 16))
    after = frame_bytes(sheet.parent / "renders/my")
    assert [i for i in range(24) if before[i] != after[i]] == list(range(8, 16))
    assert column(sheet, "status") == ["done"] * 3


def test_stopping_in_the_middle_keeps_what_is_done_and_goes_on_the_same(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    stopped, whole = make_sheet(tmp_path / "a/my.xlsx"), make_sheet(tmp_path / "b/my.xlsx")
    steps = run(request(stopped), RunOptions(video=False))
    assert FrameStored(11) in steps
    with pytest.raises(KeyboardInterrupt):
        steps.throw(KeyboardInterrupt)
    assert column(stopped, "status") == ["done", "queued", "queued"]
    again = drawn(rendered(stopped))
    assert 0 not in again
    assert again[-1] == 23
    rendered(whole)
    renders = [frame_bytes(path.parent / "renders/my") for path in (stopped, whole)]
    assert renders[0] == renders[1]


def test_problems_stand_in_their_rows_and_nothing_is_rendered(sheet: Path) -> None:
    edit(sheet, F3="1 + sinn(t)", F4=0)
    with pytest.raises(SheetInvalid) as caught:
        rendered(sheet)
    assert len(caught.value.problems) == 2
    assert column(sheet, "status") == [None, "invalid", "invalid"]
    assert "Did you mean sin?" in str(column(sheet, "message")[1])
    assert not (sheet.parent / "renders").exists()
    edit(sheet, F3=1.01, F4=1.02)
    rendered(sheet)
    assert column(sheet, "status") == ["done"] * 3


def test_two_rows_on_one_frame_are_marked_where_they_stand(sheet: Path) -> None:
    edit(sheet, A4=8)
    with pytest.raises(SheetInvalid):
        rendered(sheet)
    assert column(sheet, "status") == [None, None, "invalid"]


def test_no_status_leaves_the_sheet_as_it_is(sheet: Path) -> None:
    content = sheet.read_bytes()
    rendered(sheet, status=False)
    assert sheet.read_bytes() == content
    edit(sheet, F4="nonsense")
    content = sheet.read_bytes()
    with pytest.raises(SheetInvalid):
        rendered(sheet, status=False)
    assert sheet.read_bytes() == content


def test_a_range_draws_only_what_it_needs_and_makes_no_video(sheet: Path) -> None:
    events = rendered(sheet, frames=(18, 19), video=True)
    assert drawn(events) == [16, 17, 18, 19]
    assert "No video is made: 20 of 24" in notices(events)
    assert column(sheet, "status") == ["queued", "queued", "queued"]
    with pytest.raises(UsageError, match="0 to 23"):
        rendered(sheet, frames=(24, 30))


def test_fresh_draws_every_frame_again(sheet: Path) -> None:
    rendered(sheet)
    before = frame_bytes(sheet.parent / "renders/my")
    assert drawn(rendered(sheet, fresh=True)) == list(range(24))
    assert frame_bytes(sheet.parent / "renders/my") == before


def test_fresh_with_a_range_draws_that_range_again_and_keeps_the_rest(sheet: Path) -> None:
    rendered(sheet)
    assert drawn(rendered(sheet, fresh=True, frames=(8, 9))) == [8, 9]
    with pytest.raises(UsageError):
        rendered(sheet, fresh=True, frames=(90, 99))
    assert drawn(rendered(sheet)) == []


def test_a_changed_row_that_is_not_drawn_yet_is_stale(sheet: Path) -> None:
    rendered(sheet)
    edit(sheet, B3="changed", B4="changed too")
    rendered(sheet, frames=(8, 15))
    assert column(sheet, "status") == ["done", "done", "stale"]


def test_a_damaged_video_is_made_again(sheet: Path) -> None:
    list(run(request(sheet), RunOptions()))
    video = sheet.parent / "renders/my/video.mp4"
    video.write_bytes(video.read_bytes()[:100])
    list(run(request(sheet), RunOptions()))
    assert frames_in(video) == 24


def test_a_song_that_is_deleted_meanwhile_is_said(sheet: Path) -> None:
    make_song(sheet.parent / "song.wav", 0.8)
    make_sheet(sheet, settings={**SMALL, "song": "song.wav"})
    steps = run(request(sheet), RunOptions())
    assert FrameStored(20) in steps
    (sheet.parent / "song.wav").unlink()
    with pytest.raises(UsageError, match="song"):
        list(steps)
    assert column(sheet, "status") == ["done"] * 3


def test_an_invalid_sheet_that_is_held_open_says_that_its_rows_are_not_marked(sheet: Path) -> None:
    edit(sheet, F4=0)
    sheet.with_name(f"~${sheet.name}").write_bytes(b"")
    with pytest.raises(SheetInvalid) as caught:
        rendered(sheet)
    assert "could not be marked" in caught.value.__notes__[0]


def test_an_output_folder_outside_is_refused_by_check_and_run(sheet: Path) -> None:
    make_sheet(sheet, settings={**SMALL, "output": "../elsewhere"})
    assert [problem.heading for problem in check(request(sheet)).problems] == ["output"]
    with pytest.raises(SheetInvalid):
        rendered(sheet)
    allowed = Request(sheet=str(sheet), overrides={}, allowed_paths=[sheet.parent.parent])
    list(run(allowed, RunOptions(video=False)))
    assert len(frame_bytes(sheet.parent.parent / "elsewhere")) == 24


def test_a_song_named_on_the_command_line_may_lie_anywhere(
    sheet: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("songs") / "song.wav"
    make_song(elsewhere, 0.5)
    asked = request(sheet, Song=str(elsewhere))
    make_sheet(sheet, settings={"width": 64, "height": 32, "song": "missing.wav"})
    assert check(asked).frames == 15
    assert [p.heading for p in check(request(sheet)).problems] == ["song"]
    assert check(request(sheet, song="")).frames == 46


def test_a_rich_workbook_keeps_every_other_part_through_a_run(tmp_path: Path) -> None:
    path = tmp_path / "rich.xlsm"
    rich(path)
    before = raw_members(path.read_bytes())
    asked = request(path, width="64", height="32")
    list(run(asked, RunOptions(video=False)))
    after = raw_members(path.read_bytes())
    assert list(after) == list(before)
    assert [name for name in before if before[name] != after[name]] == [SHEET_PART]
    assert len(before) > 35
    table = understood(XlsxStore(path), XlsxStore(path).read(), asked).table
    assert table is not None
    status = table.columns["status"]
    assert table.rows[table.heading_row + 1][status].value == "done"


def test_rerender_typed_into_a_status_draws_that_row_again(sheet: Path) -> None:
    rendered(sheet)
    edit(sheet, H3="rerender")
    assert column(sheet, "status") == ["done", "rerender", "done"]
    assert drawn(rendered(sheet)) == list(range(8, 16))
    assert column(sheet, "status") == ["done"] * 3


def test_hold_keeps_a_row_and_what_needs_it_from_being_drawn(sheet: Path) -> None:
    rendered(sheet, frames=(0, 0))
    edit(sheet, H3="hold", B3="changed")
    events = rendered(sheet, video=True)
    assert drawn(events) == [*range(1, 8), *range(16, 24)]
    assert column(sheet, "status") == ["done", "held", "done"]
    assert "held" in notices(events)
    assert drawn(rendered(sheet)) == []
    edit(sheet, H3=None)
    assert drawn(rendered(sheet)) == list(range(8, 16))


def test_a_drawn_seed_is_kept_on_every_later_run(sheet: Path) -> None:
    edit(sheet, D2=-1)
    rendered(sheet)
    first = frame_bytes(sheet.parent / "renders/my")
    assert drawn(rendered(sheet)) == []
    rendered(sheet, fresh=True)
    assert frame_bytes(sheet.parent / "renders/my") == first
    with Journal(sheet.parent / "renders/my/journal.sqlite", read_only=True) as journal:
        assert journal.seed([str(column(sheet, "row_id")[0])]) is not None


def test_a_drawn_seed_is_kept_while_the_sheet_cannot_be_written(sheet: Path) -> None:
    edit(sheet, D2=-1)
    lock = sheet.with_name(f"~${sheet.name}")
    lock.write_bytes(b"")
    first = rendered(sheet)
    assert len(drawn(first)) == 24
    assert "status.csv" in notices(first)
    assert drawn(rendered(sheet)) == []
    lock.unlink()
    assert drawn(rendered(sheet)) == []
    assert column(sheet, "status") == ["done"] * 3
    assert not (sheet.parent / "renders/my/status.csv").exists()
    assert drawn(rendered(sheet)) == []


def test_a_copied_id_belongs_to_the_topmost_row_even_without_statuses(sheet: Path) -> None:
    rendered(sheet, frames=(0, 0))
    edit(sheet, D2=-1, D3=-1, G3=column(sheet, "row_id")[0], H3="hold")
    assert drawn(rendered(sheet, status=False)) == [*range(8), *range(16, 24)]
    edit(sheet, H3=None)
    rendered(sheet, status=False)
    before = frame_bytes(sheet.parent / "renders/my")
    assert drawn(rendered(sheet)) == []
    assert frame_bytes(sheet.parent / "renders/my") == before


def test_editing_back_and_forth_with_ranges_ends_at_the_frames_of_a_fresh_render(
    sheet: Path,
) -> None:
    rendered(sheet)
    fresh = frame_bytes(sheet.parent / "renders/my")
    edit(sheet, B2="something else")
    rendered(sheet, frames=(0, 3))
    edit(sheet, B2="a red fox")
    rendered(sheet, frames=(0, 0))
    rendered(sheet)
    assert frame_bytes(sheet.parent / "renders/my") == fresh


def test_a_row_put_on_an_old_rows_frame_draws_a_seed_of_its_own(sheet: Path) -> None:
    edit(sheet, D2=-1)
    for _ in range(2):
        rendered(sheet)
    with Journal(sheet.parent / "renders/my/journal.sqlite", read_only=True) as journal:
        assert journal.seed(["frame 0"]) is None


def test_a_shorter_video_keeps_the_frames_behind_its_end_and_says_so(sheet: Path) -> None:
    rendered(sheet)
    events = list(run(request(sheet, frames="20"), RunOptions()))
    assert "4 more frames" in notices(events)
    assert frames_in(sheet.parent / "renders/my/video.mp4") == 20
    assert drawn(rendered(sheet)) == []


def test_a_folder_of_another_sheet_is_refused_with_its_owner(sheet: Path) -> None:
    rendered(sheet)
    other = make_sheet(sheet.parent / "other.xlsx")
    with pytest.raises(FolderRefused, match=r"my\.xlsx"):
        rendered(other, folder=sheet.parent / "renders/my")


def test_an_engine_that_is_not_there_is_said(sheet: Path) -> None:
    with pytest.raises(PartMissing, match="Three ways to get a model"):
        rendered(sheet, engine="diffusion")
    with pytest.raises(UsageError, match="animatic"):
        rendered(sheet, engine="animatik")


def make_song(path: Path, seconds: float) -> None:
    beat = np.sin(np.arange(int(8000 * seconds)) / 5)
    soundfile.write(path, beat * 0.3, 8000)


def test_the_song_decides_the_length_and_is_heard(sheet: Path) -> None:
    make_song(sheet.parent / "song.wav", 0.9)
    make_sheet(sheet, settings={"width": 64, "height": 32, "song": "song.wav"})
    events = list(run(request(sheet), RunOptions()))
    assert drawn(events)[-1] == 26
    probe = subprocess.run(
        [find_ffmpeg(), "-i", str(sheet.parent / "renders/my/video.mp4")],
        capture_output=True, text=True, check=False,
    ).stderr  # fmt: skip
    assert "Audio: aac" in probe


@pytest.mark.parametrize(("seconds", "says"), [(2.0, "not heard"), (0.5, "silent")])
def test_a_song_of_another_length_is_said(sheet: Path, seconds: float, says: str) -> None:
    make_song(sheet.parent / "song.wav", seconds)
    make_sheet(sheet, settings={**SMALL, "song": "song.wav"})
    events = list(run(request(sheet), RunOptions()))
    assert says in notices(events)
    assert frames_in(sheet.parent / "renders/my/video.mp4") == 24


@pytest.mark.parametrize("name", ["missing.wav", "../outside.wav", "text.wav", "/etc/passwd"])
def test_a_song_that_cannot_be_used_is_a_problem_of_its_cell(sheet: Path, name: str) -> None:
    (sheet.parent / "text.wav").write_text("no sound")
    make_sheet(sheet, settings={**SMALL, "song": name})
    with pytest.raises(SheetInvalid) as caught:
        rendered(sheet)
    (problem,) = caught.value.problems
    assert problem.cell == "Settings!B5"


def test_a_deleted_workbook_does_not_stop_the_render(sheet: Path) -> None:
    events = []
    for event in run(request(sheet), RunOptions(video=False)):
        events.append(event)
        if event == FrameStored(3):
            sheet.unlink()
    assert len(drawn(events)) == 24
    assert "status.csv" in notices(events)
    assert (sheet.parent / "renders/my/status.csv").exists()


def test_columns_moved_during_the_run_are_found_again(sheet: Path) -> None:
    for event in run(request(sheet), RunOptions(video=False)):
        if event == FrameStored(3):
            rows = [(row[1], row[0], *row[2:]) for row in (HEAD, *ROWS)]
            make_sheet(sheet, rows=rows[1:], head=rows[0])  # type: ignore[arg-type]
    assert column(sheet, "status") == ["done"] * 3


def test_a_csv_sheet_does_the_same(tmp_path: Path) -> None:
    path = tmp_path / "my.csv"
    path.write_bytes(b"frame;subject;zoom\r\n0;fox;1,01\r\n4;hill;1,02\r\n")
    events = list(run(request(path, width="64", height="32", frames="8"), RunOptions(video=False)))
    assert drawn(events) == list(range(8))
    lines = path.read_bytes().decode().split("\r\n")
    assert lines[0] == "frame;subject;zoom;row_id;status;progress;message;preview;updated"
    assert lines[1].startswith("0;fox;1,01;")
    assert ";done;4/4;" in lines[2]


def test_rows_behind_a_held_one_say_what_they_wait_for(sheet: Path) -> None:
    edit(sheet, H1="status", H2="hold")
    rendered(sheet)
    assert column(sheet, "status") == ["held", "queued", "done"]
    assert "held row" in str(column(sheet, "message")[1])


def test_a_mistyped_order_is_a_warning_with_its_cell(sheet: Path) -> None:
    edit(sheet, H1="status", H3="Redo")
    (warning,) = check(request(sheet)).warnings
    assert (warning.cell, warning.heading) == ("Keyframes!H3", "status")


def test_check_warns_where_song_and_frames_differ(sheet: Path) -> None:
    make_song(sheet.parent / "song.wav", 2.0)
    make_sheet(sheet, settings={**SMALL, "song": "song.wav"})
    (warning,) = check(request(sheet)).warnings
    assert warning.cell == "Settings!B4"
    assert "not heard" in str(warning)


def test_an_unknown_engine_leaves_no_folder_behind(sheet: Path) -> None:
    with pytest.raises(UsageError):
        rendered(sheet, engine="animatik")
    assert not (sheet.parent / "renders").exists()
