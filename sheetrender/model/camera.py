"""How a picture moves when a camera moves in front of it: Deforum's 3D motion."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sheetrender.model.frames import FrameSpec, Size
from sheetrender.model.motion import Matrix, Motion, Places

Field: TypeAlias = npt.NDArray[np.float64]

UNITS = 200.0
"""The camera moves by so many units to the distance of the plane."""
_NEAREST = 0.01
_WIDEST = 1e-3
_FAR = 8
"""Places further away than so many pictures are held there."""


def camera_places(spec: FrameSpec, size: Size, away: Field | None) -> Motion:
    """Return the camera's motion: a pixel drifts as far as its point does on the screen.

    The mesh of points reaches from edge to edge, the picture is sampled at the centres of pixels,
    and signs, units and order are Deforum's: forward pushes in, to the right moves the picture to
    the left, downwards moves it down.

    Args:
        spec: of the frame.
        size: of the picture.
        away: how far each point is from the camera, shape (height, width); None for 1.0.

    Source: Deforum, 3D mode with aspect ratio 1; near and far planes cancel out.
    """
    way = (spec.translation_x, spec.translation_y, spec.translation_z)
    turn = (spec.rotation_3d_x, spec.rotation_3d_y, spec.rotation_3d_z)
    if not any(way + turn):
        return np.eye(3)
    if away is None:
        return _flat(way, turn, spec.fov, size)
    return _moved(way, turn, spec.fov, size, away)


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
    away: Field,
) -> Places:
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


def seen_in_plane(spec: FrameSpec, size: Size) -> FrameSpec:
    """Return a frame whose motion in the plane is nearest to what the camera does to its middle."""
    places = camera_places(spec, size, None)
    shift, turn = np.zeros(2), np.eye(2)
    if places.ndim == 3:
        x, y = size.width // 2, size.height // 2
        across = (places[y, x + 1] - places[y, x - 1]) / 2
        # Nearest to a turn and a scale: both columns of it stand at right angles.
        turn = np.linalg.inv(np.array([[across[0], -across[1]], [across[1], across[0]]]))
        shift = turn @ (np.array([x, y]) - places[y, x])
    along, over = turn[0]
    way = np.linalg.solve(turn, shift)
    return replace(
        spec,
        zoom=float(np.hypot(along, over)),
        angle=float(np.degrees(np.arctan2(over, along))),
        translation_x=float(way[0]),
        translation_y=float(way[1]),
    )
