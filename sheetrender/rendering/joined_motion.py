"""Motions joined, turned back, and what of a picture they leave uncovered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import cv2
import numpy as np
import numpy.typing as npt

from sheetrender.engines.engine import Depth, Mask
from sheetrender.model.frames import Size
from sheetrender.model.motion import Matrix, Motion, Places

_ROUNDS = 40
_NEAR = 0.01
"""Pixels: places that move less than that from round to round have been found."""


@dataclass(frozen=True, slots=True)
class Joiner:
    """Joins the motions of pictures of one size, so that each picture is resampled only once."""

    size: Size

    def both(self, first: Motion, second: Motion) -> Motion:
        """Return the motion that does `first`, then `second`."""
        if first.ndim == 2 and second.ndim == 2:
            return np.asarray(second @ first, dtype=np.float64)
        if _is_still(first):
            return second
        if _is_still(second):
            return first
        places = self.places(second)
        if first.ndim == 2:
            return _sent(_undone(first), places)
        return np.asarray(places + _read(self._drift(first), places), dtype=np.float32)

    def all(self, motions: Sequence[Motion]) -> Motion:
        """Return one motion that does all of them; at least one."""
        return self.onward(motions)[-1]

    def onward(self, motions: Sequence[Motion]) -> list[Motion]:
        """Return for each of the motions the one from the beginning to behind it."""
        return list(accumulate(motions, self.both))

    def remaining(self, motions: Sequence[Motion]) -> list[Motion]:
        """Return for each of the motions the one from before it to the end."""
        back = accumulate(reversed(motions), lambda later, earlier: self.both(earlier, later))
        return list(back)[::-1]

    def inverse(self, motion: Motion) -> Motion:
        """Return the motion that undoes one.

        Places are found by fixed-point iteration: it converges where neighbours move alike, as they
        do in all that a camera sees on a smooth surface.
        """
        if motion.ndim == 2:
            return _undone(motion)
        here, drift = self._still(), self._drift(motion)
        found = here - drift
        for _ in range(_ROUNDS):
            better = here - _read(drift, found)
            is_near = float(np.abs(better - found).max()) < _NEAR
            found = better
            if is_near:
                break
        return found

    def places(self, motion: Motion) -> Places:
        """Return a motion as the old place of each new pixel."""
        if motion.ndim == 3:
            return np.asarray(motion, dtype=np.float32)
        return _sent(_undone(motion), self._still())

    def covered(self, motion: Motion) -> Mask | None:
        """Return where the moved picture shows itself and not its border; None: everywhere."""
        size = (self.size.width, self.size.height)
        white = np.full((self.size.height, self.size.width), 255, dtype=np.uint8)
        if motion.ndim == 2:
            mask = cv2.warpPerspective(white, motion, size, borderMode=cv2.BORDER_CONSTANT)
        else:
            mask = cv2.remap(white, motion, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)  # type: ignore[call-overload]
        return None if mask.min() == 255 else np.asarray(mask, dtype=np.uint8)

    def carried(self, depth: Depth, motion: Motion) -> Depth:
        """Return a depth as it stands after a motion."""
        return _read(depth, self.places(motion))

    def _still(self) -> Places:
        rows, columns = np.indices((self.size.height, self.size.width), dtype=np.float32)
        return np.stack([columns, rows], axis=-1)

    def _drift(self, places: Motion) -> Places:
        return np.asarray(places - self._still(), dtype=np.float32)


def _is_still(motion: Motion) -> bool:
    return motion.ndim == 2 and np.array_equal(motion, np.eye(3))


def _undone(matrix: Motion) -> Matrix:
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def _sent(matrix: Matrix, places: Places) -> Places:
    """Return each place where a matrix sends it."""
    x, y = places[..., 0].astype(np.float64), places[..., 1].astype(np.float64)
    down = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2]
    sent = [(matrix[n, 0] * x + matrix[n, 1] * y + matrix[n, 2]) / down for n in (0, 1)]
    return np.stack(sent, axis=-1).astype(np.float32)


def _read(values: Places | Depth, places: Places) -> npt.NDArray[np.float32]:
    """Return values at places between pixels; beyond the edge as at the edge."""
    return np.asarray(
        cv2.remap(values, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),  # type: ignore[call-overload]
        dtype=np.float32,
    )
