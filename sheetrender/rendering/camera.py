"""How a frame moves: in the plane, or by a camera in front of a plane or of a depth."""

from __future__ import annotations

import numpy as np

from sheetrender.engines.engine import Depth
from sheetrender.model.camera import camera_places
from sheetrender.model.frames import FrameSpec, Size
from sheetrender.model.keyframes import MotionKind
from sheetrender.model.motion import Motion, flip_motion, motion_matrix
from sheetrender.rendering.joined_motion import Joiner

LEVELS = 1024
"""Of the histogram by which depth is spread out."""


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
    away = None if depth is None else 2.0 - equalised(depth).astype(np.float64)
    return Joiner(size).both(flip_motion(spec, size), camera_places(spec, size, away))


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
