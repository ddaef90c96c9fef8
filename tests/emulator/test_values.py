"""Values are read and written as Google reads and writes them."""

from __future__ import annotations

from typing import Any

import gspread
import pytest

from tests.emulator.book import Book
from tests.emulator.conftest import Http
from tests.emulator.server import SheetsEmulator


@pytest.fixture(autouse=True)
def _nothing_is_violated(emulator: SheetsEmulator) -> Any:
    yield
    assert emulator.violations == []


def values(http: Http, text: str, **query: Any) -> Any:
    return http.get(f"/values/{text}", **query).get("values")


def test_gspread_reads_what_people_see(sheet: gspread.Spreadsheet) -> None:
    assert sheet.worksheet("Keyframes").get_all_values() == [
        ["frame", "subject", "zoom", "status"],
        ["0", "a city of glass", "1.5", "queued"],
        ["122", "Straße, 東京", "1.5", ""],
        ["244", "", "TRUE", ""],
    ]


def test_values_come_typed_or_as_formulas(http: Http) -> None:
    rows = "Keyframes!A3:D4"
    assert values(http, rows, valueRenderOption="UNFORMATTED_VALUE") == [
        [122, "Straße, 東京", 1.5],
        [244, "", True],
    ]
    assert values(http, rows, valueRenderOption="FORMULA")[0][2] == "=1+0.5"
    assert values(http, rows, majorDimension="COLUMNS") == [
        ["122", "244"],
        ["Straße, 東京"],
        ["1.5", "TRUE"],
    ]


def test_empty_ends_are_left_out_and_empty_ranges_have_no_values(http: Http) -> None:
    assert http.get("/values/Keyframes!D3:F9") == {
        "range": "Keyframes!D3:F9",
        "majorDimension": "ROWS",
    }
    assert values(http, "Keyframes!D1:Z9") == [["status"], ["queued"]]


def test_open_ranges_end_where_the_tab_ends(http: Http, book: Book) -> None:
    assert http.get("/values/Keyframes!A2:A")["range"] == "Keyframes!A2:A1000"
    assert http.get("/values/My%20notes")["range"] == "'My notes'!A1:Z1000"
    assert http.get("/values/Keyframes!A2:A5000")["range"] == "Keyframes!A2:A1000"


def test_a_batch_answers_in_the_order_of_its_ranges(sheet: gspread.Spreadsheet) -> None:
    answer = sheet.values_batch_get(["'My notes'!A1", "Keyframes!A1:B1"])
    ranges = [(one["range"], one["values"]) for one in answer["valueRanges"]]
    assert ranges == [
        ("'My notes'!A1", [["a"]]),
        ("Keyframes!A1:B1", [["frame", "subject"]]),
    ]


@pytest.mark.parametrize(
    ("error", "text"), [("DIVIDE_BY_ZERO", "#DIV/0!"), ("N_A", "#N/A"), ("LOADING", "Loading...")]
)
def test_errors_read_as_their_texts(http: Http, book: Book, error: str, text: str) -> None:
    book.give("Keyframes", 3, 3, error=error)
    assert values(http, "Keyframes!C3", valueRenderOption="UNFORMATTED_VALUE") == [[text]]


def test_null_skips_and_the_empty_text_clears(http: Http, book: Book) -> None:
    status, answer = http.write("RAW", {"Keyframes!A2:D2": [[None, "", 2, "done"]]})
    assert status == 200
    assert book.tab("Keyframes").rows()[1] == [0, None, 2, "done"]
    assert (answer["totalUpdatedCells"], answer["totalUpdatedSheets"]) == (3, 1)


def test_raw_text_stays_text(sheet: gspread.Spreadsheet, book: Book) -> None:
    texts = ["=1+1", "1,5", "007", "TRUE", "'x", "2026-01-02"]
    sheet.worksheet("Keyframes").update([texts], "E2", raw=True)
    assert book.tab("Keyframes").rows()[1][4:] == texts
    assert book.tab("Keyframes").formula(2, 5) is None


def test_typed_text_is_understood(sheet: gspread.Spreadsheet, book: Book) -> None:
    texts = ["=1+1", "1.5", "007", "true", "'5", "50%", "1,000", "0:06", "1899-12-31"]
    sheet.worksheet("Keyframes").update([texts], "E2", raw=False)
    row = book.tab("Keyframes").rows()[1][4:]
    assert row == [None, 1.5, 7, True, "5", 0.5, 1000, 0.25 / 60, 1]
    assert book.tab("Keyframes").formula(2, 5) == "=1+1"


def test_a_german_sheet_has_commas(emulator: SheetsEmulator, http: Http) -> None:
    book = emulator.add("KEY", {"Bilder": [[1.02, True]]}, locale="de_DE")
    book.set("Bilder", 1, 3, "1,5")
    book.set("Bilder", 1, 4, "1.5")
    assert values(http, "Bilder!A1:D1") == [["1,02", "WAHR", "1,5", "1.5"]]
    assert book.tab("Bilder").rows() == [[1.02, True, 1.5, "1.5"]]


