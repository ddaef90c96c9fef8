"""Files that a sheet names for its pictures: checked cell by cell, and part of what frames are."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from sheetrender.model.cells import Problem
from sheetrender.workflow.check import check
from sheetrender.workflow.project import Project, Request, read_project
from tests.workflow.sheets import HEAD, SMALL, drawn, make_sheet, rendered, request

ROWS = (
    (0, "a red fox", "forest", 1, None, 1.0),
    (8, "a blue whale", "ocean", None, None, 1.0),
    (16, "a green hill", "light", 2, "yes", 1.0),
)


def sheet_with(
    path: Path, settings: dict[str, object] | None = None, **columns: tuple[object, ...]
) -> Path:
    """Write a sheet with more columns."""
    rows = [(*row, *more) for row, *more in zip(ROWS, *columns.values(), strict=True)]
    head = (*HEAD, *columns)
    return make_sheet(path / "my.xlsx", rows, {**SMALL, **(settings or {})}, head)


def draw_picture(path: Path, level: int = 90) -> None:
    assert cv2.imwrite(str(path), np.full((20, 30, 3), level, np.uint8))


def problems(sheet: Path, *allowed: Path) -> list[Problem]:
    return list(check(Request(sheet=str(sheet), overrides={}, allowed_paths=allowed)).problems)


def project(sheet: Path) -> Project:
    found = read_project(request(sheet))
    assert not found.findings.problems
    return found


@pytest.mark.parametrize("name", ["init_image", "init_video", "mask"])
def test_a_missing_file_is_a_problem_of_its_cell(tmp_path: Path, name: str) -> None:
    (found,) = problems(sheet_with(tmp_path, {name: "gone.png"}))
    assert (found.heading, found.written, found.wrong) == (name, "gone.png", "is not there")
    assert found.place is not None
    assert found.place.tab == "Settings"


def test_a_row_names_its_own_missing_picture(tmp_path: Path) -> None:
    (found,) = problems(sheet_with(tmp_path, init_image=("gone.png", None, None)))
    assert str(found.place) == "Keyframes!G2"
    assert found.wrong == "is not there"


@pytest.mark.parametrize("name", ["init_image", "init_video", "mask"])
def test_a_file_of_another_kind_is_a_problem(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.txt").write_text("hello")
    (found,) = problems(sheet_with(tmp_path, {name: "a.txt"}))
    assert found.wrong.startswith("cannot be read as a")


def test_a_picture_elsewhere_has_to_be_allowed(tmp_path: Path) -> None:
    (tmp_path / "sheet").mkdir()
    draw_picture(tmp_path / "a.png")
    sheet = sheet_with(tmp_path / "sheet", {"mask": "../a.png"})
    (found,) = problems(sheet)
    assert "--allow-path" in found.remedy
    assert problems(sheet, tmp_path) == []


def test_the_plan_knows_where_segments_begin_from(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        draw_picture(tmp_path / f"{name}.png")
    sheet = sheet_with(tmp_path, {"init_image": "a.png"}, init_image=(None, "b.png", "c.png"))
    plan = project(sheet).plan()
    assert {index: file.path.name for index, file in plan.begins.items()} == {
        0: "a.png", 16: "c.png",
    }  # fmt: skip
    (warning,) = check(request(sheet)).warnings
    assert str(warning.place) == "Keyframes!G3"
    assert warning.wrong == "changes nothing: the row goes on from the one above"


def test_a_changed_picture_draws_what_is_made_from_it_again(tmp_path: Path) -> None:
    draw_picture(tmp_path / "a.png")
    sheet = sheet_with(tmp_path, init_image=(None, None, "a.png"))
    assert len(drawn(rendered(sheet))) == 24
    assert drawn(rendered(sheet)) == []
    draw_picture(tmp_path / "a.png", level=200)
    assert drawn(rendered(sheet)) == list(range(16, 24))


@pytest.mark.parametrize(
    "written",
    ["/etc/model.safetensors", "../model.ckpt", "~/model.ckpt", "a/../../b"],
)
@pytest.mark.parametrize("name", ["model", "vae", "lora", "embeddings", "depth_model"])
def test_a_model_elsewhere_has_to_be_allowed(tmp_path: Path, name: str, written: str) -> None:
    (found,) = problems(sheet_with(tmp_path, {name: written}))
    assert found.heading == name
    assert "SHEETRENDER_MODELS" in found.remedy


def test_a_rows_model_and_each_of_its_loras_are_looked_at(tmp_path: Path) -> None:
    sheet = sheet_with(
        tmp_path, model=("../a.ckpt", None, None), lora=("b, ../c.safetensors", None, None)
    )
    assert [str(found.place) for found in problems(sheet)] == ["Keyframes!G2", "Keyframes!H2"]


@pytest.mark.parametrize(
    "written", ["runwayml/stable-diffusion-v1-5", "a.safetensors", "models/a.ckpt", "sd"]
)
def test_names_and_files_beside_the_sheet_are_fine(tmp_path: Path, written: str) -> None:
    assert problems(sheet_with(tmp_path, {"model": written, "lora": written})) == []


def test_the_machines_own_folders_are_allowed_and_looked_into_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sheet").mkdir()
    monkeypatch.setenv("SHEETRENDER_MODELS", str(tmp_path / "models"))
    sheet = sheet_with(tmp_path / "sheet", {"model": str(tmp_path / "models/a.ckpt")})
    assert problems(sheet) == []
    assert project(sheet).engine_settings.folders == (tmp_path / "models", tmp_path / "sheet")


def test_models_samplers_and_loras_hold_until_another_row(tmp_path: Path) -> None:
    sheet = sheet_with(
        tmp_path,
        {"lora": "first", "lora_weight": 0.5},
        model=(None, "other", None),
        sampler=("euler a", None, "lcm"),
        lora=(None, "one, two", "none"),
    )
    plan = project(sheet).plan()
    frames = [plan.frame(index) for index in (0, 10, 20)]
    assert [frame.model for frame in frames] == ["", "other", "other"]
    assert [frame.sampler for frame in frames] == ["euler a", "euler a", "lcm"]
    told = [[(lora.name, lora.weight) for lora in frame.loras] for frame in frames]
    assert told == [[("first", 0.5)], [("one", 0.5), ("two", 0.5)], []]


def test_settings_reach_the_engine(tmp_path: Path) -> None:
    sheet = sheet_with(
        tmp_path,
        {
            "vae": "taesd", "embeddings": "a, b", "depth_model": "d", "memory": 8,
            "precision": "FP32", "compile": "yes", "in_step": 3, "motion": "3D",
            "blend_by": "slerp",
        },
    )  # fmt: skip
    found = project(sheet).engine_settings
    assert (found.vae, found.embeddings, found.depth_model) == ("taesd", ("a", "b"), "d")
    assert (found.memory, found.precision, found.compile) == ("8", "fp32", True)
    assert (found.in_step, found.motion, found.blend_by) == (3, "3d", "slerp")


def test_motion_that_moves_nothing_is_a_warning(tmp_path: Path) -> None:
    flat = sheet_with(tmp_path, {"translation_z": 2})
    assert [w.wrong for w in check(request(flat)).warnings] == ["changes nothing: motion is 2d"]
    deep = sheet_with(tmp_path, {"translation_z": 2, "angle": 1, "motion": "3d"})
    (warning,) = check(request(deep)).warnings
    assert (warning.heading, warning.wrong) == ("angle", "changes nothing: motion is 3d")
