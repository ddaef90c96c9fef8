"""The whole program with a diffusion model: the sample sheet, drawn, killed and drawn on."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import openpyxl
import pytest

from tests.engines.diffusion.tiny_models import saved
from tests.test_killed import wait_for_frames
from tests.workflow.sheets import frame_bytes

pytestmark = pytest.mark.slow

SAMPLES = Path(__file__).parent.parent / "sample_sheets"
FRAMES = 120


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    saved("sd15", folder)
    return folder


def sheet_in(folder: Path) -> Path:
    folder.mkdir()
    for name in ("demo.xlsx", "song.flac"):
        shutil.copy(SAMPLES / name, folder)
    shutil.copytree(SAMPLES / "stems", folder / "stems")
    return folder / "demo.xlsx"


def cells(sheet: Path) -> set[object]:
    rows = openpyxl.load_workbook(sheet)["Keyframes"].iter_rows(values_only=True)
    return {value for row in rows for value in row}


def start(sheet: Path, models: Path, *options: str) -> subprocess.Popen[str]:
    settings = {"model": "sd15", "width": 64, "height": 64, "frames": FRAMES, "steps": 4}
    command = [sys.executable, "-m", "sheetrender", "run", str(sheet), "--engine", "diffusion"]
    for name, value in settings.items():
        command += ["--set", f"{name}={value}"]
    environment = {**os.environ, "SHEETRENDER_MODELS": str(models), "OMP_NUM_THREADS": "1"}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [*command, *options], stdout=pipe, stderr=pipe, text=True, env=environment
    )


def test_the_sample_sheet_is_drawn_by_a_model_and_a_killed_run_gives_the_same_bytes(
    tmp_path: Path, models: Path
) -> None:
    whole, killed = sheet_in(tmp_path / "whole"), sheet_in(tmp_path / "killed")
    process = start(whole, models)
    _, complaint = process.communicate()
    assert process.returncode == 0, complaint
    frames = frame_bytes(whole.parent / "renders/demo")
    assert len(frames) == FRAMES
    assert len(set(frames)) == FRAMES
    assert (whole.parent / "renders/demo/video.mp4").stat().st_size > 0
    assert "done" in cells(whole)

    chance = random.Random(5)
    for _ in range(3):
        process = start(killed, models, "--no-video")
        done = sum(1 for _ in killed.parent.glob("renders/demo/frames/*.png"))
        wait_for_frames(killed.parent / "renders/demo", done + chance.randint(5, 30))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL, "it ended before it was killed"
    _, complaint = start(killed, models, "--no-video").communicate()
    assert frame_bytes(killed.parent / "renders/demo") == frames, complaint


def test_a_picture_drawn_by_a_model_is_of_the_size_of_the_sheet(
    tmp_path: Path, models: Path
) -> None:
    sheet = sheet_in(tmp_path / "one")
    process = start(sheet, models, "--no-video", "--frames", "0", "--set", "width=96")
    _, complaint = process.communicate()
    assert process.returncode == 0, complaint
    picture = cv2.imread(str(sheet.parent / "renders/demo/frames/000000.png"))
    assert picture is not None
    assert picture.shape == (64, 96, 3)
    assert picture.std() > 0


def test_a_model_that_is_not_there_is_said_with_the_three_ways_to_get_one(
    tmp_path: Path, models: Path
) -> None:
    sheet = sheet_in(tmp_path / "none")
    process = start(sheet, models, "--set", "model=sd51")
    _, complaint = process.communicate()
    assert process.returncode == 4
    assert "No model 'sd51' is to be found. Did you mean 'sd15'?" in complaint
    assert str(models) in complaint
    assert "Three ways to get a model" in complaint
    assert "Traceback" not in complaint
