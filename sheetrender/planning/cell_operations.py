"""What operators and functions do in a spreadsheet formula, value by value.

Texts that look like numbers count as numbers, a blank counts as 0, and an error travels through
whatever uses it, as in Excel.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, DecimalException
from typing import TypeAlias

from sheetrender.planning.columns import nearest
from sheetrender.planning.evaluation import evaluate
from sheetrender.planning.syntax import Call, FormulaError

SAVE_ONCE = "Open the file in a spreadsheet program and save it once, so that it holds the value."
# Excel's own limit; without one, a few short formulas that join texts would fill the memory.
MAX_TEXT = 32_767


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """A spreadsheet's own error, such as ``#DIV/0!``."""

    code: str


@dataclass(frozen=True, slots=True)
class Range:
    """The values of a range of cells, row by row."""

    values: tuple[Scalar, ...]


Scalar: TypeAlias = float | str | bool | ErrorValue | None
Operand: TypeAlias = Scalar | Range


class CellOperations(ABC):
    """What values, operators and functions of a spreadsheet formula mean."""

    @abstractmethod
    def name(self, text: str) -> Operand:
        """Return what a name or an address stands for."""

    def literal(self, value: float | str | bool) -> Operand:
        """Return the value of a number, text or truth value."""
        return value

    def unary(self, operator: str, operand: Operand) -> Operand:
        """Apply a sign or the sign of per cent."""
        number = _number(operand)
        if isinstance(number, ErrorValue):
            return number
        return {"-": -number, "+": number, "%": number / 100.0}[operator]

    def binary(self, operator: str, left: Operand, right: Operand) -> Operand:
        """Apply an operator between two values; errors travel through.

        Raises:
            FormulaError: a side is a whole range.
        """
        for side in (left, right):
            if isinstance(side, ErrorValue):
                return side
            if isinstance(side, Range):
                raise FormulaError("calculates with a whole range", SAVE_ONCE)
        if operator == "&":
            joined = f"{_as_text(left)}{_as_text(right)}"
            return joined if len(joined) <= MAX_TEXT else ErrorValue("#VALUE!")
        if operator in _COMPARE:
            order = _order(left, right)
            return _COMPARE[operator](order)
        first, second = _number(left), _number(right)
        if isinstance(first, ErrorValue) or isinstance(second, ErrorValue):
            return first if isinstance(first, ErrorValue) else second
        return _arithmetic(operator, first, second)

    def call(self, call: Call) -> Operand:
        """Apply a function.

        Raises:
            FormulaError: we do not have the function, or it does not take these values.
        """
        arguments = [None if a is None else evaluate(a, self) for a in call.arguments]
        plain = call.name.upper().removeprefix("_XLFN.")
        function = _FUNCTIONS.get(plain)
        if function is None:
            close = nearest(plain, _FUNCTIONS)
            hint = f"Did you mean {close}? " if close else ""
            raise FormulaError(f"uses {plain}, which we cannot compute", hint + SAVE_ONCE)
        try:
            return function(arguments)
        except (IndexError, ValueError, OverflowError) as error:
            raise FormulaError(f"gives {plain} values that it does not take", SAVE_ONCE) from error


