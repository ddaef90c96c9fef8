from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from sheetrender.model.programs import find_ffmpeg
from sheetrender.workflow.run import RunOptions, run
from tests.workflow.sheets import SMALL, drawn, edit, frame_bytes, make_sheet, rendered, request


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return make_sheet(tmp_path / "my.xlsx")


def text_of(frame: Path) -> str:
    with Image.open(frame) as picture:
        picture.load()
        return str(picture.text.get("parameters", ""))  # type: ignore[attr-defined]


def tags_of(video: Path) -> str:
    """Return the tags of a video in ffmpeg's own form."""
    command = [find_ffmpeg(), "-v", "error", "-i", str(video), "-f", "ffmetadata", "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8")


def test_each_frame_says_its_prompt_seed_and_settings(sheet: Path) -> None:
    edit(sheet, B3="ein blauer Wal über 海")
    rendered(sheet)
    frames = sheet.parent / "renders/my/frames"
    first, facts = text_of(frames / "000000.png").split("\n")
    assert first == "a red fox, orange forest"
    assert "Seed: 1, Size: 64x32, Model: animatic" in facts
    assert "Denoising strength" not in facts
    later = text_of(frames / "000012.png")
    assert later.startswith("ein blauer Wal über 海, deep ocean\n")
    assert "Denoising strength: 0.35, Frame: 12, FPS: 30, Engine: animatic " in later


def test_nothing_in_a_frame_tells_of_this_machine(sheet: Path) -> None:
    list(run(request(sheet, model="/somewhere/private/foxes.safetensors"), RunOptions()))
    folder = sheet.parent / "renders/my"
    told = b"".join(frame_bytes(folder)) + (folder / "video.mp4").read_bytes()
    assert b"private" not in told
    assert str(sheet.parent).encode() not in told
    assert b"foxes" in told


def test_the_video_says_its_prompts_seeds_and_versions(sheet: Path) -> None:
    edit(sheet, B3="ein Wal; über = 海")
    list(run(request(sheet), RunOptions()))
    said = tags_of(sheet.parent / "renders/my/video.mp4").replace("\\", "")
    assert "title=my" in said
    assert "Frame 0: a red fox, orange forest Seed: 1" in said
    assert "Frame 8: ein Wal; über = 海, deep ocean Seed: 1" in said
    assert "\nFrames: 24, FPS: 30, Size: 64x32, Engine: animatic" in said


@pytest.mark.parametrize("codec", ["hevc", "prores"])
def test_every_container_takes_the_tags(tmp_path: Path, codec: str) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", settings={**SMALL, "frames": 4, "codec": codec})
    edit(sheet, C2="étang 海")
    list(run(request(sheet), RunOptions()))
    video = next((sheet.parent / "renders/my").glob("video.*"))
    assert "Frame 0: a red fox, étang 海 Seed" in tags_of(video)


def test_finished_pictures_say_what_their_frames_say(sheet: Path) -> None:
    edit(sheet, B3="ein blauer Wal über 海")
    list(run(request(sheet, codec="png", fps_to="45", scale_to="128x64"), RunOptions()))
    folder = sheet.parent / "renders/my"
    finished = sorted((folder / "finished").glob("*.png"))
    assert len(finished) == 36
    for number, path in enumerate(finished):
        assert text_of(path) == text_of(folder / f"frames/{number * 2 // 3:06d}.png") != ""
    with Image.open(finished[-1]) as picture:
        assert picture.size == (128, 64)
    list(run(request(sheet, codec="png", metadata="no"), RunOptions()))
    assert {text_of(path) for path in (folder / "finished").glob("*.png")} == {""}


def test_metadata_can_be_left_out(sheet: Path) -> None:
    list(run(request(sheet, metadata="no"), RunOptions()))
    folder = sheet.parent / "renders/my"
    assert text_of(folder / "frames/000000.png") == ""
    assert "red fox" not in tags_of(folder / "video.mp4")


def test_what_is_drawn_stays_where_metadata_is_switched_on_or_off(sheet: Path) -> None:
    list(run(request(sheet, metadata="no"), RunOptions()))
    folder = sheet.parent / "renders/my"
    silent = frame_bytes(folder)
    assert drawn(run(request(sheet), RunOptions())) == []
    assert frame_bytes(folder) == silent
    assert drawn(run(request(sheet, metadata="no"), RunOptions())) == []
    edit(sheet, B4="a hill")
    assert drawn(run(request(sheet), RunOptions())) == list(range(16, 24))
    assert text_of(folder / "frames/000020.png").startswith("a hill")
    assert frame_bytes(folder)[:16] == silent[:16]


def test_a_video_that_is_to_say_nothing_is_made_anew(sheet: Path) -> None:
    list(run(request(sheet), RunOptions()))
    video = sheet.parent / "renders/my/video.mp4"
    assert "red fox" in tags_of(video)
    assert drawn(run(request(sheet, metadata="no"), RunOptions())) == []
    assert "red fox" not in tags_of(video)


def test_a_journal_keeps_the_bytes_with_their_words(sheet: Path) -> None:
    rendered(sheet)
    assert drawn(rendered(sheet)) == []
    plan = json.loads((sheet.parent / "renders/my/plan.json").read_text("utf-8"))
    assert plan["settings"]["metadata"] in (True, "yes")
