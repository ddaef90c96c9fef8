"""Beats and the moments at which they fall."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

BEATS_PER_BAR = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Beats:
    """Where the beats of a song fall; beat 0 begins bar 1.

    Attributes:
        bpm: beats per minute; where they drift, in the middle of the song.
        first_beat: seconds to beat 0.
        moments: of beat `first_known` and those after it, where the tempo drifts; else empty.
        first_known: number of the first of `moments`; not above 0.
        certainty: 0.0 to 1.0, how clear the beat is in the song; 1.0 where a person says it, 0.0
            where the song cannot be heard and these only stand in for its beats.
    """

    bpm: float
    first_beat: float = 0.0
    moments: tuple[float, ...] = ()
    first_known: int = 0
    certainty: float = 1.0

    def sooner(self, seconds: Fraction) -> Beats:
        """Return the same beats in a video that begins so many seconds into the song."""
        by = float(seconds)
        return replace(
            self,
            first_beat=self.first_beat - by,
            moments=tuple(moment - by for moment in self.moments),
        )

    def seconds_at(self, beat: Fraction) -> Fraction:
        """Return when a beat falls; between two beats time runs evenly."""
        if not self.moments:
            return Fraction(self.first_beat) + beat * 60 / Fraction(self.bpm)
        numbers = self.first_known + np.arange(len(self.moments))
        return Fraction(float(_stretched(np.array([float(beat)]), numbers, self.moments)[0]))

    def beats_at(self, seconds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the beat at each moment, with its fraction; shape as `seconds`."""
        if not self.moments:
            return (seconds - self.first_beat) * self.bpm / 60.0
        numbers = self.first_known + np.arange(len(self.moments))
        return _stretched(seconds, self.moments, numbers)


def _stretched(
    at: npt.NDArray[np.float64], known: npt.ArrayLike, values: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Return values between known ones; beyond them, as steep as their outermost eight are."""
    x, y = np.asarray(known, np.float64), np.asarray(values, np.float64)
    found: npt.NDArray[np.float64] = np.interp(at, x, y)
    for end, near in ((0, slice(0, 9)), (-1, slice(-9, None))):
        beyond = at < x[0] if end == 0 else at > x[-1]
        slope = (y[near][-1] - y[near][0]) / (x[near][-1] - x[near][0])
        found[beyond] = y[end] + (at[beyond] - x[end]) * slope
    return found
