"""How a frame moves: in the plane, or by a camera in front of a plane or of a depth."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sheetrender.engines.engine import Depth
from sheetrender.model.frames import FrameSpec, Size
from sheetrender.model.keyframes import MotionKind
from sheetrender.model.motion import Matrix, Motion, Places, flip_motion, motion_matrix
from sheetrender.rendering.joined_motion import Joiner

UNITS = 200.0
"""Deforum's camera moves by so many units to the depth of the plane."""
LEVELS = 1024
"""Of the histogram by which depth is spread out."""
_NEAREST = 0.01
_WIDEST = 1e-3
_FAR = 8
"""Places further away than so many pictures are held there."""


def frame_motion(spec: FrameSpec, kind: MotionKind, size: Size, depth: Depth | None) -> Motion:
    """Return the motion that leads to a frame.

    Args:
        spec: of the frame.
        kind: whether zoom, angle and shift move the picture, or a camera does.
        size: of the picture.
        depth: of the picture before, nearness 0.0 to 1.0; None for a flat plane.
    """
    if kind == "2d":
        return motion_matrix(spec, size)
    return Joiner(size).both(flip_motion(spec, size), camera_places(spec, size, depth))


def camera_places(spec: FrameSpec, size: Size, depth: Depth | None) -> Motion:
    """Return the camera's motion: a pixel drifts as far as its point does on the screen.

    The mesh of points reaches from edge to edge, the picture is sampled at the centres of pixels,
    and signs, units and order are Deforum's: forward pushes in, to the right moves the picture to
    the left, downwards moves it down.

    Source: Deforum, 3D mode with aspect ratio 1; near and far planes cancel out.
    """
    way = (spec.translation_x, spec.translation_y, spec.translation_z)
    turn = (spec.rotation_3d_x, spec.rotation_3d_y, spec.rotation_3d_z)
    if not any(way + turn):
        return np.eye(3)
    if depth is None:
        return _flat(way, turn, spec.fov, size)
    return _moved(way, turn, spec.fov, size, 2.0 - equalised(depth).astype(np.float64))


@lru_cache(maxsize=2)
def _flat(
    way: tuple[float, float, float], turn: tuple[float, float, float], fov: float, size: Size
) -> Places:
    places = _moved(way, turn, fov, size, np.ones((size.height, size.width)))
    places.flags.writeable = False
    return places


def _moved(
    way: tuple[float, float, float],
    turn: tuple[float, float, float],
    fov: float,
    size: Size,
    away: npt.NDArray[np.float64],
) -> Places:
    """Return the places; `away` is how far each point is from the camera, shape (height, width)."""
    opening = np.tan(np.deg2rad(fov) / 2)
    opening = np.copysign(max(abs(opening), _WIDEST), opening)
    x = np.linspace(-1.0, 1.0, size.width)[None, :]
    y = np.linspace(-1.0, 1.0, size.height)[:, None]
    turned = _rotation(turn)
    shift = np.array([-way[0], way[1], -way[2]]) / UNITS
    # Row vectors: a point times the rotation, plus the shift.
    after = [x * turned[0, n] + y * turned[1, n] + away * turned[2, n] + shift[n] for n in range(3)]
    # What comes behind the camera is held just before it.
    after[2] = np.maximum(after[2], _NEAREST)
    places = []
    for n, (point, length) in enumerate(((x, size.width), (y, size.height))):
        drift = (after[n] / after[2] - point / away) / opening
        pixel = np.arange(length, dtype=np.float64)
        pixel = pixel[None, :] if n == 0 else pixel[:, None]
        places.append(np.clip(pixel - drift * length / 2, -_FAR * length, (_FAR + 1) * length))
    return np.stack(places, axis=-1).astype(np.float32)


def _rotation(turn: tuple[float, float, float]) -> Matrix:
    x, y, z = np.deg2rad(turn)
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    return np.asarray(about_x @ about_y @ about_z, dtype=np.float64)


def equalised(depth: Depth) -> Depth:
    """Return a depth whose levels are all equally frequent, 0.0 to 1.0.

    A depth of one level says nothing and is taken for the far plane.
    """
    low, high = float(depth.min()), float(depth.max())
    if not high > low:
        return np.zeros_like(depth)
    level = ((depth - low) * ((LEVELS - 1) / (high - low))).astype(np.int64)
    counts = np.bincount(level.ravel(), minlength=LEVELS)
    below = np.cumsum(counts) - counts[0]
    shares = (below / max(1, below[-1])).astype(np.float32)
    return np.asarray(shares[level], dtype=np.float32)
