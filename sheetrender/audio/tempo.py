"""The tempo of a song and where its beats fall: one grid where it is steady, tracked where not."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sheetrender.audio.beat_tracking import track_beats
from sheetrender.audio.onsets import Series
from sheetrender.model.beats import BEATS_PER_BAR, Beats

_SLOWEST, _FASTEST = 50.0, 220.0  # beats per minute
_USUAL_BPM, _SPREAD = 120.0, 0.9  # of tempi, and octaves around it
_HARMONICS = ((1, 1.0), (2, 1.0), (4, 0.7))
"""Pulses per beat that speak for a tempo, and how strongly."""
_STEADY = 0.65
"""Share of the local pulses that one grid has to explain."""
_PIECE_SECONDS = 10.0
_OWN = 1 + np.linspace(-0.12, 0.12, 49)
"""Tempi that a piece may have, as shares of the song's."""
_FEWEST_BEATS = 8
_WEAK = 0.42
"""Share of the other strokes below which every second one is what sounds between two beats. Songs
made with the beat of rock, house and ballads have at most 0.3 between beats, and 0.54 on them."""
_PHASES = 480
_ALIKE, _CLEARLY = 0.8, 1.15
"""Share of the hardest strokes of the bass that counts as alike; how much more the chords have to
change on one beat than on the next best."""
_NEAR_SECONDS = 0.03
"""Around a beat, within which its stroke falls."""


def find_beats(strength: Series, low: Series, change: Series, step_seconds: float) -> Beats | None:
    """Return where the beats of a song fall, or None where nothing pulses.

    Args:
        strength: of onsets, in their place.
        low: strength of onsets in the bass: bars begin there.
        change: of the notes that sound: bars begin there too.
        step_seconds: between two values.

    Source: for the grid, the Fourier sum of the onset strength (a "Fourier tempogram" over the
    whole song: Grosche and Müller, 2011), which a break without drums cannot lead astray.
    """
    if not strength.any() or len(strength) * step_seconds < _FEWEST_BEATS * 60 / _FASTEST:
        return None
    # Bass drums say more about beats than the hi-hats between them.
    both = strength / strength.mean() + low / (low.mean() or 1.0)
    pulse = both - both.mean()
    per_second = _tempo(pulse, step_seconds)
    certainty = _certainty(pulse, per_second, step_seconds)
    if certainty >= _STEADY:
        return _grid(both, _Bars(low, change), per_second, step_seconds, certainty)
    return _tracked(strength, both, _Bars(low, change), per_second, step_seconds)


class _Bars(NamedTuple):
    """What tells where bars begin: how hard the bass strikes, and how much the notes change."""

    low: Series
    change: Series


def _tempo(pulse: Series, step_seconds: float) -> float:
    """Return the beats per second."""
    size = 1 << int(np.ceil(np.log2(len(pulse) * 16)))
    spectrum = np.abs(np.fft.rfft(pulse, size))
    spacing = 1 / (size * step_seconds)
    bins = np.arange(int(_SLOWEST / 60 / spacing), int(_FASTEST / 60 / spacing) + 1)
    octaves = np.log2(bins * spacing * 60 / _USUAL_BPM) / _SPREAD
    score = np.exp(-0.5 * octaves**2) * sum(w * spectrum[h * bins] for h, w in _HARMONICS)
    rough = float(bins[int(np.argmax(score))] * spacing)
    return _refined(pulse, rough, step_seconds)


def _refined(pulse: Series, rough: float, step_seconds: float) -> float:
    """Return the tempo near a rough one whose pulses add up best."""
    width = 0.4 / (len(pulse) * step_seconds)
    for _ in range(4):
        tempi = rough + np.linspace(-width, width, 21)
        sums = [
            sum(w * abs(_sum(pulse, h * f, step_seconds)) for h, w in _HARMONICS) for f in tempi
        ]
        rough = float(tempi[int(np.argmax(sums))])
        width /= 8
    return rough


def _sum(pulse: Series, per_second: float, step_seconds: float) -> complex:
    moments = np.arange(len(pulse)) * step_seconds
    return complex(np.sum(pulse * np.exp(-2j * np.pi * per_second * moments)))


