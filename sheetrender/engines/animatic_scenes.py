"""Compositions: where a picture is light and dark, and where its second colours go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

from sheetrender.engines.animatic_noise import Canvas, Field, mix, seeded, smoothstep

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


def _profile(plane: Canvas, rng: np.random.Generator, cells: float, octaves: int) -> Field:
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


def _soft(plane: Canvas) -> float:
    """Return the width of a crisp edge: a pixel and a half in canvas units."""
    return 3.0 / min(plane.shape)


def _glow(distance: Field, radius: float) -> Field:
    glow: Field = 1.0 / (1.0 + np.square(distance * (1.0 / radius)))
    return glow


def _sky(plane: Canvas, layout: Layout, horizon: float) -> Field:
    """Return a sky that is lightest over the horizon, with long thin clouds."""
    height = np.clip((horizon - plane.y) * 0.55, 0.0, 1.2)
    clouds = plane.noise(layout.rng, 1.6, 6, 0.55, stretch=3.2)
    bands = 1.0 - np.abs(plane.noise(layout.rng, 1.1, 5, 0.5, stretch=2.4))
    sky: Field = 0.66 - 0.42 * height + 0.11 * clouds + 0.08 * bands * bands
    return sky


def _orb(plane: Canvas, layout: Layout, horizon: float) -> tuple[Field, Field, tuple[float, float]]:
    """Return the disc of a sun or moon, its glow, and where it stands."""
    x = layout.at(0, -0.62, 0.62) * min(plane.reach[0], 1.6) + layout.jitter(0.12)
    y = horizon - layout.at(1, 0.05, 0.85) + layout.jitter(0.08)
    radius = layout.at(2, 0.2, 0.44)
    distance = plane.distance(x, y)
    return smoothstep(radius + _soft(plane), radius - _soft(plane), distance), _glow(
        distance, radius * 2.0
    ), (x, y)


def peaks(plane: Canvas, layout: Layout) -> Scene:
    """Draw a sun over ranges of hills that fade into the distance."""
    horizon = layout.at(3, 0.15, 0.5)
    disc, glow, _ = _orb(plane, layout, horizon)
    light = _sky(plane, layout, horizon) + 0.3 * glow
    light = mix(light, 1.12 - 0.2 * smoothstep(-1.0, 1.0, plane.y), disc)
    accent = np.clip(0.75 * glow + 0.5 * disc, 0.0, 1.0)
    layers = 5
    relief = plane.noise(layout.rng, 3.0, 6, 0.6, stretch=1.6)
    for layer in range(layers):
        near = layer / (layers - 1)
        crest = horizon - 0.28 + 0.62 * near**1.3 + (0.13 + 0.15 * near) * _profile(
            plane, layout.rng, 0.9 + 0.9 * (1 - near), 6
        )
        below = plane.y - crest
        ground = 0.5 - 0.5 * near + np.clip(below, 0, 0.6) * (0.34 - 0.2 * near)
        rim = np.exp(np.clip(below, 0.0, 2.0) * -16.0)
        ground = ground + 0.09 * relief * (0.4 + near) + 0.16 * rim * glow
        edge = smoothstep(-_soft(plane), _soft(plane), below)
        light = mix(light, ground, edge)
        accent = mix(accent, 0.35 * glow + 0.25 * near, edge)
    return Scene(light, accent)


def sea(plane: Canvas, layout: Layout) -> Scene:
    """Draw a low light over water, with its path of glitter and a swell in front."""
    horizon = layout.at(3, -0.25, 0.2)
    disc, glow, (x, _) = _orb(plane, layout, horizon)
    light = mix(_sky(plane, layout, horizon) + 0.34 * glow, 1.1, disc)
    depth = np.clip(plane.y - horizon, 0.0, 3.0) + 0.03
    ripples = plane.noise(layout.rng, 4.0, 5, 0.7, stretch=5.0)
    waves = np.sin(2.6 / depth**0.7 * 3.0 + 4.0 * ripples + 1.5 * plane.x)
    path = np.exp(-np.square((plane.x - x) / (0.14 + 0.5 * depth)))
    water = 0.40 - 0.3 * depth + (0.07 + 0.2 * path) * waves * np.sqrt(depth) + 0.34 * path
    surface = smoothstep(-_soft(plane), _soft(plane), plane.y - horizon)
    light = mix(light, water, surface)
    accent = np.clip(mix(glow + disc, 0.8 * path + 0.15 * waves, surface), 0.0, 1.0)
    for near in (0.5, 1.0):
        crest = horizon + 0.3 + 0.4 * near + 0.1 * _profile(plane, layout.rng, 0.8, 3)
        below = plane.y - crest
        foam = np.exp(np.clip(below, 0, 2) * -14.0) * (0.5 + 0.5 * ripples)
        swell = 0.3 - 0.2 * near + 0.05 * ripples + 0.3 * foam
        light = mix(light, swell, 0.85 * smoothstep(-0.01, 0.02, below))
    return Scene(light, accent)


def city(plane: Canvas, layout: Layout) -> Scene:
    """Draw towers in haze with lit windows, above a street that mirrors them."""
    street = layout.at(3, 0.35, 0.6)
    disc, glow, _ = _orb(plane, layout, 0.2)
    light = _sky(plane, layout, street) + 0.22 * glow + 0.2 * disc
    accent = 0.7 * glow
    for layer in range(4):
        near = layer / 3
        towers = _towers(plane, layout.rng, 7.0 - 4.0 * near)
        top = street - 0.1 - (0.62 + 0.38 * near) * towers * layout.at(4 + layer, 0.8, 1.4)
        inside = smoothstep(-_soft(plane), _soft(plane), plane.y - top)
        wall = 0.46 - 0.4 * near + 0.22 * np.clip(plane.y - top, 0, 1.2) * (1 - 0.6 * near)
        lit, hue = _windows(plane, layout.rng, 46.0 - 26.0 * near)
        light = mix(light, wall + lit * (0.2 + 0.55 * near), inside)
        accent = mix(accent, 0.2 + 0.1 * layer + lit * hue, inside)
    return _wet(plane, layout, Scene(light, np.clip(accent, 0.0, 1.0)), street)


def _towers(plane: Canvas, rng: np.random.Generator, cells: float) -> Field:
    count = 3 + int(cells * plane.reach[0] * 2)
    heights = np.square(rng.random((1, count), np.float32))
    return cv2.resize(heights, (plane.shape[1], 1), interpolation=cv2.INTER_NEAREST)


def _windows(plane: Canvas, rng: np.random.Generator, cells: float) -> tuple[Field, Field]:
    """Return lit windows (0.0 to 1.0) and the hue of each."""
    rows, columns = (min(2048, 2 + int(cells * reach)) for reach in plane.reach[::-1])
    size = plane.shape[::-1]
    chance = rng.random((rows, columns * 2), np.float32)
    lit = np.where(chance > 0.8, (chance - 0.8) * 5.0, 0.0).astype(np.float32)
    lit[::3] = 0.0
    hue = (rng.random((rows // 6 + 1, columns // 2 + 1)) > 0.5).astype(np.float32)
    return (
        cv2.resize(lit, size, interpolation=cv2.INTER_NEAREST_EXACT),
        cv2.resize(hue, size, interpolation=cv2.INTER_NEAREST_EXACT),
    )


def _wet(plane: Canvas, layout: Layout, scene: Scene, level: float) -> Scene:
    """Return the scene with a mirror of itself below a level, broken by ripples."""
    ripples = plane.noise(layout.rng, 5.0, 4, 0.6, stretch=4.0)
    mirror = np.clip(level - plane.y, -2.0, 0.0) * 2.0
    depth = np.clip(plane.y - level, 0.0, 2.0)
    shift = 0.05 * ripples * (0.4 + depth)
    light = plane.warped(scene.light, shift, mirror * 0.72 + shift)
    accent = plane.warped(scene.accent, shift, mirror * 0.72 + shift)
    below = smoothstep(-_soft(plane), _soft(plane), plane.y - level)
    return Scene(
        mix(scene.light, light * 0.85 - 0.04 + 0.05 * ripples, below),
        mix(scene.accent, accent, below),
    )


def forest(plane: Canvas, layout: Layout) -> Scene:
    """Draw trunks in fog with light falling between them, like the nave of a church."""
    x = layout.at(0, -0.5, 0.5) * plane.reach[0] * 0.6 + layout.jitter(0.1)
    y = layout.at(1, -0.75, -0.1)
    distance = plane.distance(x, y, 0.7)
    glow = _glow(distance, 0.75)
    leaves = plane.noise(layout.rng, 3.0, 6, 0.65)
    light = 0.2 + 0.75 * glow + 0.07 * leaves
    light = light + 0.3 * _rays(plane, layout, x, y - 0.5) * glow
    accent = np.clip(0.15 + 0.95 * glow, 0.0, 1.0)
    for layer in range(5):
        near = layer / 4
        bend = 0.05 * _column(plane, layout.rng, 1.2, 3)
        trunks = _trunks(plane, layout.rng, 6.5 - 4.6 * near, bend)
        bark = 0.42 - 0.42 * near + 0.32 * glow * (1 - near) + 0.05 * leaves
        light = mix(light, bark, trunks * (0.5 + 0.5 * near))
        accent = mix(accent, 0.15 + 0.4 * glow, 0.8 * trunks)
    canopy = smoothstep(0.55, -0.35, plane.y + 1.25 + 0.5 * leaves - 0.35 * glow)
    floor = smoothstep(0.55, 1.0, plane.y + 0.2 * leaves)
    light = mix(light, 0.1 + 0.14 * leaves + 0.25 * glow, 0.8 * np.maximum(canopy, floor))
    return Scene(light, accent)


def _column(plane: Canvas, rng: np.random.Generator, cells: float, octaves: int) -> Field:
    """Return a wavering line down the picture, shape (height, 1)."""
    knots = rng.random((max(2, int(cells * 4)), 1), np.float32) * 2.0 - 1.0
    return cv2.resize(
        knots, (1, plane.shape[0]), interpolation=cv2.INTER_CUBIC
    ).reshape(-1, 1) * np.float32(octaves / 3)


def _trunks(plane: Canvas, rng: np.random.Generator, cells: float, bend: Field) -> Field:
    """Return upright bars of uneven width, 0.0 to 1.0, wider towards the ground."""
    count = max(2, int(cells * plane.reach[0]))
    bars = np.zeros(plane.shape, np.float32)
    lean = plane.x + bend
    for place, width in rng.random((count, 2)):
        centre = (place * 2.0 - 1.0) * plane.reach[0]
        half = (0.03 + 0.10 * width) * 3.2 / (cells + 1.5)
        flare = half * (1.0 + 0.5 * smoothstep(0.3, 1.1, plane.y))
        edge = np.clip((flare - np.abs(lean - centre)) * (0.5 / _soft(plane)) + 0.5, 0.0, 1.0)
        bars = np.maximum(bars, edge)
    return bars


def _rays(plane: Canvas, layout: Layout, x: float, y: float) -> Field:
    """Return beams that start in a point, about 0.0 to 1.0."""
    angle = cv2.phase(plane.x - np.float32(x), plane.y - np.float32(y))
    knots = layout.rng.random(64, np.float32)
    knots = np.concatenate([knots, knots[:1]])
    place = angle * np.float32(64 / (2 * np.pi))
    return cv2.remap(
        np.repeat(knots[None, :], 2, axis=0), np.clip(place, 0, 64), np.zeros_like(place),
        cv2.INTER_LINEAR,
    )


def tunnel(plane: Canvas, layout: Layout) -> Scene:
    """Draw rings that run away into a light."""
    x, y = layout.at(0, -0.3, 0.3), layout.at(1, -0.2, 0.2)
    radius = plane.distance(x, y) + 0.02
    angle = cv2.phase(plane.x - np.float32(x), plane.y - np.float32(y))
    cloud = plane.noise(layout.rng, 2.0, 6, 0.55)
    depth = np.log(radius)
    turns, arms = layout.at(2, 0.6, 2.2), 2 + int(layout.at(3, 0, 5.99))
    rings = np.sin(depth * 7.5 + turns * np.sin(arms * angle + depth * 2.0) + 1.6 * cloud)
    spokes = np.cos(arms * 2.0 * angle + depth * layout.at(4, -3.0, 3.0) + cloud)
    light = 0.34 + 0.24 * rings + 0.09 * spokes + 0.8 * _glow(radius, 0.26) - 0.12 * radius
    light = light + 0.08 * cloud + 0.16 * _rays(plane, layout, x, y) * _glow(radius, 0.8)
    accent = np.clip(0.5 + 0.5 * np.sin(depth * 3.7 + angle * 1.0 * np.sign(turns - 1.4)), 0, 1)
    return Scene(light, accent)


def space(plane: Canvas, layout: Layout) -> Scene:
    """Draw a planet and its ring before clouds of gas and stars."""
    gas = _folded(plane, layout.rng, 1.3)
    light = 0.12 + 0.42 * np.square(np.clip(gas, 0.0, 1.2))
    speck = layout.rng.random(tuple(-(-side // 2) for side in plane.shape), np.float32)
    stars = cv2.resize(np.where(speck > 0.9965, speck, 0.0).astype(np.float32), plane.shape[::-1])
    light = light + 0.9 * stars
    x, y = layout.at(0, -0.7, 0.7) * plane.reach[0] * 0.7, layout.at(1, -0.3, 0.4)
    radius = layout.at(2, 0.34, 0.62)
    distance = plane.distance(x, y)
    sun = layout.at(3, 0.0, 2.0) * np.pi
    face = ((plane.x - x) * np.cos(sun) + (plane.y - y) * np.sin(sun)) / radius
    belts = plane.noise(layout.rng, 2.2, 5, 0.55, stretch=4.0)
    ball = np.clip(0.42 + 0.62 * face, 0.02, 1.0) + 0.12 * belts * np.clip(face + 0.6, 0, 1)
    halo = _glow(np.maximum(distance - radius, 0.0), 0.13) * np.clip(face * 0.6 + 0.5, 0, 1)
    disc = smoothstep(radius + _soft(plane), radius - _soft(plane), distance)
    light = mix(light + 0.55 * halo, ball, disc)
    accent = mix(np.clip(gas, 0.0, 1.0), 0.55 + 0.35 * belts, disc)
    ring = plane.distance(x, y, layout.at(4, 3.2, 5.5)) / radius
    bands = 0.5 + 0.5 * np.sin(ring * 34.0)
    band = smoothstep(1.3, 1.34, ring) * smoothstep(2.05, 1.95, ring) * (0.35 + 0.5 * bands)
    band = band * (1.0 - disc * (plane.y < y))
    return Scene(mix(light, 0.85, band), np.clip(mix(accent, 0.95, band), 0.0, 1.0))


def _folded(plane: Canvas, rng: np.random.Generator, cells: float) -> Field:
    """Return clouds folded into each other, about 0.0 to 1.0.

    Source: domain warping, Inigo Quilez, "Warp", 2002.
    """
    base = plane.noise(rng, cells, 6, 0.52)
    push_x, push_y = plane.noise(rng, cells, 4), plane.noise(rng, cells, 4)
    folded = plane.warped(base, 0.42 * push_x, 0.42 * push_y)
    ridges = 1.0 - np.abs(plane.warped(push_x, 0.3 * folded, 0.3 * base)) * 1.6
    out: Field = 0.36 + 0.34 * folded + 0.3 * np.clip(ridges, 0.0, 1.0) ** 3
    return out


def bloom(plane: Canvas, layout: Layout) -> Scene:
    """Draw petals around a centre of light."""
    x, y = layout.at(0, -0.4, 0.4) * plane.reach[0] * 0.6, layout.at(1, -0.25, 0.25)
    cloud = _folded(plane, layout.rng, 1.1)
    radius = plane.distance(x, y)
    angle = cv2.phase(plane.x - np.float32(x), plane.y - np.float32(y)) + 0.25 * cloud
    light = 0.3 + 0.25 * cloud + 0.15 * _glow(radius, 0.9)
    accent = np.clip(cloud, 0.0, 1.0) * 0.5
    petals = 5 + int(layout.at(2, 0.0, 5.99))
    for ring in range(6):
        size = 1.3 * 0.74**ring
        turned = angle + ring * (np.pi / petals) + layout.at(3, 0.0, 6.0)
        outline = size * (0.62 + 0.38 * np.sqrt(np.abs(np.cos(turned * (petals / 2.0)))))
        inside = smoothstep(_soft(plane), -_soft(plane), radius - outline)
        vein = np.sin(turned * petals * 5.0 + 3.0 * cloud) * 0.03
        shade = 0.26 + 0.62 * radius / outline + 0.1 * ring * 0.5 + vein - 0.05 * (5 - ring)
        light = mix(light, shade + 0.08 * cloud, inside)
        accent = mix(accent, 0.16 * ring + 0.3 * (1.0 - radius / outline), inside)
    return Scene(light + 0.5 * _glow(radius, 0.1), np.clip(accent, 0.0, 1.0))


def figure(plane: Canvas, layout: Layout) -> Scene:
    """Draw head and shoulders against a disc of light."""
    x = layout.at(0, -0.35, 0.35) * plane.reach[0] * 0.8 + layout.jitter(0.05)
    cloud = _folded(plane, layout.rng, 1.2)
    halo = plane.distance(x + layout.at(1, -0.25, 0.25), -0.3)
    size = layout.at(2, 0.6, 0.8)
    disc = smoothstep(size + _soft(plane), size - _soft(plane), halo)
    light = 0.2 + 0.34 * cloud + 0.24 * _glow(halo, 0.9)
    light = mix(light, 0.8 + 0.18 * cloud - 0.15 * plane.y, disc)
    accent = mix(np.clip(cloud, 0, 1), 0.9, 0.8 * disc)
    sway = 0.03 * plane.noise(layout.rng, 2.5, 4)
    head = plane.distance(x, -0.28, 0.78) - 0.36 + sway
    neck = np.maximum(np.abs(plane.x - x) - 0.15, 0.0) - np.clip(plane.y, -1.0, 0.0) - 0.08
    shoulders = plane.y - 0.36 + sway - 0.2 / (1.0 + np.square((plane.x - x) * 2.2))
    shoulders = np.maximum(-(shoulders - 0.0), np.abs(plane.x - x) - 0.98)
    body = np.minimum(np.minimum(head, neck), shoulders)
    inside = smoothstep(_soft(plane), -_soft(plane), body)
    rim = np.exp(np.clip(body, -2.0, 0.0) * 20.0)
    side = 0.5 + 0.5 * np.tanh((plane.x - x) * layout.at(3, -6.0, 6.0))
    shape = 0.08 + 0.26 * cloud * cloud + 0.5 * rim * side
    return Scene(mix(light, shape, inside), mix(accent, 0.25 + 0.6 * rim * side, inside))


def drift(plane: Canvas, layout: Layout) -> Scene:
    """Draw folds of colour with discs and arcs hanging in them."""
    light = 0.12 + 0.8 * _folded(plane, layout.rng, layout.at(5, 0.7, 1.2))
    tilt = layout.at(3, -1.0, 1.0)
    light = light + 0.16 * (plane.x * tilt / plane.reach[0] - plane.y)
    accent = np.clip(0.5 + 0.5 * plane.noise(layout.rng, 0.8, 3), 0.0, 1.0)
    for index in range(3):
        x = (layout.at(index, -0.75, 0.75) + layout.jitter(0.1)) * plane.reach[0]
        y = layout.at(index + 6, -0.7, 0.6) + layout.jitter(0.1)
        radius = (0.52, 0.26, 0.8)[index] * layout.at(9, 0.75, 1.25)
        distance = plane.distance(x, y)
        inside = smoothstep(radius + _soft(plane), radius - _soft(plane), distance)
        if index == 2:
            line = np.abs(distance - radius)
            light = light + 0.5 * smoothstep(0.018, 0.004, line) + 0.12 * _glow(line, 0.06)
            continue
        shade = 0.9 - 0.75 * smoothstep(-radius, radius, plane.y - y)
        light = mix(light, (shade if index == 0 else 0.95) + 0.12 * light, 0.86 * inside)
        light = light + 0.18 * _glow(np.maximum(distance - radius, 0), 0.2) * (1 - inside)
        accent = mix(accent, 0.95 if index == 0 else 0.1, inside)
    return Scene(light, accent)


_SUBJECTS: tuple[tuple[Draw, str], ...] = (
    (city, "city street building buildings tower skyline tokyo york cyberpunk neon urban town road"
     " traffic bridge castle factory stadt ville ciudad город 街"),
    (forest, "forest tree trees jungle cathedral church woods temple columns bamboo swamp wald"
     " forêt bosque лес 森"),
    (sea, "ocean sea water whale lake river wave waves beach island ship boat underwater coast fish"
     " harbour harbor meer mer mar море 海"),
    (tunnel, "tunnel portal corridor hole spiral vortex whirlpool hypnotic kaleidoscope time"
     " wormhole labyrinth maze eye clock stairs staircase"),
    (bloom, "flower flowers rose roses mandala wedding lotus blossom petals love heart garden bloom"
     " butterfly blume fleur flor цветок 花"),
    (peaks, "mountain mountains desert dune dunes canyon valley hill hills landscape mars volcano"
     " snow sunset sunrise sun horizon field road berg montagne гора 山"),
    (figure, "face portrait woman man girl boy person people head queen king warrior singer dancer"
     " angel ghost statue skull robot android bride monk samurai frau mann 顔"),
    (space, "space planet galaxy nebula cosmos cosmic universe stars star moon astronaut orbit"
     " comet alien saturn jupiter weltraum космос 宇宙"),
)
_UNSPOKEN: tuple[Draw, ...] = (drift, drift, tunnel, space, peaks, drift, bloom)


def draw_of(prompt: str) -> Draw:
    """Return the composition for the subject of a prompt; without one, a choice of its own.

    Whichever subject stands first in `_SUBJECTS` and in the prompt wins: places beat what
    stands in them.
    """
    words = "".join(sign if sign.isalpha() else " " for sign in prompt.casefold()).split()
    for draw, subjects in _SUBJECTS:
        if not set(subjects.split()).isdisjoint(words):
            return draw
    return _UNSPOKEN[int(seeded("scene", prompt).random() * len(_UNSPOKEN))]
