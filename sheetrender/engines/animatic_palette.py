"""From the words of a prompt to its palette: which tones, how much of each, in which colours."""

from __future__ import annotations

import colorsys
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from sheetrender.engines.animatic_colours import BRIGHT, DARK, DARKER, LIGHTER, MOODS, NAMES
from sheetrender.engines.animatic_noise import Field, Levels, seeded

HUES = 32
"""Rows of a palette: hues that stand beside each other in one picture."""

_WORD = re.compile(r"[^\W\d_]+")
_LUMA = (0.299, 0.587, 0.114)


@dataclass(frozen=True, slots=True)
class Colour:
    """One colour of a palette.

    Attributes:
        red: 0.0 to 1.0.
        green: 0.0 to 1.0.
        blue: 0.0 to 1.0.
        weight: its share against the others, > 0.
    """

    red: float
    green: float
    blue: float
    weight: float

    @property
    def luma(self) -> float:
        """Brightness as cv2.COLOR_BGR2GRAY weighs it, 0.0 to 1.0."""
        return _LUMA[0] * self.red + _LUMA[1] * self.green + _LUMA[2] * self.blue

    @property
    def chroma(self) -> float:
        """Distance from grey, 0.0 to 1.0."""
        return max(self.red, self.green, self.blue) - min(self.red, self.green, self.blue)

    def towards(self, level: float, share: float) -> Colour:
        """Return it mixed with the grey of that level: 0.0 darkens, 1.0 lightens."""
        red, green, blue = (
            value + (level - value) * share for value in (self.red, self.green, self.blue)
        )
        return Colour(red, green, blue, self.weight)

    def clipped(self) -> Colour:
        """Return it as far as it can be shown."""
        red, green, blue = (min(1.0, max(0.0, v)) for v in (self.red, self.green, self.blue))
        return Colour(red, green, blue, self.weight)


@dataclass(frozen=True, slots=True)
class Palette:
    """Tones and colours of one prompt.

    Attributes:
        tones: the brightness, 0.0 to 255.0, of the darkest to the brightest share of the
            picture; shape (256,), rising.
        table: blue, green, red for each hue and brightness; shape (HUES, 256, 3), 0.0 to 255.0.
            The brightness of an entry is its second index, so colouring keeps brightness.
    """

    tones: Field
    table: Field

    def towards(self, other: Palette, share: float) -> Palette:
        """Return the palette between this one (share 0.0) and another (1.0)."""
        return Palette(
            self.tones + (other.tones - self.tones) * np.float32(share),
            self.table + (other.table - self.table) * np.float32(share),
        )

    def colour(self, brightness: Levels, hue: Levels) -> Levels:
        """Return the picture of a brightness and a hue (0 to HUES - 1) per pixel."""
        # One look-up of four bytes takes half the time of one of three.
        table = np.zeros((HUES * 256, 4), np.uint8)
        table[:, :3] = np.rint(self.table).reshape(-1, 3)
        both = cv2.merge([brightness, hue] if sys.byteorder == "little" else [hue, brightness])
        index = both.view(np.uint16)[..., 0].astype(np.intp)
        found = table.view(np.uint32)[:, 0].take(index, mode="clip")
        return cv2.cvtColor(found.view(np.uint8).reshape(*index.shape, 4), cv2.COLOR_BGRA2BGR)


@lru_cache(maxsize=64)
def palette_of(prompt: str) -> Palette:
    """Return the palette that the colour words of a prompt ask for, else one of its own."""
    colours = list(_spoken(prompt)) or list(_imagined(prompt))
    words = set(_WORD.findall(prompt.casefold()))
    shade = 3.2 * len(words & DARK) - 1.6 * len(words & BRIGHT)
    return Palette(_tones(colours, min(max(shade, -2.5), 4.5)), _table(colours))


def _spoken(prompt: str) -> Iterator[Colour]:
    """Yield the colours that the prompt names, each word once, the first ones strongest.

    Words of mood colour a picture only as far as names of colours leave it room.
    """
    words = _WORD.findall(prompt.casefold())
    named = [index for index, word in enumerate(words) if _name(word)]
    weight, seen = 1.0, set[str]()
    for index in named:
        if words[index] not in seen:
            yield _modified(_colour(_name(words[index]), weight), words[max(0, index - 1) : index])
            seen.add(words[index])
            weight *= 0.8
    weight = 0.22 if named else 1.0
    for word in dict.fromkeys(words):
        if word in MOODS and word not in seen:
            for code in MOODS[word].split():
                yield _colour(code, weight)
                weight *= 0.72


def _name(word: str) -> str:
    return (
        NAMES.get(word)
        or NAMES.get(word.removesuffix("s"))
        or NAMES.get(word.removesuffix("ish"), "")
    )


