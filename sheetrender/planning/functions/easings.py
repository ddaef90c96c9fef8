"""Easing curves by their usual names: from 0 to 1 while x goes from 0 to 1.

Source: R. Penner's easing equations; CSS Easing Functions for the Bézier curves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from sheetrender.planning.functions.function import Function, Numbers, plain

_BACK = 1.70158
_HALVINGS = 40
_BEZIER_COST = 10 * _HALVINGS

Curve = Callable[[Numbers], Numbers]


def _bezier(x1: Numbers, y1: Numbers, x2: Numbers, y2: Numbers, x: Numbers) -> Numbers:
    """Return the height of the cubic Bézier from (0, 0) to (1, 1) above `x`."""
    x1, x2 = np.clip(x1, 0.0, 1.0), np.clip(x2, 0.0, 1.0)
    x = np.clip(x, 0.0, 1.0)
    low, high = np.zeros_like(x), np.ones_like(x)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        is_before = _cubic(x1, x2, middle) < x
        low, high = np.where(is_before, middle, low), np.where(is_before, high, middle)
    return np.where((x == 0.0) | (x == 1.0), x, _cubic(y1, y2, (low + high) / 2.0))


def _cubic(first: Numbers, second: Numbers, share: Numbers) -> Numbers:
    rest = 1.0 - share
    return 3.0 * rest * share * (rest * first + share * second) + share**3


def _fixed_bezier(x1: float, y1: float, x2: float, y2: float) -> Curve:
    first, second = np.asarray((x1, y1)), np.asarray((x2, y2))
    return lambda x: _bezier(first[0], first[1], second[0], second[1], x)


def _mirrored(ease_in: Curve) -> Curve:
    return lambda x: 1.0 - ease_in(1.0 - x)


def _both(ease_in: Curve) -> Curve:
    def ease(x: Numbers) -> Numbers:
        rising, falling = ease_in(2.0 * x) / 2.0, 1.0 - ease_in(2.0 - 2.0 * x) / 2.0
        return np.where(x < 0.5, rising, falling)

    return ease


def _in_out_back(x: Numbers) -> Numbers:
    over = _BACK * 1.525
    rising = (2.0 * x) ** 2 * ((over + 1.0) * 2.0 * x - over) / 2.0
    rest = 2.0 * x - 2.0
    return np.where(x < 0.5, rising, (rest**2 * ((over + 1.0) * rest + over) + 2.0) / 2.0)


_EASE_IN: Mapping[str, Curve] = {
    "Sine": lambda x: 1.0 - np.cos(x * np.pi / 2.0),
    "Quad": lambda x: x**2,
    "Cubic": lambda x: x**3,
    "Quart": lambda x: x**4,
    "Quint": lambda x: x**5,
    "Expo": lambda x: np.where(x == 0.0, 0.0, 2.0 ** (10.0 * x - 10.0)),
    "Circ": lambda x: 1.0 - np.sqrt(np.maximum(0.0, 1.0 - x**2)),
    "Back": lambda x: (_BACK + 1.0) * x**3 - _BACK * x**2,
}


def _eased(curve: Curve, cost: int = 20) -> Function:
    def compute(x: Numbers, start: Numbers, end: Numbers) -> Numbers:
        share = curve(np.clip(np.asarray(x, dtype=np.float64), 0.0, 1.0))
        return np.asarray(start + (end - start) * share, dtype=np.float64)

    return plain(compute, "x from to", 0.0, 1.0, cost=cost)


def _bez(
    x1: Numbers,
    y1: Numbers,
    x2: Numbers,
    y2: Numbers,
    start: Numbers,
    end: Numbers,
    span: Numbers,
    shift: Numbers,
    *,
    k: Numbers,
    n: Numbers,
) -> Numbers:
    frames = np.where(span > 0, span, n)
    share = _bezier(x1, y1, x2, y2, (k + shift) / frames)
    return np.asarray(start + (end - start) * share, dtype=np.float64)


EASINGS: Mapping[str, Function] = {
    "ease": _eased(lambda x: x * x * (3.0 - 2.0 * x)),
    "easeIn": _eased(_fixed_bezier(0.42, 0.0, 1.0, 1.0), _BEZIER_COST),
    "easeOut": _eased(_fixed_bezier(0.0, 0.0, 0.58, 1.0), _BEZIER_COST),
    "easeInOut": _eased(_fixed_bezier(0.42, 0.0, 0.58, 1.0), _BEZIER_COST),
    **{f"easeIn{name}": _eased(curve) for name, curve in _EASE_IN.items()},
    **{f"easeOut{name}": _eased(_mirrored(curve)) for name, curve in _EASE_IN.items()},
    **{f"easeInOut{name}": _eased(_both(curve)) for name, curve in _EASE_IN.items()},
    "easeInOutBack": _eased(_in_out_back),
    "bez": Function(
        compute=_bez,
        parameters=("x1", "y1", "x2", "y2", "from", "to", "in", "os"),
        defaults=(0.5, 0.0, 0.5, 1.0, 0.0, 1.0, 0.0, 0.0),
        reads=("k", "n"),
        cost=_BEZIER_COST,
    ),
}
"""`ease` is the curve of the setting ``interpolation`` ``ease``; `bez` is Parseq's, over the row
where `in` gives no other number of frames."""
