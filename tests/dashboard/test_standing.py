from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.dashboard.facts import Facts, read_facts, stretches
from sheetrender.dashboard.news import news
from sheetrender.dashboard.standing import STILL, Found, Standing, standing

SECOND = 10**9
START = 1000
KEYS = tuple(bytes([n]) * 16 for n in range(12))


def row(first: int, last: int, status: str = "", message: str = "") -> dict[str, object]:
    return {"first": first, "last": last, "status": status, "message": message}


FACTS = Facts(
    shown={"frames": 12, "rows": [row(0, 3), row(4, 7), row(8, 11)], "cuts": [8]},
    keys=KEYS,
    todo=[(0, 11)],
    makes_video=True,
    started=START,
)
NOTHING = Found(keys={}, pictures={}, video=None, failed={}, is_at_work=False)


def drawn(*numbers: int, is_at_work: bool = True, video: int | None = None) -> Found:
    """A folder in which these frames were drawn, one each second."""
    return Found(
        keys={n: KEYS[n] for n in numbers},
        pictures={n: (START + 1 + at) * SECOND for at, n in enumerate(numbers)},
        video=video,
        failed={},
        is_at_work=is_at_work,
    )


def now(found: Found, facts: Facts = FACTS) -> Standing:
    return standing(facts, facts.identity, found)


def statuses(found: Found, facts: Facts = FACTS) -> list[str]:
    return [status for status, _, _ in now(found, facts).rows]


def test_before_the_first_run_it_waits() -> None:
    found = now(NOTHING, replace(FACTS, todo=None, started=0.0))
    assert (found.phase, found.done, found.todo, found.pace) == ("waiting", [], 12, None)
    assert found.rows == [("queued", "0/4", "")] * 3


def test_while_frames_come_in_it_says_how_many_and_how_long_the_rest_takes() -> None:
    found = now(drawn(0, 1, 2, 3, 4))
    assert (found.phase, found.drawn, found.todo) == ("drawing", 5, 12)
    assert (found.pace, found.seconds_left, found.latest) == (1.0, 7.0, 4)
    assert [said[:2] for said in found.rows] == [
        ("done", "4/4"),
        ("rendering", "1/4"),
        ("queued", "0/4"),
    ]


def test_the_first_frame_alone_tells_the_pace_from_the_beginning_of_the_run() -> None:
    assert now(drawn(0)).pace == pytest.approx(1.0)


def test_segments_that_advance_in_step_are_all_being_drawn() -> None:
    assert statuses(drawn(0, 8, 1, 9)) == ["rendering", "queued", "rendering"]


def test_a_frame_made_from_something_else_is_not_done_and_its_row_is_stale() -> None:
    found = drawn(*range(12), is_at_work=False)
    found = replace(found, keys={**found.keys, 5: b"other"})
    assert statuses(found) == ["done", "stale", "done"]
    assert now(found).done == [(0, 4), (6, 11)]


def test_a_frame_whose_file_is_gone_is_not_done() -> None:
    found = drawn(*range(12))
    assert now(replace(found, pictures={1: 5})).done == [(1, 1)]


def test_when_all_is_drawn_the_video_is_made_and_then_all_is_done() -> None:
    everything = range(12)
    assert now(drawn(*everything)).phase == "encoding"
    assert now(drawn(*everything, video=SECOND)).phase == "encoding"
    assert now(drawn(*everything, video=2 * START * SECOND)).phase == "done"
    assert now(drawn(*everything, is_at_work=False)).phase == "done"
    assert now(drawn(*everything), replace(FACTS, makes_video=False)).phase == "done"


def test_a_run_of_a_few_frames_counts_those_and_looks_on_at_the_end() -> None:
    few = replace(FACTS, todo=[(4, 5)])
    assert (now(drawn(4), few).drawn, now(drawn(4), few).todo) == (1, 2)
    assert now(drawn(4, 5), few).phase == "idle"


