"""The last picture, moved: warped by the frame's motion, its edges filled."""

from __future__ import annotations

import cv2
import numpy as np

from sheetrender.engines.engine import Image
from sheetrender.model.frames import FrameSpec, Size
from sheetrender.model.keyframes import Border
from sheetrender.model.motion import motion_matrix

_BORDERS: dict[Border, int] = {
    "replicate": cv2.BORDER_REPLICATE,
    "wrap": cv2.BORDER_WRAP,
    "reflect": cv2.BORDER_REFLECT_101,
}


def moved(picture: Image, spec: FrameSpec, border: Border) -> Image:
    """Return the picture as it stands after the frame's motion, the same size.

    A frame without motion gives the picture back untouched, not resampled.
    """
    height, width = picture.shape[:2]
    matrix = motion_matrix(spec, Size(width, height))
    if np.array_equal(matrix, np.eye(3)):
        return picture
    how = {"flags": cv2.INTER_LINEAR, "borderMode": _BORDERS[border]}
    if np.array_equal(matrix[2], [0.0, 0.0, 1.0]):
        return _image(cv2.warpAffine(picture, matrix[:2], (width, height), **how))  # type: ignore[call-overload]
    return _image(cv2.warpPerspective(picture, matrix, (width, height), **how))  # type: ignore[call-overload]


def _image(picture: object) -> Image:
    return np.asarray(picture, dtype=np.uint8)
