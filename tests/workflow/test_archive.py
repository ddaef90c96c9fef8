"""An archive: few files, never trusted further than their keys and digests go."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from sheetrender.model.errors import FolderRefused, RenderFailed, UsageError
from sheetrender.model.events import Event, FrameStored, Made
from sheetrender.model.frames import Segment
from sheetrender.workflow import archive as archive_module
from sheetrender.workflow.archive import parts_of
from sheetrender.workflow.archive_part import read_part
from sheetrender.workflow.run import RunOptions, run
from tests.workflow.sheets import (
    HEAD,
    ROWS,
    SMALL,
    drawn,
    edit,
    frame_bytes,
    make_sheet,
    notices,
    rendered,
    request,
)

FIRST, SECOND = "000000-000015.zip", "000016-000023.zip"


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return make_sheet(tmp_path / "my.xlsx")


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    return tmp_path / "drive"


def segments(drive: Path) -> list[str]:
    return sorted(path.name for path in (drive / "segments").iterdir())


def lose_the_machine(sheet: Path) -> list[bytes]:
    frames = frame_bytes(sheet.parent / "renders/my")
    shutil.rmtree(sheet.parent / "renders")
    return frames


def test_each_segment_is_one_file_without_compression(sheet: Path, drive: Path) -> None:
    rendered(sheet, archive=drive)
    assert segments(drive) == [FIRST, SECOND]
    with zipfile.ZipFile(drive / "segments" / FIRST) as file:
        assert len(file.namelist()) == 17
        assert {info.compress_type for info in file.infolist()} == {zipfile.ZIP_STORED}


def test_a_new_machine_draws_nothing_and_has_the_same_bytes(sheet: Path, drive: Path) -> None:
    rendered(sheet, archive=drive)
    before = lose_the_machine(sheet)
    written = [path.stat().st_mtime_ns for path in (drive / "segments").iterdir()]
    events = rendered(sheet, archive=drive)
    assert drawn(events) == []
    assert "24 frames came back" in notices(events)
    assert frame_bytes(sheet.parent / "renders/my") == before
    assert written == [path.stat().st_mtime_ns for path in (drive / "segments").iterdir()]


def test_an_edited_row_makes_only_its_segment_anew(sheet: Path, drive: Path) -> None:
    rendered(sheet, archive=drive)
    lose_the_machine(sheet)
    other = (drive / "segments" / SECOND).read_bytes()
    edit(sheet, B3="a black cat")
    assert drawn(rendered(sheet, archive=drive)) == list(range(8, 16))
    assert (drive / "segments" / SECOND).read_bytes() == other
    lose_the_machine(sheet)
    assert drawn(rendered(sheet, archive=drive)) == []


@pytest.mark.parametrize("share", [0, 0.3, 0.999])
def test_a_half_written_file_is_never_trusted(sheet: Path, drive: Path, share: float) -> None:
    rendered(sheet, archive=drive)
    before = lose_the_machine(sheet)
    broken = drive / "segments" / SECOND
    data = broken.read_bytes()
    broken.write_bytes(data[: int(len(data) * share)])
    events = rendered(sheet, archive=drive)
    assert drawn(events) == list(range(16, 24))
    assert "is not whole" in notices(events)
    assert frame_bytes(sheet.parent / "renders/my") == before
    assert len(read_part(broken).rows) == 8


def test_a_frame_that_was_altered_in_its_file_is_drawn_again(sheet: Path, drive: Path) -> None:
    rendered(sheet, archive=drive)
    before = lose_the_machine(sheet)
    altered = drive / "segments" / SECOND
    with zipfile.ZipFile(altered) as file:
        members = {name: file.read(name) for name in file.namelist()}
    members["000020.png"] = members["000021.png"]
    with zipfile.ZipFile(altered, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    assert drawn(rendered(sheet, archive=drive)) == [20]
    assert frame_bytes(sheet.parent / "renders/my") == before


def test_a_run_that_is_stopped_keeps_what_it_has(sheet: Path, drive: Path) -> None:
    events = run(request(sheet), RunOptions(archive=drive))
    for event in events:
        if event == FrameStored(4):
            break
    events.close()
    there = len(read_part(drive / "segments" / FIRST).rows)
    assert 5 <= there < 16
    lose_the_machine(sheet)
    assert len(drawn(rendered(sheet, archive=drive))) == 24 - there


def test_a_long_segment_is_kept_as_it_grows(
    sheet: Path, drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_module, "KEEP_SECONDS", 0)
    for event in run(request(sheet), RunOptions(archive=drive)):
        if event == FrameStored(3):
            # It is written when the next event is asked for.
            assert len(read_part(drive / "segments" / FIRST).rows) >= 3


def test_a_long_segment_is_several_files() -> None:
    parts = parts_of([Segment(0, 480), Segment(481, 500)])
    assert [(part[0], part[-1]) for part in parts] == [(0, 239), (240, 479), (480, 480), (481, 500)]


def test_drawn_seeds_come_back(tmp_path: Path, drive: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", [(0, "a fox", None, -1)], head=HEAD[:4])
    rendered(sheet, archive=drive)
    lose_the_machine(sheet)
    assert drawn(rendered(sheet, archive=drive)) == []


def test_a_new_cut_replaces_the_files_once_all_is_in_the_new_ones(sheet: Path, drive: Path) -> None:
    rendered(sheet, archive=drive)
    lose_the_machine(sheet)
    edit(sheet, E3="yes")
    assert drawn(rendered(sheet, archive=drive)) == list(range(8, 16))
    assert segments(drive) == ["000000-000007.zip", "000008-000015.zip", SECOND]


def test_files_of_a_longer_video_stay(sheet: Path, drive: Path) -> None:
    rendered(sheet, archive=drive)
    list(run(request(sheet, frames="20"), RunOptions(archive=drive, video=False)))
    assert segments(drive) == [FIRST, "000016-000019.zip", SECOND]


def test_frames_of_before_are_taken_into_a_new_archive(sheet: Path, drive: Path) -> None:
    rendered(sheet)
    assert drawn(rendered(sheet, archive=drive)) == []
    assert segments(drive) == [FIRST, SECOND]


def test_rerender_does_not_fetch_the_frames_that_it_is_to_replace(sheet: Path, drive: Path) -> None:
    rendered(sheet, archive=drive)
    lose_the_machine(sheet)
    head = 1 + [*HEAD, "row_id", "status"].index("status")
    edit(sheet, **{f"{chr(64 + head)}4": "rerender"})
    assert drawn(rendered(sheet, archive=drive)) == list(range(16, 24))


def test_the_video_is_copied_once(sheet: Path, drive: Path) -> None:
    rendered(sheet, archive=drive, video=True)
    copy = drive / "video.mp4"
    assert copy.read_bytes() == (sheet.parent / "renders/my/video.mp4").read_bytes()
    written = copy.stat().st_mtime_ns
    events = rendered(sheet, archive=drive, video=True)
    assert copy.stat().st_mtime_ns == written
    made = [event.path for event in events if isinstance(event, Made)]
    folder = sheet.parent / "renders" / "my"
    assert made == [folder / "video.mp4", folder / "report.html"]


def test_an_archive_belongs_to_one_sheet(sheet: Path, drive: Path) -> None:
    rendered(sheet, archive=drive)
    other = make_sheet(sheet.with_name("other.xlsx"), ROWS)
    with pytest.raises(FolderRefused, match="another sheet"):
        rendered(other, archive=drive)


def test_unfit_folders_are_refused_before_anything_is_drawn(sheet: Path, drive: Path) -> None:
    with pytest.raises(UsageError, match="output folder itself"):
        rendered(sheet, archive=sheet.parent / "renders/my")
    with pytest.raises(UsageError, match="is not there"):
        rendered(sheet, archive=drive / "unmounted/my")
    drive.mkdir()
    (drive / "video.mp4").write_bytes(b"somebody's")
    with pytest.raises(FolderRefused, match="overwritten"):
        rendered(sheet, archive=drive)
    assert not list((sheet.parent / "renders/my/frames").iterdir())


def test_a_drive_that_fails_costs_no_frame_and_is_said(
    sheet: Path, drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(archive_module, "write_part", refuse)
    events: list[Event] = []
    running = run(request(sheet), RunOptions(archive=drive, video=False))
    with pytest.raises(RenderFailed, match="run it again"):
        events.extend(running)
    assert drawn(events) == list(range(24))
    assert notices(events).count("cannot be written just now") == 1
    monkeypatch.undo()
    assert drawn(rendered(sheet, archive=drive)) == []
    assert segments(drive) == [FIRST, SECOND]


def test_pictures_for_an_editor_are_kept_as_one_file(tmp_path: Path, drive: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", settings={**SMALL, "codec": "png"})
    made = places_made(rendered(sheet, archive=drive, video=True))
    assert drive / "finished.zip" in made
    folder = sheet.parent / "renders/my/finished"
    with zipfile.ZipFile(drive / "finished.zip") as file:
        assert file.namelist() == [f"{number:06d}.png" for number in range(24)]
        assert file.read("000007.png") == (folder / "000007.png").read_bytes()
    assert drive / "finished.zip" not in places_made(rendered(sheet, archive=drive, video=True))


def places_made(events: list[Event]) -> list[Path]:
    return [event.path for event in events if isinstance(event, Made)]


def test_a_draft_leaves_the_archive_of_the_video_alone(sheet: Path, drive: Path) -> None:
    rendered(sheet, archive=drive)
    kept = [path.read_bytes() for path in sorted((drive / "segments").iterdir())]
    asked = replace(request(sheet), draft=True)
    list(run(asked, RunOptions(video=False, status=False, archive=drive)))
    assert [path.read_bytes() for path in sorted((drive / "segments").iterdir())] == kept
    assert segments(drive.with_name("drive-draft")) == [FIRST, SECOND]
