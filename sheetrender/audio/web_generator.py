"""The levels that the well-known web page "Audio to keyframe string" computes, faults included.

For people who have to match an old project; its string is made in `planning.web_generator`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sheetrender.audio.decoding import Block, open_sound
from sheetrender.audio.song import open_song


@dataclass(frozen=True, slots=True)
class WebLevels:
    """What the web page makes of a file.

    Attributes:
        values: shape (frames,); NaN throughout in silence, and not kept from 0 to 1 in mono.
        window: samples that it takes for a frame, which are fewer than a frame has.
    """

    values: npt.NDArray[np.float64]
    window: int


def web_levels(path: Path, fps: float) -> WebLevels:
    """Return the page's levels of a file at its own sample rate; browsers resample first.

    Its windows are too short by a fraction of a sample and lack their last one, so that they run
    ahead of the picture; the samples of a mono file keep their sign.

    Raises:
        PartMissing: only ffmpeg could read it, and there is none.
        SongUnreadable: it is not there, is empty or holds no sound.

    Source: chigozienri/audio-keyframe-generator, dc560481, by its behaviour.
    """
    song = open_song(path)
    count = song.samples / song.sample_rate * fps
    window = math.floor(song.samples / count) if count else 0
    with open_sound(path) as sound:
        found = np.array(list(_means(sound.blocks, window, math.ceil(count))))
    with np.errstate(invalid="ignore", divide="ignore"):
        return WebLevels(found / found.max() if len(found) else found, window)


def _means(blocks: Iterator[Block], window: int, frames: int) -> Iterator[float]:
    """Yield the mean of each window, while the sound passes by."""
    waiting = np.zeros(0, np.float32)
    for block in blocks:
        waiting = np.concatenate([waiting, _mixed(block)])
        while window and frames and len(waiting) >= window:
            yield _mean(waiting[: window - 1])
            waiting = waiting[window:]
            frames -= 1
    for _ in range(frames):
        yield _mean(waiting[: max(0, window - 1)])
        waiting = waiting[window:]


def _mixed(block: Block) -> npt.NDArray[np.float32]:
    if block.shape[1] == 1:
        return block[:, 0]
    total = np.abs(block[:, 0])
    for side in block.T[1:]:
        total = total + np.abs(side)
    return (total / np.float32(block.shape[1])).astype(np.float32)


def _mean(window: npt.NDArray[np.float32]) -> float:
    if not len(window):
        return math.nan
    # One after the other, as the page adds them.
    return float(np.cumsum(window, dtype=np.float64)[-1]) / len(window)
