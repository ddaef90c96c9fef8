"""Where something new begins to sound."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sheetrender.audio.spectra import Bands

Series: TypeAlias = npt.NDArray[np.float64]
"""One value for each step of the spectra, shape (steps,)."""

_QUIET = 1e-4
"""Share of the loudest band's power below which changes count for little."""
_LAG_SECONDS = 0.0116
"""Between the two spectra that are compared."""
_EARLY = 0.237
"""Share of a window by which the strength peaks before the onset itself, measured with clicks and
drums: it hears what begins in its last quarter, and a scale like the ear's makes much of it."""
_AT_ONCE = 1 << 15
"""Steps that are compared at the same time."""
_APART_SECONDS, _AROUND_SECONDS = 0.06, 0.4
_ABOVE = 0.07
"""Share of the strongest onsets by which one has to stand out."""


def onset_strength(bands: Bands, step_seconds: float) -> Series:
    """Return how much of what sounds in each step is new, on a scale like the ear's.

    Source: spectral flux with compressed magnitudes, as in Dixon, "Onset detection revisited"
    (2006).
    """
    peak = float(bands.max(initial=0.0))
    if peak <= 0:
        return np.zeros(len(bands))
    lag = max(1, round(_LAG_SECONDS / step_seconds))
    # The difference of two steps belongs between them.
    before = (lag + 1) // 2
    found = np.zeros(len(bands))
    for first in range(0, len(bands) - lag, _AT_ONCE):
        loud = np.log10(1 + bands[first : first + _AT_ONCE + lag] / (_QUIET * peak))
        rise = np.maximum(loud[lag:] - loud[:-lag], 0).mean(axis=1, dtype=np.float64)
        found[first + before : first + before + len(rise)] = rise
    return found


def onset_moments(strength: Series, step_seconds: float) -> Series:
    """Return when onsets happen, in seconds, rising.

    Args:
        strength: with its peaks in their place.
        step_seconds: between two values.

    Source: peak picking as in Böck, Krebs, Schedl, "Evaluating the online capabilities of onset
    detection methods" (2012), with a threshold relative to the strongest onsets.
    """
    from scipy.ndimage import maximum_filter1d, uniform_filter1d

    if not strength.any():
        return np.zeros(0)
    reach = 2 * round(_APART_SECONDS / step_seconds / 2) + 1
    around = 2 * round(_AROUND_SECONDS / step_seconds / 2) + 1
    least = _ABOVE * float(np.percentile(strength[strength > 0], 99.5))
    is_peak = strength == maximum_filter1d(strength, reach, mode="constant")
    is_peak &= strength > uniform_filter1d(strength, around, mode="constant") + least
    peaks = np.flatnonzero(is_peak)
    return (peaks + _between(strength, peaks)) * step_seconds


def _between(strength: Series, peaks: npt.NDArray[np.int64]) -> Series:
    """Return where between the steps each peak has its top: that of a parabola through three."""
    before = strength[np.maximum(peaks - 1, 0)]
    after = strength[np.minimum(peaks + 1, len(strength) - 1)]
    bend = before - 2 * strength[peaks] + after
    found = np.zeros(len(peaks))
    np.divide((before - after) / 2, bend, out=found, where=bend < 0)
    return found


def in_place(strength: Series, step_seconds: float, window_seconds: float) -> Series:
    """Return the strength with its peaks moved to the onsets."""
    steps = np.arange(len(strength))
    found: Series = np.interp(
        steps - _EARLY * window_seconds / step_seconds, steps, strength, left=0.0
    )
    return found
