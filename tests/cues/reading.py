"""What the tests of readers share: samples, and cues in few words."""

from __future__ import annotations

from pathlib import Path

from sheetrender.cues.cue import CueFile, Moment
from sheetrender.cues.registry import read_cues

SAMPLES = Path(__file__).parents[1] / "data" / "markers"


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def read(content: str | bytes) -> CueFile:
    return read_cues(content.encode() if isinstance(content, str) else content)


def moments(content: str | bytes) -> list[tuple[str, Moment]]:
    return [(cue.name, cue.start) for cue in read(content).cues]
