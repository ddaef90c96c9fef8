"""`init --google`: a shared empty sheet becomes what `init my.xlsx` makes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sheetrender.model.errors import UsageError
from sheetrender.model.keyframes import Keyframe
from sheetrender.workflow.check import check
from sheetrender.workflow.init import init, init_from_deforum
from sheetrender.workflow.init_google import how_to_share, init_google
from sheetrender.workflow.project import Project, Request, read_project
from tests.emulator.book import Book
from tests.emulator.server import SheetsEmulator

KEY = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
ADDRESS = f"https://docs.google.com/spreadsheets/d/{KEY}"
DEFORUM = Path(__file__).parents[1] / "data" / "deforum_settings.txt"


@pytest.fixture
def book(emulator: SheetsEmulator) -> Book:
    return emulator.add(KEY, {"Sheet1": []}, title="My video")


def project(sheet: Path | str) -> Project:
    return read_project(Request(sheet=str(sheet), overrides={}))


def rows(sheet: Path | str) -> list[Keyframe]:
    """Return rows without what tells where they stand."""
    return [
        replace(
            row,
            keys={name: replace(key, place=None) for name, key in row.keys.items()},
        )
        for row in project(sheet).rows
    ]


def test_check_finds_no_problems_in_it(book: Book) -> None:
    filled = init_google(f"{ADDRESS}/edit#gid=0")
    assert (filled.title, filled.address) == ("My video", ADDRESS)
    found = check(Request(sheet=KEY, overrides={}))
    assert (found.problems, found.warnings) == ((), ())
    assert (found.frames, found.rows) == (300, 6)


def test_its_rows_mean_what_those_of_the_workbook_mean(book: Book, tmp_path: Path) -> None:
    init_google(KEY)
    path = init(tmp_path / "new.xlsx")
    assert rows(KEY) == rows(path)
    online, offline = project(KEY), project(path)
    assert replace(online.settings, places={}) == replace(offline.settings, places={})
    plans = [one.plan(draw_seed=lambda _: 0) for one in (online, offline)]
    for name, values in plans[0].channels.items():
        assert (values == plans[1].channels[name]).all(), name


def test_how_to_names_the_sheet_and_no_file(book: Book) -> None:
    init_google(KEY)
    text = "\n".join(str(value) for row in book.tab("How to").rows() for value in row)
    assert f"sheetrender run {ADDRESS}" in text
    assert ".xlsx" not in text
    assert "Save this file" not in text


def test_a_settings_file_of_deforum_fills_it_too(book: Book, tmp_path: Path) -> None:
    filled = init_google(KEY, source=DEFORUM)
    assert filled.imported is not None
    init_from_deforum(tmp_path / "new.xlsx", DEFORUM)
    assert rows(KEY) == rows(tmp_path / "new.xlsx")


@pytest.mark.parametrize("sheet", ["my.xlsx", "https://docs.google.com/document/d/x", "x"])
def test_what_is_no_google_sheet_is_refused(emulator: SheetsEmulator, sheet: str) -> None:
    with pytest.raises(UsageError):
        init_google(sheet)


def test_an_unknown_template_is_refused_before_anything_is_asked(
    emulator: SheetsEmulator,
) -> None:
    with pytest.raises(UsageError, match="no template"):
        init_google(KEY, template="maximal")
    assert emulator.requests == []


def test_the_steps_are_three(emulator: SheetsEmulator) -> None:
    assert len(how_to_share()) == 3
