"""Which composition a prompt asks for."""

from __future__ import annotations

import cv2
import numpy as np

from sheetrender.engines.animatic_forms import bloom, drift, figure, space, tunnel
from sheetrender.engines.animatic_noise import Canvas, mix, seeded, smoothstep
from sheetrender.engines.animatic_places import city, forest, peaks, sea
from sheetrender.engines.animatic_stage import Draw, Layout, Scene, layout_of, soft

_SUBJECTS: tuple[tuple[Draw, str], ...] = (
    (
        city,
        "city street building buildings tower skyline tokyo york cyberpunk neon urban town road"
        " traffic bridge castle factory stadt ville ciudad город 街",
    ),
    (
        forest,
        "forest tree trees jungle cathedral church woods temple columns bamboo swamp wald"
        " forêt bosque лес 森",
    ),
    (
        sea,
        "ocean sea water whale lake river wave waves beach island ship boat underwater coast fish"
        " harbour harbor meer mer mar море 海",
    ),
    (
        tunnel,
        "tunnel portal corridor hole spiral vortex whirlpool hypnotic kaleidoscope time"
        " wormhole labyrinth maze eye clock stairs staircase",
    ),
    (
        bloom,
        "flower flowers rose roses mandala wedding lotus blossom petals love heart garden bloom"
        " butterfly blume fleur flor цветок 花",
    ),
    (
        peaks,
        "mountain mountains desert dune dunes canyon valley hill hills landscape mars volcano"
        " snow sunset sunrise sun horizon field road berg montagne гора 山",
    ),
    (
        figure,
        "face portrait woman man girl boy person people head queen king warrior singer dancer"
        " angel ghost statue skull robot android bride monk samurai frau mann 顔",
    ),
    (
        space,
        "space planet galaxy nebula cosmos cosmic universe stars star moon astronaut orbit"
        " comet alien saturn jupiter weltraum космос 宇宙",
    ),
)
_UNSPOKEN: tuple[Draw, ...] = (drift, drift, tunnel, space, peaks, drift, bloom)


_PEOPLE = (
    "astronaut cosmonaut man woman girl boy person child people lone traveler traveller wanderer"
    " dancer singer couple hero monk samurai knight cowboy detective bride angel ghost robot queen"
    " king mann frau kind homme femme hombre mujer человек 人"
)
_RAIN = "rain rainy storm monsoon drizzle regen pluie lluvia дождь 雨"


def scene_of(prompt: str, seed: int, plane: Canvas) -> Scene:
    """Return the composition of a prompt and a seed.

    Whichever subject stands first in `_SUBJECTS` wins: places beat what stands in them. People
    then stand small in the place, and rain falls on it. Without a subject the prompt's own
    digest chooses.
    """
    words = frozenset(
        "".join(sign if sign.isalpha() else " " for sign in prompt.casefold()).split()
    )
    draw = next((draw for draw, names in _SUBJECTS if _holds(names, words)), None)
    if draw is None:
        draw = _UNSPOKEN[int(seeded("scene", prompt).random() * len(_UNSPOKEN))]
    layout = layout_of(prompt, seed)
    scene = draw(plane, layout)
    if draw in (peaks, sea, city, forest) and _holds(_PEOPLE, words):
        scene = _with_person(plane, layout, scene)
    if _holds(_RAIN, words):
        scene = _with_rain(plane, layout, scene)
    return scene


def _holds(names: str, words: frozenset[str]) -> bool:
    return not words.isdisjoint(names.split())


def _with_person(plane: Canvas, layout: Layout, scene: Scene) -> Scene:
    """Return the scene with somebody who stands in front of it and looks into it."""
    x, feet = layout.at(10, -0.4, 0.4) * min(plane.reach[0], 1.5), 0.86
    tall = 0.44
    side = np.abs(plane.x - np.float32(x)) / tall
    up = (feet - plane.y) / tall
    head = cv2.magnitude(side, up - np.float32(0.89)) - 0.11
    widths = np.interp(
        up, (-0.01, 0.0, 0.45, 0.52, 0.72, 0.8, 0.83), (-0.1, 0.075, 0.12, 0.15, 0.19, 0.13, -0.1)
    ).astype(np.float32)
    body = np.maximum(np.maximum(side - widths, up - 0.83), -up)
    body = np.maximum(body, np.minimum(0.025 - side, 0.4 - up))
    outline = np.minimum(head, body)
    edge = soft(plane) / tall
    inside = smoothstep(edge, -edge, outline)
    halo = smoothstep(0.7, 0.0, outline) * 0.3
    return Scene(mix(scene.light + halo, 0.0, inside), scene.accent)


def _with_rain(plane: Canvas, layout: Layout, scene: Scene) -> Scene:
    """Return the scene behind fine slanting streaks."""
    height, width = plane.shape
    drops = layout.rng.random((height, width), np.float32)
    long = max(3, min(height, width) // 9)
    streak = np.zeros((long, long), np.float32)
    cv2.line(streak, (long // 2 + long // 8, 0), (long // 2 - long // 8, long - 1), 1.0)
    rain = cv2.filter2D((drops > 0.9985).astype(np.float32), -1, streak)
    return Scene(scene.light + 0.13 * np.minimum(rain, 1.0), scene.accent)
