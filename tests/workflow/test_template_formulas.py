"""Formulas that templates bring along: the column timecode, and all prompts in one cell."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest

from sheetrender.model.timing import FrameRate, format_timecode, parse_timecode
from sheetrender.workflow.export import export
from sheetrender.workflow.init import init
from sheetrender.workflow.project import Request
from tests.workflow.computed_books import Shown, by_libreoffice, by_us, needs_libreoffice

CLOCKS = (
    ("25", 25, "00:00:00:00"),
    ("24", 24, "01:00:00:00"),
    ("29.97", 29.97, "00:00:00;00"),
    ("29.97", 29.97, "01:00:00;00"),
    ("29.97", 29.97, "00:00:00:00"),
    ("29.97", "30000/1001", "00:09:59;28"),
    ("59.94", 59.94, "00:00:00;00"),
    ("23.976", 23.976, "00:00:00:00"),
    ("30", None, None),
)
"""The rate, what stands in its cell, and start_timecode."""

FRAMES = (0, 1, 29, 30, 1798, 1799, 1800, 1801, 3597, 3598, 3599, 3600, 17981, 17982, 17983, 107892,
          1000000)  # fmt: skip


def filled(
    path: Path, rows: Sequence[Sequence[object]], settings: Mapping[str, object] | None = None
) -> Path:
    """Make a workbook with other rows: frame, subject, style, negative."""
    book = openpyxl.load_workbook(init(path))
    keyframes = book["Keyframes"]
    places = {cell.value: cell.column for cell in keyframes[2]}
    for row in range(3, 9):
        for name, column in places.items():
            if name != "timecode":
                keyframes.cell(row, column).value = None
    for number, row in enumerate(rows, start=3):
        for name, value in zip(("frame", "subject", "style", "negative"), row, strict=False):
            keyframes.cell(number, places[name]).value = value
    for row in book["Settings"].iter_rows():
        if settings and row[0].value in settings:
            row[1].value = settings[str(row[0].value)]
    book.save(path)
    return path


def clock_book(folder: Path, number: int) -> Path:
    _, fps, start = CLOCKS[number]
    rows = [[frame] for frame in FRAMES]
    return filled(folder / f"{number}.xlsx", rows, {"fps": fps, "start_timecode": start})


def timecodes(shown: Shown) -> list[object]:
    return [shown["Keyframes", row, 2] for row in range(3, 3 + len(FRAMES))]


def expected(number: int) -> list[str]:
    name, _, start = CLOCKS[number]
    rate, start = FrameRate.parse(name), start or "00:00:00:00"
    first = parse_timecode(start, rate)
    return [format_timecode(first + frame, rate, drop=";" in start) for frame in FRAMES]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(CLOCKS)))
def test_timecodes_are_those_of_the_program(tmp_path: Path, number: int) -> None:
    assert timecodes(by_us(clock_book(tmp_path, number), "Keyframes")) == expected(number)


ROWS = (
    (0, 'a "quoted" fox, with a \\ in it', "ink", "text"),
    (90, "a whale", None, None),
    (30, "a hill\nin two lines", ", woodcut", None),
    ("# 40", "a note", None, None),
    (60, None, "gouache", "blur"),
    (120, "ends with a comma,", None, None),
)


def prompts(shown: Shown) -> dict[str, str]:
    found = json.loads(str(shown["For Deforum", 3, 1]))
    assert isinstance(found, dict)
    return found


def test_one_cell_holds_the_prompts_that_export_writes(tmp_path: Path) -> None:
    sheet = filled(tmp_path / "my.xlsx", ROWS)
    written = export(Request(sheet=str(sheet), overrides={}), "deforum", tmp_path / "out.txt")
    theirs = json.loads(written.path.read_text("utf-8"))["prompts"]
    shown = by_us(sheet)
    assert prompts(shown) == theirs
    assert list(prompts(shown)) == ["0", "30", "60", "90", "120"]
    assert ("For Deforum", 3, 3) not in shown


def test_the_cell_is_one_line_so_that_it_is_copied_without_quotes(tmp_path: Path) -> None:
    assert "\n" not in str(by_us(filled(tmp_path / "my.xlsx", ROWS))["For Deforum", 3, 1])


def test_style_and_negative_of_the_settings_come_first(tmp_path: Path) -> None:
    usual = {"style": "ink", "negative": "text"}
    sheet = filled(tmp_path / "my.xlsx", [(0, "a fox"), (9, "a hill", "gouache")], usual)
    assert prompts(by_us(sheet)) == {
        "0": "a fox, ink --neg text",
        "9": "a hill, gouache --neg text",
    }


def test_rows_whose_frame_is_a_text_are_counted(tmp_path: Path) -> None:
    rows = [(0, "a fox"), ("5s", "a hill"), ("@Chorus", "the sea"), ("# 9", "a note")]
    shown = by_us(filled(tmp_path / "my.xlsx", rows))
    assert prompts(shown) == {"0": "a fox"}
    assert str(shown["For Deforum", 3, 3]).startswith("2 rows are left out")


def test_rows_may_be_inserted_and_stand_in_any_order(tmp_path: Path) -> None:
    sheet = filled(tmp_path / "my.xlsx", [(60, "the sea"), (0, "a fox"), (), (30, "a hill")])
    assert list(prompts(by_us(sheet)).items()) == [("0", "a fox"), ("30", "a hill"),
                                                   ("60", "the sea")]  # fmt: skip


@pytest.mark.slow
@needs_libreoffice
def test_libreoffice_shows_the_same_timecodes_and_prompts(tmp_path: Path) -> None:
    clocks = [clock_book(tmp_path, number) for number in range(len(CLOCKS))]
    sheet = filled(tmp_path / "my.xlsx", [*ROWS, ("5s", "left out")])
    *found, shown = by_libreoffice([*clocks, sheet], tmp_path)
    for number, clock in enumerate(found):
        assert timecodes(clock) == expected(number), CLOCKS[number]
    ours = by_us(sheet)
    assert prompts(shown) == prompts(ours)
    assert shown["For Deforum", 3, 3] == ours["For Deforum", 3, 3]
