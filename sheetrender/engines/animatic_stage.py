"""What compositions are made of: layouts, skies, lights, clouds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

from sheetrender.engines.animatic_noise import Canvas, Field, seeded, smoothstep

SEEDS_ALIKE = 64
"""So many neighbouring seeds share one layout, so that a seed that counts up with the frames
reshapes hills and clouds and leaves sun and horizon where they stand."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A composition, not coloured yet.

    Attributes:
        light: shape (height, width), about 0.0 (dark) to 1.0 (light).
        accent: shape (height, width), 0.0 (the first hue) to 1.0 (the last).
    """

    light: Field
    accent: Field


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand in one scene, and the noise that shapes them.

    Attributes:
        numbers: each 0.0 to 1.0, shared by neighbouring seeds.
        rng: changes wholly with the seed.
    """

    numbers: tuple[float, ...]
    rng: np.random.Generator

    def at(self, index: int, low: float, high: float) -> float:
        """Return one of the numbers, scaled to a range."""
        return low + (high - low) * self.numbers[index]

    def jitter(self, size: float) -> float:
        """Return a number between -size and size."""
        return (self.rng.random() * 2.0 - 1.0) * size


Draw: TypeAlias = Callable[[Canvas, Layout], Scene]


def layout_of(prompt: str, seed: int) -> Layout:
    """Return the layout of a prompt and a seed."""
    numbers = seeded("layout", prompt, seed // SEEDS_ALIKE).random(12)
    return Layout(tuple(float(number) for number in numbers), seeded("shape", prompt, seed))


def profile(plane: Canvas, rng: np.random.Generator, cells: float, octaves: int) -> Field:
    """Return a jagged line across the picture, shape (1, width), about -1 to 1."""
    width = plane.shape[1]
    line = np.zeros((1, width), np.float32)
    for octave in range(octaves):
        count = min(4096, 3 + int(cells * 2.0**octave * plane.reach[0]))
        knots = rng.random((1, count), np.float32) * 2.0 - 1.0
        line += cv2.resize(knots, (width, 1), interpolation=cv2.INTER_CUBIC) * np.float32(
            0.5**octave
        )
    return line


def soft(plane: Canvas) -> float:
    """Return the width of a crisp edge: a pixel and a half in canvas units."""
    return 3.0 / min(plane.shape)


def gleam(distance: Field, radius: float) -> Field:
    """Return 1.0 at no distance, 0.5 at the radius, and less beyond."""
    light: Field = 1.0 / (1.0 + np.square(distance * (1.0 / radius)))
    return light


def sky(plane: Canvas, layout: Layout, horizon: float) -> Field:
    """Return a sky that is lightest over the horizon, with long thin clouds."""
    height = np.clip((horizon - plane.y) * 0.55, 0.0, 1.2)
    clouds = plane.noise(layout.rng, 1.6, 6, 0.55, stretch=3.2)
    bands = 1.0 - np.abs(plane.noise(layout.rng, 1.1, 5, 0.5, stretch=2.4))
    sky: Field = 0.66 - 0.42 * height + 0.11 * clouds + 0.08 * bands * bands
    return sky


def orb(plane: Canvas, layout: Layout, horizon: float) -> tuple[Field, Field, tuple[float, float]]:
    """Return the disc of a sun or moon, its glow, and where it stands."""
    x = layout.at(0, -0.62, 0.62) * min(plane.reach[0], 1.6) + layout.jitter(0.12)
    y = horizon - layout.at(1, 0.05, 0.85) + layout.jitter(0.08)
    radius = layout.at(2, 0.2, 0.44)
    distance = plane.distance(x, y)
    return (
        smoothstep(radius + soft(plane), radius - soft(plane), distance),
        gleam(distance, radius * 2.0),
        (x, y),
    )


def rays(plane: Canvas, layout: Layout, x: float, y: float) -> Field:
    """Return beams that start in a point, about 0.0 to 1.0."""
    angle = cv2.phase(plane.x - np.float32(x), plane.y - np.float32(y))
    knots = layout.rng.random(64, np.float32)
    knots = np.concatenate([knots, knots[:1]])
    place = angle * np.float32(64 / (2 * np.pi))
    return cv2.remap(
        np.repeat(knots[None, :], 2, axis=0),
        np.clip(place, 0, 64),
        np.zeros_like(place),
        cv2.INTER_LINEAR,
    )


def folded(plane: Canvas, rng: np.random.Generator, cells: float) -> Field:
    """Return clouds folded into each other, about 0.0 to 1.0.

    Source: domain warping, Inigo Quilez, "Warp", 2002.
    """
    base = plane.noise(rng, cells, 6, 0.52)
    push_x, push_y = plane.noise(rng, cells, 4), plane.noise(rng, cells, 4)
    folded = plane.warped(base, 0.42 * push_x, 0.42 * push_y)
    ridges = 1.0 - np.abs(plane.warped(push_x, 0.3 * folded, 0.3 * base)) * 1.6
    out: Field = 0.38 + 0.34 * folded + 0.16 * np.clip(ridges, 0.0, 1.0) ** 2
    return out
