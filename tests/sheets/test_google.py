"""Google Sheets, through the real gspread and real HTTP against the emulator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from sheetrender.model.cells import Address, Cell, CellWrite
from sheetrender.model.errors import CellsRefused, SheetChanged, SheetUnavailable
from sheetrender.sheets.google import GoogleStore
from sheetrender.sheets.google_auth import Access, Identity, find_access
from sheetrender.sheets.google_http import PatientClient
from sheetrender.sheets.google_title import folder_name
from sheetrender.sheets.store import SheetStore, open_store
from tests.emulator.book import Book
from tests.emulator.server import Fault, Quota, SheetsEmulator

from .contract import SHOTS, TAB, Make, SheetStoreContract, cell, grid, set_cell, write
from .fake_time import FakeTime

KEY = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
BOT = Identity("bot@studio.iam.gserviceaccount.com", "--credentials", Path("bot.json"))


@pytest.fixture
def book(emulator: SheetsEmulator) -> Book:
    return emulator.add(KEY, {TAB: SHOTS}, title="shots")


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def client(emulator: SheetsEmulator, time: FakeTime) -> Iterator[PatientClient]:
    with Access(BOT).session() as session:
        yield PatientClient(session, base=emulator.url, clockwork=time.clockwork())


@pytest.fixture
def google(client: PatientClient, book: Book) -> GoogleStore:
    return GoogleStore(KEY, client, BOT)


class TestGoogle(SheetStoreContract):
    @pytest.fixture
    def make(self, emulator: SheetsEmulator, client: PatientClient) -> Make:
        def made(rows: object) -> SheetStore:
            emulator.add(KEY, {TAB: rows}, title="shots")  # type: ignore[dict-item]
            return GoogleStore(KEY, client, BOT)

        return made

    def test_a_write_for_an_older_version_is_refused(self, store: SheetStore) -> None:
        """Google has no such refusal: people edit all the time, and cells are written anyway."""
        old = store.read().version
        write(store, set_cell(2, 5, "by somebody else"))
        store.write([set_cell(3, 5, "done")], version=old)
        cells = grid(store).cells
        assert cells[2, 5].value == "by somebody else"
        assert cells[3, 5].value == "done"


def test_one_read_is_one_request_and_so_is_one_write(
    google: GoogleStore, emulator: SheetsEmulator
) -> None:
    version = google.read().version
    assert (google.client.reads, google.client.writes) == (1, 0)
    google.write([set_cell(2, 5, "done"), set_cell(4, 2, "x")], version=version)
    assert (google.client.reads, google.client.writes) == (1, 1)
    [_, sent] = emulator.requests
    assert sent.path.endswith("/values:batchUpdate")
    assert sent.body["valueInputOption"] == "RAW"
    assert sent.body["includeValuesInResponse"] is True


def test_cells_of_a_row_go_as_one_range_that_leaves_those_between_alone(
    google: GoogleStore, emulator: SheetsEmulator
) -> None:
    write(google, set_cell(2, 2, "a"), set_cell(2, 5, ""), set_cell(2, 25, "z"), set_cell(3, 1, 7))
    ranges = {data["range"]: data["values"] for data in emulator.requests[-1].body["data"]}
    assert ranges == {
        "'Keyframes'!B2:E2": [["a", None, None, ""]],
        "'Keyframes'!Y2:Y2": [["z"]],
        "'Keyframes'!A3:A3": [[7]],
    }
    assert grid(google).cells[2, 3].value == 1.5


def test_a_thousand_rows_are_one_request(google: GoogleStore, emulator: SheetsEmulator) -> None:
    writes = [
        CellWrite(Address(TAB, row, column), f"{row} — a sentence that says what to write")
        for row in range(2, 1000)
        for column in range(6, 12)
    ]
    google.write(writes, version=google.read().version)
    assert google.client.writes == 1
    assert grid(google).cells[999, 11].value == "999 — a sentence that says what to write"


def test_what_is_too_much_for_one_request_goes_in_several(
    google: GoogleStore, emulator: SheetsEmulator
) -> None:
    writes = [CellWrite(Address(TAB, row, 6), "é" * 9_000) for row in range(2, 60)]
    google.write(writes, version=google.read().version)
    assert google.client.writes == 3
    assert len(google.landed) == 58
    assert grid(google).cells[59, 6].value == "é" * 9_000


def test_a_text_longer_than_a_cell_is_cut(google: GoogleStore) -> None:
    after = write(google, set_cell(2, 5, "🎬" * 30_000))
    assert grid(google).cells[2, 5].value == "🎬" * 25_000
    assert google.read().version == after


class TestWhatHasLanded:
    """`landed`: what the answer to a write says of the cells that it reached."""

    def test_it_holds_what_was_written_and_what_was_to_be_echoed(self, google: GoogleStore) -> None:
        version = google.read().version
        google.write([set_cell(2, 5, "done")], version=version, echo=[cell(2, 1), cell(2, 20)])
        assert google.landed[cell(2, 1)] == 0
        assert google.landed[cell(2, 5)] == "done"
        assert google.landed[cell(2, 20)] is None
        assert google.landed[cell(2, 3)] == 1.5, "what lies between comes with it"

    def test_it_shows_that_rows_moved_before_the_write_arrived(
        self, google: GoogleStore, emulator: SheetsEmulator
    ) -> None:
        version = google.read().version
        emulator.before_write(1, lambda book: book.insert_rows(TAB, 2))
        google.write([set_cell(3, 5, "done")], version=version, echo=[cell(3, 2)])
        assert google.landed[cell(3, 5)] == "done"
        assert google.landed[cell(3, 2)] == "a city of glass", "and not the row that was meant"

    def test_cells_can_be_echoed_alone(self, google: GoogleStore) -> None:
        version = google.read().version
        assert google.write([], version=version, echo=[cell(3, 2), cell(2000, 1)]) == version
        assert google.landed == {cell(3, 2): "Straße, 東京, 🎬"}

    def test_it_is_of_the_last_write_alone(self, google: GoogleStore) -> None:
        assert google.landed == {}
        write(google, set_cell(2, 5, "done"))
        write(google, set_cell(3, 5, "done"))
        assert set(google.landed) == {cell(3, 5)}

    def test_it_goes_by_the_title_that_the_tab_has(self, google: GoogleStore) -> None:
        change = CellWrite(Address("KEYFRAMES", 2, 5), None)
        google.write([change], version=google.read().version)
        assert google.landed == {cell(2, 5): None}


class TestFormulas:
    @pytest.mark.parametrize(
        ("error", "code"),
        [
            ("DIVIDE_BY_ZERO", "#DIV/0!"),
            ("REF", "#REF!"),
            ("N_A", "#N/A"),
            ("NAME", "#NAME?"),
            ("NUM", "#NUM!"),
            ("VALUE", "#VALUE!"),
            ("NULL_VALUE", "#NULL!"),
            ("ERROR", "#ERROR!"),
        ],
    )
    def test_errors_have_the_names_that_people_see(
        self, google: GoogleStore, book: Book, error: str, code: str
    ) -> None:
        book.set(TAB, 4, 3, "=1/0")
        book.give(TAB, 4, 3, error=error)
        assert grid(google).cells[4, 3] == Cell(code, "=1/0")

    def test_values_of_formulas_come_with_their_texts(
        self, google: GoogleStore, book: Book
    ) -> None:
        book.set(TAB, 4, 3, "=1+0.02")
        book.give(TAB, 4, 3, 1.02)
        assert grid(google).cells[4, 3] == Cell(1.02, "=1+0.02")

    def test_what_is_still_computed_is_waited_for(
        self, google: GoogleStore, book: Book, emulator: SheetsEmulator, time: FakeTime
    ) -> None:
        book.set(TAB, 4, 3, '=IMPORTRANGE("x","A1")')
        book.give(TAB, 4, 3, error="LOADING")
        emulator.before_read(2, lambda book: book.give(TAB, 4, 3, 5))
        assert grid(google).cells[4, 3].value == 5
        assert google.client.reads == 2
        assert sum(time.slept) == 2

    def test_what_is_never_computed_counts_as_without_value_and_costs_time_once(
        self, google: GoogleStore, book: Book, time: FakeTime
    ) -> None:
        book.set(TAB, 4, 3, "=GOOGLEFINANCE(A1)")
        book.give(TAB, 4, 3, error="LOADING")
        found = grid(google).cells[4, 3]
        assert found.value is None
        assert found.tokens
        assert google.client.reads == 3
        slept = sum(time.slept)
        assert grid(google).cells[4, 3].value is None
        assert (google.client.reads, sum(time.slept)) == (4, slept)

    def test_a_version_that_is_no_longer_known_still_protects_formulas(
        self, google: GoogleStore, book: Book
    ) -> None:
        book.set(TAB, 4, 5, "=1")
        with pytest.raises(CellsRefused, match="formula"):
            google.write([set_cell(4, 5, "done")], version="of another run")
        assert google.client.writes == 0


class TestTimes:
    @pytest.mark.parametrize(
        ("typed", "value"),
        [
            ("0:01:23", dt.time(0, 1, 23)),
            ("0:01:23.5", dt.time(0, 1, 23, 500_000)),
            ("27:00:00", dt.timedelta(hours=27)),
            ("2026-11-24", dt.date(2026, 11, 24)),
        ],
    )
    def test_moments_that_google_made_numbers_are_moments_again(
        self, google: GoogleStore, book: Book, typed: str, value: object
    ) -> None:
        book.set(TAB, 4, 1, typed)
        assert grid(google).cells[4, 1].value == value


@pytest.mark.parametrize(
    ("locale", "comma"),
    [
        ("de_DE", True),
        ("fr_CA", True),
        ("pt_BR", True),
        ("es_AR", True),
        ("da", True),
        ("en_US", False),
        ("en_GB", False),
        ("es_MX", False),
        ("de_CH", False),
        ("ja_JP", False),
        ("", False),
    ],
)
def test_the_locale_says_how_numbers_are_written(
    emulator: SheetsEmulator, client: PatientClient, locale: str, comma: bool
) -> None:
    emulator.add(KEY, {TAB: [["zoom"], [1.02], ["1,5"]]}, locale=locale)
    workbook = GoogleStore(KEY, client, BOT).read()
    assert workbook.decimal_comma is comma
    assert workbook.grids[0].cells[2, 1] == Cell(1.02)
    assert workbook.grids[0].cells[3, 1] == Cell("1,5")


class TestTheGrid:
    def test_it_grows_by_what_is_missing(
        self, emulator: SheetsEmulator, client: PatientClient
    ) -> None:
        book = emulator.add(KEY, {TAB: SHOTS}, row_count=4, column_count=5)
        google = GoogleStore(KEY, client, BOT)
        write(google, set_cell(6, 7, "x"), set_cell(9, 9, ""))
        tab = book.tab(TAB)
        assert (tab.row_count, tab.column_count) == (6, 7)
        assert google.client.writes == 2
        assert grid(google).cells[6, 7].value == "x"

    def test_rows_that_vanish_meanwhile_ask_for_another_look(
        self, emulator: SheetsEmulator, client: PatientClient
    ) -> None:
        emulator.add(KEY, {TAB: SHOTS}, row_count=4)
        google = GoogleStore(KEY, client, BOT)
        version = google.read().version
        emulator.before_write(1, lambda book: book.delete_rows(TAB, 4))
        with pytest.raises(SheetChanged, match="lost rows"):
            google.write([set_cell(4, 5, "done")], version=version)

    def test_a_growth_whose_answer_is_lost_is_not_done_twice(
        self, google: GoogleStore, book: Book, emulator: SheetsEmulator
    ) -> None:
        version = google.read().version
        emulator.faults.append(Fault.drop(kind="write", applied=True))
        with pytest.raises(SheetUnavailable):
            google.write([set_cell(1005, 1, "x")], version=version)
        assert book.tab(TAB).row_count == 1005
        google.write([set_cell(1005, 1, "x")], version=version)
        assert book.tab(TAB).row_count == 1005
        assert grid(google).cells[1005, 1].value == "x"


class TestFailures:
    def test_a_tab_that_goes_meanwhile_is_named(
        self, google: GoogleStore, emulator: SheetsEmulator
    ) -> None:
        version = google.read().version
        emulator.before_write(1, lambda book: book.rename_tab(TAB, "It's mine"))
        with pytest.raises(SheetChanged, match=r"shots .* no longer has the tab Keyframes"):
            google.write([set_cell(2, 5, "done")], version=version)

    def test_a_sheet_that_is_not_there_is_named(
        self, google: GoogleStore, emulator: SheetsEmulator
    ) -> None:
        emulator.remove(KEY)
        with pytest.raises(SheetUnavailable, match=f"{KEY} does not exist"):
            google.read()

    def test_a_closed_sheet_says_with_whom_to_share_it(
        self, google: GoogleStore, emulator: SheetsEmulator
    ) -> None:
        emulator.forbid(KEY)
        with pytest.raises(SheetUnavailable, match=f"Share, and add {BOT.email} as Editor"):
            google.read()

    def test_a_reader_is_told_how_to_become_an_editor(
        self, google: GoogleStore, emulator: SheetsEmulator
    ) -> None:
        emulator.forbid(KEY, writes_only=True)
        with pytest.raises(SheetUnavailable, match=f"add {BOT.email} as Editor"):
            write(google, set_cell(2, 5, "done"))

    @pytest.mark.parametrize(
        ("reason", "says"),
        [("disabled", r"switched off .*https://console\S+"), ("scope", "sheetrender login")],
    )
    def test_why_google_is_closed_altogether_is_said(
        self, google: GoogleStore, emulator: SheetsEmulator, reason: str, says: str
    ) -> None:
        emulator.forbid(KEY, reason=reason)
        with pytest.raises(SheetUnavailable, match=says):
            google.read()

    def test_an_expired_sign_in_is_said(
        self, google: GoogleStore, emulator: SheetsEmulator
    ) -> None:
        emulator.expire_tokens()
        with pytest.raises(SheetUnavailable, match=r"no longer takes the key in bot\.json"):
            google.read()

    @pytest.mark.parametrize(
        ("fault", "says"),
        [
            (Fault.quota(), "more often than Google allows"),
            (Fault.html(), "error 502"),
            (Fault.drop(), "Check the network"),
            (Fault.truncate(), "not whole"),
        ],
    )
    def test_what_does_not_pass_is_said_in_the_end(
        self, google: GoogleStore, emulator: SheetsEmulator, fault: Fault, says: str
    ) -> None:
        emulator.faults.extend([fault] * 30)
        with pytest.raises(SheetUnavailable, match=says):
            google.read()
        emulator.faults.clear()

    @pytest.mark.parametrize(
        "fault",
        [
            Fault.quota(retry_after=3),
            Fault.status(500, applied=True),
            Fault.html(),
            Fault.drop(applied=True),
            Fault.truncate(),
        ],
    )
    def test_what_passes_is_not_noticed(
        self, google: GoogleStore, emulator: SheetsEmulator, fault: Fault
    ) -> None:
        emulator.faults.extend([fault, fault])
        version = google.read().version
        emulator.faults.extend([fault, fault])
        google.write([set_cell(2, 5, "done")], version=version, echo=[cell(2, 1)])
        assert google.landed[cell(2, 1)] == 0
        assert grid(google).cells[2, 5].value == "done"
        assert google.client.repetitions == 4

    def test_googles_quota_is_never_met(
        self, google: GoogleStore, emulator: SheetsEmulator, time: FakeTime
    ) -> None:
        emulator.quota = Quota(clock=lambda: time.seconds)
        version = google.read().version
        for number in range(200):
            version = google.write([set_cell(2, 5, number)], version=version)
        assert all(request.status == 200 for request in emulator.requests)


class TestProtection:
    def test_cells_that_we_may_not_edit_are_refused_by_name(
        self, google: GoogleStore, book: Book
    ) -> None:
        book.protect(TAB, "E3:E4")
        with pytest.raises(CellsRefused, match="protected") as refusal:
            write(google, set_cell(2, 5, "done"), set_cell(3, 5, "done"))
        assert set(refusal.value.reasons) == {cell(3, 5)}
        assert BOT.email in str(refusal.value)
        write(google, set_cell(2, 5, "done"))

    def test_a_range_does_not_pass_over_protected_cells(
        self, google: GoogleStore, book: Book, emulator: SheetsEmulator
    ) -> None:
        book.protect(TAB, "C1:C9")
        write(google, set_cell(2, 2, "a"), set_cell(2, 5, "b"))
        assert len(emulator.requests[-1].body["data"]) == 2

    def test_a_protection_that_comes_meanwhile_is_said(
        self, google: GoogleStore, emulator: SheetsEmulator
    ) -> None:
        version = google.read().version
        emulator.before_write(1, lambda book: book.protect(TAB, "E1:E9"))
        with pytest.raises(SheetUnavailable, match="Protect sheets and ranges"):
            google.write([set_cell(2, 5, "done")], version=version)


def test_the_emulator_is_found_by_its_variable(
    emulator: SheetsEmulator, book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHEETS_EMULATOR_HOST", emulator.host)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    store = open_store(f"https://docs.google.com/spreadsheets/d/{KEY}/edit#gid=0")
    try:
        assert grid(store).cells[1, 1] == Cell("frame")
        assert store.name == "shots"
        assert store.folder == tmp_path
        assert store.location == f"google:{KEY}"
    finally:
        assert isinstance(store, GoogleStore)
        store.client.session.close()


def test_no_network_is_said(monkeypatch: pytest.MonkeyPatch, time: FakeTime) -> None:
    access = find_access(None, {"SHEETS_EMULATOR_HOST": "127.0.0.1:1"})
    with access.session() as session:
        client = PatientClient(session, base=access.base, clockwork=time.clockwork())
        with pytest.raises(SheetUnavailable, match="Check the network"):
            GoogleStore(KEY, client, access.identity).read()


def test_the_name_stays_as_it_was_first_read(google: GoogleStore, book: Book) -> None:
    assert google.name == "shots"
    book.title = "something else"
    google.read()
    assert google.name == "shots"
    assert google.client.reads == 2


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("My video", "My video"),
        ("Video 3/4: the end?", "Video 3-4- the end-"),
        ("../../etc", "-..-etc"),
        ("...", ""),
        (" Straße 東京. ", "Straße 東京"),
        ("con", "con-"),
        ("COM1.txt", "COM1.txt-"),
        ("a\tb\n", "a-b-"),
        ("x" * 300, "x" * 80),
    ],
)
def test_a_title_becomes_the_name_of_a_folder(title: str, name: str) -> None:
    assert folder_name(title) == name


def test_a_title_that_leaves_no_name_gives_way_to_the_key(
    emulator: SheetsEmulator, client: PatientClient
) -> None:
    emulator.add(KEY, {TAB: SHOTS}, title="...")
    assert GoogleStore(KEY, client, BOT).name == KEY


class TestUnchanged:
    """Cells that people type into are looked at once more where the look is no longer new."""

    STATUS = cell(1, 5)

    def write(self, google: GoogleStore, version: str) -> None:
        anchors = {"status": self.STATUS}
        changes = [set_cell(3, 5, "done")]
        google.write(changes, version=version, anchors=anchors, unchanged=[cell(3, 5)])

    @pytest.fixture
    def version(self, google: GoogleStore) -> str:
        """After the columns got their names."""
        self.write(google, google.read().version)
        google.write([set_cell(3, 5, "queued")], version=google.read().version)
        return google.read().version

    def test_a_new_look_is_enough(self, google: GoogleStore, version: str) -> None:
        before = google.client.reads
        self.write(google, version)
        assert google.client.reads == before

    @pytest.mark.parametrize("has_names", [True, False])
    def test_an_old_one_is_followed_by_another(
        self, google: GoogleStore, book: Book, time: FakeTime, version: str, has_names: bool
    ) -> None:
        google._has_no_names = not has_names
        before = google.client.reads
        time.seconds += 2
        self.write(google, version)
        assert google.client.reads == before + 1
        version = google.read().version
        book.set(TAB, 3, 5, "hold")
        time.seconds += 2
        with pytest.raises(SheetChanged):
            self.write(google, version)
        assert grid(google).cells[3, 5].value == "hold"

    def test_a_refusal_makes_it_old(
        self, google: GoogleStore, emulator: SheetsEmulator, version: str
    ) -> None:
        emulator.faults.append(Fault.quota(retry_after=5, kind="write"))
        emulator.before_read(1, lambda book: book.set(TAB, 3, 5, "hold"))
        with pytest.raises(SheetChanged):
            self.write(google, version)
        assert grid(google).cells[3, 5].value == "hold"

    def test_what_is_empty_or_a_date_is_no_change(
        self, google: GoogleStore, book: Book, time: FakeTime, version: str
    ) -> None:
        for value in (None, "", "2026-03-01", 0, True):
            book.set(TAB, 3, 5, value)
            version = google.read().version
            time.seconds += 2
            self.write(google, version)
            assert grid(google).cells[3, 5].value == "done"
