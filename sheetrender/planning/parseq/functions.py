"""The functions of Parseq's formulas whose values are the same every time.

What draws random numbers (`rand`, `smrand`, `perlin`, `vibe`), or asks for what was computed
before (`computed_at`, `recompute_if`, `dangerous`), is not among them.

Source: Parseq's documentation of its functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from sheetrender.planning.functions.easings import EASINGS
from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.syntax import FormulaError


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function.

    Attributes:
        names: by which it may be given, the first of them ours.
        default: a number, a text, or the name that stands for it; None where it has to be given.
    """

    names: tuple[str, ...]
    default: float | str | None = None


_PERIOD = (
    Parameter(("p", "period")),
    Parameter(("ps", "phase"), 0.0),
    Parameter(("a", "amp"), 1.0),
    Parameter(("c", "centre"), 0.0),
    Parameter(("li", "limit"), 0.0),
    Parameter(("pw", "pulse"), 5.0),
)
_SPAN = (
    Parameter(("from", "start", "s"), "active_keyframe_value"),
    Parameter(("to", "end", "t"), "next_keyframe_value"),
    Parameter(("in", "span", "s"), "keyframe_gap"),
    Parameter(("os", "offset"), 2.0),
)
_BEZ = (
    Parameter(("x1",), 0.5),
    Parameter(("y1",), 0.0),
    Parameter(("x2",), 0.5),
    Parameter(("y2",), 1.0),
    *_SPAN,
    Parameter(("curve", "c"), '""'),
    Parameter(("d", "delta"), 0.0),
)  # fmt: skip
_VALUE = (Parameter(("v",)),)
_ROUNDED = (*_VALUE, Parameter(("p",), 0.0))
_PAIR = (Parameter(("a",)), Parameter(("b",)))

WAVES = ("sin", "sq", "tri", "saw", "pulse")
RAW: Mapping[str, Callable[[Numbers], Numbers]] = {
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos,
    "atan": np.arctan, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "asinh": np.arcsinh,
    "acosh": np.arccosh, "atanh": np.arctanh, "log": np.log, "log2": np.log2, "log10": np.log10,
    "log1p": np.log1p, "exp": np.exp, "expm1": np.expm1, "sqrt": np.sqrt, "cbrt": np.cbrt,
    "sign": np.sign,
}  # fmt: skip
LABELS = (
    "info_match", "info_match_count", "info_match_prev", "info_match_last", "info_match_next",
    "info_match_gap", "info_match_progress", "info_match_since", "info_match_until",
)  # fmt: skip
CONVERSIONS = ("f2b", "b2f", "f2s", "s2f")

PARAMETERS: Mapping[str, tuple[Parameter, ...]] = {
    **dict.fromkeys(WAVES, _PERIOD),
    **dict.fromkeys((f"_{name}" for name in RAW), _VALUE),
    **dict.fromkeys(("min", "max"), _PAIR),
    **dict.fromkeys(("round", "floor", "ceil"), _ROUNDED),
    **dict.fromkeys(LABELS, (Parameter(("regex", "r")),)),
    **dict.fromkeys(CONVERSIONS, (Parameter(("x", "f", "b", "s", "v")),)),
    "abs": _VALUE,
    "bez": _BEZ,
    "slide": _SPAN,
    "start_of_beat": (Parameter(("f",), "f"), Parameter(("round", "r"), '"r"')),
}

