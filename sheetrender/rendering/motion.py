"""How the last picture moves before the next one is drawn: Deforum's 2D motion."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from sheetrender.engines.engine import Image
from sheetrender.model.frames import FrameSpec, Size
from sheetrender.model.keyframes import Border

Matrix: TypeAlias = npt.NDArray[np.float64]
"""Shape (3, 3), column vectors [x, y, 1], from the old picture to the new; y runs downwards."""

_BORDERS: dict[Border, int] = {
    "replicate": cv2.BORDER_REPLICATE,
    "wrap": cv2.BORDER_WRAP,
    "reflect": cv2.BORDER_REFLECT_101,
}


def zoom_matrix(spec: FrameSpec, size: Size) -> Matrix:
    """Return rotation and zoom about the transform centre. Source: Deforum, 2D mode."""
    centre_x = size.width * spec.transform_center_x
    centre_y = size.height * spec.transform_center_y
    turn = np.deg2rad(spec.angle)
    along, across = spec.zoom * np.cos(turn), spec.zoom * np.sin(turn)
    return np.array(
        [
            [along, across, (1 - along) * centre_x - across * centre_y],
            [-across, along, across * centre_x + (1 - along) * centre_y],
            [0.0, 0.0, 1.0],
        ]
    )


def shift_matrix(spec: FrameSpec) -> Matrix:
    """Return the translation, right and down."""
    return np.array([[1.0, 0.0, spec.translation_x], [0.0, 1.0, spec.translation_y], [0, 0, 1.0]])


def flip_matrix(spec: FrameSpec, size: Size) -> Matrix:
    """Return Deforum's perspective flip to the digit.

    A plane of the picture's size, turned about z, y and x, is seen by a camera whose field of view
    is `perspective_flip_fv`. At zero angles it is a scale of h / (h + 1), not the identity.
    """
    half_view = np.deg2rad(spec.perspective_flip_fv / 2)
    diagonal = np.hypot(size.width, size.height)
    distance = diagonal / (2 * np.sin(half_view))
    canvas = diagonal / (2 * np.cos(half_view))
    half = np.array([size.width / 2, size.height / 2])
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]) * half * 2
    plane = np.column_stack([corners - half, np.zeros(4)]) @ _rotation(spec).T
    seen = canvas + distance * plane[:, :2] / (distance + 1 - plane[:, 2:])
    # OpenCV takes the corners, and Deforum the shift, in single precision: so do we, to match it.
    flip = cv2.getPerspectiveTransform(corners.astype(np.float32), seen.astype(np.float32))
    shift = np.eye(3)
    shift[:2, 2] = (half - canvas).astype(np.float32)
    return np.asarray(flip @ shift, dtype=np.float64)


def _rotation(spec: FrameSpec) -> Matrix:
    x, y, z = np.deg2rad(
        [spec.perspective_flip_phi, spec.perspective_flip_gamma, spec.perspective_flip_theta]
    )
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    return np.asarray(about_x @ about_y @ about_z, dtype=np.float64)


def has_flip(spec: FrameSpec) -> bool:
    """Say whether the frame turns in perspective."""
    return bool(
        spec.perspective_flip_theta or spec.perspective_flip_phi or spec.perspective_flip_gamma
    )


def deforum_matrix(spec: FrameSpec, size: Size, *, flip: bool) -> Matrix:
    """Return the matrix that Deforum itself uses, its two defects of the flip included.

    With the flip on it forgets the translation, and at zero angles it still shrinks a little.
    """
    if flip:
        return flip_matrix(spec, size) @ zoom_matrix(spec, size)
    return zoom_matrix(spec, size) @ shift_matrix(spec)


def motion_matrix(spec: FrameSpec, size: Size) -> Matrix:
    """Return the matrix that moves the last picture: Deforum's without the flip's defects."""
    flat = zoom_matrix(spec, size) @ shift_matrix(spec)
    if not has_flip(spec):
        return flat
    level = replace(
        spec, perspective_flip_theta=0.0, perspective_flip_phi=0.0, perspective_flip_gamma=0.0
    )
    tilt = flip_matrix(spec, size) @ np.linalg.inv(flip_matrix(level, size))
    return np.asarray(tilt @ flat, dtype=np.float64)


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
