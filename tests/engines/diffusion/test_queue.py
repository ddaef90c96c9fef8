from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sheetrender.engines.diffusion import engine as engine_module
from sheetrender.engines.diffusion.loading import open_model
from sheetrender.workflow.queue import Queue, jobs_of
from sheetrender.workflow.run import RunOptions, run
from sheetrender.workflow.variants import Variant
from tests.workflow.sheets import frame_bytes, make_sheet, request


def test_variants_of_one_model_load_it_once_and_draw_what_each_draws_alone(
    tmp_path: Path, model_folder: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = []

    def counting(name: str, settings: object) -> object:
        loaded.append(name)
        return open_model(name, settings)  # type: ignore[arg-type]

    monkeypatch.setattr(engine_module, "open_model", counting)
    monkeypatch.setenv("SHEETRENDER_MODELS", str(model_folder("sd15").parent))
    values = {"width": 64, "height": 64, "frames": 4, "steps": 2, "model": "sd15"}
    sheet = make_sheet(tmp_path / "my.xlsx", settings={**values, "engine": "diffusion"})
    asked = request(sheet)
    made = [Variant({"style": "ink"}), Variant({"style": "neon"})]
    queue = Queue(jobs_of([asked], made, RunOptions(video=False)))
    list(queue.events())
    assert [outcome.state for outcome in queue.outcomes] == ["done", "done"]
    assert loaded == ["sd15"]
    alone = jobs_of([asked], made[1:], RunOptions(video=False, folder=tmp_path / "alone"))[0]
    list(run(alone.request, alone.options))
    assert loaded == ["sd15", "sd15"]
    one, other = (
        frame_bytes(folder / made[1].folder)
        for folder in (sheet.parent / "renders/my", tmp_path / "alone")
    )
    assert one == other
    assert len(one) == 4
