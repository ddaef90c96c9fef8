"""Our formulas as Deforum's evaluator reads them, where it gives the same values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import IntEnum

from sheetrender.planning.expressions import parse_formula
from sheetrender.planning.syntax import Call, Infix, Literal_, Name, Node, Postfix, Prefix

_WORD = re.compile(r"[^\W\d]\w*")
_STEPS = frozenset({"floor", "ceil"})
_SAME_EVERYWHERE = frozenset({"abs", "sqrt"})
_ROUNDED = frozenset(
    {
        "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "arcsinh",
        "arccosh", "arctanh", "exp", "expm1", "log", "log10", "log1p",
    }
)  # fmt: skip
_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(1, 6)
_BINDING = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "%": _PRODUCT, "**": _POWER}
_GRAIN, _LARGEST = 1024, 2**20


class _Care(IntEnum):
    """How far two evaluators may be apart: what a step may be taken of, and a remainder."""

    ROUNDED = 0
    """In the last digits."""
    SAME = 1
    """Not at all: IEEE arithmetic."""
    EXACT = 2
    """Not at all, and without any rounding: whole numbers, halves, quarters …"""


@dataclass(frozen=True, slots=True)
class _Written:
    """A part of a formula.

    Attributes:
        text: for Deforum.
        binding: how tightly its outermost operator binds.
        is_real: never a whole number there, whose products overflow.
        care: how sure its digits are.
    """

    text: str
    binding: int
    is_real: bool
    care: _Care


class _Unknown(Exception):
    """Deforum has nothing that surely means the same."""


def plain_number(value: float) -> str:
    """Return a number without exponent, which Deforum takes for a number and not for a formula."""
    if value.is_integer():
        return str(int(value))
    return f"{Decimal(repr(value)):f}"


def deforum_formula(formula: str, constants: Mapping[str, float]) -> str | None:
    """Return a formula in Deforum's words, or None where it may not mean the same there.

    Args:
        formula: in our language; can be read.
        constants: names that are the same number at every frame.
    """
    try:
        return _written(parse_formula(formula), constants).text
    except _Unknown:
        return None


def deforum_computes(formula: str) -> bool:
    """Say whether Deforum can compute a formula that stands in a prompt.

    It puts the frame in the place of every letter t there, also within the name of a function.
    """
    known = _STEPS | _SAME_EVERYWHERE | _ROUNDED | {"where"}
    usable = {"t", "max_f", *(name for name in known if "t" not in name)}
    return "^" not in formula and usable.issuperset(_WORD.findall(formula))


def _written(node: Node, constants: Mapping[str, float]) -> _Written:
    match node:
        case Literal_(float() as value):
            return _literal(value)
        case Name("t" | "f"):
            return _Written("t", _ATOM, is_real=False, care=_Care.EXACT)
        case Name(text) if text in constants:
            return _literal(constants[text])
        case Prefix("-" | "+" as operator, operand):
            inner = _written(operand, constants)
            return replace(inner, text=operator + _inside(inner, _SIGN), binding=_SIGN)
        case Postfix("%%", operand):
            return _infix("/", _written(operand, constants), _literal(100.0))
        case Infix(operator, left, right) if operator in _BINDING:
            return _infix(operator, _written(left, constants), _written(right, constants))
        case Call(name, (argument,), ()) if argument is not None:
            return _call(name, _written(argument, constants))
    raise _Unknown


def _literal(value: float) -> _Written:
    shown = plain_number(value)
    shown = shown if "." in shown else f"{shown}.0"
    is_exact = (value * _GRAIN).is_integer() and abs(value) <= _LARGEST
    care = _Care.EXACT if is_exact else _Care.SAME
    return _Written(shown, _SIGN if value < 0 else _ATOM, is_real=True, care=care)


def _call(name: str, argument: _Written) -> _Written:
    if name in _STEPS and argument.care > _Care.ROUNDED:
        care = argument.care
    elif name in _SAME_EVERYWHERE:
        care = min(argument.care, _Care.SAME)
    elif name in _ROUNDED:
        care = _Care.ROUNDED
    else:
        raise _Unknown
    return _Written(f"{name}({argument.text})", _ATOM, is_real=True, care=care)


def _infix(operator: str, left: _Written, right: _Written) -> _Written:
    is_real = left.is_real or right.is_real
    care = min(left.care, right.care)
    if operator == "%" and care < _Care.EXACT:
        raise _Unknown
    if operator in ("*", "**", "%") and not is_real:
        left = _infix("*", _literal(1.0), left)
    binding = _BINDING[operator]
    # A power groups from the right, everything else from the left.
    left_needs, right_needs = (binding + 1, _SIGN) if operator == "**" else (binding, binding + 1)
    text = f"{_inside(left, left_needs)}{operator}{_inside(right, right_needs)}"
    if operator in ("/", "**"):
        care = min(care, _Care.SAME if operator == "/" else _Care.ROUNDED)
    return _Written(text, binding, is_real or operator not in "+-", care)


def _inside(part: _Written, binding: int) -> str:
    return part.text if part.binding >= binding else f"({part.text})"
