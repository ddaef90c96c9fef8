"""Cadence from the sheet's side: what is held holds the tweens before it, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetrender.engines.engine import EngineSettings
from sheetrender.model.frames import Size
from sheetrender.workflow import run as run_module
from tests.rendering.plans import SparingEngine
from tests.workflow.sheets import SMALL, column, drawn, edit, make_sheet, rendered

SETTINGS = {**SMALL, "cadence": 4}


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> SparingEngine:
    engine = SparingEngine(Size(64, 32))

    def opened(name: str, settings: EngineSettings) -> SparingEngine:
        return engine

    monkeypatch.setattr(run_module, "open_engine", opened)
    return engine


def test_every_frame_is_there_and_a_quarter_is_drawn(tmp_path: Path, engine: SparingEngine) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", settings=SETTINGS)
    assert drawn(rendered(sheet)) == list(range(24))
    assert engine.drawn == [0, 4, 8, 12, 15, 16, 20, 23]
    assert column(sheet, "status") == ["done"] * 3


def test_an_edited_row_draws_the_tweens_before_it_again(
    tmp_path: Path, engine: SparingEngine
) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", settings=SETTINGS)
    rendered(sheet)
    engine.drawn.clear()
    edit(sheet, B3="a white whale")
    assert drawn(rendered(sheet)) == list(range(5, 16))
    assert engine.drawn == [8, 12, 15]


def test_tweens_before_a_held_row_wait_for_it(tmp_path: Path, engine: SparingEngine) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", settings=SETTINGS)
    edit(sheet, H1="status", H3="hold")
    assert drawn(rendered(sheet)) == [0, 1, 2, 3, 4, *range(16, 24)]
    assert column(sheet, "status") == ["queued", "held", "done"]
    assert column(sheet, "message")[0] == "Waits for a held row; no cut stands between."
    edit(sheet, H3=None)
    assert drawn(rendered(sheet)) == list(range(5, 16))
    assert column(sheet, "status") == ["done"] * 3