def test_the_answer_of_a_write_shows_what_stands_there(http: Http) -> None:
    _, answer = http.write(
        "RAW",
        {"Keyframes!A2:D2": [[None, None, None, 0.4]]},
        includeValuesInResponse=True,
        responseValueRenderOption="UNFORMATTED_VALUE",
    )
    assert answer["responses"][0]["updatedData"] == {
        "range": "Keyframes!A2:D2",
        "majorDimension": "ROWS",
        "values": [[0, "a city of glass", 1.5, 0.4]],
    }


def test_one_bad_range_leaves_the_whole_batch_unwritten(http: Http, book: Book) -> None:
    before = book.tab("Keyframes").rows()
    status, answer = http.write("RAW", {"Keyframes!A2": [["x"]], "Gone!A1": [["x"]]})
    assert status == 400
    assert answer["error"]["message"] == "Invalid data[1]: Unable to parse range: Gone!A1"
    assert answer["error"]["status"] == "INVALID_ARGUMENT"
    assert book.tab("Keyframes").rows() == before


@pytest.mark.parametrize(
    ("place", "rows", "message"),
    [
        ("Keyframes!A1001", [[1]], "exceeds grid limits. Max rows: 1000, max columns: 26"),
        ("Keyframes!Z1", [[1, 2]], "Range (Keyframes!Z1:AA1) exceeds grid limits"),
        ("Keyframes!A1:B1", [[1], [2]], "but tried writing to row [2]"),
        ("Keyframes!A1:B1", [[1, 2, 3]], "but tried writing to column [C]"),
        ("Keyframes!A1", [[[1]]], "Invalid values[0][0]: list_value"),
        ("Keyframes!A1", [["x" * 50_001]], "more than the maximum of 50000 characters"),
    ],
)
def test_what_does_not_fit_is_refused(http: Http, place: str, rows: Any, message: str) -> None:
    status, answer = http.write("RAW", {place: rows})
    assert status == 400
    assert message in answer["error"]["message"]


def test_a_write_has_to_say_how_its_values_are_meant(http: Http) -> None:
    status, answer = http.ask("PUT", "/values/Keyframes!A1", {"values": [["x"]]})
    assert status == 400
    assert answer["error"]["message"] == "'valueInputOption' is required but not specified"


def test_gspread_appends_below_the_table(sheet: gspread.Spreadsheet, book: Book) -> None:
    answer = sheet.worksheet("Keyframes").append_row([366, "end"])
    assert answer["tableRange"] == "Keyframes!A1:D4"
    assert answer["updates"]["updatedRange"] == "Keyframes!A5:B5"
    assert book.tab("Keyframes").rows()[4] == [366, "end"]


def test_appending_makes_a_full_tab_larger(emulator: SheetsEmulator, http: Http) -> None:
    book = emulator.add("KEY", {"T": [[1], [2]]}, row_count=2, column_count=1)
    body = {"values": [[3, 4], [5, None]]}
    status, _ = http.ask("POST", "/values/T:append", body, valueInputOption="RAW")
    assert status == 200
    assert book.tab("T").rows() == [[1], [2], [3, 4], [5]]


def test_gspread_clears(sheet: gspread.Spreadsheet, book: Book) -> None:
    worksheet = sheet.worksheet("Keyframes")
    worksheet.batch_clear(["A2:B2", "D2"])
    assert book.tab("Keyframes").rows()[1] == [None, None, 1.5]
    worksheet.clear()
    assert book.tab("Keyframes").rows() == []


def test_columns_first_writes_columns(http: Http, book: Book) -> None:
    body = {"majorDimension": "COLUMNS", "values": [[1, 2], [None, 4]]}
    http.ask("PUT", "/values/Keyframes!E1", body, valueInputOption="RAW")
    assert [row[4:] for row in book.tab("Keyframes").rows()[:2]] == [[1], [2, 4]]


def test_values_are_found_by_data_filter(http: Http, book: Book) -> None:
    filters = [{"a1Range": "Keyframes!A2:B2"}, {"gridRange": {"sheetId": 0, "endRowIndex": 1}}]
    _, answer = http.ask("POST", "/values:batchGetByDataFilter", {"dataFilters": filters})
    found = [one["valueRange"]["values"][0][0] for one in answer["valueRanges"]]
    assert found == ["0", "frame"]
    data = [{"dataFilter": filters[0], "values": [[None, "b"]]}]
    body = {"valueInputOption": "RAW", "data": data}
    status, answer = http.ask("POST", "/values:batchUpdateByDataFilter", body)
    assert (status, answer["responses"][0]["updatedRange"]) == (200, "Keyframes!A2:B2")
    assert book.tab("Keyframes").value(2, 2) == "b"
