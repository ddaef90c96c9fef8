from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from sheetrender.cli.plan_text import plan_text
from sheetrender.engines.diffusion.engine import DiffusionEngine
from sheetrender.engines.engine import EngineSettings
from sheetrender.model.frames import Size
from sheetrender.model.timing import FrameRate
from sheetrender.workflow.estimate import Stopwatch, effort, measured, no_card
from sheetrender.workflow.plan import plan_sheet, with_measured_speed

from ..rendering.plans import BlendEngine, plan
from .sheets import make_sheet, rendered, request


class SteppingEngine(BlendEngine):
    """Says that it does steps."""

    reads = frozenset({"strength", "steps"})


def test_an_engine_without_steps_has_the_same_to_do_for_every_frame() -> None:
    assert effort(plan(frames=5, steps=30.0), BlendEngine()).tolist() == [1.0] * 5


def test_effort_is_the_steps_that_are_done_and_what_is_around_them() -> None:
    efforts = effort(
        plan("a", "b", frames=6, cuts=[1], steps=20.0, strength=0.65), SteppingEngine()
    )
    assert efforts.tolist() == [22.0, 9.0, 9.0, 22.0, 9.0, 9.0]


def test_a_tween_is_next_to_nothing_beside_a_drawn_frame() -> None:
    class Sparing(SteppingEngine):
        reads = SteppingEngine.reads | {"cadence"}

    efforts = effort(plan(frames=5, steps=20.0, strength=0.5, cadence=2.0), Sparing())
    assert efforts.tolist() == [22.0, 0.1, 12.0, 0.1, 12.0]


def test_a_strength_of_one_leaves_no_step_to_do() -> None:
    efforts = effort(plan(frames=2, steps=20.0, strength=1.0), SteppingEngine())
    assert efforts.tolist() == [22.0, 2.0]


def test_a_few_frames_of_the_longest_segment_are_drawn_to_measure() -> None:
    engine = BlendEngine()
    speed = measured(plan("a", "b", "c", frames=90, cuts=[2]), engine, 1)
    assert speed is not None
    assert speed.is_measured_now
    assert speed.per_second > 0
    assert engine.drawn == list(range(len(engine.drawn)))
    assert 3 <= len(engine.drawn) < 30


def test_one_frame_alone_tells_nothing() -> None:
    assert measured(plan(frames=1), BlendEngine(), 1) is None


def test_the_first_frame_with_all_that_loads_is_free() -> None:
    watch = Stopwatch(np.array([100.0, 1.0, 2.0]), iter([50.0, 51.0, 52.0]).__next__)
    watch.stored(0)
    assert watch.per_second is None
    watch.stored(1)
    watch.stored(2)
    assert watch.frames == 2
    assert watch.per_second == 1.5


def test_frames_without_a_graphics_card_are_told_once_and_with_their_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch

    settings = EngineSettings(size=Size(64, 32), rate=FrameRate(Fraction(24)))
    monkeypatch.setattr("sheetrender.workflow.estimate.device_of", lambda: torch.device("cpu"))
    watch = Stopwatch(np.ones(4), iter([10.0, 12.5, 15.0, 17.5]).__next__)
    told: list[list[str]] = []
    for index in range(4):
        watch.stored(index)
        told.append(list(no_card(watch, DiffusionEngine(settings), settings)))
    assert [len(said) for said in told] == [0, 0, 1, 0]
    assert "2.5 s each here" in told[2][0]
    assert list(no_card(watch, BlendEngine(), settings)) == []


def test_a_plan_says_how_many_frames_the_model_draws_under_a_cadence(tmp_path: Path) -> None:
    sheet = make_sheet(
        tmp_path / "my.xlsx", settings={"engine": "diffusion", "frames": 24, "cadence": 3}
    )
    planned = plan_sheet(request(sheet))
    rows = {row.first for row in planned.plan.rows}
    assert rows == {0, 8, 16}
    assert planned.drawn == len({0, 3, 6, 8, 11, 14, 15, 16, 19, 22, 23})
    assert "Drawn      11 of 24 by the model; cadence makes the 13 between" in plan_text(planned)
    each = plan_sheet(replace(request(sheet), overrides={"cadence": "1"}))
    assert each.drawn == 24
    assert "Drawn" not in plan_text(each)


def test_time_left_follows_from_what_is_left(tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx")
    planned = plan_sheet(request(sheet))
    assert planned.seconds_left is None
    fresh = with_measured_speed(planned)
    assert fresh.speed is not None
    assert fresh.seconds_left == pytest.approx(24 / fresh.speed.per_second)
    assert not (tmp_path / "renders").exists()


def test_a_folder_knows_how_fast_its_last_run_was(tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx")
    rendered(sheet)
    planned = plan_sheet(request(sheet))
    assert planned.speed is not None
    assert not planned.speed.is_measured_now
    assert planned.left == ()
    assert planned.seconds_left == 0
