"""What operators and function calls do in a spreadsheet formula, value by value."""

from __future__ import annotations

import math
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

from sheetrender.planning.cell_functions.calling import MANY, Function, Surroundings, mapped
from sheetrender.planning.cell_functions.maths import power, quotient, total
from sheetrender.planning.cell_functions.registry import FUNCTIONS, close_to, plain
from sheetrender.planning.cell_values import (
    MAX_TEXT,
    SAVE_ONCE,
    ErrorShown,
    ErrorValue,
    Operand,
    Range,
    Scalar,
    number,
    order,
    text,
)
from sheetrender.planning.syntax import Call, FormulaError


class CellOperations(ABC):
    """What values, operators and functions of a spreadsheet formula mean."""

    @property
    @abstractmethod
    def surroundings(self) -> Surroundings:
        """What functions may ask of the workbook."""

    @abstractmethod
    def name(self, text: str) -> Operand:
        """Return what a name or an address stands for."""

    def literal(self, value: float | str | bool) -> Operand:
        """Return the value of a number, text or truth value."""
        return value

    def unary(self, operator: str, operand: Operand) -> Operand:
        """Apply a sign or the sign of per cent.

        Raises:
            FormulaError: it is a whole range.
        """
        function = _UNARY[operator]
        if isinstance(operand, Range):
            return mapped(function, [operand], self.surroundings)
        if isinstance(operand, ErrorValue):
            return operand
        try:
            return function(operand)
        except ErrorShown as shown:
            return shown.value

    def binary(self, operator: str, left: Operand, right: Operand) -> Operand:
        """Apply an operator between two values; errors travel through.

        Raises:
            FormulaError: a side is a whole range.
        """
        function = _BINARY[operator]
        if isinstance(left, Range) or isinstance(right, Range):
            return mapped(function, [left, right], self.surroundings)
        if isinstance(left, ErrorValue):
            return left
        if isinstance(right, ErrorValue):
            return right
        try:
            return function(left, right)
        except ErrorShown as shown:
            return shown.value

    def call(self, call: Call) -> Operand:
        """Apply a function.

        Raises:
            FormulaError: we do not have the function, or it does not take these values.
        """
        function = called(call)
        try:
            value = function.apply(call, self.surroundings)
        except ErrorShown as shown:
            return shown.value
        except OverflowError:
            return ErrorValue("#NUM!")
        if type(value) is float and not math.isfinite(value):
            return ErrorValue("#NUM!")
        return value


def called(call: Call) -> Function:
    """Return the function that is called.

    Raises:
        FormulaError: we do not have it, or it does not take so many values.
    """
    name = plain(call.name)
    function = FUNCTIONS.get(name)
    if function is None:
        close = close_to(name)
        hint = f"Did you mean {close}? " if close else ""
        raise FormulaError(f"uses {name}, which we cannot compute", hint + SAVE_ONCE)
    count = len(call.arguments)
    if not function.fewest <= count <= function.most:
        raise FormulaError(
            f"gives {name} {count or 'no'} value{'' if count == 1 else 's'}",
            f"It takes {_counts(function.fewest, function.most)}.",
        )
    return function


def _counts(fewest: int, most: int) -> str:
    if fewest == most:
        return str(fewest) if fewest else "none"
    return f"{fewest} to {most}" if most < MANY else f"{fewest} or more"


def _compared(holds: Callable[[int, int], bool]) -> Callable[[Scalar, Scalar], Scalar]:
    return lambda left, right: holds(order(left, right), 0)


def _calculated(function: Callable[[float, float], float]) -> Callable[[Scalar, Scalar], Scalar]:
    def apply(left: Scalar, right: Scalar) -> Scalar:
        value = function(number(left), number(right))
        if not math.isfinite(value):
            raise ErrorShown("#NUM!")
        return value

    return apply


def _joined(left: Scalar, right: Scalar) -> Scalar:
    joined = text(left) + text(right)
    if len(joined) > MAX_TEXT:
        raise ErrorShown("#VALUE!")
    return joined


_UNARY: Mapping[str, Callable[[Scalar], Scalar]] = {
    "-": lambda value: -number(value),
    # A plus sign changes nothing, not even a text.
    "+": lambda value: value,
    "%": lambda value: number(value) / 100.0,
}
_BINARY: Mapping[str, Callable[[Scalar, Scalar], Scalar]] = {
    "=": _compared(operator.eq),
    "<>": _compared(operator.ne),
    "<": _compared(operator.lt),
    "<=": _compared(operator.le),
    ">": _compared(operator.gt),
    ">=": _compared(operator.ge),
    "&": _joined,
    "+": _calculated(total),
    "-": _calculated(lambda left, right: total(left, -right)),
    "*": _calculated(operator.mul),
    "/": _calculated(quotient),
    "^": _calculated(power),
}
