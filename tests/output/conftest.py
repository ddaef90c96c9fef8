"""Small pictures and songs for the tests of videos."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import soundfile

from sheetrender.output.video_pipe import Picture


def draw(number: int) -> Picture:
    """Return a still of 64×48 that differs from frame to frame."""
    still = np.full((48, 64, 3), (40, 90, 160), np.uint8)
    still[:, 2 * (number % 30) :][:, :6] = (230, 200, 60)
    return still


@pytest.fixture
def picture() -> Callable[[int], Picture]:
    """Draw the picture of a frame."""
    return draw


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of 30 frames, 64×48."""
    folder = tmp_path / "frames 100%d"
    folder.mkdir()
    for number in range(30):
        cv2.imwrite(str(folder / f"{number:06d}.png"), draw(number))
    return folder


@pytest.fixture
def song_of(tmp_path: Path) -> Callable[[float], Path]:
    """Make a song of so many seconds: a tone, 44.1 kHz, stereo."""

    def make(seconds: float) -> Path:
        path = tmp_path / f"-song {seconds}.wav"
        moments = np.arange(round(seconds * 44100)) / 44100
        tone = 0.3 * np.sin(2 * np.pi * 440 * moments)
        soundfile.write(path, np.column_stack([tone, tone]), 44100)
        return path

    return make


@pytest.fixture
def ffmpeg_that() -> Callable[[Path, str], str]:
    """Write a program that stands in for ffmpeg and runs a line of shell."""

    def make(folder: Path, line: str) -> str:
        path = folder / "ffmpeg"
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)
        return str(path)

    return make
