"""Where in a song a stem begins: services that separate songs trim silence, and encoders add it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sheetrender.audio.recording import Recording, Wave

_RATE = 4000
"""Samples per second at which the two are compared."""
_CLEAR = 8.0
"""How far a match stands out of the noise of all others, in its deviations."""
_AS_GOOD = 0.97
"""Share of the best match at which the place that the file itself says is taken."""
_NEAR_SECONDS = 0.004


@dataclass(frozen=True, slots=True)
class Alignment:
    """How a stem lies in its song.

    Attributes:
        seconds: from the song's beginning to the stem's; negative where the stem begins before it.
        is_clear: the two have something in common; else `seconds` is 0.
    """

    seconds: float
    is_clear: bool


def align(stem: Recording, song: Recording) -> Alignment:
    """Find a stem in its song by cross-correlation.

    Source: Knapp and Carter, "The generalized correlation method for estimation of time delay"
    (1976), with the spectra made half flat.
    """
    import scipy.fft

    parts = [_slow(recording.mono(), recording.sample_rate) for recording in (stem, song)]
    if not all(part.any() for part in parts):
        return Alignment(0.0, is_clear=not parts[0].any())
    size = scipy.fft.next_fast_len(sum(map(len, parts)), real=True)
    spectra = [scipy.fft.rfft(part, size, workers=-1) for part in parts]
    cross = np.conj(spectra[0]) * spectra[1]
    cross /= np.sqrt(np.abs(cross)) + 1e-9 * float(np.abs(cross).max()) ** 0.5
    match = scipy.fft.irfft(cross, size, workers=-1)
    best = int(match.argmax())
    if match[best] < _CLEAR * float(match.std()):
        return Alignment(0.0, is_clear=False)
    here = _near_zero(match, round(_NEAR_SECONDS * _RATE))
    if match[here] >= _AS_GOOD * match[best]:
        best = here
    lag = best - size if best > size // 2 else best
    return Alignment(lag / _RATE, is_clear=True)


def _near_zero(match: npt.NDArray[np.float32], reach: int) -> int:
    places = np.arange(-reach, reach + 1)
    return int(places[match[places].argmax()]) % len(match)


def _slow(wave: Wave, sample_rate: int) -> Wave:
    """Return a sound with so few samples that long songs are compared at once."""
    import scipy.fft

    size = scipy.fft.next_fast_len(len(wave) or 1, real=True)
    spectrum = scipy.fft.rfft(wave, size, workers=-1)
    points = round(size * _RATE / sample_rate)
    found: Wave = scipy.fft.irfft(spectrum[: points // 2 + 1], points, workers=-1)
    return found[: round(len(wave) * _RATE / sample_rate)]
