"""spreadsheets.batchUpdate applies all of its requests or none."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.book import Book
from tests.emulator.conftest import Http
from tests.emulator.server import SheetsEmulator

Shape = dict[str, Any]


@pytest.fixture(autouse=True)
def _nothing_is_violated(emulator: SheetsEmulator) -> Any:
    yield
    assert emulator.violations == []


def rows_range(start: int, end: int, dimension: str = "ROWS") -> Shape:
    return {"sheetId": 0, "dimension": dimension, "startIndex": start, "endIndex": end}


def frames(book: Book) -> list[Any]:
    return [row[0] if row else None for row in book.tab("Keyframes").rows()]


def test_one_refused_request_takes_all_others_back(http: Http, book: Book) -> None:
    before = book.tab("Keyframes").rows()
    version = book.version
    status, answer = http.batch(
        {"addSheet": {"properties": {"title": "New"}}},
        {"deleteDimension": {"range": rows_range(0, 2)}},
        {"deleteSheet": {"sheetId": 99}},
    )
    assert status == 400
    message = "Invalid requests[2].deleteSheet: No grid with id: 99"
    assert answer["error"] == {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}
    assert [tab.title for tab in book.tabs] == ["Keyframes", "My notes"]
    assert book.tab("Keyframes").rows() == before
    assert http.get("/values/Keyframes!A2")["values"] == [["0"]]
    assert book.version >= version


def test_every_request_has_its_reply(http: Http) -> None:
    status, answer = http.batch(
        {"addSheet": {"properties": {"title": "New", "hidden": True}}},
        {"insertDimension": {"range": rows_range(1, 3)}},
    )
    assert status == 200
    added, inserted = answer["replies"]
    assert added["addSheet"]["properties"]["title"] == "New"
    assert added["addSheet"]["properties"]["hidden"] is True
    assert inserted == {}


def test_the_answer_may_hold_the_changed_spreadsheet(http: Http) -> None:
    body = {
        "requests": [{"insertDimension": {"range": rows_range(0, 1)}}],
        "includeSpreadsheetInResponse": True,
        "responseRanges": ["Keyframes!A1:A2"],
        "responseIncludeGridData": True,
    }
    _, answer = http.ask("POST", ":batchUpdate", body)
    data = answer["updatedSpreadsheet"]["sheets"][0]["data"][0]
    assert data["rowData"][0] == {}
    assert data["rowData"][1]["values"][0]["formattedValue"] == "frame"


def test_rows_are_inserted_deleted_and_moved(http: Http, book: Book) -> None:
    http.batch({"insertDimension": {"range": rows_range(2, 3)}})
    assert frames(book) == ["frame", 0, None, 122, 244]
    http.batch({"moveDimension": {"source": rows_range(1, 2), "destinationIndex": 5}})
    assert frames(book) == ["frame", None, 122, 244, 0]
    http.batch({"moveDimension": {"source": rows_range(3, 5), "destinationIndex": 1}})
    assert frames(book) == ["frame", 244, 0, None, 122]
    http.batch({"deleteDimension": {"range": rows_range(3, 4)}})
    assert frames(book) == ["frame", 244, 0, 122]


def test_columns_are_inserted_deleted_and_moved(http: Http, book: Book) -> None:
    def heads() -> Any:
        return book.tab("Keyframes").rows()[0]

    http.batch({"insertDimension": {"range": rows_range(1, 2, "COLUMNS")}})
    assert heads() == ["frame", None, "subject", "zoom", "status"]
    source = rows_range(4, 5, "COLUMNS")
    http.batch({"moveDimension": {"source": source, "destinationIndex": 1}})
    assert heads() == ["frame", "status", None, "subject", "zoom"]
    http.batch({"deleteDimension": {"range": rows_range(2, 4, "COLUMNS")}})
    assert heads() == ["frame", "status", "zoom"]
    assert book.tab("Keyframes").column_count == 25


def test_formulas_follow_their_cells(http: Http, book: Book) -> None:
    book.set("Keyframes", 5, 1, "=A4*2+SUM($A$2:A4)+'My notes'!A4")
    http.batch({"insertDimension": {"range": rows_range(2, 4)}})
    formula = "=A6*2+SUM($A$2:A6)+'My notes'!A4"
    assert book.tab("Keyframes").formula(7, 1) == formula
    http.batch({"deleteDimension": {"range": rows_range(5, 6)}})
    formula = "=#REF!*2+SUM($A$2:A5)+'My notes'!A4"
    assert book.tab("Keyframes").formula(6, 1) == formula
    assert book.tab("Keyframes").value(6, 1) == "#REF!"


def test_sorting_carries_formulas_and_looks_at_their_values(http: Http, book: Book) -> None:
    book.set("Keyframes", 5, 1, "=A4+100")
    book.give("Keyframes", 5, 1, 10)
    area = {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 7}
    specs = [{"dimensionIndex": 0, "sortOrder": "DESCENDING"}]
    status, _ = http.batch({"sortRange": {"range": area, "sortSpecs": specs}})
    assert status == 200
    assert frames(book) == ["frame", 244, 122, 10, 0]
    assert book.tab("Keyframes").formula(4, 1) == "=A3+100"


def test_numbers_sort_before_texts_before_truths_and_blanks_come_last(
    emulator: SheetsEmulator, http: Http
) -> None:
    mixed: list[Any] = ["b", None, True, 2, "A", False, -1]
    book = emulator.add("KEY", {"T": [[value, index] for index, value in enumerate(mixed)]})
    book.sort("T", 1, 1, 7)
    assert [row[0] for row in book.tab("T").rows()] == [-1, 2, "A", "b", False, True, None]
    book.sort("T", 1, 1, 7, descending=True)
    assert [row[0] for row in book.tab("T").rows()] == [True, False, "b", "A", 2, -1, None]


def test_validation_is_stored_and_moves_with_its_cells(http: Http, book: Book) -> None:
    area = {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 2, "startColumnIndex": 3}
    options = [{"userEnteredValue": text} for text in ("ready", "hold")]
    rule = {"condition": {"type": "ONE_OF_LIST", "values": options}, "strict": False}
    area["endColumnIndex"] = 4
    assert http.batch({"setDataValidation": {"range": area, "rule": rule}})[0] == 200
    book.move_row("Keyframes", 2, 4)
    cells = http.get("", ranges="Keyframes!D4", includeGridData=True)["sheets"][0]["data"][0]
    assert cells["rowData"][0]["values"][0]["dataValidation"] == rule
    area |= {"startRowIndex": 3, "endRowIndex": 4}
    assert http.batch({"setDataValidation": {"range": area}})[0] == 200
    assert book.tab("Keyframes").cell(4, 4).validation is None


def test_protection_and_colours_are_stored_and_follow_rows(http: Http, book: Book) -> None:
    area = {"sheetId": 0, "startRowIndex": 1, "startColumnIndex": 3, "endColumnIndex": 4}
    shade = {"backgroundColor": {"green": 1}}
    condition = {"type": "TEXT_EQ", "values": [{"userEnteredValue": "done"}]}
    status, answer = http.batch(
        {"addProtectedRange": {"protectedRange": {"range": area, "warningOnly": True}}},
        {
            "addConditionalFormatRule": {
                "rule": {
                    "ranges": [{**area, "endRowIndex": 4}],
                    "booleanRule": {"condition": condition, "format": shade},
                }
            }
        },
    )
    assert status == 200
    number = answer["replies"][0]["addProtectedRange"]["protectedRange"]["protectedRangeId"]
    book.insert_rows("Keyframes", 3, 2)
    sheet = http.get("", fields="sheets(protectedRanges,conditionalFormats)")["sheets"][0]
    assert sheet["protectedRanges"][0]["range"] == area
    assert sheet["conditionalFormats"][0]["ranges"][0]["endRowIndex"] == 6
    gone = {"deleteProtectedRange": {"protectedRangeId": number}}
    rule = {"deleteConditionalFormatRule": {"sheetId": 0, "index": 0}}
    assert http.batch(gone, rule)[0] == 200
    assert book.tab("Keyframes").protections == book.tab("Keyframes").conditions == []


def test_a_protected_cell_of_a_collaborator_is_not_written(http: Http, book: Book) -> None:
    book.protect("Keyframes", "D1:D9")
    status, answer = http.write("RAW", {"Keyframes!C2:D2": [["x", "y"]]})
    assert status == 400
    assert "trying to edit a protected cell" in answer["error"]["message"]
    assert book.tab("Keyframes").rows()[1][2:] == [1.5, "queued"]
    assert http.write("RAW", {"Keyframes!C2:D2": [["x", None]]})[0] == 200


def test_cells_are_formatted_and_filled(http: Http, book: Book) -> None:
    one_row = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1, "endColumnIndex": 3}
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}}
    start = {"sheetId": 0, "rowIndex": 9, "columnIndex": 1}
    values = [{"userEnteredValue": {"stringValue": "=no"}, "note": "said"}, {}]
    values += [{"userEnteredValue": {"formulaValue": "=1"}}]
    fields = "userEnteredValue,note"
    status, _ = http.batch(
        {
            "repeatCell": {
                "range": one_row,
                "cell": bold,
                "fields": "userEnteredFormat.textFormat.bold",
            }
        },
        {"updateCells": {"start": start, "rows": [{"values": values}], "fields": fields}},
        {"appendCells": {"rows": [{"values": values[:1]}], "fields": fields}},
    )
    assert status == 200
    tab = book.tab("Keyframes")
    assert tab.cell(1, 3).format == {"textFormat": {"bold": True}}
    assert tab.value(1, 3) == "zoom"
    assert (tab.value(10, 2), tab.cell(10, 2).note) == ("=no", "said")
    assert tab.formula(10, 4) == "=1"
    assert tab.value(11, 1) == "=no"


def test_columns_are_hidden_and_tabs_grow(http: Http, book: Book) -> None:
    status, _ = http.batch(
        {
            "updateDimensionProperties": {
                "range": rows_range(3, 4, "COLUMNS"),
                "properties": {"hiddenByUser": True},
                "fields": "hiddenByUser",
            }
        },
        {"appendDimension": {"sheetId": 0, "dimension": "COLUMNS", "length": 3}},
        {
            "updateSheetProperties": {
                "properties": {"sheetId": 0, "gridProperties": {"frozenRowCount": 1}},
                "fields": "gridProperties.frozenRowCount",
            }
        },
    )
    assert status == 200
    sheet = http.get("", ranges="Keyframes!D1", includeGridData=True)["sheets"][0]
    assert sheet["data"][0]["columnMetadata"] == [{"pixelSize": 100, "hiddenByUser": True}]
    grid = sheet["properties"]["gridProperties"]
    assert grid == {"rowCount": 1000, "columnCount": 29, "frozenRowCount": 1}


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"addSheet": {"properties": {"title": "my NOTES"}}}, 'with the name "my NOTES" already'),
        ({"deleteDimension": {"range": rows_range(1000, 1001)}}, "doesn't exist"),
        ({"deleteDimension": {"range": rows_range(0, 1000)}}, "can't delete all the rows"),
        ({"insertDimension": {"range": rows_range(1000, 1001)}}, "must be less than"),
        ({"moveDimension": {"source": rows_range(1, 2), "destinationIndex": 5000}}, "beyond"),
        ({"setDataValidation": {"range": {"endRowIndex": 2000}}}, "exceeds grid limits"),
        ({"repeatCell": {"range": {}, "cell": {}}}, "At least one field must be listed"),
        ({"repeatCell": {"range": {}, "fields": "colour"}}, "Invalid field selection colour"),
        ({"appendDimension": {"dimension": "ROWS", "length": 999_999}}, "10000000 cells"),
        ({"sortRange": {"range": {}}}, "At least one sort spec"),
        ({}, "No request set"),
    ],
)
def test_impossible_requests_are_refused(http: Http, request_: Shape, message: str) -> None:
    status, answer = http.batch(request_)
    assert status == 400
    assert message in answer["error"]["message"]


def test_the_last_visible_tab_stays(emulator: SheetsEmulator, http: Http) -> None:
    emulator.add("KEY", {"Only": []})
    status, answer = http.batch({"deleteSheet": {"sheetId": 0}})
    assert (status, "all the visible sheets" in answer["error"]["message"]) == (400, True)
