"""A plan.json is enough to paint the same frames again, with models found as before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from sheetrender.workflow.run import RunOptions, run
from tests.workflow.sheets import HEAD, frame_bytes, make_sheet, request

ROWS = [
    (0, "a (red:1.3) fox", "oil", 1, None, 1.02, None, 3, 0.6),
    (2, "a `t` whale", "ink", 5.5, None, None, 2, None, None),
]


@pytest.mark.slow
def test_painted_frames_come_again_byte_for_byte(
    model_folder: Callable[[str], Path], tmp_path: Path
) -> None:
    model = model_folder("sd15")
    (tmp_path / "models").symlink_to(model.parent)
    settings = {
        "width": 64, "height": 64, "frames": 5, "engine": "diffusion", "precision": "fp32",
        "model": f"models/{model.name}",
    }  # fmt: skip
    head = (*HEAD, "blend", "steps", "strength")
    sheet = make_sheet(tmp_path / "my.xlsx", ROWS, settings, head)
    allowed = [model.parent]
    list(run(replace(request(sheet), allowed_paths=allowed), RunOptions(video=False)))
    sheet.unlink()
    plan = tmp_path / "renders/my/plan.json"
    list(run(replace(request(plan), allowed_paths=allowed), RunOptions(video=False)))
    assert frame_bytes(tmp_path / "renders/my-again") == frame_bytes(plan.parent)
    with Image.open(plan.parent / "frames/000003.png") as picture:
        picture.load()
        said = picture.text["parameters"]  # type: ignore[attr-defined]
    assert said.startswith("a 3 whale, ink\nSteps: 3, Sampler: ddim")
    assert "Seed: 5.500000" in said
    assert "Prompt weight: " in said
