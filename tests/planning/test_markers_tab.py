"""The Markers tab as it is read, and brought up to date."""

from __future__ import annotations

import pytest

from sheetrender.model.cells import Cell, Findings, Grid, Value, Workbook
from sheetrender.model.markers import Marker
from sheetrender.model.timing import FrameRate
from sheetrender.planning.markers_tab import MarkerRow, find_markers, marker_rows
from sheetrender.planning.markers_update import Move, TabUpdate, TabWriter, named
from sheetrender.planning.readers import Clock
from sheetrender.planning.spreadsheet import ComputedCells
from tests.planning.workbooks import grid, understood, workbook

HEAD = ["frame", "subject"]
TAB = ["name", "frame", "timecode", "comment", "duration", "fps"]


def rows_at(fps: str, *rows: list[Value]) -> list[MarkerRow]:
    book = workbook([HEAD], None, grid("Markers", [TAB, *rows]))
    table = find_markers(book)
    assert table is not None
    clock = Clock(rate=FrameRate.parse(fps))
    return marker_rows(table, clock, ComputedCells(book), Findings())


def frames(settings: dict[str, Value], frame: str, *tab: list[Value]) -> list[int]:
    rows: list[list[Value]] = [HEAD, [frame, "a red fox"]]
    _, keyframes, findings = understood(workbook(rows, settings, grid("Markers", list(tab))))
    assert findings.problems == []
    return [row.frame for row in keyframes]


@pytest.mark.parametrize(("fps", "frame"), [(30, 122), (60, 244), (24, 98), (29.97, 122)])
def test_a_marker_stays_in_place_on_the_song_when_fps_changes(fps: float, frame: int) -> None:
    row: list[Value] = ["Drop", 122, "00:00:04:02", None, 0, 30]
    assert frames({"fps": fps}, "@Drop", TAB, row) == [frame]


@pytest.mark.parametrize(
    ("written", "at_30", "at_60"), [("4.07s", 122, 244), ("1:23.5", 2505, 5010)]
)
def test_rows_written_as_time_stay_in_place_when_fps_changes(
    written: str, at_30: int, at_60: int
) -> None:
    assert frames({"fps": 30}, written, ["name", "frame"]) == [at_30]
    assert frames({"fps": 60}, written, ["name", "frame"]) == [at_60]


def test_a_marker_of_a_tab_without_rates_counts_at_the_sheets() -> None:
    assert frames({"fps": 60}, "@Drop", ["name", "frame"], ["Drop", 122]) == [122]


def test_names_with_dashes_and_commas_are_found() -> None:
    name = "Verse – one, 1,5"
    assert frames({}, f"@{name}", ["name", "timecode"], [name, "00:00:04:02"]) == [122]


def test_a_tab_with_other_headings_is_said_and_not_passed_over() -> None:
    book = workbook([HEAD, [0, "x"]], None, grid("Markers", [["Cue", "Where"], ["Drop", 122]]))
    _, _, findings = understood(book)
    (warning,) = findings.warnings
    assert str(warning) == (
        "Markers: 'Cue, Where' has other headings than ours, so no marker of this tab is known. "
        "Write name and frame (or timecode) above its columns."
    )


def test_an_empty_tab_is_not_worth_a_word() -> None:
    _, _, findings = understood(workbook([HEAD, [0, "x"]], None, grid("Markers", [])))
    assert findings.warnings == []


def test_what_cannot_be_read_is_warned_of_with_its_cell() -> None:
    rows: list[list[Value]] = [TAB, ["A", "soon"], ["B", 4, None, None, None, "fast"]]
    _, _, findings = understood(workbook([HEAD, [0, "x"]], None, grid("Markers", rows)))
    assert [w.cell for w in findings.warnings] == ["Markers!B2", "Markers!F3"]


def test_headings_may_stand_below_lines_of_the_persons() -> None:
    tab: list[list[Value]] = [["my cues"], ["name", "frame"], ["Drop", 7]]
    assert frames({}, "@Drop", *tab) == [7]


def test_frame_and_timecode_that_contradict_each_other_were_edited() -> None:
    rows = rows_at("30", ["A", 122, "00:00:04:02"], ["B", 130, "00:00:04:02"])
    assert [(row.name, row.edited) for row in rows] == [("A", False), ("B", True)]


def test_frame_and_timecode_that_contradict_each_other_are_warned_of() -> None:
    tab = grid("Markers", [TAB, ["Drop", 122, "00:00:05:00"], ["Zero", 0, "00:00:00:00"]])
    _, _, findings = understood(workbook([HEAD, ["@Drop", "x"]], None, tab))
    assert [str(warning) for warning in findings.warnings] == [
        "Markers!C2 (timecode): '00:00:05:00' names another moment than frame beside it, so it is "
        "passed over. Empty one of the two."
    ]


