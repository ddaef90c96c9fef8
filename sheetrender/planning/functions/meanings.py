"""What each function of the formula language does, in a line for people, with an example."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sheetrender.planning.functions.easings import EASINGS

_EASE = {
    "Sine": "softly", "Quad": "as x²", "Cubic": "as x³", "Quart": "as x⁴", "Quint": "as x⁵",
    "Expo": "very late", "Circ": "as a quarter of a circle", "Back": "swinging too far at first",
    "": "as the web's easing of that name",
}  # fmt: skip
_WAYS = {"easeInOut": "at both ends", "easeIn": "at the beginning", "easeOut": "at the end"}


def _eased(name: str) -> tuple[str, str]:
    way = next(way for way in _WAYS if name.startswith(way))
    how = _EASE[name.removeprefix(way)]
    return f"from 0 to 1, slow {_WAYS[way]}, {how}", f"{name}(p, 1, 1.05)"


MEANINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "abs": ("without its sign", "abs(sin(t/20))"),
        "sqrt": ("square root", "sqrt(p)"),
        "sin": ("sine of radians, -1 to 1", "0.5*sin(2*pi*t/60)"),
        "cos": ("cosine of radians, -1 to 1", "0.5*cos(2*pi*t/60)"),
        "tan": ("tangent of radians", "tan(p)"),
        "arcsin": ("radians whose sine it is", "arcsin(p)"),
        "arccos": ("radians whose cosine it is", "arccos(p)"),
        "arctan": ("radians whose tangent it is", "arctan(t/30)"),
        "arctan2": ("radians of the point x, y", "arctan2(sin(t/30), cos(t/30))"),
        "sinh": ("hyperbolic sine", "sinh(p)"),
        "cosh": ("hyperbolic cosine", "cosh(p)"),
        "tanh": ("hyperbolic tangent: flattens what is large", "tanh(sec)"),
        "arcsinh": ("inverse of sinh", "arcsinh(t)"),
        "arccosh": ("inverse of cosh", "arccosh(1 + p)"),
        "arctanh": ("inverse of tanh", "arctanh(0.9*p)"),
        "exp": ("e to the power of x", "exp(-k/10)"),
        "expm1": ("exp(x) - 1, exact near 0", "expm1(p)"),
        "log": ("natural logarithm", "log(1 + t)"),
        "log10": ("logarithm to base 10", "log10(1 + t)"),
        "log1p": ("log(1 + x), exact near 0", "log1p(t)"),
        "floor": ("the whole number below", "floor(sec)"),
        "ceil": ("the whole number above", "ceil(sec)"),
        "round": ("rounded to so many digits", "round(p, 1)"),
        "sign": ("-1, 0 or 1", "sign(sin(t/20))"),
        "fmod": ("remainder with the sign of x", "fmod(t, 24)"),
        "pow": ("x to the power of y, as x^y", "pow(p, 3)"),
        "where": ("one of two values: if the condition holds, the first", "where(t < 60, 0.1, 0)"),
        "min": ("the smallest", "min(p, 0.5)"),
        "max": ("the largest", "max(0.01, p)"),
        "sum": ("all together", "sum(p, 0.5, 1)"),
        "prod": ("all multiplied", "prod(p, 0.5)"),
        "real": ("the number itself, for Deforum's formulas", "real(t)"),
        "imag": ("0, for Deforum's formulas", "imag(t)"),
        "conj": ("the number itself, for Deforum's formulas", "conj(t)"),
        "clamp": ("held between low and high", "clamp(t/100, 0, 1)"),
        "lerp": ("a share of the way from one to the other", "lerp(1, 1.05, p)"),
        "smoothstep": ("from 0 to 1 while x goes from low to high, softly", "smoothstep(0, 60, k)"),
        "hit": ("1 at a hit, fading to 0 over `decay` frames", "1 + 0.1*hit(t % 24, 8)"),
        "tri": ("triangle wave, -1 to 1", "0.5*tri(t/20)"),
        "saw": ("climbs from 0 to 1 and falls back", "1 + 0.05*saw(beat)^4"),
        "square": ("1 and -1 in turns", "square(t/20)"),
        "sq": ("the same as square", "sq(t/20)"),
        "pulse": ("1 for a share of each cycle, else 0", "pulse(beat, 0.2)"),
        "noise": ("wanders between -1 and 1, the same on every machine", "2*noise(t/20)"),
        "ease": ("from 0 to 1, slow at both ends, as `interpolation` ease", "ease(p, 0, 2)"),
        "bez": ("a Bézier curve over the row, as Parseq's", "bez(0.5, 0, 0.5, 1, 1, 1.05)"),
        **{name: _eased(name) for name in EASINGS if name not in ("ease", "bez")},
    }
)
"""By function, what it gives and a formula that uses it."""
