"""Colours that stay: each picture is matched to its segment's first, and contrast is scaled."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from sheetrender.engines.engine import Image
from sheetrender.model.keyframes import ColorCoherence

_TO = {"lab": cv2.COLOR_BGR2LAB, "hsv": cv2.COLOR_BGR2HSV}
_BACK = {"lab": cv2.COLOR_LAB2BGR, "hsv": cv2.COLOR_HSV2BGR}


class ColourReference:
    """The colours of a segment's first picture, ready to be given to later ones.

    Histograms are matched channel by channel through a table of 256 entries, so that the cost
    does not depend on how many different colours there are.

    Source: R. Gonzalez and R. Woods, "Digital Image Processing", histogram specification.
    """

    def __init__(self, picture: Image, space: ColorCoherence) -> None:
        self._space = space
        self._shares = [] if space == "none" else _shares(_converted(picture, space))

    def match(self, picture: Image) -> Image:
        """Return the picture with the reference's colours, shape and type as it was."""
        if self._space == "none":
            return picture
        converted = _converted(picture, self._space)
        table = np.stack(
            [
                _table(own, wanted)
                for own, wanted in zip(_shares(converted), self._shares, strict=True)
            ],
            axis=-1,
        )
        matched = cv2.LUT(converted, table[None])
        if self._space == "rgb":
            return np.asarray(matched, dtype=np.uint8)
        return np.asarray(cv2.cvtColor(matched, _BACK[self._space]), dtype=np.uint8)


def _converted(picture: Image, space: ColorCoherence) -> Image:
    # Histograms of the three channels do not mix, so for rgb the order of channels is no matter.
    return picture if space == "rgb" else np.asarray(cv2.cvtColor(picture, _TO[space]), np.uint8)


def _shares(picture: Image) -> list[npt.NDArray[np.float64]]:
    """Return for each channel the share of pixels at or below each level, shape (256,)."""
    shares = []
    for channel in range(3):
        counts = cv2.calcHist([picture], [channel], None, [256], [0, 256]).ravel()
        running = np.cumsum(counts, dtype=np.float64)
        shares.append(running / running[-1])
    return shares


def _table(own: npt.NDArray[np.float64], wanted: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """Return the level with the same share in `wanted` for each level of `own`, shape (256,)."""
    present = np.diff(wanted, prepend=0.0) > 0
    levels = np.interp(own, wanted[present], np.flatnonzero(present))
    return np.rint(levels).astype(np.uint8)


def with_contrast(picture: Image, factor: float) -> Image:
    """Return the picture with its values multiplied, clipped at white (Deforum wraps to black)."""
    if factor == 1.0:
        return picture
    return np.asarray(cv2.convertScaleAbs(picture, alpha=factor), dtype=np.uint8)
