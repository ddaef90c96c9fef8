"""Frames that come out unusable: told in their row, and no obstacle for other segments."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from sheetrender.dashboard.facts import read_facts
from sheetrender.dashboard.lookout import Lookout
from sheetrender.engines.engine import DrawRequest, EngineSettings, Image
from sheetrender.model.errors import RenderFailed
from sheetrender.model.events import Event, FrameFailed, FrameStored
from sheetrender.model.frames import Size
from sheetrender.rendering.folder import OutputFolder
from sheetrender.workflow import run as run_module
from sheetrender.workflow import workplace
from sheetrender.workflow.run import RunOptions, run
from tests.rendering.plans import BlendEngine
from tests.workflow.sheets import SMALL, column, drawn, edit, make_sheet, rendered, request
from tests.workflow.watching import Watching, nothing


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> BlendEngine:
    engine = BlendEngine(Size(64, 32))

    def opened(name: str, settings: EngineSettings) -> BlendEngine:
        return engine

    for module in (run_module, workplace):
        monkeypatch.setattr(module, "open_engine", opened)
    return engine


def events_until_failure(sheet: Path) -> tuple[list[Event], str]:
    events: list[Event] = []
    with pytest.raises(RenderFailed) as failure:
        events.extend(run(request(sheet), RunOptions()))
    return events, str(failure.value)


def test_the_row_says_why_and_the_next_segment_is_finished(
    tmp_path: Path, engine: BlendEngine
) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx")
    engine.black = {(3, 1)}
    events, said = events_until_failure(sheet)
    assert said == (
        "Frame 3 could not be drawn. The rest is finished and kept; run it again to try once more."
    )
    stored = [event.index for event in events if isinstance(event, FrameStored)]
    assert sorted(stored) == [0, 1, 2, *range(16, 24)]
    assert column(sheet, "status") == ["failed", "queued", "done"]
    assert column(sheet, "progress") == ["3/8", "0/8", "8/8"]
    assert column(sheet, "message")[0] == (
        "Frame 3 came out black, and 12 more up to the next cut wait. Give its row another seed "
        "or prompt, or set retry_unusable to yes, and run it again."
    )
    assert not (tmp_path / "renders/my/video.mp4").exists()


def test_a_run_once_more_tries_it_again(tmp_path: Path, engine: BlendEngine) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx")
    engine.black = {(3, 1)}
    events_until_failure(sheet)
    engine.black.clear()
    engine.drawn.clear()
    rendered(sheet)
    assert engine.drawn == list(range(3, 16))
    assert column(sheet, "status") == ["done"] * 3


def test_other_seeds_help_where_the_setting_says_so(tmp_path: Path, engine: BlendEngine) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", settings={**SMALL, "retry_unusable": "yes"})
    engine.black = {(3, 1), (3, 2)}
    events = rendered(sheet)
    assert not [event for event in events if isinstance(event, FrameFailed)]
    assert column(sheet, "status") == ["done"] * 3


def test_several_failures_are_counted(tmp_path: Path, engine: BlendEngine) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx")
    engine.black = {(3, 1), (20, 2)}
    _, said = events_until_failure(sheet)
    assert said.startswith("2 frames (3, 20) could not be drawn.")
    assert column(sheet, "status") == ["failed", "queued", "failed"]


def test_segments_in_step_give_the_statuses_of_all(tmp_path: Path, engine: BlendEngine) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", settings={**SMALL, "in_step": 2})
    engine.black = {(18, 2)}
    events_until_failure(sheet)
    assert engine.batches[0] == [0, 16]
    assert column(sheet, "status") == ["done", "done", "failed"]
    assert column(sheet, "progress") == ["8/8", "8/8", "2/8"]


def test_a_watch_goes_on_and_tries_again_once_the_row_is_changed(
    tmp_path: Path, engine: BlendEngine
) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx")
    engine.black = {(3, 1)}
    watch = Watching(sheet).through(nothing, partial(edit, sheet, D2=5), nothing)
    told = [sorted(drawn(phase)) for phase in watch.phases]
    assert told == [[0, 1, 2, *range(16, 24)], [], list(range(16)), []]
    failed = [event for phase in watch.phases for event in phase if isinstance(event, FrameFailed)]
    assert [event.index for event in failed] == [3]
    assert column(sheet, "status") == ["done"] * 3


def test_whoever_looks_on_sees_why_until_the_next_run(tmp_path: Path, engine: BlendEngine) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx")
    folder = OutputFolder(tmp_path / "renders/my")
    engine.black = {(3, 1)}
    _, _ = events_until_failure(sheet)
    facts = read_facts(folder.page)
    assert facts is not None
    rows = Lookout(folder, facts).look().rows
    assert [status for status, _, _ in rows] == ["failed", "queued", "done"]
    assert rows[0][2].startswith("Frame 3 came out black")
    engine.black = set()
    rendered(sheet)
    assert [said[0] for said in Lookout(folder, facts).look().rows] == ["done"] * 3


def test_whoever_looks_on_sees_what_stopped_the_work(
    tmp_path: Path, engine: BlendEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = engine.draw

    def until_frame_5(requests: Sequence[DrawRequest]) -> list[Image]:
        if any(request.spec.index == 5 for request in requests):
            raise RenderFailed("The card has no memory left.")
        return draw(requests)

    monkeypatch.setattr(engine, "draw", until_frame_5)
    sheet = make_sheet(tmp_path / "my.xlsx", settings={**SMALL, "in_step": 1})
    _, said = events_until_failure(sheet)
    folder = OutputFolder(tmp_path / "renders/my")
    facts = read_facts(folder.page)
    assert facts is not None
    rows = Lookout(folder, facts).look().rows
    assert rows[0] == ("failed", "5/8", said)
