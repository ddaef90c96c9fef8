"""The lease in a live sheet whose Settings people edit at the same time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sheetrender.model.errors import SheetTaken
from sheetrender.sheets.google import GoogleStore
from sheetrender.sheets.google_auth import Access, Identity
from sheetrender.sheets.google_http import PatientClient
from sheetrender.workflow.lease import LEASE, LeaseKeeper
from tests.emulator.book import Book
from tests.emulator.server import Fault, SheetsEmulator
from tests.sheets.fake_time import FakeTime

KEY = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
BOT = Identity("bot@studio.iam.gserviceaccount.com", "--credentials", Path("bot.json"))
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
OTHER = "there 7, since 2026-03-01T12:00:00Z, until 2026-03-01T13:00:00Z"
SETTINGS = [["name", "value"], ["width", 64], ["song", "my.mp3"], ["fps", 30]]


@pytest.fixture
def book(emulator: SheetsEmulator) -> Book:
    return emulator.add(KEY, {"Settings": SETTINGS})


@pytest.fixture
def store(emulator: SheetsEmulator) -> Iterator[GoogleStore]:
    with Access(BOT).session() as session:
        client = PatientClient(session, base=emulator.url, clockwork=FakeTime().clockwork())
        yield GoogleStore(KEY, client, BOT)


class Keeper(LeaseKeeper):
    """One with a clock that a test moves.

    Attributes:
        time: in UTC.
    """

    def __init__(self, store: GoogleStore) -> None:
        self.time = NOON
        super().__init__(store, host="here", now=lambda: self.time)


@pytest.fixture
def keeper(store: GoogleStore) -> Keeper:
    return Keeper(store)


def settings(book: Book) -> dict[object, object]:
    """Return the values by their names, wherever they stand."""
    rows = [[*filter(None, row)] for row in book.tabs[0].rows()]
    return {row[0]: row[1] if len(row) > 1 else None for row in rows if row}


EDITS: dict[str, Callable[[Book], None]] = {
    "a row inserted above": lambda book: book.insert_rows("Settings", 2, 2),
    "a row deleted above": lambda book: book.delete_rows("Settings", 4),
    "the row dragged up": lambda book: book.move_row("Settings", 5, 2),
    "a row dragged below it": lambda book: book.move_row("Settings", 2, 5),
    "a column inserted left of it": lambda book: book.insert_columns("Settings", 1),
    "a column inserted inside": lambda book: book.insert_columns("Settings", 2),
    "the columns swapped": lambda book: book.move_column("Settings", 1, 2),
    "the tab renamed": lambda book: book.rename_tab("Settings", "My settings"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_it_is_renewed_in_its_cell_whatever_moves_meanwhile(
    emulator: SheetsEmulator,
    book: Book,
    store: GoogleStore,
    keeper: Keeper,
    edit: Callable[[Book], None],
) -> None:
    keeper.tend(store.read())
    keeper.time += LEASE / 2
    workbook = store.read()
    emulator.before_write(1, edit)
    assert keeper.tend(workbook) == ""
    cells = [cell for row in book.tabs[0].rows() for cell in row if cell is not None]
    assert len([cell for cell in cells if "until 2026-03-01T12:15:00Z" in str(cell)]) == 1
    assert not [cell for cell in cells if "until 2026-03-01T12:10:00Z" in str(cell)]
    assert {"name", "value", "song", "my.mp3", "renderer"} <= set(cells)


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_its_row_is_made_where_nobody_else_writes(
    emulator: SheetsEmulator,
    book: Book,
    store: GoogleStore,
    keeper: Keeper,
    edit: Callable[[Book], None],
) -> None:
    emulator.before_write(2, edit)
    keeper.tend(store.read())
    cells = [cell for row in book.tabs[0].rows() for cell in row if cell is not None]
    assert len([cell for cell in cells if str(cell).startswith("here ")]) == 1
    assert {"name", "value", "song", "my.mp3", "renderer"} <= set(cells)


def test_a_setting_that_somebody_adds_at_the_same_time_stays(
    emulator: SheetsEmulator, book: Book, store: GoogleStore, keeper: Keeper
) -> None:
    def add(book: Book) -> None:
        book.set("Settings", 5, 1, "height")
        book.set("Settings", 5, 2, 32)

    emulator.before_write(1, add)
    keeper.tend(store.read())
    keeper.tend(store.read())
    assert settings(book)["height"] == 32
    assert str(settings(book)["renderer"]).startswith("here ")


def test_what_another_machine_writes_while_google_is_busy_stays(
    emulator: SheetsEmulator, book: Book, store: GoogleStore, keeper: Keeper
) -> None:
    keeper.tend(store.read())
    keeper.time += LEASE / 2
    workbook = store.read()
    emulator.faults.append(Fault.quota(retry_after=20, kind="write"))
    emulator.before_read(1, lambda book: book.set("Settings", 5, 2, OTHER))
    keeper.tend(workbook)
    assert settings(book)["renderer"] == OTHER
    with pytest.raises(SheetTaken, match="there renders"):
        keeper.tend(store.read())


def test_it_is_given_back_though_people_edit_at_that_moment(
    emulator: SheetsEmulator, book: Book, store: GoogleStore, keeper: Keeper
) -> None:
    keeper.tend(store.read())
    emulator.faults.append(Fault.quota(retry_after=20, kind="write"))
    emulator.before_read(2, lambda book: book.insert_rows("Settings", 2))
    keeper.give_back()
    assert settings(book) == {"name": "value", "width": 64, "song": "my.mp3", "fps": 30} | {
        "renderer": None
    }
