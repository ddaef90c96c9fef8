"""What each frame is steered towards: a composition that moves along with the picture."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np

from sheetrender.engines.animatic_motion import Matrix, motion_of, speed_of
from sheetrender.engines.animatic_noise import Field, mix, smooth
from sheetrender.engines.animatic_picture import Target, cell_of, sketch_of, sketch_size
from sheetrender.engines.animatic_scenes import SEEDS_ALIKE
from sheetrender.model.frames import FrameSpec, Size

EPOCH = 32
"""Frames for which one composition is steered towards, while it moves with the picture."""

_VARIANTS = 4
"""Compositions that take turns while the picture moves."""

def course_of(spec: FrameSpec, size: Size) -> tuple[Target, float]:
    """Return the composition to steer towards, sketch size, and how firmly, 0.0 to 1.0.

    A picture at rest is steered towards the composition of its prompt and seed. A moving one
    is steered towards variants of it in turn, each of which sets out behind its place, passes
    it and goes on just as the picture goes, so that nothing stands still in what flows.
    """
    flow = motion_of(_calmed(spec), size)
    speed = speed_of(flow, size) * 432 / min(size.width, size.height)
    share = smooth(0.15, 0.9, speed)
    if share == 0.0:
        return _composition(spec, spec.seed, size), 1.0
    epoch, frame = divmod(spec.index, EPOCH)
    moving = _moved(_variant(spec, epoch, size), flow, frame + 0.5 - EPOCH / 2, size)
    firm = math.sin(math.pi * (frame + 0.5) / EPOCH) ** 2
    if frame < EPOCH // 2:
        before = _moved_field(_variant(spec, epoch - 1, size).accent, flow, EPOCH / 2, size)
        fresh = smooth(0.0, EPOCH / 2, frame + 1.0)
        moving = Target(moving.share, mix(before, moving.accent, fresh))
    if share < 1.0:
        moving = _composition(spec, spec.seed, size).towards(moving, share)
    return moving, 1.0 + (1.6 * firm - 1.0) * share


def stray_of(spec: FrameSpec, size: Size) -> float:
    """Return the pixels per frame by which the picture goes otherwise than its composition."""
    flow = motion_of(_calmed(spec), size)
    return speed_of(motion_of(spec, size) @ np.linalg.inv(flow), size)


def _calmed(spec: FrameSpec) -> FrameSpec:
    """Return the motion without its peaks: what it would be over many frames is only guessed."""
    return replace(
        spec,
        zoom=math.exp(_limited(math.log(max(spec.zoom, 1e-3)), 0.06)),
        angle=_limited(spec.angle, 2.5),
        translation_x=_limited(spec.translation_x, 14.0),
        translation_y=_limited(spec.translation_y, 14.0),
    )


def _limited(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))


def _variant(spec: FrameSpec, epoch: int, size: Size) -> Target:
    turn = epoch % _VARIANTS * (SEEDS_ALIKE // _VARIANTS)
    seed = spec.seed - spec.seed % SEEDS_ALIKE + turn
    return _composition(spec, seed, size)


def _composition(spec: FrameSpec, seed: int, size: Size) -> Target:
    small = sketch_size(size)
    target = sketch_of(spec.prompt, seed, small)
    if spec.prompt_weight >= 1.0:
        return target
    return sketch_of(spec.previous_prompt, seed, small).towards(target, spec.prompt_weight)


def _moved(target: Target, flow: Matrix, frames: float, size: Size) -> Target:
    """Return the target as it looks after so many frames of the flow, mirrored at its edges."""
    both = _moved_field(cv2.merge([target.share, target.accent]), flow, frames, size)
    share, accent = cv2.split(both)
    return Target(share, accent)


def _moved_field(field: Field, flow: Matrix, frames: float, size: Size) -> Field:
    cell = cell_of(size)
    scale = np.diag([1.0 / cell, 1.0 / cell, 1.0])
    whole = scale @ _power(flow, frames) @ np.linalg.inv(scale)
    height, width = field.shape[:2]
    return cv2.warpPerspective(
        field, whole, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )


def _power(matrix: Matrix, exponent: float) -> Matrix:
    """Return a power of a motion; half frames take half of the way from whole to whole."""
    low = math.floor(exponent)
    first = np.linalg.matrix_power(matrix, low)
    return np.asarray(first + (first @ matrix - first) * (exponent - low))
