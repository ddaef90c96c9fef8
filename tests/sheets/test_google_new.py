"""An empty Google Sheet becomes a new workbook, through real HTTP against the emulator."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sheetrender.model.errors import SheetUnavailable, UsageError
from sheetrender.sheets.google import GoogleStore
from sheetrender.sheets.google_auth import Access, Identity
from sheetrender.sheets.google_http import PatientClient
from sheetrender.sheets.google_new import fill_empty
from sheetrender.sheets.google_new_cells import local_formula
from sheetrender.sheets.new_description import Heading, NewRow, NewWorkbook, PlainText, Table
from tests.emulator.book import Book
from tests.emulator.server import SheetsEmulator
from tests.emulator.tab import Tab

from .test_new_workbook import LOOK, NEW, PAGE, TABLE

KEY = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
BOT = Identity("bot@studio.iam.gserviceaccount.com", "--credentials", Path("bot.json"))

OURS = replace(
    TABLE,
    headings=(*TABLE.headings[:2], replace(TABLE.headings[2], is_ours=True)),
)


@pytest.fixture
def access(emulator: SheetsEmulator) -> Access:
    return Access(BOT, base=emulator.url)


@pytest.fixture
def book(emulator: SheetsEmulator) -> Book:
    return emulator.add(KEY, {"Sheet1": []}, title="My video")


def filled(book: Book, access: Access, *tabs: Any) -> list[Tab]:
    fill_empty(KEY, access, NewWorkbook(title="Test", look=LOOK, tabs=tabs))
    return book.tabs


def test_it_is_one_read_and_one_write(emulator: SheetsEmulator, book: Book, access: Access) -> None:
    assert fill_empty(KEY, access, NEW) == "My video"
    assert [request.kind for request in emulator.requests] == ["read", "write"]


def test_the_spare_tab_is_the_first_and_the_others_follow(book: Book, access: Access) -> None:
    tabs = filled(book, access, TABLE, replace(TABLE, title="Settings"), PAGE)
    assert [tab.title for tab in tabs] == ["Keyframes", "Settings", "How to"]
    assert tabs[0].sheet_id == 0
    assert tabs[0].row_count == 1000


def test_empty_tabs_of_the_same_names_are_used(emulator: SheetsEmulator, access: Access) -> None:
    book = emulator.add(KEY, {"Notes": [], "how to": [], "KEYFRAMES": []})
    tabs = filled(book, access, TABLE, PAGE)
    assert [tab.title for tab in tabs] == ["Keyframes", "How to", "Notes"]


def test_a_small_tab_grows(emulator: SheetsEmulator, access: Access) -> None:
    book = emulator.add(KEY, {"Sheet1": []}, row_count=1, column_count=1)
    (tab,) = filled(book, access, TABLE)
    assert (tab.row_count, tab.column_count) == (5, 3)


def test_values_and_formulas_stand_where_they_belong(book: Book, access: Access) -> None:
    rows = (NewRow({"frame": 0, "share": "=A2+0.5"}), NewRow({"frame": PlainText("=1+1")}))
    (tab,) = filled(book, access, replace(TABLE, rows=rows))
    assert tab.rows()[0] == ["frame", "share", "status"]
    assert tab.cell(2, 1).value == 0
    assert tab.formula(2, 2) == "=A2+0.5"
    assert tab.cell(3, 1).value == "=1+1"
    assert tab.formula(3, 1) is None


def test_formulas_are_written_as_people_there_type_them(
    emulator: SheetsEmulator, access: Access
) -> None:
    book = emulator.add(KEY, {"Tabelle1": []}, locale="de_DE")
    rows = (NewRow({"frame": 0.5, "share": '=IF(A2>0.25,"a,b 1.5",MAX(A2,1))'}),)
    (tab,) = filled(book, access, replace(TABLE, rows=rows))
    assert tab.formula(2, 2) == '=IF(A2>0,25;"a,b 1.5";MAX(A2;1))'
    assert tab.cell(2, 1).value == 0.5
    rule = tab.cell(3, 2).validation
    assert rule is not None
    formula = rule["condition"]["values"][0]["userEnteredValue"]
    assert formula == "=IF(ISTEXT(B2);TRUE;AND(ISNUMBER(B2);B2>0;B2<=1))"
    assert local_formula("=A2+0.5", decimal_comma=False) == "=A2+0.5"


def test_headings_are_bold_noted_and_stay_in_sight(book: Book, access: Access) -> None:
    (tab,) = filled(book, access, TABLE)
    for column in (1, 2, 3):
        shown = tab.cell(1, column).format
        assert shown is not None
        assert shown["textFormat"]["bold"]
    assert tab.cell(1, 1).note == "Where it begins."
    assert tab.cell(1, 2).note is None
    grid = tab.properties["gridProperties"]
    assert (grid["frozenRowCount"], grid["frozenColumnCount"]) == (1, 1)
    assert grid["hideGridlines"]
    assert tab.lines["COLUMNS"][0].pixels == 12 * 7 + 5


def test_words_are_offered_and_others_may_stay(book: Book, access: Access) -> None:
    (tab,) = filled(book, access, TABLE)
    assert offered(tab, 2, 3) == ["hold", "rerender"]
    assert offered(tab, 1000, 3) == ["hold", "rerender"]
    assert offered(tab, 4, 2) == ["0.25", "0.5"], "a row's own words beat the column's limits"
    rule = tab.cell(2, 3).validation
    assert rule is not None
    assert not rule["strict"]
    assert rule["showCustomUi"]
    assert tab.cell(1, 3).validation is None


def offered(tab: Tab, row: int, column: int) -> list[str]:
    rule = tab.cell(row, column).validation
    assert rule is not None
    assert rule["condition"]["type"] == "ONE_OF_LIST"
    return [value["userEnteredValue"] for value in rule["condition"]["values"]]


def test_numbers_outside_are_warned_of(book: Book, access: Access) -> None:
    (tab,) = filled(book, access, TABLE)
    rule = tab.cell(2, 2).validation
    assert rule is not None
    assert rule["condition"]["type"] == "CUSTOM_FORMULA"
    assert rule["inputMessage"] == "Numbers above 0, up to 1, please."


def test_words_have_their_colours_down_to_the_end(book: Book, access: Access) -> None:
    (tab,) = filled(book, access, TABLE)
    (condition,) = tab.conditions
    rule = condition.shape["booleanRule"]
    assert rule["condition"] == {"type": "TEXT_EQ", "values": [{"userEnteredValue": "done"}]}
    fill = rule["format"]["backgroundColorStyle"]["rgbColor"]
    assert fill == {"red": 0.7961, "green": 0.9216, "blue": 0.8118}
    (area,) = condition.areas
    assert (area.top, area.left, area.bottom, area.right) == (1, 2, None, 3)


def test_our_block_warns_people_and_keeps_nobody_out(
    emulator: SheetsEmulator, book: Book, access: Access
) -> None:
    (tab,) = filled(book, access, OURS)
    (protection,) = tab.protections
    assert protection.shape["warningOnly"] is True
    (area,) = protection.areas
    assert (area.top, area.left, area.bottom, area.right) == (0, 2, None, 3)
    with access.session() as session:
        store = GoogleStore(KEY, PatientClient(session, base=emulator.url), BOT)
        assert store.read().grids[0].cells


def test_nothing_is_guessed_of_what_stands_in_our_block(book: Book, access: Access) -> None:
    (tab,) = filled(book, access, OURS)
    ours, theirs = tab.cell(2, 3).format, tab.cell(2, 2).format
    assert ours is not None
    assert theirs is not None
    assert ours["numberFormat"]["type"] == "TEXT"
    assert "numberFormat" not in theirs


def test_numbers_are_shown_as_the_heading_says(book: Book, access: Access) -> None:
    headings = (TABLE.headings[0], replace(TABLE.headings[1], number_format="0.00"))
    (tab,) = filled(book, access, replace(TABLE, headings=headings))
    shown, unsaid = tab.cell(2, 2).format, tab.cell(2, 1).format
    assert shown is not None
    assert unsaid is not None
    assert shown["numberFormat"] == {"type": "NUMBER", "pattern": "0.00"}
    assert "numberFormat" not in unsaid


def test_a_page_has_its_sections(book: Book, access: Access) -> None:
    (tab,) = filled(book, access, PAGE)
    assert tab.value(1, 1) == "Read me"
    assert tab.value(3, 1) == "One"
    assert tab.value(4, 1) == "a term"
    assert str(tab.value(4, 2)).startswith("what it means")


@pytest.mark.parametrize("value", ["x", 0, False, "=1"])
def test_a_sheet_with_something_in_it_is_left_alone(
    emulator: SheetsEmulator, access: Access, value: Any
) -> None:
    emulator.add(KEY, {"Sheet1": [], "My notes": [[None], [None, value]]}, title="Plans")
    with pytest.raises(UsageError, match=r"Plans .*not empty: .* in My notes!B2\. .*sheets\.new"):
        fill_empty(KEY, access, NEW)
    assert [request.kind for request in emulator.requests] == ["read"]


def test_a_sheet_that_is_not_shared_names_whom_to_share_it_with(
    emulator: SheetsEmulator, book: Book, access: Access
) -> None:
    emulator.forbid(KEY)
    with pytest.raises(SheetUnavailable, match=f"add {BOT.email} as Editor"):
        fill_empty(KEY, access, NEW)
    emulator.permit(KEY)
    emulator.forbid(KEY, writes_only=True)
    with pytest.raises(SheetUnavailable, match=f"add {BOT.email} as Editor"):
        fill_empty(KEY, access, NEW)
    assert book.tabs[0].rows() == []


def test_a_table_without_rows_is_a_table(book: Book, access: Access) -> None:
    headings = (Heading(text="frame", group=TABLE.headings[0].group),)
    table = Table(title="Keyframes", colour="E8A15B", headings=headings, rows=())
    (tab,) = filled(book, access, table)
    assert tab.rows() == [["frame"]]