def _colour(code: str, weight: float) -> Colour:
    red, green, blue = (int(code[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return Colour(red, green, blue, weight)


def _modified(colour: Colour, before: list[str]) -> Colour:
    if LIGHTER.intersection(before):
        return colour.towards(1.0, 0.45)
    if DARKER.intersection(before):
        return colour.towards(0.0, 0.4)
    return colour


def _imagined(prompt: str) -> Iterator[Colour]:
    """Yield a harmony of the prompt's own: a ground, its neighbour, and a light against them."""
    rng = seeded("palette", prompt)
    hue = rng.random()
    apart = (0.08, 0.5, 0.42, 0.33)[int(rng.random() * 4)]
    turn = 1 if rng.random() < 0.5 else -1
    for step, saturation, value, weight in (
        (0.0, 0.72, 0.5, 1.0),
        (0.06 * turn, 0.78, 0.8, 0.7),
        (apart * turn, 0.62, 0.97, 0.5),
        (-0.05 * turn, 0.8, 0.24, 0.6),
    ):
        yield Colour(*colorsys.hsv_to_rgb((hue + step) % 1.0, saturation, value), weight)


def _tones(colours: list[Colour], shade: float) -> Field:
    """Return how the picture's shares are bright: most of it near the colours' own brightness.

    Args:
        colours: of the palette.
        shade: above 0 darkens, below 0 lightens.
    """
    levels = np.linspace(0.0, 1.0, 256)
    lumas = [colour.luma for colour in colours]
    below = np.maximum(min(lumas) - 0.12 - levels, 0.0)
    above = np.maximum(levels - max(lumas) - 0.2, 0.0)
    density = 0.012 + 0.24 * np.exp(-np.square(below / 0.14)) * np.exp(-np.square(above / 0.2))
    total = sum(colour.weight for colour in colours)
    for colour in colours:
        bell = np.exp(-0.5 * ((levels - colour.luma) / 0.11) ** 2)
        density += colour.weight / total * bell / bell.mean()
    density *= np.exp(-shade * levels)
    cumulative = np.cumsum(density)
    cumulative = (cumulative - cumulative[0]) / (cumulative[-1] - cumulative[0])
    return np.interp(levels, cumulative, levels * 252.0 + 2.0).astype(np.float32)


def _table(colours: list[Colour]) -> Field:
    coloured = [colour for colour in colours if colour.chroma > 0.12] or colours
    ramps = np.stack([_ramp(main, coloured) for main in _hue_rows(coloured)]).astype(np.float32)
    # Neighbouring rows may be built from other colours; a step between them would show as a line.
    soft = cv2.blur(ramps.reshape(HUES, -1), (1, 7), borderType=cv2.BORDER_REPLICATE)
    return soft.reshape(ramps.shape)


def _hue_rows(colours: list[Colour]) -> list[Colour]:
    """Return the leading colour of each hue row: every colour by its weight, softly joined."""
    weights = np.array([colour.weight for colour in colours])
    ends = np.cumsum(weights) / weights.sum()
    margin = 0.25 * weights / weights.sum()
    starts = np.concatenate([[0.0], ends[:-1]]) + margin
    knots = np.column_stack([starts, ends - margin]).ravel()
    places = np.linspace(0.0, 1.0, HUES)
    channels = [
        np.interp(places, knots, np.repeat([getattr(colour, name) for colour in colours], 2))
        for name in ("red", "green", "blue")
    ]
    chroma = np.interp(places, knots, np.repeat([colour.chroma for colour in colours], 2))
    return [
        _vivid(Colour(float(red), float(green), float(blue), 1.0), float(wanted))
        for red, green, blue, wanted in zip(*channels, chroma, strict=True)
    ]


def _vivid(colour: Colour, chroma: float) -> Colour:
    """Return a mixture with the chroma of what was mixed: halfway to an opposite lies grey."""
    gain = min(2.0, 0.85 * chroma / max(colour.chroma, 1e-3))
    return colour if gain <= 1.0 else colour.towards(colour.luma, 1.0 - gain).clipped()


def _ramp(main: Colour, colours: list[Colour]) -> npt.NDArray[np.float64]:
    """Return the colours from black through `main` to white, shape (256, 3), blue first.

    Mixing in straight lines between knots at their own luma keeps luma equal to the index.
    """
    knots = {round(main.luma, 3): main}
    for colour in sorted(colours, key=lambda other: -other.weight):
        if all(abs(colour.luma - luma) > 0.16 for luma in knots):
            knots[round(colour.luma, 3)] = colour
    lumas = sorted(knots)
    darkest, lightest = knots[lumas[0]], knots[lumas[-1]]
    lift = 1.0
    places = [0.0, *lumas, lightest.luma + (1 - lightest.luma) * 0.6, 1.0]
    steps = [
        darkest.towards(0.0, 1.0),
        *(knots[luma] for luma in lumas),
        lightest.towards(1.0, 0.6),
        lightest.towards(1.0, lift),
    ]
    levels = np.linspace(0.0, 1.0, 256)
    return (
        np.stack(
            [
                np.interp(levels, places, [getattr(step, name) for step in steps])
                for name in ("blue", "green", "red")
            ],
            axis=-1,
        )
        * 255.0
    )
