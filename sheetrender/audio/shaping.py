"""A curve made quieter, slower, smoother or earlier, the same at every frame rate."""

from __future__ import annotations

import numpy as np

from sheetrender.audio.levels import Curve
from sheetrender.model.curves import Shape
from sheetrender.model.timing import FrameRate

_CLOSES_AT = 0.7
"""Share of the gate's height at which an open gate closes: near it, nothing flutters."""


_NOTHING = 0.2
"""Frames over which an average is each value itself."""


def shaped(curve: Curve, rate: FrameRate, shape: Shape) -> Curve:
    """Return a curve after look-ahead, gate, attack and release, and smoothing, in this order.

    Args:
        curve: 0.0 to 1.0, shape (frames,).
        rate: frames per second.
        shape: what is to be done.
    """
    per_millisecond = float(rate.per_second) / 1000
    if shape.look_ahead:
        frames = np.arange(len(curve))
        curve = np.interp(frames + shape.look_ahead * per_millisecond, frames, curve, right=0.0)
    if shape.gate:
        curve = _gated(curve, shape.gate)
    if shape.attack or shape.release:
        curve = _followed(curve, shape.attack * per_millisecond, shape.release * per_millisecond)
    if shape.smooth:
        curve = _smoothed(curve, shape.smooth * per_millisecond)
    return curve


def _gated(curve: Curve, gate: float) -> Curve:
    opens, closes = curve >= gate, curve < gate * _CLOSES_AT
    said = np.where(opens | closes, np.arange(len(curve)), 0)
    last_said = np.maximum.accumulate(said)
    return np.where(opens[last_said], curve, 0.0)


def _followed(curve: Curve, attack: float, release: float) -> Curve:
    """Return what follows a curve within so many frames upwards and downwards."""
    rising, falling = (1 - float(np.exp(-1 / t)) if t > 0 else 1.0 for t in (attack, release))
    found = []
    value = 0.0
    for wanted in curve.tolist():
        value += (rising if wanted > value else falling) * (wanted - value)
        found.append(value)
    return np.array(found)


def _smoothed(curve: Curve, width: float) -> Curve:
    """Return the average over about so many frames, with a bell's weights."""
    if width < _NOTHING:
        return curve
    from scipy.ndimage import gaussian_filter1d

    found: Curve = gaussian_filter1d(curve, width / 2, mode="nearest")
    return found
