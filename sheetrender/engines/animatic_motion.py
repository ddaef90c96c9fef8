"""Where the last picture went: the motion of one frame as a matrix, and what it uncovered."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from sheetrender.model.frames import FrameSpec, Size

Matrix: TypeAlias = npt.NDArray[np.float64]
"""A homography, shape (3, 3), from places in the last picture to places in this one, pixels."""

Block: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom of a rectangle, pixels."""

Shares: TypeAlias = npt.NDArray[np.float32]

_STEPS = 12
"""Motions of tweens that are followed at most."""

MOTION = frozenset(
    {
        "zoom",
        "angle",
        "translation_x",
        "translation_y",
        "translation_z",
        "rotation_3d_x",
        "rotation_3d_y",
        "rotation_3d_z",
        "transform_center_x",
        "transform_center_y",
        "perspective_flip_theta",
        "perspective_flip_phi",
        "perspective_flip_gamma",
        "perspective_flip_fv",
        "fov",
        "cadence",
    }
)
"""The channels that this module reads."""


@lru_cache(maxsize=16)
def motion_of(spec: FrameSpec, size: Size) -> Matrix:
    """Return the motion of one frame, the camera's part as on a flat picture.

    Source: Deforum's anim_frame_warp_2d and transform_image_3d.
    """
    alpha = spec.zoom * math.cos(math.radians(spec.angle))
    beta = spec.zoom * math.sin(math.radians(spec.angle))
    x, y = size.width * spec.transform_center_x, size.height * spec.transform_center_y
    turn = np.array(
        [
            [alpha, beta, (1 - alpha) * x - beta * y],
            [-beta, alpha, beta * x + (1 - alpha) * y],
            [0.0, 0.0, 1.0],
        ]
    )
    shift = np.array([[1.0, 0.0, spec.translation_x], [0.0, 1.0, spec.translation_y], [0, 0, 1.0]])
    return np.asarray(_tilted(spec, size) @ turn @ shift)


def _tilted(spec: FrameSpec, size: Size) -> Matrix:
    """Return what the camera's own moves add."""
    camera = (spec.translation_z, spec.rotation_3d_x, spec.rotation_3d_y, spec.rotation_3d_z)
    flip = (spec.perspective_flip_phi, spec.perspective_flip_gamma, -spec.perspective_flip_theta)
    matrix = np.eye(3)
    if any(flip):
        matrix = _seen(flip, 0.0, spec.perspective_flip_fv, size) @ matrix
    if any(camera):
        matrix = _seen(camera[1:], camera[0] / 200, spec.fov, size) @ matrix
    return matrix


def _seen(degrees: tuple[float, float, float], nearer: float, view: float, size: Size) -> Matrix:
    """Return the homography of a flat picture at distance 1, turned and brought nearer."""
    across, down, roll = (math.radians(angle) for angle in degrees)
    turn_x = np.array(
        [
            [1, 0, 0],
            [0, math.cos(across), -math.sin(across)],
            [0, math.sin(across), math.cos(across)],
        ]
    )
    turn_y = np.array(
        [
            [math.cos(down), 0, math.sin(down)],
            [0, 1, 0],
            [-math.sin(down), 0, math.cos(down)],
        ]
    )
    turn_z = np.array(
        [
            [math.cos(roll), -math.sin(roll), 0],
            [math.sin(roll), math.cos(roll), 0],
            [0, 0, 1],
        ]
    )
    focus = 1.0 / math.tan(math.radians(min(max(abs(view), 1.0), 170.0)) / 2)
    pixels = np.array(
        [
            [size.width / 2, 0, size.width / 2],
            [0, size.height / 2, size.height / 2],
            [0, 0, 1.0],
        ]
    )
    lens = np.diag([focus, focus, 1.0])
    space = turn_x @ turn_y @ turn_z - np.outer([0.0, 0.0, 1.0], [0.0, 0.0, nearer])
    matrix = pixels @ lens @ space @ np.linalg.inv(lens) @ np.linalg.inv(pixels)
    return np.asarray(matrix / (matrix[2, 2] or 1.0))


def speed_of(motion: Matrix, size: Size) -> float:
    """Return the mean way, in pixels, that the corners of the picture go in one frame."""
    corners = np.array(
        [
            [0, 0, 1],
            [size.width, 0, 1],
            [0, size.height, 1],
            [size.width, size.height, 1],
        ],
        np.float64,
    )
    moved = corners @ motion.T
    moved = moved[:, :2] / np.where(np.abs(moved[:, 2:]) < 1e-9, 1.0, moved[:, 2:])
    return float(np.minimum(np.hypot(*(moved - corners[:, :2]).T), 1e4).mean())


def kept(motion: Matrix, steps: int, size: Size, block: Block) -> Shares:
    """Return what of a picture is picture after a motion, and not the caption of the last one.

    Args:
        motion: of one step, in pixels.
        steps: how often it may have been applied since a picture was drawn, >= 1.
        size: of the result; `motion` and `block` are in its pixels.
        block: where the caption stood.

    Returns:
        1.0 where it is picture, 0.0 where it is not, softly joined; shape (height, width).
    """
    valid: npt.NDArray[Any] = np.ones((size.height, size.width), np.float32)
    left, top, right, bottom = block
    whole = np.eye(3)
    for _ in range(min(max(steps, 1), _STEPS)):
        whole = motion @ whole
        outline = _outline((left - 3, top - 3, right + 3, bottom + 3), whole)
        cv2.fillConvexPoly(valid, outline, 0.0)
    return np.asarray(cv2.blur(valid, (3, 3), borderType=cv2.BORDER_REPLICATE), np.float32)


def uncovered(motion: Matrix, size: Size) -> Shares:
    """Return where a motion left a picture without picture, softly joined.

    Returns:
        1.0 where what is there came from beyond the border, else 0.0; shape (height, width).
    """
    bare: npt.NDArray[Any] = np.ones((size.height, size.width), np.float32)
    cv2.fillConvexPoly(bare, _outline((0, 0, size.width - 1, size.height - 1), motion), 0.0)
    if not bare.any():
        return bare
    return np.asarray(cv2.blur(cv2.dilate(bare, np.ones((9, 9), np.uint8)), (15, 15)), np.float32)


def bounds(motion: Matrix, size: Size, block: Block) -> tuple[slice, slice]:
    """Return the rows and columns of a picture in which a block lies after a motion."""
    corners = _outline(block, motion)
    left, top = np.maximum(corners.min(axis=0) - 1, 0).tolist()
    right, bottom = (corners.max(axis=0) + 1).tolist()
    return slice(top, min(size.height, bottom)), slice(left, min(size.width, right))


def _outline(block: Block, motion: Matrix) -> npt.NDArray[np.int32]:
    """Return where the corners of a block go; far outside they stop, to stay whole numbers."""
    left, top, right, bottom = block
    corners = (
        np.array(
            [
                [left, top, 1],
                [right, top, 1],
                [right, bottom, 1],
                [left, bottom, 1],
            ],
            np.float64,
        )
        @ motion.T
    )
    places = corners[:, :2] / np.maximum(corners[:, 2:], 1e-3)
    return np.rint(np.clip(places, -20000, 20000)).astype(np.int32)
