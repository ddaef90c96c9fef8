"""What each frame is steered towards: a composition that moves along with the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from sheetrender.engines.animatic_motion import motion_of, speed_of
from sheetrender.engines.animatic_noise import Field, mix, smooth
from sheetrender.engines.animatic_picture import Target, cell_of, composed, sketch_of, sketch_size
from sheetrender.engines.animatic_stage import SEEDS_ALIKE
from sheetrender.model.frames import FrameSpec, Size
from sheetrender.model.motion import Matrix

EPOCH = 32
"""Frames for which one composition is steered towards, while it moves with the picture."""

_VARIANTS = 4
"""Compositions that take turns while the picture moves."""


@dataclass(frozen=True, slots=True)
class Course:
    """What one frame is steered towards, and how.

    Attributes:
        target: sketch size.
        firm: how firmly, 1.0 as usual.
        flow: how the target moves, and the picture but for its fastest moves.
        stray: by how many pixels per frame the picture goes otherwise than the target.
    """

    target: Target
    firm: float
    flow: Matrix
    stray: float


def course_of(spec: FrameSpec, size: Size) -> Course:
    """Return what to steer a frame towards.

    A picture at rest is steered towards the composition of its prompt and seed. A moving one
    is steered towards variants of it in turn, each of which sets out behind its place, passes
    it and goes on just as the picture goes, so that nothing stands still in what flows.
    """
    flow = _flow(spec, size)
    stray = speed_of(motion_of(spec, size) @ np.linalg.inv(flow), size)
    speed = speed_of(flow, size) * 432 / min(size.width, size.height)
    share = smooth(0.15, 0.9, speed)
    if share == 0.0:
        return Course(_composition(spec, spec.seed, size), 1.0, flow, stray)
    frame = spec.index % EPOCH
    moving = _passing(spec, flow, size)
    firm = math.sin(math.pi * (frame + 0.5) / EPOCH) ** 2
    if share < 1.0:
        moving = _composition(spec, spec.seed, size).towards(moving, share)
    return Course(moving, 1.0 + (1.6 * firm - 1.0) * share, flow, stray)


def _passing(spec: FrameSpec, flow: Matrix, size: Size) -> Target:
    """Return the variant of this epoch where the flow has taken it.

    Hues are not carried from frame to frame as brightness is, so they fade over from the
    variant before.
    """
    epoch, frame = divmod(spec.index, EPOCH)
    moving = _moved(_variant(spec, epoch, size), flow, frame + 0.5 - EPOCH / 2, size)
    if frame >= EPOCH // 2:
        return moving
    before = _moved_field(_variant(spec, epoch - 1, size).accent, flow, EPOCH / 2, size)
    return Target(moving.share, mix(before, moving.accent, smooth(0.0, EPOCH / 2, frame + 1.0)))


def _flow(spec: FrameSpec, size: Size) -> Matrix:
    """Return the motion without its peaks: what it was in other frames is only guessed."""
    calmed = replace(
        spec,
        zoom=math.exp(_limited(math.log(max(spec.zoom, 1e-3)), 0.06)),
        angle=_limited(spec.angle, 2.5),
        translation_x=_limited(spec.translation_x, 14.0),
        translation_y=_limited(spec.translation_y, 14.0),
        perspective_flip_theta=_limited(spec.perspective_flip_theta, 2.5),
        perspective_flip_phi=_limited(spec.perspective_flip_phi, 2.5),
        perspective_flip_gamma=_limited(spec.perspective_flip_gamma, 2.5),
    )
    flow = motion_of(calmed, size)
    return flow if speed_of(flow, size) < 0.1 * (size.width + size.height) else np.eye(3)


def _limited(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))


def _variant(spec: FrameSpec, epoch: int, size: Size) -> Target:
    turn = epoch % _VARIANTS * (SEEDS_ALIKE // _VARIANTS)
    seed = spec.seed - spec.seed % SEEDS_ALIKE + turn
    return _composition(spec, seed, size)


def _composition(spec: FrameSpec, seed: int, size: Size) -> Target:
    return composed(sketch_of, spec, seed, sketch_size(size))


def _moved(target: Target, flow: Matrix, frames: float, size: Size) -> Target:
    """Return the target as it looks after so many frames of the flow, mirrored at its edges."""
    return Target(
        _moved_field(target.share, flow, frames, size),
        _moved_field(target.accent, flow, frames, size),
    )


def _moved_field(field: Field, flow: Matrix, frames: float, size: Size) -> Field:
    cell = cell_of(size)
    scale = np.diag([1.0 / cell, 1.0 / cell, 1.0])
    whole = scale @ _power(flow, frames) @ np.linalg.inv(scale)
    full = field.shape[::-1]
    if whole[2, 0] == whole[2, 1] == 0.0:
        return cv2.warpAffine(field, whole[:2], full, borderMode=cv2.BORDER_REFLECT)
    return cv2.warpPerspective(field, whole, full, borderMode=cv2.BORDER_REFLECT)


def _power(matrix: Matrix, exponent: float) -> Matrix:
    """Return a power of a motion; half frames take half of the way from whole to whole."""
    low = math.floor(exponent)
    first = np.linalg.matrix_power(matrix, low)
    return np.asarray(first + (first @ matrix - first) * (exponent - low))
