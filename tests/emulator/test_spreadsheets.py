"""Whole spreadsheets are answered in one snapshot, as far as they are asked for."""

from __future__ import annotations

from typing import Any

import gspread
import pytest

from tests.emulator.book import Book
from tests.emulator.conftest import Http
from tests.emulator.server import SheetsEmulator

CELLS = (
    "properties(locale,timeZone),"
    "sheets(properties,data(rowData(values(userEnteredValue,effectiveValue,formattedValue))))"
)


def test_one_read_has_formulas_values_and_errors(
    sheet: gspread.Spreadsheet, book: Book, emulator: SheetsEmulator
) -> None:
    book.set("Keyframes", 4, 2, "=1/0")
    book.give("Keyframes", 4, 2, error="DIVIDE_BY_ZERO")
    book.set("Keyframes", 4, 4, "=SLOW()")
    answer = sheet.fetch_sheet_metadata(params={"ranges": "Keyframes", "fields": CELLS})
    assert answer["properties"] == {"locale": "en_US", "timeZone": "Etc/GMT"}
    [one] = answer["sheets"]
    assert one["properties"]["title"] == "Keyframes"
    rows = [row["values"] for row in one["data"][0]["rowData"]]
    assert rows[2][2] == {
        "userEnteredValue": {"formulaValue": "=1+0.5"},
        "effectiveValue": {"numberValue": 1.5},
        "formattedValue": "1.5",
    }
    assert len(rows[2]) == 3
    assert rows[3][1]["effectiveValue"]["errorValue"]["type"] == "DIVIDE_BY_ZERO"
    assert rows[3][1]["formattedValue"] == "#DIV/0!"
    assert rows[3][2]["effectiveValue"] == {"boolValue": True}
    assert rows[3][3] == {"userEnteredValue": {"formulaValue": "=SLOW()"}}
    assert emulator.violations == []


def test_cells_come_only_when_they_are_asked_for(http: Http) -> None:
    assert "data" not in http.get("")["sheets"][0]
    assert "data" not in http.get("", fields="sheets.properties")["sheets"][0]
    assert "data" in http.get("", includeGridData="true")["sheets"][0]
    assert http.get("", includeGridData="true", fields="properties.title") == {
        "properties": {"title": "My video"}
    }
    assert http.get("", fields="namedRanges") == {}


def test_ranges_choose_tabs_and_start_within_them(http: Http) -> None:
    answer = http.get("", ranges=["Keyframes!C2:C3", "Keyframes!A1"], includeGridData=True)
    [one] = answer["sheets"]
    first, second = one["data"]
    assert (first["startRow"], first["startColumn"]) == (1, 2)
    assert [row["values"][0]["formattedValue"] for row in first["rowData"]] == ["1.5", "1.5"]
    assert len(first["rowMetadata"]) == 2
    assert len(second["rowData"]) == 1


def test_a_masked_cell_keeps_its_place_although_nothing_of_it_is_asked_for(http: Http) -> None:
    rule = {"condition": {"type": "BOOLEAN"}}
    area = {"startRowIndex": 5, "endRowIndex": 6, "startColumnIndex": 1, "endColumnIndex": 2}
    http.batch({"setDataValidation": {"range": area, "rule": rule}})
    rows = http.get("", ranges="Keyframes", fields=CELLS)["sheets"][0]["data"][0]["rowData"]
    assert rows[4:] == [{}, {"values": [{}, {}]}]


def test_unknown_fields_are_refused(http: Http, emulator: SheetsEmulator) -> None:
    status, answer = http.ask("GET", "", fields="sheets(properties,cells)")
    assert status == 400
    assert answer["error"]["message"] == "Invalid field selection sheets.cells"
    assert len(emulator.violations) == 1


def test_a_spreadsheet_is_found_by_data_filter(http: Http) -> None:
    body = {"dataFilters": [{"a1Range": "Keyframes!A1"}], "includeGridData": True}
    status, answer = http.ask("POST", ":getByDataFilter", body)
    assert status == 200
    assert answer["sheets"][0]["data"][0]["rowData"][0]["values"][0]["formattedValue"] == "frame"


def test_gspread_makes_fills_renames_and_deletes_tabs(
    sheet: gspread.Spreadsheet, book: Book, emulator: SheetsEmulator
) -> None:
    worksheet = sheet.add_worksheet("New", rows=5, cols=4)
    worksheet.update([[1, 2]], "A1")
    worksheet.freeze(rows=1)
    worksheet.update_title("Newer")
    worksheet.add_cols(2)
    assert [one.title for one in sheet.worksheets()] == ["Keyframes", "My notes", "Newer"]
    found = sheet.worksheet("Newer")
    assert (found.row_count, found.col_count, found.frozen_row_count) == (5, 6, 1)
    assert book.tab("Newer").rows() == [[1, 2]]
    sheet.del_worksheet(worksheet)
    assert [tab.title for tab in book.tabs] == ["Keyframes", "My notes"]
    assert emulator.violations == []


def test_gspread_inserts_deletes_and_sorts_rows(sheet: gspread.Spreadsheet, book: Book) -> None:
    worksheet = sheet.worksheet("Keyframes")
    worksheet.insert_row([60, "between"], 3)
    assert [row[0] for row in book.tab("Keyframes").rows()] == ["frame", 0, 60, 122, 244]
    worksheet.delete_rows(2)
    worksheet.sort((1, "des"), range="A2:D4")
    assert [row[0] for row in book.tab("Keyframes").rows()] == ["frame", 244, 122, 60]


def test_a_named_range_is_read(http: Http, book: Book) -> None:
    book.name("people", "Keyframes!B2:B3")
    assert http.get("/values/people")["values"] == [["a city of glass"], ["Straße, 東京"]]
    assert http.get("", fields="namedRanges.name") == {"namedRanges": [{"name": "people"}]}


@pytest.mark.parametrize("wrong", [{"requestz": []}, {"requests": [{"addShet": {}}]}])
def test_an_unknown_name_in_a_body_is_refused_as_google_does(
    http: Http, emulator: SheetsEmulator, wrong: Any
) -> None:
    status, answer = http.ask("POST", ":batchUpdate", wrong)
    assert status == 400
    assert answer["error"]["message"].startswith('Invalid JSON payload received. Unknown name "')
    assert len(emulator.violations) == 1


def test_unknown_and_mistyped_parameters_are_refused(http: Http, emulator: SheetsEmulator) -> None:
    for query in ({"render": "x"}, {"includeGridData": "maybe"}):
        assert http.ask("GET", "", **query)[0] == 400
    assert http.ask("GET", "/values/Keyframes!A1", valueRenderOption="SHOWN")[0] == 400
    status, _ = http.write("RAW", {"Keyframes!A1": [["x"]]}, includeValuesInResponse="yes")
    assert status == 400
    assert len(emulator.violations) == 4


def test_what_is_not_emulated_says_so(http: Http, emulator: SheetsEmulator) -> None:
    assert http.batch({"addChart": {}})[0] == 501
    body = {"destinationSpreadsheetId": "OTHER"}
    assert http.ask("POST", "/sheets/0:copyTo", body)[0] == 501
    assert len(emulator.violations) == 1
