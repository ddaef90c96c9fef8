"""Named ranges of people, and our columns that are held by names while people edit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sheetrender.model.cells import Address, CellPicture, CellWrite, Findings
from sheetrender.model.errors import SheetChanged
from sheetrender.model.keyframes import Settings
from sheetrender.planning.rows import read_rows
from sheetrender.planning.settings import read_settings
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.planning.table import find_table
from sheetrender.sheets.google import GoogleStore
from sheetrender.sheets.google_auth import Access, Identity
from sheetrender.sheets.google_http import PatientClient
from tests.emulator.book import Book
from tests.emulator.server import Fault, SheetsEmulator
from tests.sheets.fake_time import FakeTime

KEY = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
TAB = "Keyframes"
BOT = Identity("bot@studio.iam.gserviceaccount.com", "--credentials", Path("bot.json"))
ROWS = [
    ["My video"],
    ["frame", "subject", "mine", "status", "preview"],
    [0, "a fox", "keep me"],
    [10, "a whale", "and me"],
]
STATUS, PREVIEW = Address(TAB, 2, 4), Address(TAB, 2, 5)
ANCHORS = {"status": STATUS, "preview": PREVIEW}


@pytest.fixture
def book(emulator: SheetsEmulator) -> Book:
    book = emulator.add(KEY, {TAB: ROWS}, row_count=20, column_count=8)
    emulator.allow_writes_only(book, headings={"status", "preview"}, tab=TAB)
    return book


@pytest.fixture
def store(emulator: SheetsEmulator, book: Book) -> Iterator[GoogleStore]:
    with Access(BOT).session() as session:
        client = PatientClient(session, base=emulator.url, clockwork=FakeTime().clockwork())
        yield GoogleStore(KEY, client, BOT)


def tell(store: GoogleStore, text: str, row: int = 4) -> None:
    change = CellWrite(Address(TAB, row, STATUS.column), text)
    store.write([change], version=store.read().version, anchors=ANCHORS)


EDITS: dict[str, Callable[[Book], None]] = {
    "a column inserted left of it": lambda book: book.insert_columns(TAB, 2),
    "a column inserted inside": lambda book: book.insert_columns(TAB, 5),
    "the column moved": lambda book: book.move_column(TAB, 4, 1),
    "a column moved away from the left": lambda book: book.move_column(TAB, 1, 6),
    "a row inserted above the headings": lambda book: book.insert_rows(TAB, 1, 3),
    "the row above the headings deleted": lambda book: book.delete_rows(TAB, 1),
    "the tab renamed": lambda book: book.rename_tab(TAB, "Shots"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_a_write_lands_in_its_column_and_row_whatever_moved_meanwhile(
    emulator: SheetsEmulator, book: Book, store: GoogleStore, edit: Callable[[Book], None]
) -> None:
    tell(store, "queued")
    emulator.before_write(1, edit)
    tell(store, "done")
    rows = [row for tab in book.tabs for row in tab.rows()]
    (whale,) = [row for row in rows if "a whale" in row]
    assert "done" in whale
    assert "queued" not in [cell for row in rows for cell in row]


def test_where_the_column_is_deleted_meanwhile_nothing_is_written(
    emulator: SheetsEmulator, book: Book, store: GoogleStore
) -> None:
    tell(store, "queued")
    emulator.before_write(1, lambda book: book.delete_columns(TAB, 4))
    with pytest.raises(SheetChanged):
        tell(store, "done")
    assert "done" not in [cell for row in book.tab(TAB).rows() for cell in row]


def test_what_moves_while_a_column_gets_its_name_is_noticed(
    emulator: SheetsEmulator, book: Book, store: GoogleStore
) -> None:
    emulator.before_write(1, lambda book: book.insert_columns(TAB, 2))
    with pytest.raises(SheetChanged):
        tell(store, "done")
    assert "done" not in [cell for row in book.tab(TAB).rows() for cell in row]


def test_a_name_costs_two_requests_once(store: GoogleStore, emulator: SheetsEmulator) -> None:
    tell(store, "queued")
    assert (store.client.reads, store.client.writes) == (2, 2)
    tell(store, "done")
    assert (store.client.reads, store.client.writes) == (3, 3)


def test_a_name_reaches_as_far_as_rows_are_written(store: GoogleStore, book: Book) -> None:
    tell(store, "queued")
    book.insert_rows(TAB, 21, 30)
    tell(store, "done", row=45)
    tell(store, "done", row=90)
    assert book.tab(TAB).value(45, 4) == book.tab(TAB).value(90, 4) == "done"


def test_a_name_that_somebody_deleted_or_moved_is_made_again(
    store: GoogleStore, book: Book
) -> None:
    tell(store, "queued")
    (named,) = book.tab(TAB).names
    named.areas = [book.area(f"{TAB}!A1:A3")[1]]
    tell(store, "rendering")
    book.tab(TAB).names.clear()
    tell(store, "done")
    assert book.tab(TAB).value(4, 4) == "done"


def test_where_names_are_refused_cells_are_written_by_their_addresses(
    store: GoogleStore, emulator: SheetsEmulator, book: Book
) -> None:
    emulator.faults = [Fault.status(400, kind="write")]
    tell(store, "done")
    assert book.tab(TAB).value(4, 4) == "done"
    assert book.tab(TAB).names == []


def test_a_sheet_that_gets_smaller_meanwhile_is_not_taken_for_one_that_refuses_names(
    store: GoogleStore, emulator: SheetsEmulator, book: Book
) -> None:
    book.delete_columns(TAB, 6, 3)
    emulator.before_write(1, lambda book: book.delete_columns(TAB, 3))
    with pytest.raises(SheetChanged):
        store.write(
            [CellWrite(Address(TAB, 4, 5), "renders/0.png")],
            version=store.read().version,
            anchors=ANCHORS,
        )
    anchors = {"status": Address(TAB, 2, 3), "preview": Address(TAB, 2, 4)}
    change = CellWrite(Address(TAB, 4, 3), "done")
    store.write([change], version=store.read().version, anchors=anchors)
    assert [thing.shape["name"] for thing in book.tab(TAB).names] == ["sheetrender_status"]


def test_texts_and_pictures_land_and_text_stays_text(store: GoogleStore, book: Book) -> None:
    picture = CellPicture.at("https://ana.example", "0.png", "0123abcd")
    changes = [
        CellWrite(Address(TAB, 3, 4), '=IMAGE("https://evil.example/x.png")'),
        CellWrite(Address(TAB, 3, 5), picture),
    ]
    store.write(changes, version=store.read().version, anchors=ANCHORS)
    assert book.tab(TAB).formula(3, 4) is None
    assert book.tab(TAB).formula(3, 5) == picture.formula


@pytest.mark.parametrize(
    "url",
    [
        'https://x.example/"&A1&"?sheetrender=0123abcd',
        "https://x.example/a b?sheetrender=0123abcd",
        "javascript:alert(1)?sheetrender=0123abcd",
        "https://x.example/0.png",
        'https://x.example/0.png?sheetrender=0123abcd")+IMPORTDATA("https://y.example',
    ],
)
def test_no_other_formula_can_be_made_of_a_picture(url: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        CellPicture(url)
    assert CellPicture.of(f'=IMAGE("{url}")') is None


def test_what_people_named_counts_in_formulas_and_our_names_do_not(
    store: GoogleStore, book: Book
) -> None:
    tell(store, "queued")
    book.name("start", f"{TAB}!A4")
    book.set(TAB, 5, 1, "=start*2")
    book.set(TAB, 5, 2, "a hill")
    workbook = store.read()
    assert [(name.name, name.formula) for name in workbook.names] == [("start", f"='{TAB}'!$A$4")]
    cells, findings = ComputedCells(workbook), Findings()
    settings = read_settings(None, cells, {}, findings)
    table = find_table(workbook, findings)
    assert table is not None
    assert isinstance(settings, Settings)
    rows = read_rows(table, workbook, cells, settings, findings)
    assert [row.frame for row in rows] == [0, 10, 20]


def test_a_new_name_makes_the_sheet_another_version(store: GoogleStore, book: Book) -> None:
    before = store.read().version
    book.name("start", f"{TAB}!A4")
    assert store.read().version != before


def test_what_google_shows_no_value_for_is_told_without_a_file(
    store: GoogleStore, book: Book
) -> None:
    book.set(TAB, 4, 1, "=SPARKLINE(A3:A4)")
    workbook = store.read()
    cells, findings = ComputedCells(workbook), Findings()
    table = find_table(workbook, findings)
    assert table is not None
    read_rows(table, workbook, cells, read_settings(None, cells, {}, findings), findings)
    (problem,) = [one for one in findings.problems if one.heading == "frame"]
    assert "recalc" not in problem.remedy
    assert "Google Sheets shows no value" in problem.remedy
