"""Where the notes that sound become others: chords mostly change where a bar begins."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sheetrender.audio.spectra import Bands

REACH_SECONDS = 0.35
"""Before and after each step, over which its notes are listened to."""


def note_changes(
    bands: Bands, struck: npt.NDArray[np.float32], step_seconds: float
) -> npt.NDArray[np.float32]:
    """Return how different what sounds after each step is from what sounded before it.

    Args:
        bands: power, shape (steps, bands).
        struck: the share of it that strikes, and is left out; the same shape.
        step_seconds: between two steps.

    Returns:
        Shape (steps,), 0.0 to 1.0; 0.0 in silence.

    Source: a novelty function as in Foote, "Automatic audio segmentation using a measure of audio
    novelty" (2000), with two windows instead of a matrix of them.
    """
    sounding = np.cumsum(bands * (1 - struck), axis=0, dtype=np.float64)
    total = np.concatenate([np.zeros((1, sounding.shape[1])), sounding])
    here = np.arange(len(bands))
    reach = max(1, round(REACH_SECONDS / step_seconds))
    before = _mean(total, np.maximum(here - reach, 0), here)
    after = _mean(total, here, np.minimum(here + reach, len(bands)))
    both = np.linalg.norm(before, axis=1) + np.linalg.norm(after, axis=1)
    found = np.zeros(len(bands))
    np.divide(np.linalg.norm(after - before, axis=1), both, out=found, where=both > 0)
    return found.astype(np.float32)


def _mean(
    total: npt.NDArray[np.float64], first: npt.NDArray[Any], end: npt.NDArray[Any]
) -> npt.NDArray[np.float64]:
    """Return the size of each band between two steps."""
    power = (total[end] - total[first]) / np.maximum(end - first, 1)[:, None]
    size: npt.NDArray[np.float64] = np.sqrt(np.maximum(power, 0))
    return size
