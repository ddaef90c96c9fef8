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

from sheetrender.engines.animatic_motion import Matrix
from sheetrender.engines.animatic_noise import TILE, Field, Levels, detail_tile, seeded

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
        motion: of this frame.
        pull: how much of the way towards the sketch is gone in a frame, 0.0 to 1.0.
        texture: mean size of the fine detail that is wanted, levels of 255.
        kind: which tile new detail comes from.
        index: number of the frame.
    """

    sketch: Field
    tones: Field
    valid: Field
    motion: Matrix
    stray: float
    pull: float
    texture: float
    kind: int
    index: int


def reimagined(prepared: Levels, wish: Wish) -> Levels:
    """Return the brightness of the next picture, shape (height, width)."""
    gray = cv2.medianBlur(cv2.cvtColor(prepared, cv2.COLOR_BGR2GRAY), 3)
    small = _shrunk(gray, wish.sketch.shape)
    if float(wish.valid.min()) < 1.0:
        gray, small = _filled(gray, small, wish)
    sharp, lack = _sharpened(gray, wish)
    change = _steering(small, wish, gray.shape)
    if float(lack.max()) > 0.02:
        change += lack * _grain(wish, gray.shape)
    light = cv2.add(sharp, cv2.resize(change, gray.shape[::-1]), dtype=cv2.CV_8U)
    return _toned(light, wish.tones)


def _shrunk(gray: Levels, shape: tuple[int, ...]) -> Field:
    return cv2.resize(gray, shape[::-1], interpolation=cv2.INTER_AREA).astype(np.float32)


def _filled(gray: Levels, small: Field, wish: Wish) -> tuple[Levels, Field]:
    """Return picture and sketch with the gaps closed from around them and from the target."""
    valid, full = wish.valid, small.shape[::-1]
    less = (max(1, full[0] // 4), max(1, full[1] // 4))
    weight = cv2.resize(valid, less, interpolation=cv2.INTER_AREA)
    total = cv2.resize(small * valid, less, interpolation=cv2.INTER_AREA)
    wanted = cv2.resize(wish.sketch, less, interpolation=cv2.INTER_AREA)
    around, reach = _around(total, weight, 9)
    fill = wanted + (around - cv2.blur(wanted, (9, 9))) * reach
    close, reach = _around(total, weight, 3)
    fill = cv2.resize(fill + (close - fill) * reach, full)
    small = fill + (small - fill) * valid
    gray = gray.copy()
    left, top, width, height = cv2.boundingRect((valid < 1.0).astype(np.uint8))
    part = np.s_[top : top + height, left : left + width]
    across, down = gray.shape[1] / full[0], gray.shape[0] / full[1]
    rows = slice(round(top * down), round((top + height) * down))
    columns = slice(round(left * across), round((left + width) * across))
    place = gray[rows, columns]
    wide = cv2.resize(fill[part], place.shape[::-1])
    wide += (place - wide) * cv2.resize(valid[part], place.shape[::-1])
    place[:] = np.clip(wide, 0, 255).astype(np.uint8)
    return gray, small


def _around(total: Field, weight: Field, window: int) -> tuple[Field, Field]:
    """Return the mean of what is valid around each place, and whether there is any."""
    sums = cv2.blur(total, (window, window), borderType=cv2.BORDER_REPLICATE)
    weights = cv2.blur(weight, (window, window), borderType=cv2.BORDER_REPLICATE)
    return sums / (weights + np.float32(1e-4)), np.minimum(weights * np.float32(5.0), 1.0)


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
    smooth = cv2.GaussianBlur(gray, (_odd(7 * unit), _odd(7 * unit)), 1.8 * unit)
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
    place = np.array([
        [cos, -sin, across * TILE], [sin, cos, down * TILE], [0.0, 0.0, 1.0],
    ])
    back = np.linalg.inv(np.linalg.matrix_power(wish.motion, age))
    shrink = np.diag([1.0 / cell, 1.0 / cell, 1.0])
    whole = place @ shrink @ (back / back[2, 2]) @ np.linalg.inv(shrink)
    grain = cv2.warpAffine(
        detail_tile(wish.kind), whole[:2], wish.sketch.shape[::-1],
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_WRAP,
    )
    return np.asarray(grain, np.float32)


@lru_cache(maxsize=64)
def _footing(kind: int, stride: int) -> tuple[float, float, float, float]:
    """Return how the tile lies for one stride: cosine and sine of its turn, and its place."""
    turn, across, down = (float(number) for number in seeded("grain", kind, stride).random(3))
    return math.cos(turn * 2 * math.pi), math.sin(turn * 2 * math.pi), across, down


def _toned(light: Levels, tones: Field) -> Levels:
    """Return the brightness with the palette's shares of dark and light.

    Source: histogram matching; the wanted distribution is known, so its table is direct.
    """
    counts = cv2.calcHist([light], [0], None, [256], [0, 256]).ravel()
    middle = (np.cumsum(counts) - 0.5 * counts) * (255.0 / light.size)
    wanted = np.interp(middle, np.arange(256), tones)
    return cv2.LUT(light, np.rint(wanted).astype(np.uint8))
