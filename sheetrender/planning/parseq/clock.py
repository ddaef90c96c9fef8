"""What the names in a formula of Parseq stand for, at every frame."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.syntax import FormulaError

CONSTANTS: Mapping[str, float] = {
    "PI": math.pi, "E": math.e, "SQRT2": math.sqrt(2), "SQRT1_2": math.sqrt(0.5),
    "LN2": math.log(2), "LN10": math.log(10), "LOG2E": 1 / math.log(2), "LOG10E": 1 / math.log(10),
}  # fmt: skip
ALIASES: Mapping[str, str] = {
    "prev_keyframe": "active_keyframe",
    "prev_keyframe_value": "active_keyframe_value",
    "final_frame": "last_frame",
}
"""Names of old versions, and what they are called now."""

MOST_REPEATS, LONGEST_LABEL = 2, 200
"""Repetitions in a pattern for labels, and letters of a label that it looks at."""

MOST_POINTS = 400
"""Keyframes that a polynomial goes through before its numbers mean nothing any more."""


@dataclass(frozen=True, slots=True)
class Series:
    """A time series of a document.

    Attributes:
        at: where its points are, ascending: frames, or milliseconds.
        values: of the points.
        is_in_ms: what `at` is.
    """

    at: Numbers
    values: Numbers
    is_in_ms: bool

    def value(self, frames: Numbers, fps: float, *, linear: bool) -> Numbers:
        """Return the value at some frames: of the point before, or on the line between two."""
        at = frames / fps * 1000.0 if self.is_in_ms else frames
        if linear:
            return np.asarray(np.interp(at, self.at, self.values), dtype=np.float64)
        behind = np.searchsorted(self.at, at, side="left")
        at_or_before = np.where(behind == len(self.at), len(self.at) - 1, behind - 1)
        return np.asarray(self.values[at_or_before.clip(0)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What all formulas of a document share.

    Attributes:
        frames: of the video.
        fps: frames per second.
        bpm: beats per minute.
        cadence: of Deforum.
        labels: of the keyframes by frame, ascending; empty texts for those without.
        series: time series by name.
    """

    frames: int
    fps: float
    bpm: float
    cadence: float = 1.0
    labels: Mapping[int, str] = field(default_factory=dict)
    series: Mapping[str, Series] = field(default_factory=dict)

    @property
    def frames_of_beat(self) -> float:
        """How many frames a beat lasts."""
        return self.fps * 60.0 / self.bpm

    def matches(self, pattern: str) -> Numbers:
        """Return the frames whose label matches a pattern, ascending.

        Raises:
            FormulaError: it is no pattern, or one that could take for ever.
        """
        # A pattern that repeats what repeats can take for ever on one label.
        repeats = len(re.findall(r"[*+{]", pattern))
        if len(pattern) > 100 or repeats > MOST_REPEATS or re.search(r"\)[*+?{]", pattern):
            raise FormulaError(f"asks for labels like {pattern[:40]!r}, which is too involved")
        try:
            wanted = re.compile(pattern)
        except re.error as error:
            raise FormulaError(f"asks for labels like {pattern!r}: {error}") from error
        labels = ((at, label[:LONGEST_LABEL]) for at, label in self.labels.items() if label)
        found = [at for at, label in labels if wanted.search(label)]
        return np.asarray(found, dtype=np.float64)


class FieldNames:
    """The names of one field, at every frame."""

    def __init__(
        self,
        clock: Clock,
        at: Sequence[int] | Numbers,
        values: Sequence[float] | Numbers,
        others: Mapping[str, Numbers] | None = None,
        span: slice | None = None,
    ) -> None:
        """Prepare the names.

        Args:
            clock: of the document.
            at: frames of the field's keyframes, ascending, at least one.
            values: of the keyframes.
            others: further names with a value at every frame of the video.
            span: the frames that are asked for; None for all.
        """
        self.clock = clock
        self._at = np.asarray(at, dtype=np.float64)
        self._values = np.asarray(values, dtype=np.float64)
        self._others = others or {}
        self._span = span or slice(0, clock.frames)
        self.f: Numbers = np.arange(self._span.start, self._span.stop, dtype=np.float64)
        behind = np.searchsorted(self._at, self.f, side="right")
        self._active = np.maximum(behind - 1, 0)
        self._next = np.minimum(behind, len(self._at) - 1)

    def within(self, span: slice) -> FieldNames:
        """Return the same names for some frames."""
        return FieldNames(self.clock, self._at, self._values, self._others, span)

    def value(self, name: str) -> Numbers:
        """Return what a name stands for.

        Raises:
            FormulaError: nothing is called so, or nobody can compute it here.
        """
        name = ALIASES.get(name, name)
        if name in CONSTANTS:
            return np.asarray(CONSTANTS[name])
        if name in self._others:
            return self._others[name][self._span]
        if name in self.clock.series:
            return self.clock.series[name].value(self.f, self.clock.fps, linear=False)
        known = self._known(name)
        if known is None:
            raise FormulaError(f"uses {name}, which cannot be computed here")
        return known

    def _known(self, name: str) -> Numbers | None:
        clock = self.clock
        match name:
            case "f":
                return self.f
            case "s":
                return self.f / clock.fps
            case "b":
                return self.f / clock.frames_of_beat
            case "wb":
                return np.floor(self.f / clock.frames_of_beat)
            case "k":
                return self.f - self._active_frame
            case "fps" | "bpm" | "cadence":
                return np.asarray(float(getattr(clock, name)))
            case "last_frame":
                return np.asarray(clock.frames - 1.0)
        return self._of_keyframes(name)

    @property
    def _active_frame(self) -> Numbers:
        return np.where(self.f < self._at[0], 0.0, self._at[self._active])

    def _of_keyframes(self, name: str) -> Numbers | None:
        match name:
            case "active_keyframe":
                return self._active_frame
            case "next_keyframe":
                return self._at[self._next]
            case "active_keyframe_value" | "S":
                return self._values[self._active]
            case "next_keyframe_value":
                return self._values[self._next]
            case "keyframe_gap":
                return self._at[self._next] - self._active_frame
            case "L":
                return np.asarray(np.interp(self.f, self._at, self._values))
            case "C" | "P":
                return self._smooth(name)
        return None

    def _smooth(self, name: str) -> Numbers:
        """Return the natural cubic spline, or the polynomial, through all keyframes."""
        from scipy.interpolate import BarycentricInterpolator, CubicSpline

        if len(self._at) < 3:
            return np.asarray(np.interp(self.f, self._at, self._values))
        if name == "C":
            return np.asarray(CubicSpline(self._at, self._values, bc_type="natural")(self.f))
        if len(self._at) > MOST_POINTS:
            raise FormulaError(f"asks for a polynomial through {len(self._at)} keyframes")
        return np.asarray(BarycentricInterpolator(self._at, self._values)(self.f))
