"""Watching a Google Sheet, over real HTTP against the emulator."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from sheetrender.model.errors import SheetTaken
from tests.emulator.book import Book
from tests.emulator.server import Fault, SheetsEmulator
from tests.workflow.sheets import HEAD, ROWS, SMALL, drawn, notices
from tests.workflow.watching import Watching, nothing

KEY = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
OURS = ("row_id", "status", "progress", "message", "preview", "updated")
STATUS = len(HEAD) + 2


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand where the frames of a Google Sheet may be kept."""
    monkeypatch.chdir(tmp_path)


def add(emulator: SheetsEmulator, times: int = 1) -> Book:
    rows = [HEAD, *((row[0] * times, *row[1:]) for row in ROWS)]
    settings = [("name", "value"), *{**SMALL, "frames": 24 * times}.items()]
    book = emulator.add(KEY, {"Keyframes": rows, "Settings": settings}, title="my video")  # type: ignore[dict-item]
    emulator.allow_writes_only(book, headings=OURS, tab="Keyframes", own_tabs={"Settings"})
    return book


@pytest.fixture
def book(emulator: SheetsEmulator) -> Book:
    return add(emulator)


def statuses(book: Book, rows: int = 3) -> list[object]:
    return [book.tab("Keyframes").value(row, STATUS) for row in range(2, 2 + rows)]


def renderer(book: Book) -> object:
    tab = book.tab("Settings")
    return {tab.value(row, 1): tab.value(row, 2) for row in range(1, 9)}.get("renderer")


def typing(book: Book, row: int, column: int, value: object) -> partial[None]:
    return partial(book.set, "Keyframes", row, column, value)  # type: ignore[arg-type]


def test_edits_problems_and_commands_are_followed(book: Book) -> None:
    seen = []

    def mend() -> None:
        seen.append((statuses(book), book.tab("Keyframes").value(3, STATUS + 2)))
        book.set("Keyframes", 3, 4, 7)

    watch = Watching(KEY).through(
        typing(book, 3, 2, "a white whale"),
        typing(book, 3, 4, "12a"),
        mend,
        typing(book, 4, STATUS, "rerender"),
        typing(book, 2, STATUS, "hold"),
        nothing,
    )
    assert seen[0][0] == ["done", "invalid", "done"]
    assert "'12a' is not a whole number" in str(seen[0][1])
    assert [drawn(phase) for phase in watch.phases] == [
        [*range(24)], [*range(8, 16)], [], [*range(8, 16)], [*range(16, 24)], [], [],
    ]  # fmt: skip
    assert statuses(book) == ["held", "done", "done"]
    assert len(list(Path("renders/my video/frames").glob("*.png"))) == 24


@pytest.mark.slow
def test_a_hold_while_it_draws_stops_that_row_within_one_look(emulator: SheetsEmulator) -> None:
    book = add(emulator, times=12)
    for column, heading in enumerate(OURS, start=len(HEAD) + 1):
        book.set("Keyframes", 1, column, heading)

    def hold() -> None:
        # Not into the moment between a read and a write of the statuses.
        time.sleep(0.5)
        book.set("Keyframes", 3, STATUS, "hold")

    watch = Watching(KEY).through(nothing, during={2: hold})
    assert statuses(book) == ["done", "held", "done"]
    assert set(drawn(watch.phases[0])) <= {*range(96), *range(192, 288)}


def test_rows_that_move_while_it_is_watched_keep_their_statuses(book: Book) -> None:
    def move() -> None:
        book.insert_rows("Keyframes", 2)
        book.move_row("Keyframes", 5, 3)
        book.set("Keyframes", 4, 2, "a grey fox")

    watch = Watching(KEY).through(nothing, move, nothing)
    assert drawn(watch.phases[2]) == list(range(16))
    assert statuses(book, 4) == [None, "done", "done", "done"]


def test_the_pace_slows_down_while_nothing_changes(book: Book) -> None:
    edit = typing(book, 3, 2, "a white whale")
    watch = Watching(KEY)
    later = partial(watch.wait, 300)
    watch.through(*[nothing] * 18, later, later, edit, nothing)
    assert watch.pauses[:20] == [5.0] * 19 + [8.0]
    assert watch.pauses[20:] == [8.0, 5.0, 5.0]


def test_a_network_that_fails_in_between_is_told_once(book: Book, emulator: SheetsEmulator) -> None:
    def fail() -> None:
        emulator.faults = [Fault.status(403, kind="read")]
        book.set("Keyframes", 3, 2, "a white whale")

    watch = Watching(KEY).through(nothing, fail, nothing, nothing)
    assert notices(watch.phases[2]) != ""
    assert drawn(watch.phases[3]) == list(range(8, 16))


def reads(emulator: SheetsEmulator) -> int:
    return sum(request.kind == "read" for request in emulator.requests)


def glances(emulator: SheetsEmulator) -> int:
    return sum(request.kind == "drive" for request in emulator.requests)


def counting(emulator: SheetsEmulator, counts: list[int]) -> Callable[[], None]:
    return lambda: counts.append(reads(emulator))


def test_a_look_at_a_quiet_sheet_reads_nothing_where_drive_tells_of_changes(
    book: Book, emulator: SheetsEmulator
) -> None:
    counts: list[int] = []
    count = counting(emulator, counts)
    edit = typing(book, 3, 2, "a white whale")
    watch = Watching(KEY).through(*[nothing] * 3, *[count] * 4, edit, nothing)
    assert len(set(counts)) == 1
    assert drawn(watch.phases[8]) == list(range(8, 16))


def test_every_minute_the_sheet_is_read_whatever_drive_says(
    book: Book, emulator: SheetsEmulator
) -> None:
    counts: list[int] = []
    Watching(KEY).through(*[nothing] * 3, *[counting(emulator, counts)] * 30)
    assert 2 <= counts[-1] - counts[0] <= 4


def test_drive_is_not_believed_where_it_lags_behind(book: Book, emulator: SheetsEmulator) -> None:
    book.is_slow_in_drive = True
    edit = typing(book, 3, 2, "a white whale")
    watch = Watching(KEY).through(nothing, nothing, edit, nothing)
    assert drawn(watch.phases[3]) == list(range(8, 16))


def test_drive_is_asked_once_where_the_credentials_do_not_allow_it(
    book: Book, emulator: SheetsEmulator
) -> None:
    emulator.drive.refusal = "insufficientPermissions"
    edit = typing(book, 3, 2, "a white whale")
    watch = Watching(KEY).through(nothing, nothing, edit, nothing)
    assert drawn(watch.phases[3]) == list(range(8, 16))
    assert glances(emulator) == 1


def test_two_machines_do_not_render_one_sheet(book: Book, tmp_path: Path) -> None:
    def begin_elsewhere() -> None:
        assert str(renderer(book)).startswith("here ")
        with pytest.raises(SheetTaken, match="here renders this sheet"):
            Watching(KEY, host="there", folder=tmp_path / "there").through()

    Watching(KEY).through(begin_elsewhere)
    assert renderer(book) is None


def test_of_two_that_begin_in_one_second_one_gives_way(book: Book, tmp_path: Path) -> None:
    other = "there 7, since 2026-03-01T12:00:00Z, until 2026-03-01T12:10:00Z"

    def overwritten() -> None:
        book.set("Settings", 5, 2, other)

    with pytest.raises(SheetTaken, match="there renders"):
        Watching(KEY).through(overwritten, nothing)
    assert renderer(book) == other
