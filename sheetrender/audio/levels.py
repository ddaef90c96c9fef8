"""How loud a sound is at each frame, between the frame's own edges."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sheetrender.audio.playing import Playable
from sheetrender.audio.windows import Edges, windows_in_block

Curve: TypeAlias = npt.NDArray[np.float64]
"""One value for each frame, shape (frames,)."""

SILENCE = 1e-5
"""Of full scale, -100 dB: below the last bit of 16."""


def levels(sound: Playable, edges: Edges) -> dict[str, Curve]:
    """Return root mean square, mean absolute value and peak of every frame.

    The first two are means over all channels, so that sides that swing against each other do not
    cancel out. A last frame that the sound fills only in part is as loud as that part.

    Args:
        sound: aligned with the song.
        edges: of the frames, in samples of the sound.

    Returns:
        ``loudness``, ``mean`` and ``peak``, each of shape (frames,), full scale at 1.0.
    """
    frames = len(edges) - 1
    peak, mean, power, heard = (np.zeros(frames) for _ in range(4))
    offset = 0
    for block in sound.blocks():
        within = block[: max(0, edges[-1] - offset)]
        if not len(within):
            continue
        windows, starts = windows_in_block(edges, offset, len(within))
        heard[windows] += np.diff([*starts, len(within)]) * within.shape[1]
        for side in within.T:
            size = np.abs(side)
            peak[windows] = np.maximum(peak[windows], np.maximum.reduceat(size, starts))
            mean[windows] += np.add.reduceat(size, starts, dtype=np.float64)
            np.square(size, out=size)
            power[windows] += np.add.reduceat(size, starts, dtype=np.float64)
        offset += len(block)
    heard = np.maximum(heard, 1)
    return {"loudness": np.sqrt(power / heard), "mean": mean / heard, "peak": peak}
