"""Stretches of samples that belong to one frame or one pixel, met in streamed blocks."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sheetrender.model.timing import FrameRate

Edges: TypeAlias = npt.NDArray[np.int64]
"""Rising sample numbers, shape (windows + 1,): window i is [edges[i], edges[i + 1])."""


def frame_edges(sample_rate: int, rate: FrameRate, frames: int) -> Edges:
    """Return where each frame begins, rounded once from the exact moment: no drift.

    Returns:
        Shape (frames + 1,); the last is where frame `frames` would begin.
    """
    per_frame = sample_rate / rate.per_second
    top, bottom = per_frame.numerator, per_frame.denominator
    return (2 * np.arange(frames + 1, dtype=np.int64) * top + bottom) // (2 * bottom)


def equal_edges(samples: int, windows: int) -> Edges:
    """Return the edges of equal stretches of a song, rounded up.

    In a song of fewer samples than stretches some are empty, never the first.
    """
    return -(np.arange(windows + 1, dtype=np.int64) * -samples // windows)


def windows_in_block(edges: Edges, offset: int, samples: int) -> tuple[Edges, Edges]:
    """Return the windows that a block of samples touches, and where each begins in it.

    Args:
        edges: of all windows.
        offset: number of the block's first sample in the song.
        samples: length of the block, which does not reach past the last edge.

    Returns:
        Numbers of the windows that are not empty, and for each the index in the block, as
        ``numpy.ufunc.reduceat`` wants it. Both have the same length.
    """
    first = int(np.searchsorted(edges, offset, side="right")) - 1
    stop = int(np.searchsorted(edges, offset + samples, side="left"))
    windows = np.arange(first, stop)
    windows = windows[edges[windows] < edges[windows + 1]]
    return windows, np.maximum(edges[windows] - offset, 0)