_COMPARE: Mapping[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0,
    "<>": lambda order: order != 0,
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


def _order(left: Operand, right: Operand) -> int:
    """Compare as spreadsheets do: numbers before texts before truth values; case does not count."""

    def rank(side: Operand, other: Operand) -> tuple[int, float | str]:
        if side is None:
            blank: float | str = "" if isinstance(other, str) else 0.0
            return (1 if isinstance(other, str) else 2 if isinstance(other, bool) else 0, blank)
        if isinstance(side, bool):
            return 2, float(side)
        return (1, side.casefold()) if isinstance(side, str) else (0, float(side))  # type: ignore[arg-type]

    first, second = rank(left, right), rank(right, left)
    return (first > second) - (first < second)


def _as_text(value: Operand) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    return "" if value is None else str(value)


def _number(value: Operand) -> float | ErrorValue:
    if isinstance(value, ErrorValue):
        return value
    if value is None:
        return 0.0
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return ErrorValue("#VALUE!")
    if isinstance(value, Range):
        raise FormulaError("calculates with a whole range", SAVE_ONCE)
    return float(value)


def _arithmetic(operator: str, left: float, right: float) -> float | ErrorValue:
    try:
        if operator == "+":
            return left + right
        if operator == "-":
            return left - right
        if operator == "*":
            return left * right
        if operator == "/":
            return left / right if right else ErrorValue("#DIV/0!")
        if left == 0 and right <= 0:
            return ErrorValue("#NUM!" if right == 0 else "#DIV/0!")
        power = left**right
        return ErrorValue("#NUM!") if isinstance(power, complex) else power
    except OverflowError:
        return ErrorValue("#NUM!")


def _flat(arguments: Sequence[Operand | None]) -> list[Scalar]:
    """Return the numbers that MIN, MAX and SUM see: texts and blanks of a range do not count."""
    flat: list[Scalar] = []
    for argument in arguments:
        if isinstance(argument, Range):
            flat += [
                v
                for v in argument.values
                if isinstance(v, float | ErrorValue) and not isinstance(v, bool)
            ]
        else:
            flat.append(_number(argument))
    return flat


def _over_numbers(function: Callable[[list[float]], float]) -> Callable[..., Operand]:
    def apply(arguments: Sequence[Operand | None]) -> Operand:
        flat = _flat(arguments)
        error = next((v for v in flat if isinstance(v, ErrorValue)), None)
        return error or function([float(v) for v in flat if isinstance(v, float)])

    return apply


def _numeric(
    function: Callable[..., float | ErrorValue], fewest: int, most: int
) -> Callable[..., Operand]:
    def apply(arguments: Sequence[Operand | None]) -> Operand:
        if not fewest <= len(arguments) <= most:
            raise ValueError(len(arguments))
        numbers = [_number(argument) for argument in arguments]
        error = next((n for n in numbers if isinstance(n, ErrorValue)), None)
        return error or function(*numbers)

    return apply


def _if(arguments: Sequence[Operand | None]) -> Operand:
    if not 2 <= len(arguments) <= 3:
        raise ValueError(len(arguments))
    condition = _number(arguments[0])
    if isinstance(condition, ErrorValue):
        return condition
    if condition:
        return 0.0 if arguments[1] is None else arguments[1]
    return False if len(arguments) < 3 else (0.0 if arguments[2] is None else arguments[2])


def _mod(number: float, divisor: float) -> float | ErrorValue:
    return number % divisor if divisor else ErrorValue("#DIV/0!")


def _round(number: float, digits: float = 0.0) -> float | ErrorValue:
    # Spreadsheets round halves of the decimal that is shown, away from zero: 2.675 becomes 2.68.
    try:
        step = Decimal(1).scaleb(-int(digits))
        return float(Decimal(repr(number)).quantize(step, rounding=ROUND_HALF_UP))
    except DecimalException:
        return number


def _sqrt(number: float) -> float | ErrorValue:
    return math.sqrt(number) if number >= 0 else ErrorValue("#NUM!")


_FUNCTIONS: Mapping[str, Callable[..., Operand]] = {
    "SIN": _numeric(math.sin, 1, 1),
    "COS": _numeric(math.cos, 1, 1),
    "TAN": _numeric(math.tan, 1, 1),
    "PI": _numeric(lambda: math.pi, 0, 0),
    "MOD": _numeric(_mod, 2, 2),
    "ROUND": _numeric(_round, 1, 2),
    "INT": _numeric(lambda number: float(math.floor(number)), 1, 1),
    "ABS": _numeric(abs, 1, 1),
    "SQRT": _numeric(_sqrt, 1, 1),
    "MIN": _over_numbers(lambda numbers: min(numbers, default=0.0)),
    "MAX": _over_numbers(lambda numbers: max(numbers, default=0.0)),
    "SUM": _over_numbers(math.fsum),
    "IF": _if,
}
