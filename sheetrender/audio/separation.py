"""A song's parts without a model: what strikes, what is low, what stands in the middle and beside.

Good enough to move a zoom, and no stems; everything that shows them says so with a ``~``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from sheetrender.audio.decoding import Block
from sheetrender.audio.percussion import struck_share
from sheetrender.audio.playing import Playable, Played, pieces
from sheetrender.audio.recording import Wave
from sheetrender.audio.spectra import hann, mel_filters, window_and_step
from sheetrender.model.curves import StemName

_BLOCK_SECONDS, _MARGIN_SECONDS = 20, 1
Power = npt.NDArray[np.floating[Any]]
"""Of each pitch in each step, shape (steps, pitches)."""


def rough_stem(song: Playable, stem: StemName) -> Played:
    """Return a rough stand-in for a stem, one channel, as long as the song.

    Source: for the strokes as `percussion.struck_share`; middle and side as in Avendano and Jot,
    "Ambience extraction and synthesis from stereo signals" (2002), in their simplest form.
    """
    return Played(song.sample_rate, lambda: _blocks(song, stem))


def _blocks(song: Playable, stem: StemName) -> Iterator[Block]:
    window, _ = window_and_step(song.sample_rate)
    step = window // 2
    size = _BLOCK_SECONDS * song.sample_rate // step * step
    margin = max(1, _MARGIN_SECONDS * song.sample_rate // step) * step
    for piece in pieces(song, size, margin):
        # Silence stands for what was before the song, and what comes after it.
        missing = margin - piece.before, size + margin - (len(piece.samples) - piece.before)
        parts = _middle_and_side(np.pad(piece.samples, (missing, (0, 0))))
        sound = _separated(parts, song.sample_rate, stem, window)
        yield sound[margin : margin + piece.inner, None]


def _middle_and_side(samples: Block) -> list[Wave]:
    """Return the middle, and what stands beside it where there is anything."""
    if samples.shape[1] == 1:
        return [samples[:, 0]]
    left, right = samples.T
    middle, side = (left + right) / 2, (left - right) / 2
    return [middle, side] if side.any() else [middle]


def _separated(parts: list[Wave], rate: int, stem: StemName, window: int) -> Wave:
    spectra = [_spectra(part, window) for part in parts]
    power = [np.square(s.real) + np.square(s.imag) for s in spectra]
    middle, side = power[0], power[1] if len(power) > 1 else None
    pitches = np.fft.rfftfreq(window, 1 / rate)
    struck = _struck(middle, rate, window)
    mask = _MASKS[stem](middle, side, struck, pitches).astype(np.float32)
    source = spectra[1] if stem == "other" and side is not None else spectra[0]
    return _sound(source * mask, window)[: len(parts[0])]


def _spectra(wave: Wave, window: int) -> npt.NDArray[np.complex64]:
    import scipy.fft

    padded = np.pad(wave, window)
    views = np.lib.stride_tricks.sliding_window_view(padded, window)[:: window // 2]
    found: npt.NDArray[np.complex64] = scipy.fft.rfft(
        views * np.sqrt(hann(window)), axis=1, workers=-1
    )
    return found


def _sound(spectra: npt.NDArray[np.complex64], window: int) -> Wave:
    import scipy.fft

    pieces = scipy.fft.irfft(spectra, window, axis=1, workers=-1) * np.sqrt(hann(window))
    half = window // 2
    halves = np.zeros((len(pieces) + 1, half), np.float32)
    halves[:-1] += pieces[:, :half]
    halves[1:] += pieces[:, half:]
    return halves.reshape(-1)[window:]


def _struck(power: Power, sample_rate: int, window: int) -> Power:
    """Return the share of every pitch that strikes, from that of the bands around it."""
    filters = mel_filters(sample_rate, window)
    share = struck_share((power @ filters).astype(np.float32), window / 2 / sample_rate)
    weights = filters.sum(axis=1)
    spread = share @ filters.T
    found = np.ones_like(spread)
    np.divide(spread, weights, out=found, where=weights > 0)
    return found


def _between(pitches: Power, low: float, high: float) -> Power:
    return ((pitches >= low) & (pitches <= high)).astype(np.float32)


def _drums(middle: Power, side: Power | None, struck: Power, pitches: Power) -> Power:
    return struck


def _bass(middle: Power, side: Power | None, struck: Power, pitches: Power) -> Power:
    found: Power = (1 - struck) * _between(pitches, 60, 150)
    return found


def _vocals(middle: Power, side: Power | None, struck: Power, pitches: Power) -> Power:
    """Return what is louder in the middle than beside it, where voices are."""
    share = np.ones_like(middle)
    if side is not None:
        share = np.maximum(middle - side, 0) / np.maximum(middle, 1e-20)
    found: Power = share * (1 - struck) * _between(pitches, 300, 3000)
    return found


def _other(middle: Power, side: Power | None, struck: Power, pitches: Power) -> Power:
    share = np.ones_like(struck) if side is not None else 1 - struck
    found: Power = share * _between(pitches, 200, 8000)
    return found


_Mask = Callable[[Power, "Power | None", Power, Power], Power]
_MASKS: MappingProxyType[StemName, _Mask] = MappingProxyType(
    {"drums": _drums, "bass": _bass, "vocals": _vocals, "other": _other}
)
