"""How much of each pitch sounds when: spectra in equal steps, in bands as the ear parts them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sheetrender.audio.recording import Wave

Bands: TypeAlias = npt.NDArray[np.float32]
"""Power of each band in each step, shape (steps, bands)."""

BANDS = 96
_WINDOW_SECONDS, _STEP_SECONDS = 0.0464, 0.0058  # 2048 and 256 samples at 44.1 kHz
_LOWEST, _HIGHEST = 30.0, 16000.0  # Hz
_AT_ONCE = 1024
"""Steps that are in memory at the same time as spectra."""


@dataclass(frozen=True, slots=True)
class Spectra:
    """A sound's spectra.

    Attributes:
        bands: power, shape (steps, `BANDS`); step j is centred on sample j * `step`.
        brightness: centre of gravity of each spectrum, Hz; 0 in silence.
        step: samples.
    """

    bands: Bands
    brightness: npt.NDArray[np.float32]
    step: int


def window_and_step(sample_rate: int) -> tuple[int, int]:
    """Return the length of the windows, a power of two, and the step between them, in samples."""
    window = 1 << max(5, round(float(np.log2(sample_rate * _WINDOW_SECONDS))))
    return window, max(1, round(sample_rate * _STEP_SECONDS))


def spectra(wave: Wave, sample_rate: int) -> Spectra:
    """Return the spectra of a sound.

    Source: the mel scale is that of O'Shaughnessy (1987), 2595 log10(1 + f/700).
    """
    window, step = window_and_step(sample_rate)
    pitches = np.fft.rfftfreq(window, 1 / sample_rate).astype(np.float32)
    filters = mel_filters(sample_rate, window)
    bands, brightness = [], []
    for power in _powers(wave, window, step):
        bands.append(power @ filters)
        size = np.sqrt(power, out=power)
        total = size.sum(axis=1)
        brightness.append(np.where(total > 0, size @ pitches / np.maximum(total, 1e-20), 0))
    return Spectra(np.concatenate(bands), np.concatenate(brightness).astype(np.float32), step)


def _powers(wave: Wave, window: int, step: int) -> Iterator[npt.NDArray[np.float32]]:
    import scipy.fft

    shape = hann(window) * np.float32(2 / window)
    padded = np.pad(wave, window // 2)
    views = np.lib.stride_tricks.sliding_window_view(padded, window)[::step]
    for first in range(0, len(views), _AT_ONCE):
        found = scipy.fft.rfft(views[first : first + _AT_ONCE] * shape, axis=1, workers=-1)
        yield np.square(found.real) + np.square(found.imag)


def hann(window: int) -> Wave:
    """Return a Hann window that adds up to a constant when it is shifted by halves."""
    turn = 2 * np.pi * np.arange(window) / window
    return (0.5 - 0.5 * np.cos(turn)).astype(np.float32)


@lru_cache(maxsize=8)
def mel_filters(sample_rate: int, window: int) -> npt.NDArray[np.float32]:
    """Return how much of each pitch belongs to each band, shape (window // 2 + 1, `BANDS`)."""
    # Here and not above: a curve that is kept, or of loudness alone, needs no filters.
    from librosa.filters import mel

    top = min(_HIGHEST, sample_rate / 2)
    filters: npt.NDArray[np.float32] = mel(
        sr=sample_rate, n_fft=window, n_mels=BANDS, fmin=_LOWEST, fmax=top, htk=True, norm=None
    )
    return np.ascontiguousarray(filters.T)