def _certainty(pulse: Series, per_second: float, step_seconds: float) -> float:
    """Return the share of the pulses of all pieces of a song that one grid explains.

    What there is to be explained is what each piece would have with a tempo of its own.
    """
    size = max(1, int(_PIECE_SECONDS / step_seconds))
    pieces = np.pad(pulse, (0, -len(pulse) % size)).reshape(-1, size)
    moments = np.arange(size) * step_seconds
    starts = np.arange(len(pieces)) * size * step_seconds
    together, alone = 0.0, 0.0
    for harmonic, weight in _HARMONICS[:2]:
        tempi = harmonic * per_second * _OWN
        sums = np.abs(pieces @ np.exp(-2j * np.pi * np.outer(moments, tempi)))
        alone += weight * float(sums.max(axis=1).sum())
        turned = pieces @ np.exp(-2j * np.pi * harmonic * per_second * moments)
        whole = np.sum(turned * np.exp(-2j * np.pi * harmonic * per_second * starts))
        together += weight * float(abs(whole))
    return together / alone if alone else 0.0


def _grid(
    both: Series, bars: _Bars, per_second: float, step_seconds: float, certainty: float
) -> Beats:
    period = 1 / per_second
    shifts = np.arange(_PHASES) / _PHASES * period
    count = int((len(both) - 1) * step_seconds / period)
    places = (shifts[:, None] + np.arange(count) * period) / step_seconds
    steps = np.arange(len(both))
    scores = [float(np.interp(row, steps, both).sum()) for row in places]
    first = float(_top(scores) / _PHASES * period)
    moments: Series = first + np.arange(count, dtype=np.float64) * period
    every = _real_beats(moments, both, step_seconds)
    first, period, moments = float(moments[every][0]), period * (every.step or 1), moments[every]
    beats = Beats(bpm=60 / period, first_beat=first, certainty=min(1.0, certainty))
    return replace(beats, first_beat=first + _downbeat(moments, bars, step_seconds) * period)


def _real_beats(moments: Series, both: Series, step_seconds: float) -> slice:
    """Return which of equal pulses are beats: every second one, where those between are weak.

    A slow song with hi-hats between its beats pulses most clearly at twice its tempo.
    """
    every = slice(0, None, 1)
    if len(moments) < 2 * _FEWEST_BEATS or np.median(np.diff(moments)) > 30 / _SLOWEST:
        return every
    strokes = _strokes(moments, both, step_seconds)
    even, odd = (float(strokes[first::2].mean()) for first in (0, 1))
    if min(even, odd) >= _WEAK * max(even, odd):
        return every
    return slice(0 if even > odd else 1, None, 2)


def _top(scores: list[float]) -> float:
    """Return where the highest of scores around a circle lies, between its neighbours."""
    best = int(np.argmax(scores))
    before, here, after = (scores[(best + d) % len(scores)] for d in (-1, 0, 1))
    bend = before - 2 * here + after
    return best + ((before - after) / 2 / bend if bend < 0 else 0.0)


def _tracked(
    strength: Series, both: Series, bars: _Bars, per_second: float, step_seconds: float
) -> Beats | None:
    moments = track_beats(strength, per_second, step_seconds)
    moments = moments[_real_beats(moments, both, step_seconds)]
    if len(moments) < _FEWEST_BEATS:
        return None
    first = _downbeat(moments, bars, step_seconds)
    middle = 60 / float(np.median(np.diff(moments)))
    return Beats(
        bpm=middle,
        first_beat=float(moments[first]),
        moments=tuple(map(float, moments)),
        first_known=-first,
        certainty=0.5,
    )


def _downbeat(moments: Series, bars: _Bars, step_seconds: float) -> int:
    """Return which of the first four beats begins a bar.

    That is where the bass strikes hardest; where it strikes on several alike, the one on which the
    chords change, and where they do not, the first of them.
    """
    hits = _of_four(_strokes(moments, bars.low, step_seconds))
    changes = _of_four(np.interp(moments / step_seconds, np.arange(len(bars.change)), bars.change))
    strong = [n for n in range(BEATS_PER_BAR) if hits[n] >= _ALIKE * max(hits)]
    by_change = sorted(strong, key=lambda n: -changes[n])
    if len(strong) > 1 and changes[by_change[0]] > _CLEARLY * changes[by_change[1]]:
        return by_change[0]
    return next(n for n in range(BEATS_PER_BAR) if hits[n] >= 0.93 * max(hits))


def _of_four(values: Series) -> list[float]:
    """Return the mean of every fourth value, from each of the first four on."""
    starts = range(BEATS_PER_BAR)
    return [float(values[n::BEATS_PER_BAR].mean()) if len(values) > n else 0.0 for n in starts]


def _strokes(moments: Series, strength: Series, step_seconds: float) -> Series:
    """Return the strongest onset around each moment."""
    places = np.clip(np.round(moments / step_seconds).astype(int), 0, len(strength) - 1)
    reach = max(1, round(_NEAR_SECONDS / step_seconds))
    return np.array([strength[max(0, p - reach) : p + reach + 1].max(initial=0) for p in places])
