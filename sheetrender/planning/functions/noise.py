"""Noise that wanders smoothly, the same on every machine and on every day."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from sheetrender.planning.functions.function import Function, Numbers, plain

_SEED_STEP = 0x9E3779B97F4A7C15


def _scrambled(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return words that look random. Source: S. Vigna's splitmix64."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def _level(knot: Numbers, seed: Numbers) -> Numbers:
    """Return the noise at whole numbers, evenly spread over -1.0 to 1.0."""
    place = knot.astype(np.int64).astype(np.uint64)
    stream = np.floor(seed).astype(np.int64).astype(np.uint64) * np.uint64(_SEED_STEP)
    words = _scrambled(_scrambled(place + np.uint64(1)) + stream)
    return (words >> np.uint64(11)).astype(np.float64) * 2.0**-52 - 1.0


def _noise(x: Numbers, seed: Numbers) -> Numbers:
    x, seed = np.atleast_1d(x), np.atleast_1d(seed)
    knot = np.floor(x)
    share = x - knot
    left, right = _level(knot, seed), _level(knot + 1.0, seed)
    smooth = share**3 * (share * (share * 6.0 - 15.0) + 10.0)
    return np.asarray(left + (right - left) * smooth, dtype=np.float64)


NOISE: Mapping[str, Function] = {"noise": plain(_noise, "x seed", 0.0, cost=40)}
"""`noise(t)` jumps from frame to frame, `noise(t/20)` takes 20 frames from one value to the next;
from -1 to 1, and another one for each seed."""