# Control points of the usual easing curves. Source: CSS Easing Functions; easings.net.
_EASE = {
    "Sine": ((0.12, 0, 0.39, 0), (0.61, 1, 0.88, 1), (0.37, 0, 0.63, 1)),
    "Quad": ((0.11, 0, 0.5, 0), (0.5, 1, 0.89, 1), (0.45, 0, 0.55, 1)),
    "Cubic": ((0.32, 0, 0.67, 0), (0.33, 1, 0.68, 1), (0.65, 0, 0.35, 1)),
    "Quart": ((0.5, 0, 0.75, 0), (0.25, 1, 0.5, 1), (0.76, 0, 0.24, 1)),
    "Quint": ((0.64, 0, 0.78, 0), (0.22, 1, 0.36, 1), (0.83, 0, 0.17, 1)),
    "Expo": ((0.7, 0, 0.84, 0), (0.16, 1, 0.3, 1), (0.87, 0, 0.13, 1)),
    "Circ": ((0.55, 0, 1, 0.45), (0, 0.55, 0.45, 1), (0.85, 0, 0.15, 1)),
    "Back": ((0.36, 0, 0.66, -0.56), (0.34, 1.56, 0.64, 1), (0.68, -0.6, 0.32, 1.6)),
}
_PLAIN = {
    "ease": (0.25, 0.1, 0.25, 1), "linear": (0, 0, 1, 1), "stepStart": (0, 0, 0, 1),
    "stepEnd": (1, 0, 1, 1), "easeIn": (0.42, 0, 1, 1), "easeOut": (0, 0, 0.58, 1),
    "easeInOut": (0.42, 0, 0.58, 1),
}  # fmt: skip
CURVES: Mapping[str, tuple[float, float, float, float]] = {
    **_PLAIN,
    **{
        f"{way}{name}": points
        for number, (kind, ways) in enumerate(_EASE.items(), start=1)
        for way, points in zip(("easeIn", "easeOut", "easeInOut"), ways, strict=True)
        for name in (kind, str(number))
    },
}
"""Control points by name; numbers stand for the first six kinds, as in Parseq."""


def control_points(curve: str) -> tuple[float, float, float, float]:
    """Return the control points of a curve by its name, also with hyphens in it.

    Raises:
        FormulaError: no curve is called so.
    """
    first, *others = curve.split("-")
    name = first + "".join(word.capitalize() for word in others)
    if name not in CURVES:
        raise FormulaError(f"asks for the curve {curve!r}, which there is not")
    return CURVES[name]


def bezier(points: tuple[Numbers, Numbers, Numbers, Numbers], share: Numbers) -> Numbers:
    """Return the height of a Bézier curve from (0, 0) to (1, 1) above `share`, 0 .. 1."""
    one, zero = np.asarray(1.0), np.asarray(0.0)
    # Over a row of one frame that begins here, the shift is the share itself.
    return EASINGS["bez"].compute(*points, zero, one, one, share, k=zero, n=one)


def wave(
    name: str, p: Numbers, ps: Numbers, a: Numbers, c: Numbers, li: Numbers, pw: Numbers,
    *, f: Numbers, k: Numbers,
) -> Numbers:  # fmt: skip
    """Return an oscillator of Parseq's, which rests at 0 behind its limit."""
    place = f + ps
    turn = np.sin(2.0 * np.pi * place / p)
    if name == "sin":
        value = c + a * turn
    elif name == "tri":
        value = c + np.arcsin(turn) * 2.0 * a / np.pi
    elif name == "sq":
        value = c + np.where(turn >= 0, 1.0, -1.0) * a
    elif name == "saw":
        value = c + np.fmod(place, p) * a / p
    else:
        value = c + a * (np.fmod(place, p) < pw)
    return np.asarray(np.where((li > 0) & (k > li * p), 0.0, value), dtype=np.float64)


def slide(start: Numbers, end: Numbers, span: Numbers, shift: Numbers, *, k: Numbers) -> Numbers:
    """Return the way in a straight line over `span` frames from the active keyframe on."""
    place = np.where(np.abs(shift) < 1, shift * span, k)
    moving = start + (end - start) * place / np.where(span == 0, 1.0, span)
    return np.where(span == 0, start, np.where(k >= span, end, moving))


def bez(
    points: tuple[Numbers, Numbers, Numbers, Numbers],
    start: Numbers, end: Numbers, span: Numbers, shift: Numbers, *, k: Numbers,
) -> Numbers:  # fmt: skip
    """Return the way along a Bézier curve over `span` frames from the active keyframe on."""
    share = np.where(np.abs(shift) < 1, shift, k / np.where(span == 0, 1.0, span))
    moving = start + bezier(points, share) * (end - start)
    return np.where(span == 0, start, np.where(share > 1, end, moving))


def rounded(name: str, value: Numbers, places: Numbers) -> Numbers:
    """Return a number rounded to so many places; halves go up."""
    power = 10.0**places
    if name == "floor":
        return np.asarray(np.floor(value * power) / power)
    if name == "ceil":
        return np.asarray(np.ceil(value * power) / power)
    return np.asarray(np.floor(value * power + 0.5) / power)
