"""The lines of docs/tutorial.md and of the README, typed as they stand into an empty folder."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from sheetrender.cli.main import main
from sheetrender.model.programs import find_ffmpeg

ROOT = Path(__file__).parents[2]
# Small pictures take the same way.
SMALL = ("--set", "width=64", "--set", "height=32")


def lines_of(page: str) -> list[str]:
    text = (ROOT / page).read_text("utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith("sheetrender ")]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHEETRENDER_CACHE", str(tmp_path.parent / "heard"))
    song = ROOT / "sample_sheets" / "song.flac"
    command = [find_ffmpeg(), "-v", "error", "-i", str(song), "-t", "6", str(tmp_path / "song.mp3")]
    subprocess.run(command, check=True)
    return tmp_path


def typed(line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    takes_settings = any("--set" in p.opts for p in main.commands[words[0]].params)
    result = CliRunner().invoke(main, [*words, *(SMALL if takes_settings else ())])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, f"{line}\n{result.output}"


@pytest.mark.slow
def test_the_tutorial_leads_from_a_song_to_the_editor(folder: Path) -> None:
    for line in lines_of("docs/tutorial.md"):
        typed(line)
    made = {path.name for path in folder.rglob("*")}
    assert {
        "curves.png", "moodboard.png", "moodboard.pdf", "my_preview.mp4", "video.mp4",
        "report.html", "my.html", "video.mov", "my_premiere.xml",
    } <= made  # fmt: skip


@pytest.mark.slow
def test_the_three_lines_of_the_readme_make_a_moving_picture(folder: Path) -> None:
    lines = lines_of("README.md")
    assert len(lines) == 3
    for line in lines:
        typed(line)
    assert (folder / "my_preview.mp4").stat().st_size > 1000
