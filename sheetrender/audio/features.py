"""What a sound does at each frame, as numbers from 0 to 1 that move pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

import numpy as np
import numpy.typing as npt

from sheetrender.audio.analysis import Analysis
from sheetrender.audio.levels import SILENCE, Curve
from sheetrender.audio.windows import Edges
from sheetrender.model.beats import BEATS_PER_BAR, Beats
from sheetrender.model.curves import FeatureName
from sheetrender.model.timing import FrameRate

FEATURES: tuple[FeatureName, ...] = get_args(FeatureName)
LEVELS = ("loudness", "mean", "peak")
"""Features that come from the samples themselves."""
OF_TEMPO = ("beat", "bar")
"""Features that come from the song's tempo."""
HIT_SECONDS = 0.15
"""In which a hit fades to a third, where no release says otherwise."""

_FULL_AT_PERCENTILE, _DARK_AT_PERCENTILE = 99.0, 5.0
_UNHEARD = 1e-3
"""Share of the whole sound, -60 dB, below which a part of it counts as silent."""
_SAME_PITCH = 1 / 12
"""Octaves within which all spectra are equally bright."""
_EARLY_SECONDS = 0.005
"""By which an onset that is measured just before a frame still belongs to that frame."""


def normalised(curve: Curve, least: float = SILENCE) -> Curve:
    """Return levels over their 99th percentile among the frames that are not silent.

    One odd bang does not make the rest quiet.

    Args:
        curve: levels, full scale at 1.0.
        least: what is not louder is 0.

    Returns:
        0.0 to 1.0; silence is 0.0, never NaN.
    """
    loud = curve[curve > least]
    if not len(loud):
        return np.zeros_like(curve)
    full = np.percentile(loud, _FULL_AT_PERCENTILE)
    return np.where(curve > least, np.minimum(curve / full, 1.0), 0.0)


def heard_feature(
    name: FeatureName, analysis: Analysis, edges: Edges, rate: FrameRate, hit_seconds: float
) -> Curve:
    """Return a feature that needs more than levels at each frame.

    Args:
        name: neither in `LEVELS` nor in `OF_TEMPO`.
        analysis: of the sound, aligned with the song.
        edges: of the frames, in samples.
        rate: frames per second.
        hit_seconds: in which a hit fades to a third.

    Returns:
        Shape (frames,), 0.0 to 1.0.
    """
    if not np.any(analysis.power > SILENCE**2):
        return np.zeros(len(edges) - 1)
    if name == "hits":
        return hits(analysis.moments, rate, len(edges) - 1, hit_seconds)
    if name == "onset":
        return normalised(_highest(analysis.onset, analysis.step, edges))
    if name == "brightness":
        return _brightness(analysis, edges)
    power = np.maximum(_mean(getattr(analysis, name), analysis.step, edges), 0)
    whole = _mean(analysis.sub + analysis.bass + analysis.mid + analysis.high + analysis.air,
                  analysis.step, edges)  # fmt: skip
    if name in ("percussive", "harmonic"):
        whole = _mean(analysis.power, analysis.step, edges)
    least = max(SILENCE, _UNHEARD * float(np.sqrt(np.percentile(whole, _FULL_AT_PERCENTILE))))
    return normalised(np.sqrt(power), least)


def tempo_feature(name: FeatureName, beats: Beats, rate: FrameRate, frames: int) -> Curve:
    """Return how far each frame is through its beat or bar: 0.0 on it, rising to the next."""
    seconds = np.arange(frames) / float(rate.per_second)
    count = beats.beats_at(seconds)
    phase = np.mod(count if name == "beat" else count / BEATS_PER_BAR, 1.0)
    # A beat that falls into this frame, but after its first sample, is heard in it.
    frame = float(1 / rate.per_second) * beats.bpm / 60 / (1 if name == "beat" else BEATS_PER_BAR)
    return np.where(phase > 1 - min(frame, 1.0) * 1e-6, 0.0, phase)


def hits(moments: npt.ArrayLike, rate: FrameRate, frames: int, fade_seconds: float) -> Curve:
    """Return 1 in the frame of each onset, fading to a third within `fade_seconds`."""
    per_second = float(rate.per_second)
    early = min(0.25, _EARLY_SECONDS * per_second)
    at = np.floor(np.asarray(moments, np.float64) * per_second + early).astype(np.int64)
    at = at[(at >= 0) & (at < frames)]
    last = np.full(frames, -1, np.int64)
    last[at] = at
    last = np.maximum.accumulate(last)
    since = (np.arange(frames) - last) / per_second
    found: Curve = np.where(last >= 0, np.exp(-since / fade_seconds), 0.0)
    return found


def _mean(series: npt.NDArray[np.float32], step: int, edges: Edges) -> Curve:
    """Return the mean of a series over each frame, exact at the frame's edges."""
    total = np.concatenate([[0.0], np.cumsum(series, dtype=np.float64)])
    bounds = (np.arange(len(series) + 1) - 0.5) * step
    mean: Curve = np.diff(np.interp(edges, bounds, total)) * step / np.diff(edges)
    return mean


def _highest(series: npt.NDArray[np.float32], step: int, edges: Edges) -> Curve:
    """Return the highest value of a series in each frame, the nearest where none lies in it."""
    found = np.zeros(len(edges) - 1)
    starts = np.ceil(edges / step).astype(np.int64)
    starts[:-1] = np.minimum(starts[:-1], np.round(edges[1:] / step).astype(np.int64))
    inside = starts[:-1] < len(series)
    if inside.any():
        found[inside] = np.maximum.reduceat(series[: starts[-1] + 1], starts[:-1][inside])
    return found


def _brightness(analysis: Analysis, edges: Edges) -> Curve:
    weight = analysis.power
    octave = np.log2(np.maximum(analysis.brightness, 1.0))
    power = _mean(weight, analysis.step, edges)
    total = _mean((octave * weight).astype(np.float32), analysis.step, edges)
    full = float(np.percentile(power, _FULL_AT_PERCENTILE))
    is_heard = power > max(SILENCE**2, _UNHEARD**2 * full)
    mean = np.divide(total, power, out=np.zeros_like(power), where=is_heard)
    if not is_heard.any():
        return np.zeros_like(mean)
    dark, bright = np.percentile(mean[is_heard], (_DARK_AT_PERCENTILE, _FULL_AT_PERCENTILE))
    if bright - dark < _SAME_PITCH:
        return np.where(is_heard, 0.5, 0.0)
    return np.where(is_heard, np.clip((mean - dark) / (bright - dark), 0, 1), 0.0)


def level_feature(name: FeatureName, found: Mapping[str, Curve]) -> Curve:
    """Return one of `LEVELS` from what `levels.levels` found."""
    return normalised(found[name])
