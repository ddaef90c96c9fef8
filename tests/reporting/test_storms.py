"""Collaborators edit between any two requests: no status is lost, none ends on a wrong row."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sheetrender.model.cells import Address, CellPicture, Problem
from sheetrender.reporting.findings import write_findings
from sheetrender.reporting.sheet_reporter import SheetReporter
from sheetrender.reporting.statuses import RowNote
from sheetrender.reporting.tracked_rows import track_rows
from sheetrender.sheets.google import GoogleStore
from sheetrender.sheets.google_auth import Access, Identity
from sheetrender.sheets.google_http import PatientClient
from tests.emulator.book import Book
from tests.emulator.guard import heading_row
from tests.emulator.server import Fault, SheetsEmulator
from tests.sheets.fake_time import FakeTime

KEY = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
TAB = "Keyframes"
ROWS = 12
FIRST = 4
"""Row of the first keyframe."""
BOT = Identity("bot@studio.iam.gserviceaccount.com", "--credentials", Path("bot.json"))
MOODS = ("mood", "feeling", "Notes")
OURS = ("row_id", "status", "progress", "message", "preview", "updated")


@pytest.fixture
def store(emulator: SheetsEmulator) -> Iterator[GoogleStore]:
    with Access(BOT).session() as session:
        client = PatientClient(session, base=emulator.url, clockwork=FakeTime().clockwork())
        yield GoogleStore(KEY, client, BOT)


def new_book(emulator: SheetsEmulator, *, ids: bool, block: bool = True) -> Book:
    head = ["frame", "subject", "mood", *(OURS if block else ())]
    rows = [[n * 10, f"row {n}", "calm", f"id{n:06d}" if ids else None] for n in range(ROWS)]
    # What stands above the headings, and beside our block, is the people's own.
    top = [["My video", None, "for Ana"], [None, "see notes"]]
    book = emulator.add(KEY, {TAB: [*top, head, *rows]}, row_count=200, column_count=20)
    emulator.allow_writes_only(book, headings=set(OURS), tab=TAB, is_dragged=True)
    return book


class Collaborators:
    """People who do something to the sheet before every request, as a fixed seed says."""

    def __init__(self, book: Book, seed: int) -> None:
        self._rng = random.Random(seed)
        self.book = book
        self.tab = TAB
        self.busy = True
        self.edits = 0

    def __call__(self, book: Book) -> None:
        if self.busy:
            self.edits += 1
            self._rng.choice(
                [
                    self._insert,
                    self._delete,
                    self._move,
                    self._sort,
                    self._copy,
                    self._paste,
                    self._mood,
                    self._rename_tab,
                    self._rename_heading,
                    self._line_above,
                    self._insert_column,
                    self._delete_column,
                    self._move_column,
                    self._drag_headings,
                ]
            )()

    @property
    def _head(self) -> int:
        """Where the headings stand, from 1."""
        return heading_row(self.book.tab(self.tab)) + 1

    def _columns(self) -> list[str]:
        return [str(text or "") for text in self.book.tab(self.tab).rows()[self._head - 1]]

    @property
    def _last(self) -> int:
        return len(self.book.tab(self.tab).rows())

    def _row(self) -> int:
        return self._rng.randint(self._head + 1, max(self._head + 1, self._last))

    def _insert(self) -> None:
        self.book.insert_rows(self.tab, self._row(), self._rng.randint(1, 3))

    def _delete(self) -> None:
        # Mostly blank rows: a storm that deletes everything shows nothing.
        row = self._row()
        is_blank = not any(self.book.tab(self.tab).rows()[row - 1 : row] or [[]])
        if row <= self._last and (is_blank or self._rng.random() < 0.05):
            self.book.delete_rows(self.tab, row)

    def _move(self) -> None:
        self.book.move_row(self.tab, self._row(), self._row())

    def _sort(self) -> None:
        column = self._columns().index(self._rng.choice(["frame", "subject"])) + 1
        down = self._rng.random() < 0.5
        self.book.sort(self.tab, column, self._head + 1, self._last, descending=down)

    def _copy(self) -> None:
        if self._last < 30:
            self.book.copy_row(self.tab, self._row(), self._row())

    def _paste(self) -> None:
        found = {*OURS[1:]} & {*self._columns()}
        if found:
            column = self._columns().index(self._rng.choice(sorted(found))) + 1
            self.book.set(self.tab, self._row(), column, self._rng.choice(["done", "oops", "7/7"]))

    def _rename_tab(self) -> None:
        other = "Shots" if self.tab == TAB else TAB
        self.book.rename_tab(self.tab, other)
        self.tab = other

    def _rename_heading(self) -> None:
        self.book.set(self.tab, self._head, self._mood_column(), self._rng.choice(MOODS))

    def _mood(self) -> None:
        self.book.set(
            self.tab, self._row(), self._mood_column(), self._rng.choice(["wild", "calm"])
        )

    def _mood_column(self) -> int:
        return next(n for n, text in enumerate(self._columns(), start=1) if text in MOODS)

    def _line_above(self) -> None:
        """Insert a row above the headings, or delete one."""
        if self._head > 6 or (self._head > 1 and self._rng.random() < 0.5):
            self.book.delete_rows(self.tab, self._rng.randint(1, self._head - 1))
        else:
            at = self._rng.randint(1, self._head)
            self.book.insert_rows(self.tab, at)
            self.book.set(self.tab, at, self._rng.randint(1, len(self._columns())), "a remark")

    def _drag_headings(self) -> None:
        """Drag the row of the headings, which somebody drags back later, or not."""
        to = self._head + self._rng.choice([-2, -1, 1, 2])
        self.book.move_row(self.tab, self._head, max(1, min(to, self._last)))

    def _insert_column(self) -> None:
        """Anywhere up to the right of our block, with something of the people's own in it."""
        if len(self._columns()) < 14:
            at = self._rng.randint(1, len(self._columns()) + 1)
            self.book.insert_columns(self.tab, at)
            for row in range(1, self._last + 1):
                self.book.set(self.tab, row, at, f"mine {row}")

    def _delete_column(self) -> None:
        """One of the people's own mostly, and now and then one of ours."""
        ours = [n for n, text in enumerate(self._columns(), start=1) if text in OURS]
        mine = [n for n, text in enumerate(self._columns(), start=1) if text.startswith("mine")]
        if mine and self._rng.random() < 0.8:
            self.book.delete_columns(self.tab, self._rng.choice(mine))
        elif ours and self._rng.random() < 0.3:
            self.book.delete_columns(self.tab, self._rng.choice(ours))

    def _move_column(self) -> None:
        width = len(self._columns())
        self.book.move_column(self.tab, self._rng.randint(1, width), self._rng.randint(1, width))


