"""Compositions of places: hills, sea, city, forest."""

from __future__ import annotations

import cv2
import numpy as np

from sheetrender.engines.animatic_noise import Canvas, Field, mix, smoothstep
from sheetrender.engines.animatic_stage import Layout, Scene, gleam, orb, profile, rays, sky, soft


def peaks(plane: Canvas, layout: Layout) -> Scene:
    """Draw a sun over ranges of hills that fade into the distance."""
    horizon = layout.at(3, 0.15, 0.5)
    disc, glow, _ = orb(plane, layout, horizon)
    light = sky(plane, layout, horizon) + 0.3 * glow
    light = mix(light, 1.12 - 0.2 * smoothstep(-1.0, 1.0, plane.y), disc)
    accent = np.clip(0.75 * glow + 0.5 * disc, 0.0, 1.0)
    layers = 5
    relief = plane.noise(layout.rng, 3.0, 6, 0.6, stretch=1.6)
    for layer in range(layers):
        near = layer / (layers - 1)
        crest = (
            horizon
            - 0.28
            + 0.62 * near**1.3
            + (0.13 + 0.15 * near) * profile(plane, layout.rng, 0.9 + 0.9 * (1 - near), 6)
        )
        below = plane.y - crest
        ground = 0.5 - 0.5 * near + np.clip(below, 0, 0.6) * (0.34 - 0.2 * near)
        rim = np.exp(np.clip(below, 0.0, 2.0) * -16.0)
        ground = ground + 0.09 * relief * (0.4 + near) + 0.16 * rim * glow
        edge = smoothstep(-soft(plane), soft(plane), below)
        light = mix(light, ground, edge)
        accent = mix(accent, 0.35 * glow + 0.25 * near, edge)
    return Scene(light, accent)


def sea(plane: Canvas, layout: Layout) -> Scene:
    """Draw a low light over water, with its path of glitter and a swell in front."""
    horizon = layout.at(3, -0.25, 0.2)
    disc, glow, (x, _) = orb(plane, layout, horizon)
    light = mix(sky(plane, layout, horizon) + 0.34 * glow, 1.1, disc)
    depth = np.clip(plane.y - horizon, 0.0, 3.0) + 0.03
    ripples = plane.noise(layout.rng, 4.0, 5, 0.7, stretch=5.0)
    waves = np.sin(2.6 / depth**0.7 * 3.0 + 4.0 * ripples + 1.5 * plane.x)
    path = np.exp(-np.square((plane.x - x) / (0.14 + 0.5 * depth)))
    water = 0.40 - 0.3 * depth + (0.07 + 0.2 * path) * waves * np.sqrt(depth) + 0.34 * path
    surface = smoothstep(-soft(plane), soft(plane), plane.y - horizon)
    light = mix(light, water, surface)
    accent = np.clip(mix(glow + disc, 0.8 * path + 0.15 * waves, surface), 0.0, 1.0)
    for near in (0.5, 1.0):
        crest = horizon + 0.3 + 0.4 * near + 0.1 * profile(plane, layout.rng, 0.8, 3)
        below = plane.y - crest
        foam = np.exp(np.clip(below, 0, 2) * -14.0) * (0.5 + 0.5 * ripples)
        swell = 0.3 - 0.2 * near + 0.05 * ripples + 0.3 * foam
        light = mix(light, swell, 0.85 * smoothstep(-0.01, 0.02, below))
    return Scene(light, accent)


def city(plane: Canvas, layout: Layout) -> Scene:
    """Draw towers in haze with lit windows, above a street that mirrors them."""
    street = layout.at(3, 0.35, 0.6)
    disc, glow, _ = orb(plane, layout, 0.2)
    light = sky(plane, layout, street) + 0.22 * glow + 0.2 * disc
    accent = 0.7 * glow
    for layer in range(4):
        near = layer / 3
        towers = _towers(plane, layout.rng, 7.0 - 4.0 * near)
        top = street - 0.1 - (0.62 + 0.38 * near) * towers * layout.at(4 + layer, 0.8, 1.4)
        inside = smoothstep(-soft(plane), soft(plane), plane.y - top)
        wall = 0.46 - 0.4 * near + 0.22 * np.clip(plane.y - top, 0, 1.2) * (1 - 0.6 * near)
        lit, hue = _windows(plane, layout.rng, 74.0 - 40.0 * near)
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
    below = smoothstep(-soft(plane), soft(plane), plane.y - level)
    return Scene(
        mix(scene.light, light * 0.85 - 0.04 + 0.05 * ripples, below),
        mix(scene.accent, accent, below),
    )


def forest(plane: Canvas, layout: Layout) -> Scene:
    """Draw trunks in fog with light falling between them, like the nave of a church."""
    x = layout.at(0, -0.5, 0.5) * plane.reach[0] * 0.6 + layout.jitter(0.1)
    y = layout.at(1, -0.75, -0.1)
    distance = plane.distance(x, y, 0.7)
    glow = gleam(distance, 0.75)
    leaves = plane.noise(layout.rng, 3.0, 6, 0.65)
    light = 0.2 + 0.75 * glow + 0.07 * leaves
    light = light + 0.3 * rays(plane, layout, x, y - 0.5) * glow
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
    return cv2.resize(knots, (1, plane.shape[0]), interpolation=cv2.INTER_CUBIC).reshape(
        -1, 1
    ) * np.float32(octaves / 3)


def _trunks(plane: Canvas, rng: np.random.Generator, cells: float, bend: Field) -> Field:
    """Return upright bars of uneven width, 0.0 to 1.0, wider towards the ground."""
    height, width = plane.shape
    bars = np.zeros((height, width), np.uint8)
    rows = np.unique(np.linspace(0, height - 1, 24).astype(np.int32))
    down = plane.y[rows, 0]
    fixed = 16.0 * min(height, width) / 2
    for place, size in rng.random((max(2, int(cells * plane.reach[0])), 2)):
        centre = (place * 2.0 - 1.0 + 1.0) * plane.reach[0] - bend[rows, 0]
        half = (0.03 + 0.10 * size) * 3.2 / (cells + 1.5)
        half = half * (1.0 + 0.5 * smoothstep(0.3, 1.1, down))
        across = np.concatenate([centre - half, (centre + half)[::-1]]) * fixed
        along = np.concatenate([rows, rows[::-1]]) * 16.0
        outline = np.rint(np.column_stack([across, along])).astype(np.int32)
        cv2.fillPoly(bars, [outline], 255, cv2.LINE_AA, 4)
    return bars.astype(np.float32) / 255
