"""The target: the picture that a prompt and a seed ask for, before any motion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from sheetrender.engines.animatic_noise import Field, Levels, canvas
from sheetrender.engines.animatic_palette import HUES
from sheetrender.engines.animatic_scenes import scene_of
from sheetrender.model.frames import FrameSpec, Size


@dataclass(frozen=True, slots=True)
class Target:
    """A composition whose shares of dark and light are even.

    Attributes:
        share: how much of the picture is darker than here, shape (height, width), 0.0 to 255.0.
        accent: shape (height, width), 0.0 (first hue) to 1.0 (last hue).
    """

    share: Field
    accent: Field

    def towards(self, other: Target, amount: float) -> Target:
        """Return the target between this one (0.0) and another (1.0)."""
        return Target(
            cv2.addWeighted(self.share, 1.0 - amount, other.share, amount, 0.0),
            cv2.addWeighted(self.accent, 1.0 - amount, other.accent, amount, 0.0),
        )

    def light(self, tones: Field) -> Field:
        """Return the brightness of every pixel, 0.0 to 255.0, where shares have these tones."""
        fine = np.interp(np.arange(0.0, 256.0, 1 / 16), np.arange(256), tones)
        index = (self.share * 16).astype(np.uint16)
        return np.asarray(fine.astype(np.float32).take(index, mode="clip"))

    def hue(self, size: Size) -> Levels:
        """Return the row of the palette for every pixel of a picture of that size."""
        row = cv2.convertScaleAbs(self.accent, alpha=HUES - 1)
        return cv2.resize(row, (size.width, size.height))


def cell_of(size: Size) -> int:
    """Return the pixels of the picture for one of the sketch, along both sides."""
    return max(1, min(size.width, size.height) // 216)


def sketch_size(size: Size) -> Size:
    """Return the size of the small picture that composition is steered with."""
    cell = cell_of(size)
    return Size(max(1, size.width // cell), max(1, size.height // cell))


@lru_cache(maxsize=2)
def target_of(prompt: str, seed: int, size: Size) -> Target:
    """Return the target of a prompt and a seed at full size."""
    return _drawn(prompt, seed, size)


@lru_cache(maxsize=12)
def sketch_of(prompt: str, seed: int, size: Size) -> Target:
    """Return the target at the size of a sketch, a fraction of the work."""
    return _drawn(prompt, seed, size)


def composed(
    draw: Callable[[str, int, Size], Target], spec: FrameSpec, seed: int, size: Size
) -> Target:
    """Return a frame's target: between two prompts while one fades in, and between two seeds.

    Args:
        draw: `target_of` or `sketch_of`.
        spec: of the frame.
        seed: the frame's, or a neighbour of it.
        size: of the target.
    """
    target = _between_seeds(draw, spec.prompt, seed, spec.seed_share, size)
    if spec.prompt_weight >= 1.0:
        return target
    before = _between_seeds(draw, spec.previous_prompt, seed, spec.seed_share, size)
    return before.towards(target, spec.prompt_weight)


def _between_seeds(
    draw: Callable[[str, int, Size], Target], prompt: str, seed: int, share: float, size: Size
) -> Target:
    here = draw(prompt, seed, size)
    return here if share <= 0.0 else here.towards(draw(prompt, seed + 1, size), share)


def _drawn(prompt: str, seed: int, size: Size) -> Target:
    plane = canvas(size.width, size.height)
    scene = scene_of(prompt, seed, plane)
    reach_x, reach_y = plane.reach
    vignette = np.square(plane.x / reach_x) + np.square(plane.y / reach_y)
    # Half way to an even spread, so that every colour of the palette has some place.
    accent = np.clip(scene.accent, 0.0, 1.0) * np.float32(0.5) + _shares(scene.accent) / 510
    return Target(_shares(scene.light - 0.1 * vignette), accent.astype(np.float32))


def _shares(light: Field) -> Field:
    """Return the rank of every pixel, 0.0 to 255.0.

    Ranks are smoothed over neighbouring levels, so that the faintest cloud of an even sky is
    not lifted to the contrast of a shape.
    """
    low, high = float(light.min()), float(light.max())
    level = ((light - low) * np.float32(4095.0 / max(high - low, 1e-6))).astype(np.uint16)
    counts = cv2.calcHist([level], [0], None, [4096], [0, 4096]).ravel().astype(np.float64)
    ranks = np.cumsum(counts) - 0.5 * counts
    even = cv2.GaussianBlur(ranks.reshape(1, -1), (0, 0), 12.0).ravel()
    curve = (even / light.size * 255.0).astype(np.float32)
    spread: Field = curve.take(level)
    return spread