def picture(subject: str) -> CellPicture:
    return CellPicture.at("https://ana.example/video", f"frames/{subject}.png", "0123abcd")


def notes_of(ids: dict[str, str], step: int) -> dict[str, RowNote]:
    return {
        row_id: RowNote(
            status="rendering",
            progress=f"{step}/99",
            message=f"about {subject}",
            preview=picture(subject) if int(subject[4:]) % 2 else "",
        )
        for subject, row_id in ids.items()
    }


def shown(book: Book, title: str) -> list[dict[str, object]]:
    tab = book.tab(title)
    head, *rows = (
        [tab.formula(row, column) or tab.value(row, column) for column in range(1, 21)]
        for row in range(heading_row(tab) + 1, tab.used() + 1)
    )
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("start", ["known rows", "rows without ids", "no block yet"])
def test_after_the_storm_every_status_stands_in_its_row(
    emulator: SheetsEmulator, store: GoogleStore, tmp_path: Path, seed: int, start: str
) -> None:
    ids, block = start == "known rows", start != "no block yet"
    weather(emulator, store, tmp_path, seed=seed, ids=ids, block=block, steps=10)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "steps"), [(100, 300), (101, 100)])
def test_after_ten_minutes_of_storm_every_status_stands_in_its_row(
    emulator: SheetsEmulator, store: GoogleStore, tmp_path: Path, seed: int, steps: int
) -> None:
    """At a write every two seconds, and a look before each, ten minutes are 600 requests."""
    weather(emulator, store, tmp_path, seed=seed, ids=seed % 2 == 0, steps=steps)


