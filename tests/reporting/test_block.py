from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from sheetrender.model.cells import Workbook
from sheetrender.model.errors import SheetUnavailable
from sheetrender.reporting.block import block_writes
from sheetrender.reporting.statuses import RowNote
from sheetrender.reporting.tracked_rows import TrackedRow, track_rows
from tests.planning.workbooks import workbook

OURS = ("row_id", "status", "progress", "message", "preview", "updated")
HEAD = ("frame", "subject", *OURS)
DONE = RowNote(status="done", progress="4/4", message="ok", preview="p.png")


def writes(
    book: Workbook, rows: Sequence[TrackedRow], notes: Any, **more: Any
) -> dict[str, object]:
    block = block_writes(book, rows, notes, now="NOW", **more)
    return {str(write.address): write.value for write in block.writes}


def test_missing_headings_are_made_as_one_block_at_the_right_end() -> None:
    book = workbook([("frame", "subject"), (0, "x", "a note of mine")])
    made = writes(book, [TrackedRow("idididid", "0")], {"idididid": DONE})
    assert [made[f"Keyframes!{c}1"] for c in "DEFGHI"] == list(OURS)
    assert [made[f"Keyframes!{c}2"] for c in "DEFGHI"] == [
        "idididid", "done", "4/4", "ok", "p.png", "NOW",
    ]  # fmt: skip
    assert "Keyframes!C2" not in made


def test_only_cells_that_differ_are_written() -> None:
    book = workbook([HEAD, (0, "x", "aaaaaaaa", "done", "4/4", "ok", "p.png", "BEFORE")])
    assert writes(book, [TrackedRow("aaaaaaaa", "0")], {"aaaaaaaa": DONE}) == {}
    book = workbook([HEAD, (0, "x", "aaaaaaaa", "queued", "4/4", "ok", "p.png", "BEFORE")])
    changed = writes(book, [TrackedRow("aaaaaaaa", "0")], {"aaaaaaaa": DONE})
    assert changed == {"Keyframes!D2": "done", "Keyframes!H2": "NOW"}


def test_statuses_follow_their_row_when_rows_and_columns_move() -> None:
    moved = workbook([(), ("status", "subject", "frame", "row_id"), (None, "y", 9, "bbbbbbbb"),
                      (None, "x", 0, "aaaaaaaa")])  # fmt: skip
    rows = [TrackedRow("aaaaaaaa", "0"), TrackedRow("bbbbbbbb", "9")]
    changed = writes(moved, rows, {"aaaaaaaa": DONE, "bbbbbbbb": RowNote(status="queued")})
    assert changed["Keyframes!A4"] == "done"
    assert changed["Keyframes!A3"] == "queued"


def test_a_row_without_its_id_yet_is_found_by_its_frame() -> None:
    book = workbook([HEAD, (5, "new above"), (0, "x")])
    changed = writes(book, [TrackedRow("aaaaaaaa", "0")], {"aaaaaaaa": DONE})
    assert changed["Keyframes!C3"] == "aaaaaaaa"
    assert changed["Keyframes!D3"] == "done"


def test_a_deleted_row_is_dropped_without_a_write() -> None:
    book = workbook([HEAD, (0, "x", "aaaaaaaa")])
    block = block_writes(book, [TrackedRow("gggggggg", "7")], {"gggggggg": DONE}, now="NOW")
    assert block.lost == ("gggggggg",)
    assert block.writes == ()


def test_a_formula_in_our_columns_is_left_and_said() -> None:
    book = workbook([HEAD, (0, "x", "aaaaaaaa", '=IF(A2>0,"a","b")')])
    block = block_writes(book, [TrackedRow("aaaaaaaa", "0")], {"aaaaaaaa": DONE}, now="NOW")
    assert [str(place) for place in block.formulas] == ["Keyframes!D2"]
    assert "Keyframes!D2" not in {str(write.address) for write in block.writes}


@pytest.mark.parametrize("command", ["rerender", "Hold", " hold "])
def test_a_command_stays_until_that_very_one_was_carried_out(command: str) -> None:
    book = workbook([HEAD, (0, "x", "aaaaaaaa", command)])
    rows = [TrackedRow("aaaaaaaa", "0")]
    assert writes(book, rows, {"aaaaaaaa": DONE}) == {}
    other = {"rerender": "hold", "hold": "rerender"}[command.strip().casefold()]
    assert writes(book, rows, {"aaaaaaaa": DONE}, obeyed={"aaaaaaaa": other}) == {}
    obeyed = {"aaaaaaaa": command.strip().casefold()}
    assert writes(book, rows, {"aaaaaaaa": DONE}, obeyed=obeyed)["Keyframes!D2"] == "done"


def test_rows_keep_their_ids_and_copied_ids_are_replaced() -> None:
    book = workbook([HEAD, (0, "x", "aaaaaaaa"), (5, "copy", "aaaaaaaa"), (9, "new")])
    tracked = track_rows(book, [2, 3, 4])
    assert tracked[2].row_id == "aaaaaaaa"
    ids = {row.row_id for row in tracked.values()}
    assert len(ids) == 3
    assert all(len(row_id) == 8 for row_id in ids)
    changed = writes(book, list(tracked.values()), {})
    assert changed == {
        "Keyframes!C3": tracked[3].row_id,
        "Keyframes!C4": tracked[4].row_id,
    }


def test_a_sheet_without_its_heading_row_stops_the_statuses() -> None:
    with pytest.raises(SheetUnavailable, match="heading row"):
        block_writes(workbook([("hello",)]), [], {}, now="NOW")
