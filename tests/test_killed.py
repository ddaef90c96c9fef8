"""The whole program as a process: killed, interrupted, and cut off from its reader."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.workflow.sheets import ROWS, column, frame_bytes, make_sheet

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX systems")

SETTINGS = {"width": 256, "height": 144, "frames": 480}
LONG = tuple((row[0] * 20, *row[1:]) for row in ROWS)


def start(sheet: Path, *options: str) -> subprocess.Popen[str]:
    # A crash of native code tells where it was.
    command = [sys.executable, "-X", "faulthandler", "-m", "sheetrender", "run", str(sheet)]
    command += options
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def wait_for_frames(folder: Path, count: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and sum(1 for _ in folder.glob("frames/*.png")) < count:
        time.sleep(0.005)


@pytest.mark.slow
@pytest.mark.parametrize("in_step", [1, 3])
def test_a_run_killed_at_ten_random_moments_gives_the_same_bytes(
    tmp_path: Path, in_step: int
) -> None:
    (tmp_path / "killed").mkdir()
    (tmp_path / "whole").mkdir()
    # What is whole was drawn one by one.
    in_batches = {**SETTINGS, "in_step": in_step}
    killed = make_sheet(tmp_path / "killed/my.xlsx", LONG, in_batches)
    whole = make_sheet(tmp_path / "whole/my.xlsx", LONG, SETTINGS)
    _, complaint = start(whole, "--no-video").communicate()
    expected = frame_bytes(whole.parent / "renders/my")
    assert len(expected) == 480, complaint
    chance = random.Random(20)
    folder = killed.parent / "renders/my"
    for kill in range(10):
        process = start(killed, "--no-video")
        wait_for_frames(folder, (kill + 1) * 35)
        time.sleep(chance.random() * 0.2)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL, "it ended before it was killed"
    _, complaint = start(killed, "--no-video").communicate()
    assert frame_bytes(folder) == expected, complaint
    assert column(killed, "status") == ["done"] * 3


@pytest.mark.slow
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_an_interrupt_keeps_frames_and_statuses_and_ends_with_130(
    tmp_path: Path, name: str
) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", LONG, SETTINGS)
    process = start(sheet)
    wait_for_frames(tmp_path / "renders/my", 200)
    process.send_signal(getattr(signal, name))
    _, complaint = process.communicate()
    assert process.returncode == 130
    assert "kept" in complaint
    assert "Traceback" not in complaint
    assert column(sheet, "status")[0] == "done"
    assert "rendering" not in column(sheet, "status")
    assert not list(tmp_path.glob("renders/my/**/*.tmp"))
    process = start(sheet, "--no-video")
    _, complaint = process.communicate()
    assert process.returncode == 0
    assert "of 480 frames are there" in complaint


def test_output_that_nobody_reads_is_no_error(tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", LONG, SETTINGS)
    command = [sys.executable, "-m", "sheetrender", "plan", sheet, "--json"]
    process = subprocess.Popen(
        [*command, "--set", "frames=20000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    with process.stderr as stderr:
        assert stderr.read() == b""
    assert process.wait() == 1