def weather(
    emulator: SheetsEmulator,
    store: GoogleStore,
    folder: Path,
    *,
    seed: int,
    ids: bool,
    steps: int,
    block: bool = True,
) -> None:
    """Report statuses while people edit before each request, and look at what stands in the end."""
    book = new_book(emulator, ids=ids, block=block)
    workbook = store.read()
    tracked = track_rows(workbook, range(FIRST, ROWS + FIRST))
    by_subject = {f"row {row - FIRST}": track.row_id for row, track in tracked.items()}
    people = Collaborators(book, seed)
    emulator.between_requests(people)
    reporter = SheetReporter(store, list(tracked.values()), folder / "status.csv", pause=0.0)
    for step in range(steps):
        reporter.report(notes_of(by_subject, step))
        before = people.edits
        while people.edits < before + 2:
            time.sleep(0.001)
    people.busy = False
    reporter.report(notes_of(by_subject, 99))
    reporter.close()
    assert people.edits >= 2 * steps
    rows, strays = shown(book, people.tab), []
    for subject, row_id in by_subject.items():
        mine = [row for row in rows if row["subject"] == subject]
        right = [row for row in mine if row["row_id"] == row_id]
        assert len(right) == min(1, len(mine)), (subject, mine)
        for row in right:
            assert (row["status"], row["progress"]) == ("rendering", "99/99")
            assert row["message"] == f"about {subject}"
            if int(subject[4:]) % 2:
                assert row["preview"] == picture(subject).formula
        # What people paste into a copy is theirs until the next look; what we wrote is gone.
        strays += [row for row in mine if row["row_id"] != row_id]
    strays += [row for row in rows if not row["subject"]]
    for row in strays:
        assert row["status"] != "rendering", row
        assert not str(row["progress"]).endswith("/99"), row
        assert not str(row["message"]).startswith("about"), row
        assert not str(row["updated"]).endswith("Z"), row
        assert not str(row["preview"]).startswith("="), row


def test_a_write_that_hit_another_row_is_mended_at_once(
    emulator: SheetsEmulator, store: GoogleStore, tmp_path: Path
) -> None:
    """Without waiting for something new to say, or for the end."""
    book = new_book(emulator, ids=True)
    tracked = track_rows(store.read(), range(FIRST, ROWS + FIRST))
    reporter = SheetReporter(store, list(tracked.values()), tmp_path / "names.csv", pause=0.0)
    reporter.report({tracked[5].row_id: RowNote(status="queued")})
    reporter.close()
    emulator.before_write(1, lambda book: book.move_row(TAB, FIRST, FIRST + 6))
    reporter = SheetReporter(store, list(tracked.values()), tmp_path / "status.csv", pause=0.0)
    reporter.report({tracked[FIRST].row_id: RowNote(status="rendering", progress="1/99")})
    said: dict[object, object] = {}
    end = time.monotonic() + 5
    while time.monotonic() < end and said != {"row 0": "1/99"}:
        time.sleep(0.01)
        rows = shown(book, TAB)
        said = {row["subject"]: row["progress"] for row in rows if row.get("progress")}
    reporter.close()
    assert said == {"row 0": "1/99"}


