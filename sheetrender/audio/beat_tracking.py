"""Beats that follow a tempo which drifts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sheetrender.audio.onsets import Series

_TIGHTNESS = 300.0
_WINDOW_SECONDS, _HOP_SECONDS = 8.0, 1.0
_RANGE = 0.15
"""Share by which the tempo may be off the whole song's anywhere."""
_TEMPI = 61


def track_beats(strength: Series, per_second: float, step_seconds: float) -> Series:
    """Return the moments of the beats, in seconds.

    Source: Ellis, "Beat tracking by dynamic programming" (2007), with a tempo that is looked for
    anew every second.

    Args:
        strength: of onsets, without lateness.
        per_second: beats, about.
        step_seconds: between two values.
    """
    periods = _local_periods(strength, per_second, step_seconds)
    scores, before = _best_paths(strength / (strength.std() or 1.0), periods)
    beats = [_last(scores, periods)]
    while before[beats[-1]] >= 0:
        beats.append(int(before[beats[-1]]))
    return _sharpened(np.array(beats[::-1]), strength) * step_seconds


def _local_periods(strength: Series, per_second: float, step_seconds: float) -> Series:
    """Return the steps between two beats around each step."""
    width = int(_WINDOW_SECONDS / step_seconds)
    centres = np.arange(0, len(strength), int(_HOP_SECONDS / step_seconds))
    tempi = per_second * (1 + np.linspace(-_RANGE, _RANGE, _TEMPI))
    moments = np.arange(-width // 2, width // 2) * step_seconds
    padded = np.pad(strength - strength.mean(), width)
    window = np.hanning(len(moments))
    waves = [np.exp(-2j * np.pi * h * np.outer(tempi, moments)) * window for h in (1, 2)]
    pieces = np.stack([padded[c + width // 2 : c + width // 2 + len(moments)] for c in centres])
    power = sum(np.abs(pieces @ wave.T) for wave in waves)
    chosen = _smooth_path(np.asarray(power))
    return np.interp(np.arange(len(strength)), centres, 1 / (tempi[chosen] * step_seconds))


def _smooth_path(power: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return the tempo of each window, so that it nowhere jumps: the path of most power."""
    gain = np.log(power + 1e-9 + 0.01 * power.max())
    away = np.abs(np.arange(power.shape[1])[:, None] - np.arange(power.shape[1]))
    cost = 0.15 * away
    total, origin = gain[0], np.zeros(power.shape, np.int64)
    for number in range(1, len(power)):
        sums = total[:, None] - cost
        origin[number] = sums.argmax(axis=0)
        total = sums.max(axis=0) + gain[number]
    path = [int(total.argmax())]
    for number in range(len(power) - 1, 0, -1):
        path.append(int(origin[number][path[-1]]))
    return np.array(path[::-1])


def _best_paths(strength: Series, periods: Series) -> tuple[Series, npt.NDArray[np.int64]]:
    """Return the best score of a chain of beats that ends in each step, and the beat before."""
    scores = strength.copy()
    before = np.full(len(strength), -1)
    floor = 0.01 * float(strength.max())
    for step in range(len(strength)):
        period = periods[step]
        first, last = step - int(2 * period), step - int(period / 2)
        if last < 1:
            continue
        first = max(first, 0)
        gaps = step - np.arange(first, last)
        sums = scores[first:last] - _TIGHTNESS * np.square(np.log(gaps / period))
        best = int(sums.argmax())
        if sums[best] > 0 or strength[step] < floor:
            scores[step] += sums[best]
            before[step] = first + best
    return scores, before


def _last(scores: Series, periods: Series) -> int:
    tail = len(scores) - max(1, int(1.2 * periods[-1]))
    return max(0, tail) + int(np.argmax(scores[max(0, tail) :]))


def _sharpened(beats: npt.NDArray[np.int64], strength: Series) -> Series:
    """Return the beats between the steps, where the parabola through three of them has its top."""
    inner = np.clip(beats, 1, len(strength) - 2)
    before, here, after = (strength[inner + d] for d in (-1, 0, 1))
    bend = before - 2 * here + after
    shift = np.zeros(len(beats))
    np.divide((before - after) / 2, bend, out=shift, where=bend < 0)
    found: Series = beats.astype(np.float64) + np.clip(shift, -1, 1)
    return found
