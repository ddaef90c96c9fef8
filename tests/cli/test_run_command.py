from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from sheetrender.model.events import FrameStored, JobEnded, JobStarted, Notice, RenderStarted
from sheetrender.reporting.progress import ProgressDisplay
from tests.cli.test_main import call
from tests.workflow.sheets import SMALL, frame_bytes, make_sheet


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return make_sheet(tmp_path / "my.xlsx", settings={**SMALL, "frames": 4})


def test_seeds_and_styles_multiply_and_the_count_is_said_first(sheet: Path, tmp_path: Path) -> None:
    styles = tmp_path / "styles.txt"
    styles.write_text("neon\nink drawing\n", "utf-8")
    status, out, err = call(
        "run", sheet, "--no-video", "--seeds", "1,2", "--vary", f"style={styles}"
    )
    assert (status, out) == (0, "")
    lines = err.splitlines()
    assert lines[0] == (
        "4 videos: 2 seed values × 2 style values. Variants write no statuses into the sheet."
    )
    assert "Video 3 of 4: my, seed 2, style neon" in lines
    table = lines[-5:]
    assert table[0].split() == ["Video", "Result", "Time", "Folder"]
    assert table[1].endswith(str(sheet.parent / "renders/my/seed-1_style-neon"))
    assert all("  done  " in line for line in table[1:])


def test_one_failure_is_told_and_the_worst_status_counts(sheet: Path, tmp_path: Path) -> None:
    bad = make_sheet(tmp_path / "bad.xlsx", settings={"fps": "fast"})
    status, out, err = call("run", bad, sheet, "--no-video", "--json")
    assert status == 2
    first, second = json.loads(out)
    assert (first["result"], first["exit_status"], first["folder"]) == ("failed", 2, None)
    assert "'fast' is not a frame rate" in first["message"]
    assert (second["result"], second["exit_status"]) == ("done", 0)
    assert "bad failed: 1 problem in the sheet:" in err


def test_one_sheet_gives_json_as_well(sheet: Path) -> None:
    status, out, _ = call("run", sheet, "--json")
    (made,) = json.loads(out)
    assert status == 0
    assert made["video"] == str(sheet.parent / "renders/my/video.mp4")
    assert made["variant"] == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--seeds", "1,x"], "write whole numbers from 0 to 4294967295"),
        (["--seeds", "4294967296"], "write whole numbers"),
        (["--vary", "style"], "write NAME=FILE"),
        (["--vary", "style=gone.txt"], "gone.txt cannot be read"),
    ],
)
def test_a_variation_that_cannot_be_read_is_refused_first(
    sheet: Path, words: list[str], said: str
) -> None:
    status, _, err = call("run", sheet, *words)
    assert status == 2
    assert said in err
    assert not (sheet.parent / "renders").exists()


@pytest.mark.slow
def test_the_program_draws_a_plan_again(sheet: Path, tmp_path: Path) -> None:
    def program(*words: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "sheetrender", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert program("run", sheet, "--no-status").returncode == 0
    plan = sheet.parent / "renders/my/plan.json"
    again = program("run", plan, "-o", tmp_path / "again")
    assert again.returncode == 0, again.stderr
    assert frame_bytes(tmp_path / "again") == frame_bytes(plan.parent)
    assert "4 of 4" in program("plan", plan, "-o", tmp_path / "again").stdout
    assert program("finish", plan, "--folder", tmp_path / "again").returncode == 0
    assert program("check", plan).returncode == 2


def test_a_plan_of_a_newer_version_is_refused(sheet: Path) -> None:
    call("run", sheet, "--no-video")
    plan = sheet.parent / "renders/my/plan.json"
    plan.write_text(json.dumps({**json.loads(plan.read_text("utf-8")), "form": 99}), "utf-8")
    status, _, err = call("run", plan)
    assert status == 2
    assert "written by a newer sheetrender (form 99, and this one reads 1)" in err


def test_a_folder_that_the_file_system_refuses_is_said_in_a_sentence(sheet: Path) -> None:
    status, _, err = call("run", sheet, "-o", sheet.parent / ("x" * 300))
    assert status == 1
    assert "cannot be used: File name too long. Give another with -o." in err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_bar_for_all_and_one_for_the_video() -> None:
    screen = Terminal()
    with ProgressDisplay(screen) as display:
        for event in (
            JobStarted(1, 2, "a"),
            RenderStarted(2, 0, (0, 1)),
            FrameStored(0),
            Notice("a word in between"),
            JobEnded(1, 2, "a"),
            JobStarted(2, 2, "b"),
            RenderStarted(2, 0, (0, 1)),
            FrameStored(0),
            FrameStored(1),
            JobEnded(2, 2, "b"),
        ):
            display.show(event)
    shown = screen.getvalue()
    assert "Videos" in shown
    assert "2 of 2" in shown
    assert "Drawing" in shown
    assert "a word in between" in shown