def test_a_command_typed_between_our_look_and_our_write_stays(
    emulator: SheetsEmulator, store: GoogleStore, tmp_path: Path
) -> None:
    """Where the status itself stays the same, its cell is not written at all."""
    book = new_book(emulator, ids=True)
    tracked = track_rows(store.read(), range(FIRST, ROWS + FIRST))
    row_id = tracked[FIRST].row_id
    column = OURS.index("status") + 4

    def say(progress: str) -> None:
        reporter = SheetReporter(store, list(tracked.values()), tmp_path / "status.csv", pause=0.0)
        reporter.report({row_id: RowNote(status="rendering", progress=progress)})
        reporter.close()

    say("1/99")
    emulator.before_write(1, lambda book: book.set(TAB, FIRST, column, "hold"))
    say("2/99")
    (row,) = [row for row in shown(book, TAB) if row["row_id"] == row_id]
    assert (row["status"], row["progress"]) == ("hold", "2/99")


@pytest.mark.parametrize("command", ["hold", "rerender"])
@pytest.mark.parametrize(
    "fault",
    [Fault.quota(retry_after=30, kind="write"), Fault.html(kind="write"), Fault.drop(kind="write")],
)
def test_a_command_typed_while_google_takes_no_write_stays(
    emulator: SheetsEmulator, store: GoogleStore, tmp_path: Path, command: str, fault: Fault
) -> None:
    """Though that very status was about to change: it is looked at once more before it does."""
    book = new_book(emulator, ids=True)
    tracked = track_rows(store.read(), range(FIRST, ROWS + FIRST))
    row_id = tracked[FIRST].row_id
    reporter = SheetReporter(store, list(tracked.values()), tmp_path / "names.csv", pause=0.0)
    reporter.report({row_id: RowNote(status="queued", progress="0/99")})
    reporter.close()
    emulator.faults.extend([fault, fault])
    # The first read is the look; the second follows the writes that Google did not take.
    emulator.before_read(2, lambda book: book.set(TAB, FIRST, OURS.index("status") + 4, command))
    reporter = SheetReporter(store, list(tracked.values()), tmp_path / "status.csv", pause=0.0)
    reporter.report({row_id: RowNote(status="rendering", progress="1/99")})
    assert reporter.close() == []
    (row,) = [row for row in shown(book, TAB) if row["row_id"] == row_id]
    assert row["status"] == command


@pytest.mark.parametrize("moves", [1, 2])
def test_a_problem_is_told_in_its_row_though_rows_move_before_it_is_written(
    emulator: SheetsEmulator, store: GoogleStore, moves: int
) -> None:
    book = new_book(emulator, ids=False)
    workbook = store.read()
    for write in range(moves):
        # The first gives the columns their names, the second is that of the problem.
        emulator.before_write(write + 1, lambda book: book.move_row(TAB, FIRST + 2, FIRST + 7))
    place = Address(TAB, FIRST + 2, 2)
    problem = Problem(
        place=place, heading="subject", written="x", wrong="is odd", remedy="Mend it."
    )
    write_findings(store, workbook, [problem])
    told = {row["subject"]: row["status"] for row in shown(book, TAB) if row["status"]}
    assert told == {"row 2": "invalid"}


def test_a_column_that_somebody_deletes_gets_its_heading_before_any_picture(
    emulator: SheetsEmulator, store: GoogleStore, tmp_path: Path
) -> None:
    book = new_book(emulator, ids=True)
    tracked = track_rows(store.read(), range(FIRST, ROWS + FIRST))
    ids = {f"row {row - FIRST}": track.row_id for row, track in tracked.items()}
    column = OURS.index("preview") + 4
    # Before the look that follows the texts, and comes before the pictures.
    emulator.before_read(3, lambda book: book.delete_columns(TAB, column))
    reporter = SheetReporter(store, list(tracked.values()), tmp_path / "status.csv", pause=0.0)
    reporter.report(notes_of(ids, 1))
    reporter.close()
    assert [row["preview"] for row in shown(book, TAB)[:2]] == [None, picture("row 1").formula]
