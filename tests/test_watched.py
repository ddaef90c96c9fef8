"""Watching as a process: interrupted while it draws, and while it waits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.test_killed import LONG, SETTINGS, wait_for_frames
from tests.workflow.sheets import column, edit, make_sheet

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX systems"),
    pytest.mark.slow,
]


def start(sheet: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "sheetrender", "watch", str(sheet), *options]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def wait_until(is_so: Callable[[], bool], seconds: float = 30) -> float:
    """Return how many seconds it took."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if is_so():
            return time.monotonic() - began
        time.sleep(0.05)
    raise AssertionError("it did not happen")


def says(sheet: Path, status: list[str]) -> bool:
    try:
        return column(sheet, "status") == status
    except (ValueError, KeyError, OSError):
        return False


def interrupted(process: subprocess.Popen[str], name: str = "SIGINT") -> str:
    process.send_signal(getattr(signal, name))
    _, complaint = process.communicate(timeout=30)
    assert process.returncode == 130, complaint
    assert "Traceback" not in complaint
    return complaint


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_an_interrupt_while_it_draws_leaves_clean_statuses(tmp_path: Path, name: str) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", LONG, SETTINGS)
    process = start(sheet, "--no-video")
    wait_for_frames(tmp_path / "renders/my", 200)
    assert "kept" in interrupted(process, name)
    assert column(sheet, "status") == ["done", "queued", "queued"]
    values = openpyxl.load_workbook(sheet)["Settings"].iter_rows(values_only=True)
    assert dict(values)["renderer"] is None
    assert not list(tmp_path.glob("renders/my/**/*.tmp"))


def test_edits_of_a_file_are_followed_within_ten_seconds(tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx")
    process = start(sheet)
    wait_until(lambda: says(sheet, ["done"] * 3))
    wait_until((tmp_path / "renders/my/video.mp4").exists)
    edit(sheet, D3="12a")
    assert wait_until(lambda: says(sheet, ["done", "invalid", "done"])) < 10
    edit(sheet, D3=12)
    assert wait_until(lambda: says(sheet, ["done"] * 3)) < 10
    assert "Keyframes!D3" in interrupted(process)
    assert column(sheet, "status") == ["done"] * 3
