"""Functions that round numbers, to digits and to multiples."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal, DecimalException

from sheetrender.planning.cell_functions.calling import Function, numeric
from sheetrender.planning.cell_values import ErrorShown, floor

_MOST_DIGITS = 330


def _to_digits(rounding: str) -> Callable[..., float]:
    """Return the rounding to decimal places, or to tens and hundreds where they are negative."""

    def apply(value: float, digits: float = 0.0) -> float:
        if digits < -_MOST_DIGITS:
            return 0.0
        try:
            # What is rounded is the number that is shown: 2.675 becomes 2.68, not 2.67.
            step = Decimal(1).scaleb(-int(min(digits, _MOST_DIGITS)))
            return float(Decimal(f"{value:.15g}").quantize(step, rounding=rounding))
        except DecimalException:
            return value

    return apply


def _up(value: float) -> float:
    return -floor(-value)


def _times(step: float, count: float) -> float:
    # 3 times 0.1 as people see it: the product of the shown numbers, not of the binary ones.
    try:
        return float(Decimal(repr(step)) * Decimal(repr(count)))
    except DecimalException:
        return step * count


def _ceiling(value: float, step: float = 1.0) -> float:
    if value > 0 > step:
        raise ErrorShown("#NUM!")
    return _times(step, _up(value / step)) if step else 0.0


def _floor(value: float, step: float = 1.0) -> float:
    if value > 0 > step:
        raise ErrorShown("#NUM!")
    if step == 0:
        if value:
            raise ErrorShown("#DIV/0!")
        return 0.0
    return _times(step, floor(value / step))


def _ceiling_math(value: float, step: float = 1.0, mode: float = 0.0) -> float:
    step = abs(step)
    if not step:
        return 0.0
    steps = value / step
    return _times(step, floor(steps) if value < 0 and mode else _up(steps))


def _floor_math(value: float, step: float = 1.0, mode: float = 0.0) -> float:
    step = abs(step)
    if not step:
        return 0.0
    steps = value / step
    return _times(step, _up(steps) if value < 0 and mode else floor(steps))


def _multiple(value: float, step: float) -> float:
    if value * step < 0:
        raise ErrorShown("#NUM!")
    return _times(step, floor(value / step + 0.5)) if step else 0.0


def _finite(function: Callable[..., float]) -> Callable[..., float]:
    def apply(*values: float) -> float:
        found = function(*values)
        if not math.isfinite(found):
            raise ErrorShown("#NUM!")
        return found

    return apply


ROUNDING: Mapping[str, Function] = {
    "INT": numeric(floor, 1),
    "TRUNC": numeric(_to_digits(ROUND_DOWN), 1, 2),
    "ROUND": numeric(_to_digits(ROUND_HALF_UP), 1, 2),
    "ROUNDUP": numeric(_to_digits(ROUND_UP), 1, 2),
    "ROUNDDOWN": numeric(_to_digits(ROUND_DOWN), 1, 2),
    "MROUND": numeric(_finite(_multiple), 2),
    "CEILING": numeric(_finite(_ceiling), 1, 2),
    "FLOOR": numeric(_finite(_floor), 1, 2),
    "CEILING.MATH": numeric(_finite(_ceiling_math), 1, 3),
    "FLOOR.MATH": numeric(_finite(_floor_math), 1, 3),
}
