from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest

from sheetrender.model.cells import Address, CellWrite, Workbook
from sheetrender.reporting.sheet_reporter import SheetReporter
from sheetrender.reporting.statuses import RowNote
from sheetrender.reporting.tracked_rows import TrackedRow
from sheetrender.sheets.xlsx import XlsxStore

ROW = TrackedRow("aaaaaaaa", "0")


def note(progress: str) -> dict[str, RowNote]:
    return {"aaaaaaaa": RowNote(status="rendering", progress=progress)}


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Keyframes"
    book.active.append(["frame", "subject", "row_id", "status", "progress"])
    book.active.append([0, "x", "aaaaaaaa"])
    book.save(path)
    return path


def shown(path: Path, heading: str = "progress") -> object:
    rows = list(openpyxl.load_workbook(path)["Keyframes"].iter_rows(values_only=True))
    return rows[1][rows[0].index(heading)]


def eventually(true: Callable[[], bool], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.01)
    return False


class CountingStore(XlsxStore):
    """The real store, told how often it was written."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.writes: list[float] = []
        self.threads: set[str] = set()

    def write(
        self,
        changes: Sequence[CellWrite],
        *,
        version: str,
        echo: Collection[Address] = (),
        anchors: Mapping[str, Address] | None = None,
        pins: Mapping[str, Address] | None = None,
        unchanged: Collection[Address] = (),
    ) -> str:
        self.writes.append(time.monotonic())
        self.threads.add(threading.current_thread().name)
        return super().write(changes, version=version, echo=echo, anchors=anchors, pins=pins)


def test_the_newest_note_is_delivered_off_the_callers_thread(sheet: Path, tmp_path: Path) -> None:
    store = CountingStore(sheet)
    reporter = SheetReporter(store, [ROW], tmp_path / "status.csv")
    reporter.report(note("1/9"))
    assert reporter.close() == []
    assert shown(sheet) == "1/9"
    assert store.threads == {"sheet_0"}


def test_notes_are_coalesced_to_one_write_in_each_pause(sheet: Path, tmp_path: Path) -> None:
    store = CountingStore(sheet)
    reporter = SheetReporter(store, [ROW], tmp_path / "status.csv", pause=0.3)
    started = time.monotonic()
    for count in range(40):
        reporter.report(note(f"{count}/40"))
        time.sleep(0.02)
    elapsed = time.monotonic() - started
    reporter.close()
    assert shown(sheet) == "39/40"
    assert 2 <= len(store.writes) <= elapsed / 0.3 + 2
    gaps = [b - a for a, b in itertools.pairwise(store.writes)]
    assert all(gap >= 0.29 for gap in gaps), "the last write keeps the pause too"


def test_a_sheet_edited_meanwhile_keeps_the_edit_and_gets_the_status(
    sheet: Path, tmp_path: Path
) -> None:
    class EditedStore(XlsxStore):
        edits = 0

        def read(self) -> Workbook:
            book = super().read()
            if self.edits < 2:
                self.edits += 1
                editing = openpyxl.load_workbook(sheet)
                editing["Keyframes"].insert_rows(2)
                editing["Keyframes"]["A2"] = 100 + self.edits
                editing["Keyframes"]["B2"] = "inserted"
                editing.save(sheet)
            return book

    reporter = SheetReporter(EditedStore(sheet), [ROW], tmp_path / "status.csv")
    reporter.report(note("5/9"))
    assert reporter.close() == []
    rows = list(openpyxl.load_workbook(sheet)["Keyframes"].iter_rows(values_only=True, max_col=5))
    assert rows[1][1] == rows[2][1] == "inserted"
    assert rows[3] == (0, "x", "aaaaaaaa", "rendering", "5/9")


def test_a_sheet_held_open_gets_its_statuses_when_it_is_let_go(sheet: Path, tmp_path: Path) -> None:
    lock = sheet.with_name(f"~${sheet.name}")
    lock.write_bytes(b"x")
    undelivered = tmp_path / "status.csv"
    reporter = SheetReporter(XlsxStore(sheet), [ROW], undelivered, pause=0.05)
    reporter.report(note("1/9"))
    assert eventually(undelivered.exists)
    assert eventually(lambda: "aaaaaaaa,0,rendering,1/9" in undelivered.read_text("utf-8"))
    (message,) = reporter.messages()
    assert "status.csv" in message
    assert shown(sheet) is None
    lock.unlink()
    assert eventually(lambda: shown(sheet) == "1/9")
    assert reporter.close() == []
    assert not undelivered.exists()


def test_what_cannot_be_delivered_at_the_end_stays_in_the_file(sheet: Path, tmp_path: Path) -> None:
    sheet.unlink()
    reporter = SheetReporter(XlsxStore(sheet), [ROW], tmp_path / "status.csv", pause=0.05)
    reporter.report(note("9/9"))
    (message,) = reporter.close()
    assert str(tmp_path / "status.csv") in message
    assert "aaaaaaaa,0,rendering,9/9" in (tmp_path / "status.csv").read_text("utf-8")


def test_reporting_never_waits_for_a_slow_sheet(sheet: Path, tmp_path: Path) -> None:
    class SlowStore(XlsxStore):
        def read(self) -> Workbook:
            time.sleep(0.5)
            return super().read()

    reporter = SheetReporter(SlowStore(sheet), [ROW], tmp_path / "status.csv")
    started = time.monotonic()
    for count in range(100):
        reporter.report(note(f"{count}/100"))
    assert time.monotonic() - started < 0.3
    reporter.close()
    assert shown(sheet) == "99/100"


def test_a_cell_that_cannot_be_written_does_not_stop_the_others(
    sheet: Path, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(sheet)
    book["Keyframes"].merge_cells("E2:E3")
    book.save(sheet)
    reporter = SheetReporter(XlsxStore(sheet), [ROW], tmp_path / "status.csv")
    reporter.report(note("1/9"))
    (message,) = reporter.close()
    assert "E2" in message
    assert shown(sheet, "status") == "rendering"
