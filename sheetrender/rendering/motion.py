"""A picture in the host's memory, moved: warped by a motion, its edges filled."""

from __future__ import annotations

import cv2
import numpy as np

from sheetrender.engines.engine import Image
from sheetrender.model.keyframes import Border
from sheetrender.model.motion import Motion

_BORDERS: dict[Border, int] = {
    "replicate": cv2.BORDER_REPLICATE,
    "wrap": cv2.BORDER_WRAP,
    "reflect": cv2.BORDER_REFLECT_101,
}


def warped(picture: Image, motion: Motion, border: Border) -> Image:
    """Return the picture as it stands after a motion, the same size.

    Without motion it is the picture itself, not resampled.
    """
    height, width = picture.shape[:2]
    how = {"flags": cv2.INTER_LINEAR, "borderMode": _BORDERS[border]}
    if motion.ndim == 3:
        return _image(
            cv2.remap(picture, motion, None, cv2.INTER_LINEAR, borderMode=_BORDERS[border])  # type: ignore[call-overload]
        )
    if np.array_equal(motion, np.eye(3)):
        return picture
    if np.array_equal(motion[2], [0.0, 0.0, 1.0]):
        return _image(cv2.warpAffine(picture, motion[:2], (width, height), **how))  # type: ignore[call-overload]
    return _image(cv2.warpPerspective(picture, motion, (width, height), **how))  # type: ignore[call-overload]


def _image(picture: object) -> Image:
    return np.asarray(picture, dtype=np.uint8)
