"""Re-imagining the picture before: its tones steered, its detail kept alive, its gaps filled.

A target that is blended into a moving picture stands still in it like a ghost. So the target
only steers what is broader than the way that the picture goes while it is being steered; all that is
finer is the picture's own, sharpened and thinned to one steady strength, and where it lacks
detail, new detail starts to grow, moves along and stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from sheetrender.engines.animatic_motion import Matrix
from sheetrender.engines.animatic_noise import TILE, Field, detail_tile, seeded
from sheetrender.engines.engine import Image
from sheetrender.model.frames import Size

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


def reimagined(prepared: Image, wish: Wish) -> Image:
    """Return the brightness of the next picture, shape (height, width)."""
    height, width = prepared.shape[:2]
    gray = cv2.medianBlur(cv2.cvtColor(prepared, cv2.COLOR_BGR2GRAY), 3)
    small = _shrunk(gray, wish.sketch.shape)
    if float(wish.valid.min()) < 1.0:
        gray, small = _filled(gray, small, wish)
    size = Size(width, height)
    light = _detailed(gray, wish, size)
    light += cv2.resize(_steering(small, wish, size), (width, height))
    return _toned(cv2.convertScaleAbs(cv2.max(light, 0.0)), wish.tones)


def _shrunk(gray: Image, shape: tuple[int, ...]) -> Field:
    return cv2.resize(gray, shape[::-1], interpolation=cv2.INTER_AREA).astype(np.float32)


def _filled(gray: Image, small: Field, wish: Wish) -> tuple[Image, Field]:
    """Return picture and sketch with the gaps closed from around them and from the target."""
    valid = wish.valid
    weight = cv2.blur(valid, (9, 9), borderType=cv2.BORDER_REPLICATE)
    near = cv2.blur(small * valid, (9, 9), borderType=cv2.BORDER_REPLICATE)
    trust = np.clip(weight * 4.0, 0.0, 1.0)
    fill = wish.sketch + (near / (weight + np.float32(1e-3)) - wish.sketch) * trust
    small = fill + (small - fill) * valid
    size = gray.shape[::-1]
    keep = cv2.resize(valid, size)
    wide = cv2.resize(fill, size)
    return (wide + (gray - wide) * keep).astype(np.uint8), small


def _steering(small: Field, wish: Wish, size: Size) -> Field:
    """Return what to add to the brightness, at the size of the sketch."""
    cell = max(1.0, min(size.width, size.height) / min(small.shape))
    lag = wish.stray / max(wish.pull, 1e-3) / cell
    blur = min(0.35 * lag, 0.06 * max(small.shape))
    gap = wish.sketch - small
    if blur > 0.3:
        gap = cv2.GaussianBlur(gap, (0, 0), blur, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(gap * np.float32(wish.pull), np.float32)


def _detailed(gray: Image, wish: Wish, size: Size) -> Field:
    """Return the brightness with its fine detail brought to the wanted strength."""
    unit = max(0.5, min(size.width, size.height) / 432)
    smooth = cv2.GaussianBlur(gray, (_odd(7 * unit), _odd(7 * unit)), 1.8 * unit)
    fine = cv2.subtract(gray, smooth, dtype=cv2.CV_32F)
    there = _local(_shrunk(cv2.absdiff(gray, smooth), wish.sketch.shape))
    wanted = _wanted(wish)
    full = (size.width, size.height)
    fine *= cv2.resize(np.clip(wanted / (there + 0.3), 0.8, 1.06), full)
    fine += smooth
    core = np.ones((3, 3), np.uint8)
    low, high = cv2.erode(gray, core), cv2.dilate(gray, core)
    sharp = cv2.min(cv2.max(fine, low.astype(np.float32)), high.astype(np.float32))
    grown = np.clip(wanted - there, 0.0, 3.0) * np.float32(0.5 * min(1.0, 4.0 * wish.pull))
    if float(grown.max()) > 0.02:
        sharp += cv2.resize(grown, full) * _moved_tile(wish, unit, (size.height, size.width))
    return sharp


def _wanted(wish: Wish) -> Field:
    """Return the mean size of fine detail for each place: less in a sky than among leaves."""
    rough = cv2.absdiff(wish.sketch, cv2.blur(wish.sketch, (3, 3)))
    return cv2.min(_local(rough) * np.float32(0.8) + np.float32(0.4 * wish.texture), wish.texture * 2)


def _local(band: Field) -> Field:
    return cv2.blur(band, (9, 9), borderType=cv2.BORDER_REPLICATE)


def _odd(value: float) -> int:
    return 2 * max(1, int(value / 2)) + 1


def _moved_tile(wish: Wish, unit: float, shape: tuple[int, ...]) -> Field:
    """Return the tile of this epoch, moved on as the picture was since the epoch began.

    Args:
        wish: says where the epoch's place is and how the picture moves.
        unit: pixels of the result for one of the tile.
        shape: of the result.
    """
    epoch, age = divmod(wish.index, STRIDE)
    rng = seeded("epoch", epoch, shape[0])
    angle, across, down = (float(number) for number in rng.random(3))
    cos, sin = np.cos(angle * 2 * np.pi) / unit, np.sin(angle * 2 * np.pi) / unit
    place = np.array([
        [cos, -sin, across * TILE], [sin, cos, down * TILE], [0.0, 0.0, 1.0],
    ])
    back = np.linalg.inv(np.linalg.matrix_power(wish.motion, age))
    whole = place @ (back / back[2, 2])
    return cv2.warpAffine(
        detail_tile(wish.kind), whole[:2], (shape[1], shape[0]),
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_WRAP,
    )


def _toned(light: Image, tones: Field) -> Image:
    """Return the brightness with the palette's shares of dark and light.

    Source: histogram matching; the wanted distribution is known, so its table is direct.
    """
    counts = cv2.calcHist([light], [0], None, [256], [0, 256]).ravel()
    middle = (np.cumsum(counts) - 0.5 * counts) * (255.0 / light.size)
    wanted = np.interp(middle, np.arange(256), tones)
    return cv2.LUT(light, np.rint(wanted).astype(np.uint8))
