"""Segments that advance in step: full batches, the same bytes, and failures that stay alone."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from sheetrender.model.events import FrameFailed, FrameStored, RenderStarted
from tests.rendering.plans import BlendEngine, plan
from tests.rendering.workshop import Workshop

A_PLAN = plan(*"abcdefg", frames=42, cuts=[1, 2, 4, 6])
"""Segments of 6, 6, 12, 12 and 6 frames."""


def test_segments_are_drawn_in_batches_the_longest_first(tmp_path: Path) -> None:
    place = Workshop(tmp_path, width=3)
    events = place.render(A_PLAN)
    batches = place.engine.batches
    assert batches[0] == [12, 24, 0]
    assert batches[6] == [18, 30, 6]
    assert batches[12] == [36]
    assert [len(batch) for batch in batches] == [3] * 12 + [1] * 6
    assert events[0] == RenderStarted(42, 0, tuple(range(42)))
    told = [event.index for event in events[1:] if isinstance(event, FrameStored)]
    assert sorted(told) == list(range(42))


def test_no_batch_holds_two_frames_of_one_segment(tmp_path: Path) -> None:
    place = Workshop(tmp_path, width=4)
    place.render(A_PLAN)
    for batch in place.engine.batches:
        assert len({A_PLAN.segment_of(index).first for index in batch}) == len(batch)


def test_frames_drawn_in_step_are_those_drawn_one_by_one(tmp_path: Path) -> None:
    alone, together = Workshop(tmp_path / "alone"), Workshop(tmp_path / "together", width=3)
    alone.render(A_PLAN)
    together.render(A_PLAN)
    assert together.bytes() == alone.bytes()


def test_a_run_in_step_that_is_stopped_at_random_goes_on_byte_for_byte(tmp_path: Path) -> None:
    whole = Workshop(tmp_path / "whole")
    whole.render(A_PLAN)
    chance = random.Random(3)
    for attempt in range(6):
        broken = Workshop(tmp_path / str(attempt), width=3)
        while len(broken.bytes()) < 42:
            broken.render(A_PLAN, stop_after=chance.randint(1, 15))
        assert broken.bytes() == whole.bytes()
        assert broken.render(A_PLAN) == [RenderStarted(42, 42, ())]


def test_an_unusable_frame_ends_its_segment_and_the_others_go_on(tmp_path: Path) -> None:
    place = Workshop(tmp_path, width=2)
    place.engine.black = {(14, 7)}
    events = place.render(A_PLAN)
    (failed,) = (event for event in events if isinstance(event, FrameFailed))
    assert failed == FrameFailed(14, "came out black", 1, 10)
    stored = {event.index for event in events if isinstance(event, FrameStored)}
    assert stored == set(range(42)) - set(range(14, 24))


def test_a_run_after_a_failure_tries_again_and_gives_the_same_bytes(tmp_path: Path) -> None:
    place, whole = Workshop(tmp_path / "failed"), Workshop(tmp_path / "whole")
    place.engine.black = {(14, 7)}
    place.render(A_PLAN)
    place.engine.black.clear()
    place.render(A_PLAN)
    assert place.engine.drawn == list(range(14, 24))
    whole.render(A_PLAN)
    assert place.bytes() == whole.bytes()


def test_other_seeds_are_tried_in_their_order(tmp_path: Path) -> None:
    seeds: list[int] = []

    class Watched(BlendEngine):
        def draw(self, requests):  # type: ignore[no-untyped-def]
            seeds.extend(r.spec.seed for r in requests if r.spec.index == 3)
            return super().draw(requests)

    place = Workshop(tmp_path / "out", Watched(), more_seeds=3)
    place.engine.black = {(3, 7), (3, 8)}
    events = place.render(A_PLAN)
    assert seeds == [7, 8, 9]
    assert not [event for event in events if isinstance(event, FrameFailed)]
    assert len(place.bytes()) == 42


def test_a_frame_fails_when_no_seed_helps(tmp_path: Path) -> None:
    place = Workshop(tmp_path, more_seeds=3)
    place.engine.black = {(3, seed) for seed in range(7, 11)}
    failed = [event for event in place.render(A_PLAN) if isinstance(event, FrameFailed)]
    assert failed == [FrameFailed(3, "came out black", 4, 3)]
    assert failed[0].sentence == (
        "Frame 3 came out black with 4 seeds, and 2 more up to the next cut wait. "
        "Give its row another seed or prompt, or less strength, and run it again."
    )


@pytest.mark.parametrize("more_seeds", [0, 3])
def test_a_frame_that_took_another_seed_is_the_same_after_a_stop(
    tmp_path: Path, more_seeds: int
) -> None:
    black = {(9, 7)} if more_seeds else set()
    places = [Workshop(tmp_path / name, more_seeds=more_seeds, width=2) for name in ("a", "b")]
    for place in places:
        place.engine.black = set(black)
    places[0].render(A_PLAN)
    for stop in (3, 8, 20, 42):
        places[1].render(A_PLAN, stop_after=stop)
    assert places[0].bytes() == places[1].bytes()
