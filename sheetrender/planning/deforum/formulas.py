"""Our formulas as Deforum's evaluator reads them, where it gives the same values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sheetrender.planning.expressions import parse_formula
from sheetrender.planning.syntax import Call, Infix, Literal_, Name, Node, Postfix, Prefix

_FUNCTIONS = frozenset(
    {
        "abs", "sqrt", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh",
        "arcsinh", "arccosh", "arctanh", "exp", "expm1", "log", "log10", "log1p", "floor", "ceil",
    }
)  # fmt: skip
_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(1, 6)
_BINDING = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "%": _PRODUCT, "**": _POWER}


@dataclass(frozen=True, slots=True)
class _Written:
    """A part of a formula.

    Attributes:
        text: for Deforum.
        binding: how tightly its outermost operator binds.
        is_real: never a whole number there, whose powers overflow and whose remainders may be
            negative.
    """

    text: str
    binding: int
    is_real: bool


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


def _written(node: Node, constants: Mapping[str, float]) -> _Written:
    match node:
        case Literal_(float() as value):
            return _literal(value)
        case Name("t" | "f"):
            return _Written("t", _ATOM, is_real=False)
        case Name(text) if text in constants:
            return _literal(constants[text])
        case Prefix("-" | "+" as operator, operand):
            inner = _written(operand, constants)
            return _Written(operator + _inside(inner, _SIGN), _SIGN, inner.is_real)
        case Postfix("%%", operand):
            inner = _written(operand, constants)
            return _Written(f"{_inside(inner, _PRODUCT)}/100.0", _PRODUCT, is_real=True)
        case Infix(operator, left, right) if operator in _BINDING:
            return _infix(operator, _written(left, constants), _written(right, constants))
        case Call(name, (argument,), ()) if name in _FUNCTIONS and argument is not None:
            return _Written(f"{name}({_written(argument, constants).text})", _ATOM, is_real=True)
    raise _Unknown


def _literal(value: float) -> _Written:
    shown = plain_number(value)
    shown = shown if "." in shown else f"{shown}.0"
    return _Written(shown, _SIGN if value < 0 else _ATOM, is_real=True)


def _infix(operator: str, left: _Written, right: _Written) -> _Written:
    is_real = left.is_real or right.is_real
    if operator in ("%", "**") and not is_real:
        raise _Unknown
    binding = _BINDING[operator]
    # A power groups from the right, everything else from the left.
    left_needs, right_needs = (binding + 1, _SIGN) if operator == "**" else (binding, binding + 1)
    text = f"{_inside(left, left_needs)}{operator}{_inside(right, right_needs)}"
    return _Written(text, binding, is_real or operator == "/")


def _inside(part: _Written, binding: int) -> str:
    return part.text if part.binding >= binding else f"({part.text})"
