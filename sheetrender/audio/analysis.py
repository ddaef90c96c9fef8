"""All that is heard in a sound, in equal steps, whatever the frame rate of the video."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from sheetrender.audio.bands import PITCHES, band_powers
from sheetrender.audio.cache import Kept
from sheetrender.audio.onsets import in_place, onset_moments, onset_strength
from sheetrender.audio.percussion import struck_share
from sheetrender.audio.recording import Recording
from sheetrender.audio.spectra import BANDS, spectra, window_and_step

_EVERY = 2
"""Steps for one in which strokes and notes are told apart: they are longer than that."""
_LOW = BANDS // 8
"""Bands below about 250 Hz."""

Steps = npt.NDArray[np.float32]
"""One value for each step, shape (steps,)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What was heard; step j is centred on sample j * `step`.

    Attributes:
        sample_rate: samples per second.
        step: samples between two values.
        onset: strength of onsets.
        low_onset: that of the bass alone.
        moments: of the onsets, seconds.
        brightness: centre of gravity of the spectrum, Hz; 0 in silence.
        power: of all bands together.
        percussive: power of what strikes.
        harmonic: power of what sounds on.
        sub: power of the band; likewise bass, mid, high and air.
    """

    sample_rate: int
    step: int
    onset: Steps
    low_onset: Steps
    moments: Steps
    brightness: Steps
    power: Steps
    percussive: Steps
    harmonic: Steps
    sub: Steps
    bass: Steps
    mid: Steps
    high: Steps
    air: Steps

    @property
    def step_seconds(self) -> float:
        """Seconds between two values."""
        return self.step / self.sample_rate

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return it as the cache keeps it."""
        return {field.name: np.asarray(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def of(cls, arrays: Kept) -> Analysis:
        """Return what the cache kept.

        Raises:
            KeyError: something is missing.
        """
        series: dict[str, Any] = {f.name: arrays[f.name] for f in fields(cls)}
        whole = {name: int(series[name]) for name in ("sample_rate", "step")}
        return cls(**{**series, **whole})


def analyse(recording: Recording) -> Analysis:
    """Listen to a recording."""
    wave, rate = recording.mono(), recording.sample_rate
    heard = spectra(wave, rate)
    step_seconds = heard.step / rate
    window_seconds = window_and_step(rate)[0] / rate
    onset, low = (
        in_place(onset_strength(bands, step_seconds), step_seconds, window_seconds)
        for bands in (heard.bands, heard.bands[:, :_LOW])
    )
    power = heard.bands.sum(axis=1, dtype=np.float64)
    coarse = heard.bands[::_EVERY]
    struck = (coarse * struck_share(coarse, _EVERY * step_seconds)).sum(axis=1, dtype=np.float64)
    steps = np.arange(len(power))
    percussive = np.interp(steps, steps[::_EVERY], struck)
    by_band = band_powers(wave, rate, heard.step)
    return Analysis(
        sample_rate=rate,
        step=heard.step,
        onset=onset.astype(np.float32),
        low_onset=low.astype(np.float32),
        moments=onset_moments(onset, step_seconds).astype(np.float32),
        brightness=heard.brightness,
        power=power.astype(np.float32),
        percussive=percussive.astype(np.float32),
        harmonic=np.maximum(power - percussive, 0).astype(np.float32),
        **{name: by_band[name][: len(power)] for name in PITCHES},
    )
