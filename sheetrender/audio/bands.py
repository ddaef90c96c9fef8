"""Loudness of five bands of pitch, cut out with filters that delay nothing."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from sheetrender.audio.recording import Wave

PITCHES = MappingProxyType(
    {
        "sub": (20.0, 60.0),
        "bass": (60.0, 250.0),
        "mid": (250.0, 2000.0),
        "high": (2000.0, 8000.0),
        "air": (8000.0, 20000.0),
    }
)
"""Lowest and highest pitch of each band, Hz."""

_SLOPE = 0.2
"""Share of a corner's pitch over which a band fades in or out, on either side of it."""
_BLOCK_SECONDS, _MARGIN_SECONDS = 24, 0.75
_FASTEST = 800
"""At least so many values a second, so that no frame rate finds two frames in one value."""


def band_powers(wave: Wave, sample_rate: int, step: int) -> dict[str, npt.NDArray[np.float32]]:
    """Return the power of each band around every step.

    A band's part of the spectrum alone, turned back into time, is its analytic signal, whose
    squared size is its power without the ripple of the wave itself.

    Args:
        wave: one channel.
        sample_rate: samples per second.
        step: samples between two values.

    Returns:
        By the names of `PITCHES`: shape (len(wave) // step + 1,).
    """
    count = len(wave) // step + 1
    found = {name: np.zeros(count, np.float32) for name in PITCHES}
    steps = max(1, _BLOCK_SECONDS * sample_rate // step)
    margin = int(_MARGIN_SECONDS * sample_rate)
    padded = np.pad(wave, (margin, margin + step))
    for first in range(0, count, steps):
        here = min(steps, count - first)
        # Steps are centred: half of one lies before the block.
        start = first * step + margin - step // 2
        block = padded[start - margin + step // 2 : start + here * step + margin]
        spectrum = _spectrum(block)
        edges = margin - step // 2 + np.arange(here + 1) * step
        for name, (low, high) in PITCHES.items():
            found[name][first : first + here] = _power(
                spectrum, sample_rate, (low, high), len(block), edges
            )
    return found


def _spectrum(block: Wave) -> npt.NDArray[np.complex64]:
    import scipy.fft

    found: npt.NDArray[np.complex64] = scipy.fft.rfft(
        block, scipy.fft.next_fast_len(len(block), real=True), workers=-1
    )
    return found


def _power(
    spectrum: npt.NDArray[np.complex64],
    sample_rate: int,
    corners: tuple[float, float],
    samples: int,
    edges: npt.NDArray[np.int64],
) -> npt.NDArray[np.float64]:
    """Return a band's mean power between edges, in samples of the block."""
    import scipy.fft

    size = 2 * (len(spectrum) - 1)
    spacing = sample_rate / size
    low, high = corners
    first = int(low * (1 - _SLOPE) / spacing)
    last = min(int(high * (1 + _SLOPE) / spacing) + 2, len(spectrum))
    if last - first < 2:
        return np.zeros(len(edges) - 1)
    pitches = np.arange(first, last) * spacing
    part = spectrum[first:last] * _shape(pitches, low, high).astype(np.float32)
    # Squaring doubles the width of a spectrum: twice as many values hold all of it.
    points = scipy.fft.next_fast_len(max(2 * (last - first), int(_FASTEST * size / sample_rate)))
    signal = scipy.fft.ifft(part, points, workers=-1) * (points / size)
    # Half of the squared size of an analytic signal, which holds twice the wave: 2 * (…)².
    power = 2 * (np.square(signal.real, dtype=np.float64) + np.square(signal.imag))
    total = np.concatenate([[0.0], np.cumsum(power)]) * (size / points)
    reached = np.interp(edges, np.arange(points + 1) * (size / points), total)
    mean: npt.NDArray[np.float64] = np.diff(reached) / np.diff(edges)
    return mean


def _shape(
    pitches: npt.NDArray[np.floating[Any]], low: float, high: float
) -> npt.NDArray[np.float64]:
    """Return how much of each pitch is let through: at a corner, half of its power."""
    rising = np.clip((pitches / low - 1) / (2 * _SLOPE) + 0.5, 0, 1)
    falling = np.clip((1 - pitches / high) / (2 * _SLOPE) + 0.5, 0, 1)
    found: npt.NDArray[np.float64] = np.sin(np.pi / 2 * rising) * np.sin(np.pi / 2 * falling)
    return found
