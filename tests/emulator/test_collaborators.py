"""People edit the sheet between two requests, and everything stays where it belongs."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import gspread
import pytest
import requests

from tests.emulator.book import Book
from tests.emulator.conftest import Http
from tests.emulator.server import Fault, SheetsEmulator

OURS = {"row_id", "status"}


def test_a_collaborator_acts_right_before_the_nth_write(
    sheet: gspread.Spreadsheet, book: Book, emulator: SheetsEmulator
) -> None:
    worksheet = sheet.worksheet("Keyframes")
    emulator.before_write(2, lambda book: book.insert_rows("Keyframes", 2))
    for text in ("one", "two", "three"):
        worksheet.get("A1:D4")
        worksheet.update([[text]], "D2")
    statuses = [book.tab("Keyframes").value(row, 4) for row in (2, 3)]
    assert statuses == ["three", "one"]


def test_collaborators_act_before_reads_and_before_all_requests(
    http: Http, emulator: SheetsEmulator
) -> None:
    seen: list[str] = []
    emulator.between_requests(lambda book: seen.append("any"))
    emulator.before_read(2, lambda book: book.set("Keyframes", 1, 1, "changed"))
    assert http.get("/values/Keyframes!A1")["values"] == [["frame"]]
    http.write("RAW", {})
    assert http.get("/values/Keyframes!A1")["values"] == [["changed"]]
    assert len(seen) == 3


def test_a_request_that_fails_is_not_the_nth(http: Http, emulator: SheetsEmulator) -> None:
    seen: list[int] = []
    emulator.before_write(1, lambda book: seen.append(1))
    emulator.faults.append(Fault.status(503))
    http.write("RAW", {})
    assert seen == []
    http.write("RAW", {})
    assert seen == [1]


def test_a_failing_collaborator_is_told(http: Http, emulator: SheetsEmulator) -> None:
    emulator.before_write(1, lambda book: book.delete_tab("Gone"))
    with pytest.raises(requests.ConnectionError, match="Connection"):
        http.write("RAW", {})
    assert emulator.violations == ["the emulator failed: KeyError('Gone')"]


def test_a_renamed_or_deleted_tab_is_not_found_by_its_old_name(http: Http, book: Book) -> None:
    book.rename_tab("Keyframes", "Shots")
    assert http.ask("GET", "/values/Keyframes!A1")[0] == 400
    assert http.get("/values/Shots!A1")["values"] == [["frame"]]
    book.delete_tab("Shots")
    assert http.ask("GET", "/values/Shots!A1")[0] == 400


@pytest.fixture
def guarded(emulator: SheetsEmulator, http: Http) -> Book:
    rows = [["frame", "row_id", "Status ", None], [0, "a", "queued"], [9, "b", None]]
    book = emulator.add("KEY", {"Keyframes": rows, "Notes": [["mine"]]})
    emulator.allow_writes_only(book, headings=OURS, tab="Keyframes")
    return book


def test_our_own_columns_may_be_written(
    http: Http, guarded: Book, emulator: SheetsEmulator
) -> None:
    ranges = {"Keyframes!A2:C2": [[None, "c", "done"]], "Keyframes!D1": [["status"]]}
    assert http.write("RAW", ranges)[0] == 200
    area = {"startRowIndex": 1, "startColumnIndex": 1, "endColumnIndex": 3}
    rule = {"condition": {"type": "BOOLEAN"}}
    columns = {"sheetId": 0, "dimension": "COLUMNS", "length": 2}
    status, _ = http.batch(
        {"setDataValidation": {"range": area, "rule": rule}}, {"appendDimension": columns}
    )
    assert status == 200
    assert emulator.violations == []


@pytest.mark.parametrize(
    ("place", "where"),
    [
        ("Keyframes!A2", "Keyframes!A2"),
        ("Keyframes!A1", "Keyframes!A1"),
        ("Keyframes!D2", "Keyframes!D2"),
        ("Notes!B7", "Notes!B7"),
    ],
)
def test_no_other_cell_may_be_written(
    http: Http, guarded: Book, emulator: SheetsEmulator, place: str, where: str
) -> None:
    status, answer = http.write("RAW", {"Keyframes!C2": [["done"]], place: [["status"]]})
    assert status == 400
    assert where in answer["error"]["message"]
    method = "sheets.spreadsheets.values.batchUpdate"
    assert emulator.violations == [f"{method}: {where} was written"]
    assert guarded.tab("Keyframes").value(2, 3) == "queued"


@pytest.mark.slow
@pytest.mark.parametrize(
    "request_",
    [
        {"insertDimension": {"range": {"dimension": "ROWS", "startIndex": 1, "endIndex": 2}}},
        {"deleteDimension": {"range": {"dimension": "COLUMNS", "startIndex": 2, "endIndex": 3}}},
        {"sortRange": {"range": {"startRowIndex": 1}, "sortSpecs": [{"dimensionIndex": 0}]}},
        {"deleteSheet": {"sheetId": 0}},
        {"repeatCell": {"range": {"endRowIndex": 2}, "cell": {}, "fields": "note"}},
    ],
)
def test_rows_and_columns_with_something_in_them_stay(
    http: Http, guarded: Book, emulator: SheetsEmulator, request_: dict[str, Any]
) -> None:
    before = guarded.tab("Keyframes").rows()
    assert http.batch(request_)[0] == 400
    assert emulator.violations
    assert guarded.tab("Keyframes").rows() == before


def test_a_write_to_a_column_that_a_collaborator_shifted_is_told(
    http: Http, guarded: Book, emulator: SheetsEmulator
) -> None:
    emulator.before_write(1, lambda book: book.insert_columns("Keyframes", 1))
    assert http.write("RAW", {"Keyframes!B2": [["c"]]})[0] == 400
    assert emulator.violations


@dataclass
class Model:
    """What a tab is to a person: a list of lists, all rows equally long."""

    rows: list[list[Any]]
    dice: random.Random
    width: int = field(default=6, init=False)

    def row(self) -> int:
        return self.dice.randint(1, len(self.rows))

    def blank(self) -> list[Any]:
        return [None] * self.width

    def edit(self, book: Book) -> None:
        kinds = [self.set, self.insert, self.delete, self.move, self.copy, self.sort]
        self.dice.choice([self.set, *kinds])(book)

    def set(self, book: Book) -> None:
        row, column = self.row(), self.dice.randint(1, self.width)
        value = self.dice.choice([None, self.dice.randint(0, 99), self.dice.choice("abcxyz"), True])
        self.rows[row - 1][column - 1] = value
        book.set("T", row, column, value)

    def insert(self, book: Book) -> None:
        at, count = self.row(), self.dice.randint(1, 3)
        self.rows[at - 1 : at - 1] = [self.blank() for _ in range(count)]
        book.insert_rows("T", at, count)

    def delete(self, book: Book) -> None:
        if len(self.rows) > 20:
            at = self.dice.randint(1, len(self.rows) - 3)
            count = self.dice.randint(1, 3)
            del self.rows[at - 1 : at - 1 + count]
            book.delete_rows("T", at, count)

    def move(self, book: Book) -> None:
        row, to = self.row(), self.row()
        self.rows.insert(to - 1, self.rows.pop(row - 1))
        book.move_row("T", row, to)

    def copy(self, book: Book) -> None:
        row, to = self.row(), self.row()
        self.rows.insert(to - 1, list(self.rows[row - 1]))
        book.copy_row("T", row, to)

    def sort(self, book: Book) -> None:
        first, last = sorted((self.row(), self.row()))
        column = self.dice.randint(1, self.width)
        part = self.rows[first - 1 : last]
        full = [row for row in part if row[column - 1] is not None]
        blank = [row for row in part if row[column - 1] is None]
        full.sort(key=lambda row: (rank(row[column - 1]), row[column - 1]))
        self.rows[first - 1 : last] = full + blank
        book.sort("T", column, first, last)


def rank(value: Any) -> int:
    return 2 if isinstance(value, bool) else 1 if isinstance(value, str) else 0


def padded(rows: list[list[Any]], height: int, width: int) -> list[list[Any]]:
    wide = [row + [None] * (width - len(row)) for row in rows]
    return wide + [[None] * width] * (height - len(wide))


@pytest.mark.parametrize("seed", range(6))
def test_storms_of_edits_keep_every_cell_in_its_place(
    emulator: SheetsEmulator, http: Http, seed: int
) -> None:
    model = Model([[10 * row + c for c in range(6)] for row in range(30)], random.Random(seed))
    book = emulator.add("KEY", {"T": model.rows}, row_count=30, column_count=6)
    for step in range(500):
        model.edit(book)
        if step % 10 == 0:
            assert padded(book.tab("T").rows(), len(model.rows), 6) == model.rows
    answer = http.get("/values/T", valueRenderOption="UNFORMATTED_VALUE")
    read = [[None if value == "" else value for value in row] for row in answer["values"]]
    assert padded(read, len(model.rows), 6) == model.rows
    assert book.tab("T").row_count == len(model.rows)


def test_storms_leave_every_formula_pointing_at_its_own_row(emulator: SheetsEmulator) -> None:
    model = Model([[10 * row + c for c in range(6)] for row in range(30)], random.Random(7))
    rows = [[*row, f"=A{number}*2"] for number, row in enumerate(model.rows, 1)]
    book = emulator.add("KEY", {"T": rows}, row_count=30, column_count=7)
    for _ in range(150):
        model.edit(book)
    tab = book.tab("T")
    found = {row: tab.formula(row, 7) for row in range(1, tab.row_count + 1)}
    kept = {row: formula for row, formula in found.items() if formula}
    assert len(kept) >= 10
    assert kept == {row: f"=A{row}*2" for row in kept}


@pytest.mark.parametrize("seed", range(3))
def test_storms_through_the_api_do_the_same_as_people(
    emulator: SheetsEmulator, http: Http, seed: int
) -> None:
    dice = random.Random(seed)
    rows = [[index, chr(97 + index % 26)] for index in range(20)]
    emulator.add("KEY", {"T": rows}, row_count=20, column_count=4)
    for _ in range(100):
        start = dice.randint(0, len(rows) - 2)
        end = dice.randint(start + 1, min(start + 3, len(rows) - 1))
        place = {"dimension": "ROWS", "startIndex": start, "endIndex": end}
        kind = dice.choice(["insert", "delete", "move"])
        if kind == "insert" or len(rows) < 10:
            rows[start:start] = [[] for _ in range(end - start)]
            request = {"insertDimension": {"range": place}}
        elif kind == "delete":
            del rows[start:end]
            request = {"deleteDimension": {"range": place}}
        else:
            to = dice.choice([n for n in range(len(rows) + 1) if not start < n < end])
            stretch, rest = rows[start:end], rows[:start] + rows[end:]
            at = to - len(stretch) if to >= end else to
            rows[:] = rest[:at] + stretch + rest[at:]
            request = {"moveDimension": {"source": place, "destinationIndex": to}}
        assert http.batch(request)[0] == 200
    read = http.get("/values/T", valueRenderOption="UNFORMATTED_VALUE").get("values", [])
    assert read + [[]] * (len(rows) - len(read)) == rows
