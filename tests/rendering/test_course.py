from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.model.plan import RenderPlan
from sheetrender.model.sources import SourceFile
from sheetrender.rendering.course import NONE, course_of
from tests.rendering.plans import BlendEngine, SparingEngine, plan


def drawn(a_plan: RenderPlan) -> list[int]:
    newer = course_of(a_plan, SparingEngine()).newer
    return [index for index in range(a_plan.frames) if newer[index] == index]


def test_every_so_manieth_frame_is_drawn_counted_from_the_last_row() -> None:
    a_plan = plan("a", "b", frames=20, cadence=4.0)
    assert drawn(a_plan) == [0, 4, 8, 10, 14, 18, 19]


def test_a_cut_and_the_last_frame_before_it_are_drawn() -> None:
    a_plan = plan("a", "b", frames=20, cuts=[1], cadence=4.0)
    assert drawn(a_plan) == [0, 4, 8, 9, 10, 14, 18, 19]


def test_cadence_may_change_on_the_way() -> None:
    cadence = np.repeat([1.0, 3.0, 50.0], [4, 8, 8])
    assert drawn(plan(frames=20, cadence=cadence)) == [0, 1, 2, 3, 4, 7, 10, 13, 19]


def test_an_engine_that_does_not_read_cadence_draws_every_frame() -> None:
    course = course_of(plan(frames=6, cadence=4.0), BlendEngine())
    assert course.newer.tolist() == [0, 1, 2, 3, 4, 5]
    assert course.older.tolist() == [NONE, 0, 1, 2, 3, 4]


def test_a_tween_needs_both_neighbours_and_a_drawn_frame_the_one_before_it() -> None:
    course = course_of(plan(frames=9, cadence=4.0), SparingEngine())
    assert list(course.needs(0)) == []
    assert list(course.needs(8)) == [4, 0]
    assert list(course.needs(6)) == [4, 8, 0]
    assert course.with_needed([6], frozenset(range(9))) == {0, 4, 6, 8}
    assert course.with_needed([6], frozenset({5, 6, 7})) == {6}


def test_over_a_video_every_frame_is_drawn_and_stands_alone() -> None:
    a_plan = replace(plan(frames=5, cadence=4.0), video=SourceFile(Path("a.mp4"), b""))
    course = course_of(a_plan, SparingEngine())
    assert [list(course.needs(index)) for index in range(5)] == [[]] * 5
    assert len(course.strands) == 5


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=30),
    st.integers(1, 5),
    st.sets(st.integers(1, 4)),
)
def test_every_frame_is_drawn_or_lies_between_two_that_are(
    cadence: list[int], rows: int, cuts: set[int]
) -> None:
    a_plan = plan(
        *"abcdefg"[:rows],
        frames=len(cadence) + rows,
        cuts=sorted(cut for cut in cuts if cut < rows),
        cadence=np.array([1.0] * rows + [float(c) for c in cadence]),
    )
    course = course_of(a_plan, SparingEngine())
    chosen = set(drawn(a_plan))
    assert {row.first for row in a_plan.rows} <= chosen
    assert {s.last for s in a_plan.segments} <= chosen
    for index in range(a_plan.frames):
        segment = a_plan.segment_of(index)
        older, newer = int(course.older[index]), int(course.newer[index])
        assert newer in chosen
        assert older in chosen or index == segment.first
        assert not chosen & set(range(older + 1, newer)) or index == segment.first
