"""Short ways to hear a file, for tests."""

from __future__ import annotations

from pathlib import Path

from sheetrender.audio.features import normalised
from sheetrender.audio.levels import Curve, levels
from sheetrender.audio.recording import record
from sheetrender.audio.windows import frame_edges
from sheetrender.model.timing import FrameRate


def loudness(path: Path, rate: FrameRate, frames: int) -> Curve:
    """Return how loud a file is at each frame, 0 to 1."""
    recording = record(path, rate.seconds_at(frames))
    return normalised(
        levels(recording, frame_edges(recording.sample_rate, rate, frames))["loudness"]
    )
