"""Compositions of things: tunnel, planet, flower, figure, and discs in folds of colour."""

from __future__ import annotations

import math

import cv2
import numpy as np

from sheetrender.engines.animatic_noise import Canvas, mix, smoothstep
from sheetrender.engines.animatic_stage import Layout, Scene, folded, gleam, rays, soft

_SHOULDERS = (
    (0.0, 0.13, 0.17, 0.22, 0.3, 0.42, 0.6, 0.74, 0.86, 0.95, 1.0),
    (0.0, 0.02, 0.1, 0.22, 0.3, 0.36, 0.43, 0.52, 0.68, 0.95, 1.6),
)
"""A neck's distance from the middle and where its outline lies, down to the arm."""


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
    light = 0.34 + 0.24 * rings + 0.09 * spokes + 0.8 * gleam(radius, 0.26) - 0.12 * radius
    light = light + 0.08 * cloud + 0.16 * rays(plane, layout, x, y) * gleam(radius, 0.8)
    wound = angle * math.copysign(1.0, turns - 1.4)
    accent = np.clip(0.5 + 0.5 * np.sin(depth * 3.7 + wound), 0, 1)
    return Scene(light, accent)


def space(plane: Canvas, layout: Layout) -> Scene:
    """Draw a planet and its ring before clouds of gas and stars."""
    gas = folded(plane, layout.rng, 1.3)
    light = 0.12 + 0.42 * np.square(np.clip(gas, 0.0, 1.2))
    speck = layout.rng.random(tuple(-(-side // 2) for side in plane.shape), np.float32)
    stars = cv2.resize(np.where(speck > 0.998, speck, 0.0).astype(np.float32), plane.shape[::-1])
    light = light + 0.9 * stars
    x, y = layout.at(0, -0.7, 0.7) * plane.reach[0] * 0.7, layout.at(1, -0.3, 0.4)
    radius = layout.at(2, 0.34, 0.62)
    distance = plane.distance(x, y)
    sun = layout.at(3, 0.0, 2.0) * np.pi
    face = ((plane.x - x) * math.cos(sun) + (plane.y - y) * math.sin(sun)) / radius
    belts = plane.noise(layout.rng, 2.2, 5, 0.55, stretch=4.0)
    ball = np.clip(0.42 + 0.62 * face, 0.02, 1.0) + 0.12 * belts * np.clip(face + 0.6, 0, 1)
    halo = gleam(np.maximum(distance - radius, 0.0), 0.13) * np.clip(face * 0.6 + 0.5, 0, 1)
    disc = smoothstep(radius + soft(plane), radius - soft(plane), distance)
    light = mix(light + 0.55 * halo, ball, disc)
    accent = mix(np.clip(gas, 0.0, 1.0), 0.55 + 0.35 * belts, disc)
    ring = plane.distance(x, y, layout.at(4, 3.2, 5.5)) / radius
    bands = 0.5 + 0.5 * np.sin(ring * 34.0)
    band = smoothstep(1.3, 1.34, ring) * smoothstep(2.05, 1.95, ring) * (0.35 + 0.5 * bands)
    band = band * (1.0 - disc * (plane.y < y))
    return Scene(mix(light, 0.85, band), np.clip(mix(accent, 0.95, band), 0.0, 1.0))


def bloom(plane: Canvas, layout: Layout) -> Scene:
    """Draw petals around a centre of light."""
    x, y = layout.at(0, -0.4, 0.4) * plane.reach[0] * 0.6, layout.at(1, -0.25, 0.25)
    cloud = folded(plane, layout.rng, 1.1)
    radius = plane.distance(x, y)
    angle = cv2.phase(plane.x - np.float32(x), plane.y - np.float32(y)) + 0.25 * cloud
    light = 0.3 + 0.25 * cloud + 0.15 * gleam(radius, 0.9)
    accent = np.clip(cloud, 0.0, 1.0) * 0.5
    petals = 5 + int(layout.at(2, 0.0, 5.99))
    for ring in range(6):
        size = 1.3 * 0.74**ring
        turned = angle + ring * (np.pi / petals) + layout.at(3, 0.0, 6.0)
        outline = size * (0.62 + 0.38 * np.sqrt(np.abs(np.cos(turned * (petals / 2.0)))))
        inside = smoothstep(soft(plane), -soft(plane), radius - outline)
        vein = np.sin(turned * petals * 5.0 + 3.0 * cloud) * 0.03
        shade = 0.26 + 0.62 * radius / outline + 0.1 * ring * 0.5 + vein - 0.05 * (5 - ring)
        light = mix(light, shade + 0.08 * cloud, inside)
        accent = mix(accent, 0.16 * ring + 0.3 * (1.0 - radius / outline), inside)
    return Scene(light + 0.5 * gleam(radius, 0.1), np.clip(accent, 0.0, 1.0))


def figure(plane: Canvas, layout: Layout) -> Scene:
    """Draw head and shoulders against a disc of light."""
    x = layout.at(0, -0.35, 0.35) * plane.reach[0] * 0.8 + layout.jitter(0.05)
    cloud = folded(plane, layout.rng, 1.2)
    halo = plane.distance(x + layout.at(1, -0.25, 0.25), -0.3)
    size = layout.at(2, 0.6, 0.8)
    disc = smoothstep(size + soft(plane), size - soft(plane), halo)
    light = 0.2 + 0.34 * cloud + 0.24 * gleam(halo, 0.9)
    light = mix(light, 0.8 + 0.18 * cloud - 0.15 * plane.y, disc)
    accent = mix(np.clip(cloud, 0, 1), 0.9, 0.8 * disc)
    sway = 0.03 * plane.noise(layout.rng, 2.5, 4)
    head = plane.distance(x, -0.3, 0.76) - 0.34 + sway
    slope = np.interp(np.abs(plane.x - x), _SHOULDERS[0], _SHOULDERS[1]).astype(np.float32)
    body = np.minimum(head, slope - plane.y + sway)
    inside = smoothstep(soft(plane), -soft(plane), body)
    rim = np.exp(np.clip(body, -2.0, 0.0) * 20.0)
    side = 0.5 + 0.5 * np.tanh((plane.x - x) * layout.at(3, -6.0, 6.0))
    shape = 0.08 + 0.26 * cloud * cloud + 0.5 * rim * side
    return Scene(mix(light, shape, inside), mix(accent, 0.25 + 0.6 * rim * side, inside))


def drift(plane: Canvas, layout: Layout) -> Scene:
    """Draw folds of colour with discs and arcs hanging in them."""
    light = 0.12 + 0.8 * folded(plane, layout.rng, layout.at(5, 0.7, 1.2))
    tilt = layout.at(3, -1.0, 1.0)
    light = light + 0.16 * (plane.x * tilt / plane.reach[0] - plane.y)
    accent = np.clip(0.5 + 0.5 * plane.noise(layout.rng, 0.8, 3), 0.0, 1.0)
    for index in range(3):
        x = (layout.at(index, -0.75, 0.75) + layout.jitter(0.1)) * plane.reach[0]
        y = layout.at(index + 6, -0.7, 0.6) + layout.jitter(0.1)
        radius = (0.52, 0.26, 0.8)[index] * layout.at(9, 0.75, 1.25)
        distance = plane.distance(x, y)
        inside = smoothstep(radius + soft(plane), radius - soft(plane), distance)
        if index == 2:
            line = np.abs(distance - radius)
            light = light + 0.5 * smoothstep(0.018, 0.004, line) + 0.12 * gleam(line, 0.06)
            continue
        shade = 0.9 - 0.75 * smoothstep(-radius, radius, plane.y - y)
        light = mix(light, (shade if index == 0 else 0.95) + 0.12 * light, 0.86 * inside)
        light = light + 0.18 * gleam(np.maximum(distance - radius, 0), 0.2) * (1 - inside)
        accent = mix(accent, 0.95 if index == 0 else 0.1, inside)
    return Scene(light, accent)
