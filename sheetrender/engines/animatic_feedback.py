"""Re-imagining the picture before: its tones steered, its detail kept alive, its gaps filled.

A target that is blended into a moving picture stands still in it like a ghost. So the target
moves with the picture, and steers only what is broader than the way by which they part; all
that is finer is the picture's own, sharpened and thinned to one steady strength, and where it
lacks detail, new detail starts to grow, moves along and stays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from sheetrender.engines.animatic_noise import SPARE, TILE, Field, Levels, detail_tile, seeded
from sheetrender.model.motion import Matrix

_SOFT = np.full(7, 1 / 7)

_AROUND = 40
"""Pixels of the sketch around a gap that may fill it."""

_GAP = 64
"""Gap, of 255, from which on a pixel is filled."""

_EDGE = 0.035
"""How much harder an edge is sharpened for each level that it stands out."""

STRIDE = 8
"""Frames for which new detail grows from one place of the tile; it moves with the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What one frame is steered towards.

    Attributes:
        sketch: brightness that is wanted, at the size of the sketch, 0.0 to 255.0.
        tones: brightness of the darkest to the brightest share of the picture, shape (256,).
        valid: what of the prepared picture is picture, sketch size, 0.0 to 1.0.
        bare: where a picture came from beyond the border, sketch size, 0.0 to 1.0.
        flow: how the picture moves, but for its fastest moves.
        stray: by how many pixels per frame the picture goes otherwise than the sketch.
        pull: how much of the way towards the sketch is gone in a frame, 0.0 to 1.0.
        texture: mean size of the fine detail that is wanted, levels of 255.
        is_foreign: whether the prepared picture has another palette, and is the noisier for it.
        kind: which tile new detail comes from.
        index: number of the frame.
    """

    sketch: Field
    tones: Field
    valid: Field
    bare: Field
    flow: Matrix
    stray: float
    pull: float
    texture: float
    is_foreign: bool
    kind: int
    index: int


def patched(prepared: Levels, valid: Field) -> Levels:
    """Return the picture with its gaps closed by the colours around them.

    Args:
        prepared: blue, green, red.
        valid: what of it is picture, sketch size, 0.0 to 1.0.
    """
    left, top, width, height = cv2.boundingRect((valid < 1.0).astype(np.uint8))
    rows = slice(max(0, top - _AROUND), min(valid.shape[0], top + height + _AROUND))
    columns = slice(max(0, left - _AROUND), min(valid.shape[1], left + width + _AROUND))
    down, across = prepared.shape[0] / valid.shape[0], prepared.shape[1] / valid.shape[1]
    place = (
        slice(round(rows.start * down), round(rows.stop * down)),
        slice(round(columns.start * across), round(columns.stop * across)),
    )
    picture = prepared.copy()
    part = picture[place]
    gaps = cv2.convertScaleAbs(valid[rows, columns], alpha=-255.0, beta=255.0)
    hole = (cv2.resize(gaps, part.shape[1::-1]) > _GAP).astype(np.uint8)
    fill = cv2.resize(_closed(part, valid[rows, columns]), part.shape[1::-1])
    picture[place] = cv2.copyTo(fill, hole, part.copy())
    return picture


def _closed(part: Levels, valid: Field) -> Levels:
    """Return a small smooth picture of what is valid, spread over what is not."""
    less = (max(1, valid.shape[1] // 4), max(1, valid.shape[0] // 4))
    weight = cv2.resize(valid, less, interpolation=cv2.INTER_AREA)
    weight = np.repeat(np.where(weight > 0.5, weight, 0.0)[..., None], 3, axis=2)
    total = cv2.resize(part, less, interpolation=cv2.INTER_AREA) * weight
    fill: Field = np.zeros_like(total)
    for window in (101, 15, 5, 3):
        sums = cv2.blur(total, (window, window), borderType=cv2.BORDER_REPLICATE)
        weights = cv2.blur(weight, (window, window), borderType=cv2.BORDER_REPLICATE)
        reach = np.minimum(weights * np.float32(6.0), 1.0)
        fill += (sums / (weights + np.float32(1e-4)) - fill) * reach
    return np.clip(fill, 0, 255).astype(np.uint8)


def reimagined(prepared: Levels, wish: Wish) -> Levels:
    """Return the brightness of the next picture, shape (height, width)."""
    gray = cv2.cvtColor(prepared, cv2.COLOR_BGR2GRAY)
    gray = cv2.medianBlur(gray, 5 if wish.is_foreign else 3)
    gray = _toned(gray, wish.tones)
    small = _shrunk(gray, wish.sketch.shape)
    sharp, lack = _sharpened(gray, wish)
    change = _steering(small, wish, gray.shape)
    if float(wish.valid.min()) < 1.0:
        detail = wish.sketch - cv2.blur(wish.sketch, (17, 17))
        change += (1.0 - wish.valid) * (detail - change)
    if float(wish.bare.max()) > 0.0:
        change += np.float32(0.5) * wish.bare * (wish.sketch - small - change)
    if float(lack.max()) > 0.02:
        change += lack * _grain(wish, gray.shape)
    return cv2.add(sharp, cv2.resize(change, gray.shape[::-1]), dtype=cv2.CV_8U)


def _shrunk(gray: Levels, shape: tuple[int, ...]) -> Field:
    return cv2.resize(gray, shape[::-1], interpolation=cv2.INTER_AREA).astype(np.float32)


def _steering(small: Field, wish: Wish, shape: tuple[int, ...]) -> Field:
    """Return what to add to the brightness, at the size of the sketch."""
    cell = max(1.0, min(shape) / min(small.shape))
    lag = wish.stray / max(wish.pull, 1e-3) / cell
    blur = min(0.35 * lag, 0.06 * max(small.shape))
    gap = wish.sketch - small
    if blur > 0.3:
        gap = cv2.GaussianBlur(gap, (0, 0), blur, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(gap * np.float32(wish.pull), np.float32)


def _sharpened(gray: Levels, wish: Wish) -> tuple[Levels, Field]:
    """Return the brightness with crisp edges and even detail, and where detail is lacking.

    What sharpening adds stays between the darkest and the lightest neighbour, so it may run
    over a thousand frames and never rings.

    Source: the shock filter of Osher and Rudin, "Feature-oriented image enhancement using
    shock filters", 1990, with an unsharp mask in place of their equation.
    """
    unit = max(0.5, min(gray.shape) / 432)
    smooth = cv2.GaussianBlur(gray, (_odd(5 * unit), _odd(5 * unit)), 1.3 * unit)
    fine = cv2.subtract(gray, smooth, dtype=cv2.CV_32F)
    there = _local(_shrunk(cv2.absdiff(gray, smooth), wish.sketch.shape))
    wanted = _wanted(wish)
    keep = np.clip(wanted / (there + 0.3), 0.8, 1.06)
    edge = np.abs(fine)
    edge *= np.float32(_EDGE)
    edge += cv2.resize(keep, gray.shape[::-1])
    fine *= edge
    core = np.ones((3, 3), np.uint8)
    sharp = cv2.add(smooth, fine, dtype=cv2.CV_8U)
    sharp = cv2.min(cv2.max(sharp, cv2.erode(gray, core)), cv2.dilate(gray, core))
    lack = np.clip(wanted - there, 0.0, 3.0) * np.float32(0.5 * min(1.0, 4.0 * wish.pull))
    return sharp, lack


def _wanted(wish: Wish) -> Field:
    """Return the mean size of fine detail for each place: less in a sky than among leaves."""
    rough = cv2.absdiff(wish.sketch, cv2.blur(wish.sketch, (3, 3)))
    wanted = _local(rough) * np.float32(0.8) + np.float32(0.4 * wish.texture)
    return np.asarray(np.minimum(wanted, np.float32(2.0 * wish.texture)))


def _local(band: Field) -> Field:
    return cv2.blur(band, (9, 9), borderType=cv2.BORDER_REPLICATE)


def _odd(value: float) -> int:
    return 2 * max(1, int(value / 2)) + 1


def _grain(wish: Wish, shape: tuple[int, ...]) -> Field:
    """Return fine detail, sketch size, moved as the picture was since its stride began."""
    cell = max(1.0, min(shape) / min(wish.sketch.shape))
    stride, age = divmod(wish.index, STRIDE)
    cos, sin, across, down = _footing(wish.kind, stride)
    place = np.array(
        [
            [cos, -sin, SPARE / 2 + across * TILE],
            [sin, cos, SPARE / 2 + down * TILE],
            [0, 0, 1.0],
        ]
    )
    back = np.linalg.inv(np.linalg.matrix_power(wish.flow, age))
    shrink = np.diag([1.0 / cell, 1.0 / cell, 1.0])
    whole = place @ shrink @ (back / back[2, 2]) @ np.linalg.inv(shrink)
    grain = cv2.warpAffine(
        detail_tile(wish.kind),
        whole[:2],
        wish.sketch.shape[::-1],
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REFLECT,
    )
    return np.asarray(grain, np.float32)


@lru_cache(maxsize=64)
def _footing(kind: int, stride: int) -> tuple[float, float, float, float]:
    """Return how the tile lies for one stride: cosine and sine of its turn, and its place."""
    turn, across, down = (float(number) for number in seeded("grain", kind, stride).random(3))
    return math.cos(turn * 2 * math.pi), math.sin(turn * 2 * math.pi), across, down


def _toned(light: Levels, tones: Field) -> Levels:
    """Return the brightness with the palette's shares of dark and light.

    By a curve without steep steps: where the palette has hardly any tone, a step would turn
    the faintest grain into spots.

    Source: histogram matching; the wanted distribution is known, so its table is direct.
    """
    counts = cv2.calcHist([light], [0], None, [256], [0, 256]).ravel()
    middle = (np.cumsum(counts) - 0.5 * counts) * (255.0 / light.size)
    levels = np.arange(256.0)
    wanted = np.convolve(np.pad(np.interp(middle, levels, tones), 3, "edge"), _SOFT, "valid")
    return cv2.LUT(light, np.rint(wanted).astype(np.uint8))
