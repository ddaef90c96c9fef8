from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from sheetrender.workflow.moodboard import BoardOptions, moodboard
from sheetrender.workflow.plan import plan_sheet
from sheetrender.workflow.run import RunOptions, run
from tests.workflow.sheets import (
    drawn,
    edit,
    frame_bytes,
    make_sheet,
    notices,
    rendered,
    request,
)

HEAD = ("frame", "subject", "style", "seed", "cut", "approved")
ROWS = ((0, "a fox", "red", 5, None, None), (6, "a whale", "blue", 6, "yes", "yes"))


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    settings = {"width": 64, "height": 32, "frames": 12}
    sheet = make_sheet(tmp_path / "my.xlsx", ROWS, settings, HEAD)
    board(sheet)
    return sheet


def board(sheet: Path) -> None:
    list(moodboard(request(sheet), BoardOptions()))


def still(sheet: Path, first: str) -> bytes:
    (path,) = (sheet.parent / "renders/my/stills").glob(f"{first}_*")
    return path.read_bytes()


def test_a_segment_begins_with_exactly_the_approved_picture(sheet: Path) -> None:
    rendered(sheet, from_approved=True)
    frames = frame_bytes(sheet.parent / "renders" / "my")
    assert frames[6] == still(sheet, "000006")
    assert frames[0] != still(sheet, "000000")


def test_it_stays_although_the_cells_change(sheet: Path) -> None:
    edit(sheet, B3="a green hill", D3=77)
    rendered(sheet, from_approved=True)
    assert frame_bytes(sheet.parent / "renders" / "my")[6] == still(sheet, "000006")


def test_what_grew_out_of_another_picture_is_drawn_again(sheet: Path) -> None:
    rendered(sheet)
    assert drawn(rendered(sheet, from_approved=True)) == [7, 8, 9, 10, 11]


def test_once_begun_so_nothing_is_left_to_draw(sheet: Path) -> None:
    rendered(sheet, from_approved=True)
    assert drawn(rendered(sheet, from_approved=True)) == []
    assert plan_sheet(request(sheet)).left == ()


def test_a_killed_beginning_is_put_there_again(sheet: Path) -> None:
    rendered(sheet, from_approved=True)
    frame = sheet.parent / "renders/my/frames/000006.png"
    frame.unlink()
    rendered(sheet, from_approved=True)
    assert frame.read_bytes() == still(sheet, "000006")


def test_a_tick_that_no_board_has_seen_takes_the_picture_of_the_last_board(sheet: Path) -> None:
    edit(sheet, F2="x")
    rendered(sheet, from_approved=True)
    assert frame_bytes(sheet.parent / "renders" / "my")[0] == still(sheet, "000000")


def test_a_row_without_a_picture_begins_as_always_and_says_so(sheet: Path) -> None:
    edit(sheet, F2="x", B2="a blue fox")
    said = notices(rendered(sheet, from_approved=True))
    assert "Row 2 is approved, but has no picture of 64×32 yet" in said


def test_a_picture_of_another_size_is_not_taken(sheet: Path) -> None:
    small = next(iter((sheet.parent / "renders/my/stills").glob("000006_*")))
    Image.new("RGB", (8, 8)).save(small)
    said = notices(rendered(sheet, from_approved=True))
    assert "Row 3 is approved, but has no picture of 64×32 yet" in said


def test_the_video_follows_the_picture_that_took_a_drawn_ones_place(sheet: Path) -> None:
    edit(sheet, B3="a green hill")
    rendered(sheet, video=True)
    video = sheet.parent / "renders/my/video.mp4"
    before = video.read_bytes()
    rendered(sheet, video=True, from_approved=True)
    after = video.read_bytes()
    assert after != before
    rendered(sheet, video=True, from_approved=True)
    assert video.read_bytes() == after


def test_a_sheet_without_approved_rows_says_so(sheet: Path) -> None:
    edit(sheet, F3=None)
    assert "No row that begins a segment is approved" in notices(
        rendered(sheet, from_approved=True)
    )


def test_a_draft_begins_as_always_and_asks_for_no_mood_board(sheet: Path) -> None:
    asked = replace(request(sheet), draft=True)
    said = notices(list(run(asked, RunOptions(video=False, status=False, from_approved=True))))
    assert "drafts and variants begin as always" in said
    assert "moodboard`" not in said
