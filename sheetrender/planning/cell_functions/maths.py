"""Functions of numbers: roots, powers, angles, remainders."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from sheetrender.planning.cell_functions.calling import (
    Function,
    Surroundings,
    aggregate,
    numeric,
    scalar,
)
from sheetrender.planning.cell_values import ErrorShown, Scalar, floor, number, same, whole
from sheetrender.planning.syntax import Call

_LARGEST = 2.0**53


def power(base: float, exponent: float) -> float:
    """Return a power.

    Raises:
        ErrorShown: it has none, or one too large.
    """
    if base == 0 and exponent <= 0:
        raise ErrorShown("#NUM!" if exponent == 0 else "#DIV/0!")
    try:
        found = base**exponent
    except OverflowError:
        raise ErrorShown("#NUM!") from None
    if isinstance(found, complex):
        raise ErrorShown("#NUM!")
    return float(found)


def quotient(dividend: float, divisor: float) -> float:
    """Return a division's result.

    Raises:
        ErrorShown: the divisor is 0.
    """
    if divisor == 0:
        raise ErrorShown("#DIV/0!")
    return dividend / divisor


def total(left: float, right: float) -> float:
    """Return a sum; one that is 0 but for the last bits is 0."""
    found = left + right
    return 0.0 if found and same(left, -right) else found


def _mod(value: float, divisor: float) -> float:
    return total(value, -floor(quotient(value, divisor)) * divisor)


def _log(value: float, base: float = 10.0) -> float:
    if value <= 0 or base <= 0:
        raise ErrorShown("#NUM!")
    if base == 1:
        raise ErrorShown("#DIV/0!")
    return math.log10(value) if base == 10 else math.log(value) / math.log(base)


def _atan2(x: float, y: float) -> float:
    if x == y == 0:
        raise ErrorShown("#DIV/0!")
    return math.atan2(y, x)


def _factorial(value: float) -> float:
    if not 0 <= value < 171:
        raise ErrorShown("#NUM!")
    return float(math.factorial(int(floor(value))))


def _natural(value: float) -> int:
    if not 0 <= value < _LARGEST:
        raise ErrorShown("#NUM!")
    return int(value)


def _multiple(values: list[float]) -> float:
    found = 1
    for value in values:
        found = math.lcm(found, _natural(value))
        if found >= _LARGEST:
            raise ErrorShown("#NUM!")
    return float(found)


def _signed(value: float) -> float:
    return float((value > 0) - (value < 0))


def _parity(remainder: int) -> Callable[[Scalar], Scalar]:
    def apply(value: Scalar) -> Scalar:
        if isinstance(value, bool):
            raise ErrorShown("#VALUE!")
        return floor(abs(number(value))) % 2 == remainder

    return apply


def _away_to(remainder: int) -> Callable[[float], float]:
    """Return the rounding away from zero to even or odd numbers."""

    def apply(value: float) -> float:
        if abs(value) >= _LARGEST:
            return value
        size = -int(floor(-abs(value)))
        size += size % 2 != remainder
        return float(-size if value < 0 else size)

    return apply


def _random(call: Call, here: Surroundings) -> float:
    return here.random()


def _random_between(call: Call, here: Surroundings) -> float:
    low, high = (whole(here.value(argument)) for argument in call.arguments)
    if low > high:
        raise ErrorShown("#NUM!")
    return float(low + int(here.random() * (high - low + 1)))


def _guarded(function: Callable[..., float]) -> Callable[..., float]:
    """Return a function of Python's with a spreadsheet's error for values outside its domain."""

    def apply(*values: float) -> float:
        try:
            return function(*values)
        except (ValueError, OverflowError):
            raise ErrorShown("#NUM!") from None

    return apply


MATHS: Mapping[str, Function] = {
    **{
        name.upper(): numeric(_guarded(getattr(math, name)), 1)
        for name in (
            "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh",
            "atanh", "sqrt", "exp", "log10", "degrees", "radians",
        )
    },
    "LN": numeric(_guarded(math.log), 1),
    "LOG": numeric(_log, 1, 2),
    "ATAN2": numeric(_atan2, 2),
    "PI": Function(lambda call, here: math.pi, 0, 0),
    "ABS": numeric(abs, 1),
    "SIGN": numeric(_signed, 1),
    "POWER": numeric(power, 2),
    "MOD": numeric(_mod, 2),
    "QUOTIENT": numeric(lambda a, b: float(math.trunc(quotient(a, b))), 2),
    "EVEN": numeric(_away_to(0), 1),
    "ODD": numeric(_away_to(1), 1),
    "ISEVEN": scalar(_parity(0), 1),
    "ISODD": scalar(_parity(1), 1),
    "FACT": numeric(_factorial, 1),
    "GCD": aggregate(lambda values: float(math.gcd(*map(_natural, values)))),
    "LCM": aggregate(_multiple),
    "RAND": Function(_random, 0, 0),
    "RANDBETWEEN": Function(_random_between, 2, 2),
}  # fmt: skip