def test_every_marker_gets_a_name_of_its_own() -> None:
    markers = [
        Marker(name=name, frame=frame)
        for frame, name in enumerate(
            ["Chorus", "chorus", "", "Chorus 2", " Chorus ", "", "x" * 300]
        )
    ]
    names = [one.name for one in named(markers)]
    assert names == [
        "Chorus",
        "chorus 3",
        "Marker 1",
        "Chorus 2",
        "Chorus 4",
        "Marker 2",
        "x" * 190,
    ]
    assert len({name.casefold() for name in names}) == len(names)


def update(rows: list[list[Value]], *markers: Marker, fps: str = "30") -> TabUpdate:
    book = workbook([HEAD], None, grid("Markers", rows))
    table = find_markers(book)
    clock = Clock(rate=FrameRate.parse(fps))
    read = marker_rows(table, clock, ComputedCells(book), Findings()) if table else []
    return TabWriter("Markers", table, read, clock, drop=False).update(named(markers))


def after(rows: list[list[Value]], made: TabUpdate) -> list[tuple[Value, ...]]:
    """Return the rows of the tab once an update is written."""
    cells = dict(grid("Markers", rows).cells)
    for write in (*made.writes, *made.new):
        cells[write.address.row, write.address.column] = Cell(write.value)
    lines = Grid("Markers", cells).rows().values()
    return [tuple(cell.value for cell in line.values()) for line in lines]


DROP = Marker(name="Drop", frame=122, duration=10, comment="a red fox")


def test_an_empty_tab_gets_headings_and_rows() -> None:
    made = update([], DROP)
    assert made.added == ("Drop",)
    assert after([], made) == [
        tuple(TAB),
        ("Drop", 122, "00:00:04:02", "a red fox", 10, 30),
    ]


def test_the_same_markers_again_change_nothing() -> None:
    rows: list[list[Value]] = [TAB, ["Drop", 122, "00:00:04:02", "a red fox", 10, 30]]
    assert update(rows, DROP) == TabUpdate(writes=())


def test_a_moved_marker_is_found_by_name_and_its_comment_is_the_persons() -> None:
    rows: list[list[Value]] = [TAB, ["drop", 100, "00:00:03:10", "my own words", 10, 30]]
    made = update(rows, DROP)
    assert made.moved == (Move("Drop", 100, 122),)
    assert after(rows, made)[1] == ("drop", 122, "00:00:04:02", "my own words", 10, 30)


def test_a_row_that_was_edited_by_hand_stays_as_it_is() -> None:
    rows: list[list[Value]] = [TAB, ["Drop", 105, "00:00:03:10", None, 10, 30]]
    made = update(rows, DROP)
    assert (made.writes, made.new, made.edited) == ((), (), (Move("Drop", 105, 122),))


def test_a_row_whose_moment_was_emptied_gets_that_of_the_file() -> None:
    rows: list[list[Value]] = [TAB, ["Drop", None, None, "my own words", 3, 30], ["End", 0]]
    made = update(rows, DROP, Marker(name="End", frame=0), Marker(name="New", frame=9))
    assert (made.added, made.below) == (("Drop", "New"), 3)
    assert after(rows, made)[1:] == [
        ("Drop", 122, "00:00:04:02", "my own words", 10, 30),
        ("End", 0, "00:00:00:00", 0, 30),
        ("New", 9, "00:00:00:09", 0, 30),
    ]


def test_rows_that_the_file_does_not_have_stay_and_are_named() -> None:
    rows: list[list[Value]] = [TAB, ["Old", 5, "00:00:00:05", None, 0, 30]]
    made = update(rows, DROP)
    assert made.gone == ("Old",)
    assert [line[0] for line in after(rows, made)] == ["name", "Old", "Drop"]


def test_missing_columns_are_added_at_the_right_of_a_persons_own() -> None:
    rows: list[list[Value]] = [["frame", "name", "mood"], [5, "Old", "calm"]]
    made = update(rows, DROP)
    assert after(rows, made)[0] == (
        "frame", "name", "mood", "timecode", "comment", "duration", "fps",
    )  # fmt: skip
    assert after(rows, made)[2] == (122, "Drop", "00:00:04:02", "a red fox", 10, 30)


@pytest.mark.parametrize(
    ("fps", "value"), [("29.97", 29.97), ("12.5", 12.5), ("24000/1001", 23.976), ("10/3", "10/3")]
)
def test_the_rate_is_written_so_that_it_means_itself(fps: str, value: object) -> None:
    made = update([], Marker(name="A", frame=1), fps=fps)
    assert after([], made)[1][-1] == value


def test_a_workbook_without_the_tab_has_no_markers() -> None:
    assert find_markers(Workbook(grids=[], version="")) is None
