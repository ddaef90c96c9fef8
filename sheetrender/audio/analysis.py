"""All that is heard in a sound, in equal steps, whatever the frame rate of the video."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from sheetrender.audio.bands import PITCHES, band_powers
from sheetrender.audio.cache import Kept
from sheetrender.audio.harmony import note_changes
from sheetrender.audio.onsets import in_place, onset_moments, onset_strength
from sheetrender.audio.percussion import struck_share
from sheetrender.audio.playing import Piece, Playable, pieces
from sheetrender.audio.recording import Recording
from sheetrender.audio.spectra import BANDS, spectra, window_and_step

_EVERY = 2
"""Steps for one in which strokes and notes are told apart: they are longer than that."""
_LOW = BANDS // 8
"""Bands below about 250 Hz."""
_AT_ONCE = 200 * 44100
"""Samples, about, that are in memory at the same time."""
_MARGIN_SECONDS = 1
"""More than anything that is heard depends on, to either side."""

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
        change: of the notes that sound, 0.0 to 1.0.
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
    change: Steps
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


def analyse(sound: Playable) -> Analysis:
    """Listen to a sound."""
    rate = sound.sample_rate
    window, step = window_and_step(rate)
    pair = _EVERY * step
    size, margin = (-(-samples // pair) * pair for samples in (_AT_ONCE, _MARGIN_SECONDS * rate))
    heard = [_heard(piece, rate) for piece in pieces(sound, size, margin)]
    joined = {name: np.concatenate([part.pop(name) for part in heard]) for name in list(heard[0])}
    bands = joined.pop("bands")
    step_seconds, window_seconds = step / rate, window / rate
    onset, low = (
        in_place(onset_strength(some, step_seconds), step_seconds, window_seconds)
        for some in (bands, bands[:, :_LOW])
    )
    return Analysis(
        sample_rate=rate,
        step=step,
        onset=onset.astype(np.float32),
        low_onset=low.astype(np.float32),
        moments=onset_moments(onset, step_seconds).astype(np.float32),
        **joined,
    )


def _heard(piece: Piece, rate: int) -> dict[str, npt.NDArray[np.float32]]:
    """Return what is heard in a piece, for the steps that are its own."""
    wave = Recording(piece.samples, rate).mono()
    heard = spectra(wave, rate)
    power = heard.bands.sum(axis=1, dtype=np.float64)
    coarse = heard.bands[::_EVERY]
    coarse_seconds = _EVERY * heard.step / rate
    share = struck_share(coarse, coarse_seconds)
    steps = np.arange(len(power))
    percussive, change = (
        np.interp(steps, steps[::_EVERY], series)
        for series in (
            (coarse * share).sum(axis=1, dtype=np.float64),
            note_changes(coarse, share, coarse_seconds),
        )
    )
    by_band = band_powers(wave, rate, heard.step)
    found = {
        "bands": heard.bands,
        "brightness": heard.brightness,
        "power": power,
        "change": change,
        "percussive": percussive,
        "harmonic": np.maximum(power - percussive, 0),
        **{name: by_band[name] for name in PITCHES},
    }
    first = piece.before // heard.step
    # Step j is centred on sample j * step: the sound's end has one too.
    own = slice(first, first + piece.inner // heard.step + piece.is_last)
    return {name: np.array(series[own], np.float32) for name, series in found.items()}
