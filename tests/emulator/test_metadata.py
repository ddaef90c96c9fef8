"""Developer metadata stays with its row, and finds it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.book import Book
from tests.emulator.conftest import Http
from tests.emulator.server import SheetsEmulator


@pytest.fixture(autouse=True)
def _nothing_is_violated(emulator: SheetsEmulator) -> Any:
    yield
    assert emulator.violations == []


def mark(http: Http, row: int, value: str) -> int:
    """Put metadata on a row, counted from 1; return its id."""
    place = {"sheetId": 0, "dimension": "ROWS", "startIndex": row - 1, "endIndex": row}
    entry = {
        "metadataKey": "row",
        "metadataValue": value,
        "visibility": "DOCUMENT",
        "location": {"dimensionRange": place},
    }
    status, answer = http.batch({"createDeveloperMetadata": {"developerMetadata": entry}})
    assert status == 200, answer
    made = answer["replies"][0]["createDeveloperMetadata"]["developerMetadata"]
    assert made["location"] == {"locationType": "ROW", "dimensionRange": place}
    return int(made["metadataId"])


def found(http: Http, **lookup: Any) -> list[tuple[str, int]]:
    """Search; return values and rows, counted from 1."""
    body = {"dataFilters": [{"developerMetadataLookup": lookup}]}
    status, answer = http.ask("POST", "/developerMetadata:search", body)
    assert status == 200
    entries = [one["developerMetadata"] for one in answer.get("matchedDeveloperMetadata", [])]
    return [
        (entry["metadataValue"], entry["location"]["dimensionRange"]["endIndex"])
        for entry in entries
    ]


def test_metadata_follows_its_row_until_it_is_deleted(http: Http, book: Book) -> None:
    number = mark(http, 2, "a")
    mark(http, 3, "b")
    book.insert_rows("Keyframes", 2)
    book.move_row("Keyframes", 3, 4)
    assert found(http, metadataKey="row") == [("a", 4), ("b", 3)]
    book.copy_row("Keyframes", 4, 5)
    assert found(http, metadataId=number) == [("a", 4)]
    book.delete_rows("Keyframes", 4)
    assert found(http, metadataKey="row") == [("b", 3)]
    assert http.ask("GET", f"/developerMetadata/{number}")[0] == 404


@pytest.mark.parametrize(("follows", "row"), [(True, 4), (False, 2)])
def test_whether_sorting_carries_metadata_is_a_switch(
    http: Http, book: Book, follows: bool, row: int
) -> None:
    book.sort_moves_metadata = follows
    mark(http, 2, "a")
    book.sort("Keyframes", 1, 2, 4, descending=True)
    assert found(http, metadataValue="a") == [("a", row)]


def test_values_are_written_to_the_row_that_metadata_marks(http: Http, book: Book) -> None:
    mark(http, 2, "a")
    book.insert_rows("Keyframes", 1, 5)
    lookup = {"developerMetadataLookup": {"metadataKey": "row", "metadataValue": "a"}}
    data = [{"dataFilter": lookup, "values": [[None, None, None, "done"]]}]
    body = {"valueInputOption": "RAW", "data": data, "includeValuesInResponse": True}
    status, answer = http.ask("POST", "/values:batchUpdateByDataFilter", body)
    assert status == 200
    assert answer["responses"][0]["updatedData"]["values"][0][0] == "0"
    assert book.tab("Keyframes").value(7, 4) == "done"
    lookup["developerMetadataLookup"]["metadataValue"] = "nobody"
    status, answer = http.ask("POST", "/values:batchUpdateByDataFilter", body)
    assert (status, answer) == (200, {"spreadsheetId": "KEY"})


def test_metadata_is_changed_and_deleted(http: Http) -> None:
    number = mark(http, 2, "a")
    lookup = {"developerMetadataLookup": {"metadataId": number}}
    new = {"metadataValue": "b"}
    change = {"dataFilters": [lookup], "developerMetadata": new, "fields": "metadataValue"}
    assert http.batch({"updateDeveloperMetadata": change})[0] == 200
    assert found(http, metadataKey="row") == [("b", 2)]
    _, answer = http.batch({"deleteDeveloperMetadata": {"dataFilter": lookup}})
    [gone] = answer["replies"][0]["deleteDeveloperMetadata"]["deletedDeveloperMetadata"]
    assert gone["metadataValue"] == "b"
    assert found(http, metadataKey="row") == []


def test_metadata_of_a_tab_and_of_the_spreadsheet_is_answered_with_them(http: Http) -> None:
    for location in ({"sheetId": 0}, {"spreadsheet": True}):
        entry = {"metadataKey": "k", "visibility": "DOCUMENT", "location": location}
        http.batch({"createDeveloperMetadata": {"developerMetadata": entry}})
    answer = http.get("")
    assert len(answer["developerMetadata"]) == len(answer["sheets"][0]["developerMetadata"]) == 1
    lookup = {"developerMetadataLookup": {"locationType": "SHEET"}}
    _, answer = http.ask("POST", "/developerMetadata:search", {"dataFilters": [lookup]})
    assert len(answer["matchedDeveloperMetadata"]) == 1


def test_metadata_on_several_rows_is_refused(http: Http) -> None:
    place = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 3}
    entry = {
        "metadataKey": "row",
        "visibility": "DOCUMENT",
        "location": {"dimensionRange": place},
    }
    assert http.batch({"createDeveloperMetadata": {"developerMetadata": entry}})[0] == 400
