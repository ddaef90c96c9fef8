"""How loud a sound is at each frame, between the frame's own edges."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sheetrender.audio.recording import Recording
from sheetrender.audio.windows import Edges, windows_in_block

Curve: TypeAlias = npt.NDArray[np.float64]
"""One value for each frame, shape (frames,)."""

SILENCE = 1e-5
"""Of full scale, -100 dB: below the last bit of 16."""


def levels(recording: Recording, edges: Edges) -> dict[str, Curve]:
    """Return root mean square, mean absolute value and peak of every frame.

    The first two are means over all channels, so that sides that swing against each other do not
    cancel out. A last frame that the sound fills only in part is as loud as that part.

    Args:
        recording: aligned with the song.
        edges: of the frames, in samples of the recording.

    Returns:
        ``loudness``, ``mean`` and ``peak``, each of shape (frames,), full scale at 1.0.
    """
    frames = len(edges) - 1
    found = {name: np.zeros(frames) for name in ("loudness", "mean", "peak")}
    within = recording.samples[: edges[-1]]
    if not len(within):
        return found
    windows, starts = windows_in_block(edges, 0, len(within))
    heard = np.diff([*starts, len(within)])
    for side in within.T:
        size = np.abs(side)
        peak = np.maximum.reduceat(size, starts)
        found["peak"][windows] = np.maximum(found["peak"][windows], peak)
        found["mean"][windows] += np.add.reduceat(size, starts, dtype=np.float64)
        power = np.add.reduceat(np.square(size, out=size), starts, dtype=np.float64)
        found["loudness"][windows] += power
    heard = heard * within.shape[1]
    found["mean"][windows] /= heard
    found["loudness"][windows] = np.sqrt(found["loudness"][windows] / heard)
    return found
