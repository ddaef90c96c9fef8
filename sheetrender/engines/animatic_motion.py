"""Where the last picture went: the motion of one frame as a matrix, and what it uncovered."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from sheetrender.model.frames import FrameSpec, Size
from sheetrender.model.motion import Matrix, motion_matrix

Block: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom of a rectangle, pixels."""

Shares: TypeAlias = npt.NDArray[np.float32]


@lru_cache(maxsize=16)
def motion_of(spec: FrameSpec, size: Size) -> Matrix:
    """Return the motion of one frame, as the loop applies it."""
    return motion_matrix(spec, size)


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


def kept(motion: Matrix, size: Size, block: Block) -> Shares:
    """Return what of a picture is picture after a motion, and not the caption of the last one.

    Args:
        motion: since that caption was written.
        size: of the result; `motion` and `block` are in its pixels.
        block: where the caption stood.

    Returns:
        1.0 where it is picture, 0.0 where it is not, softly joined; shape (height, width).
    """
    valid: npt.NDArray[Any] = np.ones((size.height, size.width), np.float32)
    left, top, right, bottom = block
    outline = _outline((left - 3, top - 3, right + 3, bottom + 3), motion)
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
