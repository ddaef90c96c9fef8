"""Seeded noise: fields that look the same at every resolution, and a tile of fine detail."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

Field: TypeAlias = npt.NDArray[Any]
"""One float32 per pixel, shape (height, width); OpenCV's signatures do not carry the type."""

Levels: TypeAlias = npt.NDArray[Any]
"""Whole numbers 0 to 255 (uint8), shape (height, width) or (height, width, 3)."""

KINDS = 3
"""Kinds of fine detail."""

TILE = 512
"""Side of the tile of fine detail, pixels; it repeats without a seam."""

SPARE = 768


def seeded(*parts: str | int) -> np.random.Generator:
    """Return a generator that the parts alone decide, in every process alike."""
    text = "\x1f".join(str(part) for part in parts)
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "little")))


def smoothstep(low: float, high: float, values: Field) -> Field:
    """Return 0 below `low`, 1 above `high` and a soft S between; `high` may lie below `low`."""
    ramp = np.clip((values - low) * (1.0 / (high - low)), 0.0, 1.0)
    return ramp * ramp * (3.0 - 2.0 * ramp)


def smooth(low: float, high: float, value: float) -> float:
    """Return the same for one number."""
    ramp = min(1.0, max(0.0, (value - low) / (high - low)))
    return ramp * ramp * (3.0 - 2.0 * ramp)


def mix(first: Field, second: Field | float, share: Field | float) -> Field:
    """Return `first` where share is 0 and `second` where it is 1."""
    mixed: Field = first + (second - first) * share
    return mixed


@dataclass(frozen=True, slots=True)
class Canvas:
    """Coordinates to draw on: the shorter side runs from -1 to 1, y downwards.

    Attributes:
        x: shape (height, width), 0 in the middle.
        y: shape (height, width), 0 in the middle.
    """

    x: Field
    y: Field

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.x.shape[0], self.x.shape[1]

    @property
    def reach(self) -> tuple[float, float]:
        """Largest x and largest y: half the width and half the height."""
        height, width = self.shape
        short = min(height, width)
        return width / short, height / short

    def distance(self, x: float, y: float, squeeze: float = 1.0) -> Field:
        """Return how far every pixel is from a point; `squeeze` above 1 makes circles flat."""
        return cv2.magnitude(self.x - np.float32(x), (self.y - np.float32(y)) * squeeze)

    def noise(
        self,
        rng: np.random.Generator,
        cells: float,
        octaves: int,
        gain: float = 0.5,
        stretch: float = 1.0,
    ) -> Field:
        """Return cloudy noise, about -1 to 1.

        Args:
            rng: decides it; the same octaves come out at every resolution.
            cells: bumps along the shorter side in the coarsest octave.
            octaves: each twice as fine and `gain` times as strong as the one before.
            gain: 0.0 to 1.0.
            stretch: above 1 draws the bumps out sideways.
        """
        height, width = self.shape
        reach_x, reach_y = self.reach
        total = np.zeros((height, width), np.float32)
        for octave in range(octaves):
            scale = cells * 2.0**octave
            rows = 2 + int(np.ceil(scale * reach_y))
            columns = 2 + int(np.ceil(scale * reach_x / stretch))
            if rows > 2 * height or columns > 2 * width:
                break
            lattice = rng.random((min(rows, 4096), min(columns, 4096)), np.float32) * 2.0 - 1.0
            bumps = cv2.resize(lattice, (width, height), interpolation=cv2.INTER_CUBIC)
            total += bumps * np.float32(gain**octave)
        return total

    def warped(self, field: Field, shift_x: Field, shift_y: Field) -> Field:
        """Return the field sampled at shifted places; shifts in canvas units."""
        height, width = self.shape
        unit = min(height, width) / 2
        rows, columns = np.indices((height, width), np.float32)
        return cv2.remap(
            field,
            columns + shift_x * unit,
            rows + shift_y * unit,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT,
        )


@lru_cache(maxsize=8)
def canvas(width: int, height: int) -> Canvas:
    """Return the coordinates of a picture of that size."""
    short = min(width, height)
    across = (2 * np.arange(width, dtype=np.float32) + 1 - width) / short
    down = (2 * np.arange(height, dtype=np.float32) + 1 - height) / short
    x, y = np.meshgrid(across, down)
    return Canvas(np.ascontiguousarray(x), np.ascontiguousarray(y))


@lru_cache(maxsize=KINDS)
def detail_tile(kind: int) -> Field:
    """Return a tile of fine detail and what repeats beside it, mean 0, mean size 1.

    Shape (TILE + SPARE, TILE + SPARE): what begins inside the tile ends inside the array, which
    is read in half the time that wrapping around takes.

    Kind 0 is grain of paint, 1 is thread and hair, 2 is crystal and smoke.
    """
    rng = seeded("detail", kind)
    base = _shaped_spectrum(rng, 1.15)
    if kind == 1:
        base = _shaped_spectrum(rng, 1.3) - 1.6 * np.abs(_shaped_spectrum(rng, 1.5))
    elif kind == 2:
        base = np.abs(base) + 0.8 * np.abs(_shaped_spectrum(rng, 1.4))
    wide = cv2.GaussianBlur(_wrapped(base), (0, 0), 9.0)[64:-64, 64:-64]
    fine: Field = np.asarray(base - wide)
    fine = fine / np.abs(fine).mean()
    tile = np.asarray(np.clip(fine, -3.5, 3.5), np.float32)
    return np.pad(tile, SPARE // 2, mode="wrap")


def _wrapped(field: Field) -> Field:
    return np.pad(field, 64, mode="wrap")


def _shaped_spectrum(rng: np.random.Generator, slope: float) -> Field:
    """Return seamless noise whose amplitude falls as 1 / frequency ** slope, deviation 1."""
    white = np.fft.rfft2(rng.random((TILE, TILE)) - 0.5)
    down = np.fft.fftfreq(TILE)[:, None]
    across = np.fft.rfftfreq(TILE)[None, :]
    frequency = np.maximum(np.hypot(down, across), 1.0 / TILE)
    field = np.fft.irfft2(white / frequency**slope, s=(TILE, TILE))
    field = (field - field.mean()) / field.std()
    return np.asarray(field, np.float32)
