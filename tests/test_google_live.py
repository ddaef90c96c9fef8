"""The command beside a live Google Sheet: shown end to end, with trouble on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.emulator.book import Book
from tests.emulator.server import Fault, SheetsEmulator

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX systems"),
    pytest.mark.slow,
]
KEY = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
ADDRESS = f"https://docs.google.com/spreadsheets/d/{KEY}/edit#gid=0"
HEAD = ["frame", "subject", "style", "seed", "cut", "zoom"]
ROWS = [
    [0, "a red fox", "orange forest", 1, None, 1.01],
    [300, "a blue whale", "deep ocean", None, "yes", "1 + 0.01*sin(t)"],
    [600, "a green hill", None, 2, "yes", 1.02],
]
SETTINGS = [["name", "value"], ["width", 384], ["height", 216], ["frames", 900]]
OURS = {"row_id", "status", "progress", "message", "preview", "updated"}


@pytest.fixture
def book(emulator: SheetsEmulator) -> Book:
    book = emulator.add(KEY, {"Keyframes": [HEAD, *ROWS], "Settings": SETTINGS}, title="My video")
    emulator.allow_writes_only(book, headings=OURS, tab="Keyframes")
    return book


def start(emulator: SheetsEmulator, folder: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [Path(sys.executable).with_name("sheetrender"), *words],
        cwd=folder,
        env={**os.environ, "SHEETS_EMULATOR_HOST": emulator.host},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str], status: int = 0) -> str:
    _, said = process.communicate(timeout=60)
    assert process.returncode == status, said
    assert "Traceback" not in said
    return said


def shown(book: Book, heading: str, tab: str = "Keyframes") -> list[object]:
    head, *rows = book.tab(tab).rows()
    if heading not in head:
        return []
    place = head.index(heading)
    return [row[place] if len(row) > place else None for row in rows]


def wait_until(is_so: Callable[[], bool], seconds: float = 90) -> float:
    """Return how many seconds it took."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if is_so():
            return time.monotonic() - began
        time.sleep(0.02)
    raise AssertionError("it did not happen")


def test_run_by_address_renders_and_tells_the_rows(
    emulator: SheetsEmulator, book: Book, tmp_path: Path
) -> None:
    ended(start(emulator, tmp_path, "run", ADDRESS))
    assert shown(book, "status") == ["done"] * 3
    assert shown(book, "progress") == ["300/300"] * 3
    assert shown(book, "preview")[2] == "renders/My video/frames/000600.png"
    assert (tmp_path / "renders/My video/video.mp4").stat().st_size > 0
    assert [book.tab("Keyframes").rows()[n][:6] for n in range(1, 4)] == ROWS


def test_no_network_half_way_stops_no_frame_and_the_last_statuses_arrive(
    emulator: SheetsEmulator, book: Book, tmp_path: Path
) -> None:
    process = start(emulator, tmp_path, "run", ADDRESS, "--no-video")
    wait_until(lambda: "rendering" in shown(book, "status"))
    emulator.faults.extend(Fault.drop() for _ in range(6))
    ended(process)
    assert shown(book, "status") == ["done"] * 3


@pytest.mark.parametrize(
    "trouble", ["tab deleted", "not shared any more", "block protected", "sign-in revoked"]
)
def test_what_people_take_away_stops_no_frame_and_is_said_in_a_sentence(
    emulator: SheetsEmulator, book: Book, tmp_path: Path, trouble: str
) -> None:
    process = start(emulator, tmp_path, "run", ADDRESS, "--no-video")
    wait_until(lambda: "rendering" in shown(book, "status"))
    if trouble == "tab deleted":
        book.delete_tab("Keyframes")
    elif trouble == "not shared any more":
        emulator.forbid(KEY)
    elif trouble == "sign-in revoked":
        emulator.revoke()
    else:
        book.protect("Keyframes", "G1:L100")
    said = ended(process)
    assert "This does not stop the render" in said or "cannot be written" in said
    assert len(list((tmp_path / "renders/My video/frames").glob("*.png"))) == 900


def test_statuses_that_were_not_taken_are_kept_and_delivered_by_the_next_run(
    emulator: SheetsEmulator, book: Book, tmp_path: Path
) -> None:
    process = start(emulator, tmp_path, "run", ADDRESS, "--no-video")
    wait_until(lambda: "rendering" in shown(book, "status"))
    emulator.forbid(KEY)
    said = ended(process)
    kept = tmp_path / "renders/My video/status.csv"
    assert str(kept) in said
    assert kept.read_text("utf-8").count(",done,300/300,") == 3
    assert "done" not in shown(book, "status")[1:]
    emulator.permit(KEY)
    ended(start(emulator, tmp_path, "run", ADDRESS, "--no-video"))
    assert shown(book, "status") == ["done"] * 3
    assert not kept.exists()


@pytest.mark.parametrize(
    ("address", "trouble", "status", "says"),
    [
        ("https://docs.google.com/document/d/1BxiMVs0XRA5n/edit", "", 2, "spreadsheet"),
        (ADDRESS.replace("1BxiMVs0", "1CxiMVs0"), "", 3, "does not exist"),
        (ADDRESS, "not shared", 3, "as Editor"),
        (ADDRESS, "revoked", 3, "sheetrender login"),
    ],
)
def test_what_cannot_be_opened_is_said_in_one_line(
    emulator: SheetsEmulator,
    book: Book,
    tmp_path: Path,
    address: str,
    trouble: str,
    status: int,
    says: str,
) -> None:
    if trouble == "not shared":
        emulator.forbid(KEY)
    elif trouble == "revoked":
        emulator.revoke()
    said = ended(start(emulator, tmp_path, "run", address), status=status)
    assert says in said
    assert len(said.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_without_a_network_at_the_start_it_says_what_to_do(
    emulator: SheetsEmulator, book: Book, tmp_path: Path
) -> None:
    emulator.faults.extend(Fault.drop() for _ in range(50))
    said = ended(start(emulator, tmp_path, "check", ADDRESS), status=3)
    assert len(said.strip().splitlines()) == 1


def test_watch_draws_what_people_change_and_tells_mistakes_within_ten_seconds(
    emulator: SheetsEmulator, book: Book, tmp_path: Path
) -> None:
    # The lease between machines stands in the settings.
    own = frozenset({"Settings"})
    emulator.allow_writes_only(book, headings=OURS, tab="Keyframes", own_tabs=own)
    process = start(emulator, tmp_path, "watch", ADDRESS, "--no-video")
    wait_until(lambda: shown(book, "status") == ["done"] * 3)
    book.set("Keyframes", 3, 6, "1 + 0.01*sinn(t)")
    assert wait_until(lambda: shown(book, "status")[1] == "invalid") < 10
    assert "Did you mean sin?" in str(shown(book, "message")[1])
    book.sort("Keyframes", 1, 2, 4, descending=True)
    book.set("Keyframes", 3, 6, 1.03)
    wait_until(lambda: shown(book, "status") == ["done"] * 3)
    process.send_signal(signal.SIGINT)
    ended(process, status=130)
    assert shown(book, "frame") == [600, 300, 0]
