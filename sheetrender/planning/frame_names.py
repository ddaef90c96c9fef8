"""What the names in a formula stand for, at every frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sheetrender.model.beats import BEATS_PER_BAR
from sheetrender.model.keyframes import Settings
from sheetrender.planning.expressions import compute, cost
from sheetrender.planning.faults import fault
from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.syntax import FormulaError

Frames: TypeAlias = slice | npt.NDArray[np.int64]
"""Some frames of a video: a run of them, or their numbers."""

MOST_WORK = 200_000_000
"""Multiplications that all formulas of a video may take together, about half a second.

Anyone may edit a shared sheet: a few long formulas over a long video must not take the evening.
"""


def shared_names(settings: Settings, frames: int) -> dict[str, Numbers | float]:
    """Return the names that mean the same in every formula of a video, but for the curves."""
    rate = settings.rate.per_second
    seconds: Numbers = np.arange(frames, dtype=np.float64) * float(1 / rate)
    names: dict[str, Numbers | float] = {
        "max_f": float(frames - 1),
        "fps": float(rate),
        "sec": seconds,
        "pi": float(np.pi),
        "e": float(np.e),
    }
    beats = settings.tempo
    if beats is not None:
        beat: Numbers = beats.beats_at(seconds)
        names |= {"bpm": beats.bpm, "beat": beat, "bar": beat / BEATS_PER_BAR}
    return names


class FormulaNames:
    """What the names in a formula stand for, and how formulas are computed with them.

    ``k``, ``n`` and ``p`` count from the row of the sheet that each frame belongs to.

    Attributes:
        work_left: multiplications that formulas may still take.
    """

    def __init__(
        self, shared: Mapping[str, Numbers | float], row_starts: Sequence[int], count: int
    ) -> None:
        """Prepare the names for a whole video.

        Args:
            shared: names with one value for each frame, shape (count,), or one for all.
            row_starts: first frame of each row of the sheet, ascending, beginning with 0.
            count: frames of the video.
        """
        starts = np.asarray(row_starts, dtype=np.float64)
        lengths = np.diff(starts, append=count)
        row_of = np.repeat(np.arange(len(starts)), lengths.astype(np.int64))
        frames = self._frames = np.arange(count, dtype=np.float64)
        since = frames - starts[row_of]
        length = lengths[row_of]
        own = {"t": frames, "k": since, "n": length, "p": since / length}
        self._names: dict[str, Numbers | float] = {**shared, **own}
        self.work_left = MOST_WORK

    def compute(self, formula: str, frames: Frames) -> Numbers:
        """Return a formula's values for some frames, in their order; some may not be finite.

        Raises:
            FormulaError: it cannot be computed, or is too much work.
        """
        count = len(self._frames[frames])
        work = cost(formula) * count
        if work > self.work_left:
            raise FormulaError(
                f"is one long formula too many for a video of {len(self._frames):,} frames",
                "Make formulas shorter, or the video.",
            )
        self.work_left -= work
        return compute(formula, self.at(frames), count)

    def at(self, frames: Frames) -> Mapping[str, Numbers | float]:
        """Return the names for some frames."""
        return _NamesAt(self._names, frames)


class _NamesAt(Mapping[str, "Numbers | float"]):
    """The names of some frames; each is cut out when a formula asks for it."""

    def __init__(self, names: Mapping[str, Numbers | float], frames: Frames) -> None:
        self._all = names
        self._frames = frames

    def __getitem__(self, name: str) -> Numbers | float:
        value = self._all[name]
        return value[self._frames] if isinstance(value, np.ndarray) else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


def finite_values(formula: str, names: FormulaNames, first: int, end: int) -> Numbers:
    """Return a formula's values for frames `first` .. `end` - 1, all of them finite.

    Raises:
        FormulaError: it cannot be computed, or has no value at some frame, which it names.
    """
    values = names.compute(formula, slice(first, end))
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise no_value(formula, names, first + int(bad[0]))
    return values


def no_value(formula: str, names: FormulaNames, frame: int) -> FormulaError:
    """Return why a formula has no finite value at a frame."""
    reason = fault(formula, names.at(slice(frame, frame + 1)))
    return FormulaError(f"{reason} at frame {frame}", reason.remedy)
