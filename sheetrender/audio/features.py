"""What a song does at each frame, as numbers that move pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from sheetrender.audio.decoding import Block, open_sound
from sheetrender.audio.windows import Edges, frame_edges, windows_in_block
from sheetrender.model.timing import FrameRate

_FULL_AT_PERCENTILE = 99.0
_SILENCE = 1e-5  # of full scale, -100 dB: below the last bit of 16


def loudness(path: Path, rate: FrameRate, frames: int) -> npt.NDArray[np.float64]:
    """Return how loud a song is at each frame of the video.

    The root mean square of the mean of all channels between the frame's own edges, over its 99th
    percentile among the frames that are not silent: one odd bang does not make the rest quiet.

    Args:
        path: the song, or one of its stems.
        rate: frames per second.
        frames: in the video, >= 1; those past the song's end are silent.

    Returns:
        Shape (frames,), 0.0 to 1.0; silence is 0.0, never NaN.

    Raises:
        PartMissing: only ffmpeg could read it, and there is none.
        SongUnreadable: it is not there, is empty or holds no sound.
    """
    energy = np.zeros(frames)
    offset = 0
    with open_sound(path) as sound:
        edges = frame_edges(sound.sample_rate, rate, frames)
        for block in sound.blocks:
            _add_energy(energy, edges, offset, block)
            offset += len(block)
    heard = np.diff(np.minimum(edges, offset))
    return _normalised(np.sqrt(energy / np.maximum(heard, 1)))


def _add_energy(energy: npt.NDArray[np.float64], edges: Edges, offset: int, block: Block) -> None:
    within = block[: max(0, int(edges[-1]) - offset)]
    if len(within):
        windows, starts = windows_in_block(edges, offset, len(within))
        energy[windows] += np.add.reduceat(np.square(within.mean(axis=1, dtype=np.float64)), starts)


def _normalised(levels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    loud = levels[levels > _SILENCE]
    if not len(loud):
        return np.zeros_like(levels)
    full = np.percentile(loud, _FULL_AT_PERCENTILE)
    return np.where(levels > _SILENCE, np.minimum(levels / full, 1.0), 0.0)
