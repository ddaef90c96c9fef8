from __future__ import annotations

from sheetrender.reporting.statuses import RenderStatuses
from tests.rendering.plans import plan

A_PLAN = plan("a", "b", "c", frames=12)


def path(index: int) -> str:
    return f"renders/x/frames/{index:06d}.png"


def told(statuses: RenderStatuses) -> list[str]:
    return [f"{note.status} {note.progress}" for note in statuses.notes().values()]


def test_rows_go_from_queued_over_rendering_to_done() -> None:
    statuses = RenderStatuses(A_PLAN, range(12), preview=path)
    assert told(statuses) == ["queued 0/4", "queued 0/4", "queued 0/4"]
    for index in range(6):
        statuses.stored(index)
    assert told(statuses) == ["done 4/4", "rendering 2/4", "queued 0/4"]
    for index in range(6, 12):
        statuses.stored(index)
    assert told(statuses) == ["done 4/4"] * 3


def test_a_preview_appears_with_the_rows_first_frame() -> None:
    statuses = RenderStatuses(A_PLAN, range(12), preview=path)
    statuses.stored(0)
    previews = [note.preview for note in statuses.notes().values()]
    assert previews == ["renders/x/frames/000000.png", "", ""]


def test_what_was_there_before_counts_as_done() -> None:
    statuses = RenderStatuses(A_PLAN, [5], preview=path)
    assert told(statuses) == ["done 4/4", "queued 3/4", "done 4/4"]


def test_a_stopped_run_leaves_its_row_queued() -> None:
    statuses = RenderStatuses(A_PLAN, range(12), preview=path)
    statuses.stored(0)
    statuses.stopped()
    assert told(statuses)[0] == "queued 1/4"


def test_a_failure_stands_in_the_row_where_it_happened() -> None:
    statuses = RenderStatuses(A_PLAN, range(12), preview=path)
    for index in range(5):
        statuses.stored(index)
    statuses.failed("The disk is full.")
    notes = list(statuses.notes().values())
    assert notes[1].status == "failed"
    assert notes[1].message == "The disk is full."
    assert notes[2].status == "queued"


def test_a_held_row_says_how_to_go_on() -> None:
    statuses = RenderStatuses(A_PLAN, range(12), held=["row1"], preview=path)
    note = statuses.notes()["row1"]
    assert note.status == "held"
    assert "empty" in note.message


def test_a_row_whose_cells_were_changed_is_stale_until_it_is_drawn() -> None:
    statuses = RenderStatuses(A_PLAN, range(4, 12), outdated=range(4, 8), preview=path)
    assert told(statuses) == ["done 4/4", "stale 0/4", "queued 0/4"]
    statuses.stored(4)
    assert told(statuses)[1] == "rendering 1/4"
    for index in range(5, 8):
        statuses.stored(index)
    assert told(statuses)[1] == "done 4/4"


def test_rows_of_several_segments_are_drawn_side_by_side() -> None:
    a_plan = plan("a", "b", "c", "d", frames=16, cuts=[1, 3])
    statuses = RenderStatuses(a_plan, range(16), preview=path)
    for index in (4, 0, 12, 5, 1):
        statuses.stored(index)
    assert told(statuses) == ["rendering 2/4", "rendering 2/4", "queued 0/4", "rendering 1/4"]
    for index in (6, 7, 8):
        statuses.stored(index)
    assert told(statuses) == ["rendering 2/4", "done 4/4", "rendering 1/4", "rendering 1/4"]


def test_a_failed_frame_fails_its_row_and_what_follows_waits_up_to_the_cut() -> None:
    a_plan = plan("a", "b", "c", "d", frames=16, cuts=[3])
    statuses = RenderStatuses(a_plan, range(16), preview=path)
    for index in (0, 12):
        statuses.stored(index)
    statuses.frame_failed(1, "Frame 1 came out black.")
    statuses.stored(13)
    notes = list(statuses.notes().values())
    assert [note.status for note in notes] == ["failed", "queued", "queued", "rendering"]
    assert notes[0].message == "Frame 1 came out black."
    assert "Waits for a failed row above" in notes[1].message
    statuses.stopped()
    assert [note.status for note in statuses.notes().values()][::3] == ["failed", "queued"]