def test_a_failed_row_says_why_a_held_one_too_and_one_with_a_problem() -> None:
    rows = [row(0, 3), row(4, 7, "hold"), row(8, 11, "invalid", "(seed): no")]
    facts = replace(FACTS, shown={**FACTS.shown, "rows": rows})
    found = replace(drawn(0), failed={1: "Frame 1 came out black."})
    assert [said[0] for said in now(found, facts).rows] == ["failed", "held", "invalid"]
    assert now(found, facts).rows[0][2] == "Frame 1 came out black."


def test_what_an_earlier_run_wrote_into_the_status_cells_does_not_count() -> None:
    rows = [row(0, 3, "invalid"), row(4, 7, "failed"), row(8, 11, "rendering")]
    facts = replace(FACTS, shown={**FACTS.shown, "rows": rows})
    assert statuses(NOTHING, facts) == ["queued"] * 3


def test_without_the_keys_whatever_has_a_picture_counts() -> None:
    found = Found(keys={}, pictures={0: 7, 1: STILL}, video=None, failed={}, is_at_work=False)
    assert now(found, replace(FACTS, keys=())).done == [(0, 0)]


def test_a_still_is_a_picture_but_no_frame_and_no_news() -> None:
    found = now(replace(NOTHING, pictures={8: STILL}))
    assert (list(found.pictures), found.done, found.latest) == ([8], [], None)


def test_news_hold_only_what_the_page_does_not_know() -> None:
    before, after = now(drawn(0, 1, 2)), now(drawn(0, 1, 2, 3))
    assert news(before)["rows"].keys() == {0, 1, 2}  # type: ignore[attr-defined]
    told = news(after, before)
    assert told["landed"] == [3]
    assert told["rows"] == {0: ("done", "4/4", ""), 1: ("rendering", "0/4", "")}
    assert news(after, after)["landed"] == []


def test_of_another_plan_all_is_news() -> None:
    before = now(drawn(0, 1))
    assert news(replace(before, plan="other"), before)["landed"] == [0, 1]


def test_a_frame_that_is_drawn_again_is_news() -> None:
    before = now(drawn(0, 1))
    again = replace(before, pictures={**before.pictures, 0: 99 * SECOND})
    assert news(again, before)["landed"] == [0]


@given(st.sets(st.integers(0, 60)))
def test_stretches_hold_just_the_numbers(numbers: set[int]) -> None:
    found = stretches(sorted(numbers))
    assert [n for first, last in found for n in range(first, last + 1)] == sorted(numbers)
    assert all(one[1] + 1 < other[0] for one, other in pairwise(found))


def test_facts_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "page.json"
    path.write_text(FACTS.written(), "utf-8")
    found = read_facts(path)
    assert found is not None
    assert found.identity == FACTS.identity
    assert (found.todo, found.started, found.makes_video) == ([(0, 11)], START, True)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"todo": [1]}', "\x00", '{"shown": 1}'])
def test_what_nobody_wrote_is_no_plan(tmp_path: Path, text: str) -> None:
    path = tmp_path / "page.json"
    path.write_text(text, "utf-8")
    assert read_facts(path) is None
    assert read_facts(tmp_path / "none.json") is None


def test_why_there_is_no_video_is_said_once_nothing_is_being_made() -> None:
    broken = replace(drawn(*range(12), is_at_work=False), unmade="The disk is full.")
    assert now(broken).aside == "No video was made: The disk is full."
    assert news(now(broken))["aside"] == "No video was made: The disk is full."
    assert now(replace(broken, is_at_work=True)).aside == ""
    elsewhere = replace(broken, unmade="", elsewhere="The video is video.mov.")
    assert now(elsewhere).aside == "The video is video.mov."
    assert now(replace(elsewhere, video=5)).aside == ""
    assert now(replace(drawn(0, is_at_work=False), elsewhere="It is there.")).aside == ""
