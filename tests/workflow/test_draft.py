from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from sheetrender.model.frames import Size
from sheetrender.workflow.draft import as_draft, draft_size, other_folder
from sheetrender.workflow.plan import plan_sheet
from sheetrender.workflow.run import RunOptions, run

from ..rendering.plans import plan
from .sheets import column, frame_bytes, make_sheet, rendered, request


def draft(path: Path, **overrides: str) -> None:
    asked = replace(request(path, **overrides), draft=True)
    list(run(asked, RunOptions(video=False, status=False)))


@pytest.mark.parametrize(
    ("full", "half"),
    [
        (Size(768, 432), Size(384, 216)),
        (Size(520, 296), Size(256, 144)),
        (Size(8, 8), Size(8, 8)),
    ],
)
def test_half_the_size_is_a_multiple_of_eight(full: Size, half: Size) -> None:
    assert draft_size(full) == half


def test_a_draft_moves_as_far_across_the_picture_as_the_video() -> None:
    whole = plan(size=Size(32, 16), translation_x=10.0, translation_y=-4.0, zoom=1.1, angle=2.0)
    half = as_draft(whole, Size(64, 32))
    assert np.all(half.channels["translation_x"] == 5.0)
    assert np.all(half.channels["translation_y"] == -2.0)
    for name in ("zoom", "angle", "strength"):
        assert np.array_equal(half.channels[name], whole.channels[name])


@pytest.mark.parametrize(("steps", "fewer"), [(20, 10), (25, 13), (6, 4), (3, 3), (1, 1)])
def test_a_draft_does_half_of_the_steps_but_no_fewer_than_four(steps: int, fewer: int) -> None:
    whole = plan(steps=float(steps), cadence=1.0)
    half = as_draft(whole, whole.size)
    assert np.all(half.channels["steps"] == fewer)
    assert np.all(half.channels["cadence"] == 2)


def test_a_draft_stands_beside_the_video_and_tells_the_sheet_nothing(tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx")
    before = sheet.read_bytes()
    draft(sheet)
    frames = sorted((tmp_path / "renders" / "my-draft" / "frames").iterdir())
    assert len(frames) == 24
    assert cv2.imread(str(frames[0])).shape == (16, 32, 3)
    assert not (tmp_path / "renders" / "my").exists()
    assert sheet.read_bytes() == before


def test_the_video_keeps_the_seeds_that_its_draft_drew(tmp_path: Path) -> None:
    rows = [(0, "a red fox", "forest", -1, None, 1), (8, "a whale", "sea", -1, "yes", 1)]
    sheet = make_sheet(tmp_path / "my.xlsx", rows)
    draft(sheet)
    drafted = plan_sheet(replace(request(sheet), draft=True)).plan.seeds
    planned = plan_sheet(request(sheet)).plan.seeds
    assert np.array_equal(planned, drafted)
    rendered(sheet)
    assert np.array_equal(plan_sheet(request(sheet)).plan.seeds, drafted)
    assert column(sheet, "status") == ["done", "done"]


def test_a_draft_keeps_the_seeds_of_the_video(tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", [(0, "a red fox", "forest", -1, None, 1)])
    rendered(sheet)
    seeds = plan_sheet(request(sheet)).plan.seeds
    draft(sheet)
    assert np.array_equal(plan_sheet(replace(request(sheet), draft=True)).plan.seeds, seeds)


def test_a_draft_leaves_finished_frames_alone(tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx")
    rendered(sheet)
    before = frame_bytes(tmp_path / "renders" / "my")
    draft(sheet)
    assert frame_bytes(tmp_path / "renders" / "my") == before


def test_the_other_folder_of_a_draft_is_the_video() -> None:
    for folder in (Path("renders/my"), Path("renders/my-draft")):
        assert other_folder(other_folder(folder)) == folder
        assert other_folder(folder) != folder
