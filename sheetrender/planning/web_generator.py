"""The string that the well-known web page "Audio to keyframe string" writes, faults included.

Its function is a text into which the level is put by replacing the first ``x``, and the frame by
replacing the first ``y``: ``2x`` at 0.84 becomes 20.84, and ``x + x^2`` is an error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from sheetrender.planning.expressions import compute
from sheetrender.planning.functions.function import Numbers

_NAMES = {"pi": math.pi, "e": math.e, "NaN": math.nan, "Infinity": math.inf}


def web_values(levels: Numbers, function: str) -> list[float]:
    """Return what the page's function makes of each level.

    Raises:
        FormulaError: the text is no formula once a level stands in it.
    """
    return [_value(function, level, frame) for frame, level in enumerate(levels.tolist())]


def _value(function: str, level: float, frame: int) -> float:
    text = function.replace("x", js_number(level), 1).replace("y", str(frame), 1)
    return float(compute(text, _NAMES, 1)[0])


def web_string(values: Sequence[float]) -> str:
    """Return the schedule as the page writes it, two decimals."""
    return ", ".join(f"{frame}: ({to_fixed(value)})" for frame, value in enumerate(values))


def web_csv(values: Sequence[float]) -> str:
    """Return the page's lines: values alone, without those that are no numbers."""
    return "\n".join(to_fixed(value) for value in values if math.isfinite(value))


def js_number(value: float) -> str:
    """Return a number as JavaScript writes it.

    Source: ECMA-262, Number::toString.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    sign, size = ("-", -value) if value < 0 else ("", value)
    _, digits, exponent = Decimal(repr(size)).normalize().as_tuple()
    text = "".join(map(str, digits))
    point = len(text) + int(exponent)
    if 0 < point <= 21:
        whole = text.ljust(point, "0")
        shown = whole if len(whole) == point else f"{whole[:point]}.{whole[point:]}"
    elif -6 < point <= 0:
        shown = f"0.{'0' * -point}{text}"
    else:
        rest = f".{text[1:]}" if len(text) > 1 else ""
        shown = f"{text[0]}{rest}e{point - 1:+d}"
    return sign + shown


def to_fixed(value: float) -> str:
    """Return a number with two decimals as JavaScript rounds it: halves away from 0.

    Source: ECMA-262, Number.prototype.toFixed.
    """
    if not math.isfinite(value) or abs(value) >= 1e21:
        return js_number(value)
    size = Decimal(abs(value)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return f"-{size}" if value < 0 else str(size)
