"""How the last picture moves before the next one is drawn, as a matrix: Deforum's 2D motion."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sheetrender.model.frames import FrameSpec, Size

Matrix: TypeAlias = npt.NDArray[np.float64]
"""Shape (3, 3), column vectors [x, y, 1], from the old picture to the new; y runs downwards."""

Places: TypeAlias = npt.NDArray[np.float32]
"""For each new pixel the old place that it shows, x and y in pixels, shape (height, width, 2)."""

Motion: TypeAlias = Matrix | Places
"""How a picture moves: a matrix where that is enough, else a place for each pixel."""

MOTION_CHANNELS = frozenset(
    {
        "zoom",
        "angle",
        "translation_x",
        "translation_y",
        "transform_center_x",
        "transform_center_y",
        "perspective_flip_theta",
        "perspective_flip_phi",
        "perspective_flip_gamma",
        "perspective_flip_fv",
    }
)
"""The channels that move a picture in the plane."""

CAMERA_CHANNELS = frozenset(
    {
        "translation_x",
        "translation_y",
        "translation_z",
        "rotation_3d_x",
        "rotation_3d_y",
        "rotation_3d_z",
        "fov",
        "perspective_flip_theta",
        "perspective_flip_phi",
        "perspective_flip_gamma",
        "perspective_flip_fv",
    }
)
"""The channels that move a picture by a camera."""


EDGE_ON = 1e-6
"""Share of its area below which a tilted picture is seen edge-on: there is nothing to show."""


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
    # Deforum keeps the corners and the shift in single precision: so do we, to match it.
    flip = _homography(corners.astype(np.float32), seen.astype(np.float32))
    shift = np.eye(3)
    shift[:2, 2] = (half - canvas).astype(np.float32)
    return np.asarray(flip @ shift, dtype=np.float64)


def _homography(source: npt.NDArray[np.float32], target: npt.NDArray[np.float32]) -> Matrix:
    """Return the perspective that takes four points to four others; both of shape (4, 2)."""
    equations, wanted = [], []
    for (x, y), (u, v) in zip(source.tolist(), target.tolist(), strict=True):
        equations += [[x, y, 1, 0, 0, 0, -x * u, -y * u], [0, 0, 0, x, y, 1, -x * v, -y * v]]
        wanted += [u, v]
    solution = np.linalg.solve(np.array(equations), np.array(wanted))
    return np.append(solution, 1.0).reshape(3, 3)


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


def flip_motion(spec: FrameSpec, size: Size) -> Matrix:
    """Return the perspective flip without its defect: at zero angles it leaves a picture in place.

    It can always be inverted; a flip that turns the picture edge-on is left out.
    """
    if not has_flip(spec):
        return np.eye(3)
    level = replace(
        spec, perspective_flip_theta=0.0, perspective_flip_phi=0.0, perspective_flip_gamma=0.0
    )
    try:
        tilt = flip_matrix(spec, size) @ np.linalg.inv(flip_matrix(level, size))
    except np.linalg.LinAlgError:
        return np.eye(3)
    if not abs(np.linalg.det(tilt)) > EDGE_ON:
        return np.eye(3)
    return np.asarray(tilt, dtype=np.float64)


def motion_matrix(spec: FrameSpec, size: Size) -> Matrix:
    """Return the matrix that moves the last picture: Deforum's without the flip's defects."""
    flat = zoom_matrix(spec, size) @ shift_matrix(spec)
    if not has_flip(spec):
        return flat
    return np.asarray(flip_motion(spec, size) @ flat, dtype=np.float64)
