"""Spreadsheet formulas of files that carry no computed values, by the same parser and walker.

Excel's meanings: ``-2^2`` is 4, ``^`` groups from the left, ``&`` joins texts, a blank cell counts
as 0, and an error such as ``#DIV/0!`` travels through whatever uses it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, DecimalException
from typing import TypeAlias

from sheetrender.model.cells import (
    Address,
    Cell,
    FormulaToken,
    Value,
    Workbook,
    column_number,
)
from sheetrender.planning.columns import nearest
from sheetrender.planning.evaluation import evaluate
from sheetrender.planning.syntax import FormulaError, Grammar, Token, TokenKind, parse

ERROR_VALUES = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"}
)
SAVE_ONCE = "Open the file in a spreadsheet program and save it once, so that it holds the value."
# Anyone may edit a shared sheet: a few short formulas must not fill the memory or the evening.
MAX_RANGE = 200_000
MAX_LOOKED_UP = 5_000_000
MAX_TEXT = 32_767

_GRAMMAR = Grammar(
    prefix={"-": 6, "+": 6},
    postfix={"%": 7},
    infix={
        "=": 1, "<>": 1, "<": 1, "<=": 1, ">": 1, ">=": 1,
        "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5,
    },
)  # fmt: skip
_REFERENCE = re.compile(
    r"(?:(?:'(?P<quoted>(?:[^']|'')+)'|(?P<tab>[^'!]+))!)?"
    r"\$?(?P<column>[A-Za-z]{1,3})\$?(?P<row>\d{1,7})"
    r"(?::\$?(?P<to_column>[A-Za-z]{1,3})\$?(?P<to_row>\d{1,7}))?"
)


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


class _CellsNeededError(Exception):
    """Cells that have to be computed before this one."""

    def __init__(self, places: Sequence[Address]) -> None:
        super().__init__()
        self.places = places


class ComputedCells:
    """The values of a workbook's cells; what the file does not carry is computed when asked for."""

    def __init__(self, workbook: Workbook) -> None:
        self._grids = {grid.tab.casefold(): grid for grid in workbook.grids}
        self._done: dict[Address, Scalar] = {}
        self._failed: dict[Address, FormulaError] = {}
        self._looked_up = 0

    def value(self, place: Address, cell: Cell) -> Value:
        """Return what a cell shows, or would show once it is computed.

        Raises:
            FormulaError: its formula cannot be computed here, or its value is an error.
        """
        if cell.tokens is None:
            if isinstance(cell.value, str) and cell.formula and cell.value in ERROR_VALUES:
                raise _shown_error(cell.value)
            return cell.value
        self._compute(place)
        if place in self._failed:
            raise self._failed[place]
        result = self._done[place]
        if isinstance(result, ErrorValue):
            raise _shown_error(result.code)
        return result

    def _compute(self, place: Address) -> None:
        """Compute a cell and all that it needs, without recursion: chains may be long."""
        waiting = [place]
        entered: set[Address] = set()
        while waiting:
            here = waiting[-1]
            if here in self._done or here in self._failed:
                waiting.pop()
                continue
            try:
                self._done[here] = self._attempt(here)
            except _CellsNeededError as needed:
                entered.add(here)
                circle = next((p for p in needed.places if p in entered), None)
                if circle is None:
                    waiting.extend(needed.places)
                else:
                    self._failed[here] = FormulaError(
                        f"goes round in a circle through {circle}", "Break the circle."
                    )
            except FormulaError as error:
                self._failed[here] = error

    def _attempt(self, place: Address) -> Scalar:
        cell = self._cell(place.tab, place.row, place.column)
        if cell is None or cell.tokens is None:
            return _scalar(cell.value if cell else None)
        if not cell.tokens:
            raise FormulaError("is no formula that can be read", SAVE_ONCE)
        tree = parse(_translated(cell.tokens), _GRAMMAR)
        result = evaluate(tree, _CellLanguage(self, place.tab))
        if isinstance(result, Range):
            raise FormulaError("gives a whole range", "Ask for one cell.")
        return 0.0 if result is None else result

    def _cell(self, tab: str, row: int, column: int) -> Cell | None:
        grid = self._grids.get(tab.casefold())
        return grid.cells.get((row, column)) if grid else None

    def look_up(self, text: str, tab: str) -> Operand:
        """Return what a reference in a formula on `tab` stands for."""
        match = _REFERENCE.fullmatch(text)
        if match is None:
            raise FormulaError(
                f"uses {text}, which is neither a cell nor a range we can read", SAVE_ONCE
            )
        named = match["quoted"].replace("''", "'") if match["quoted"] else match["tab"]
        target = named or tab
        grid = self._grids.get(target.casefold())
        if grid is None:
            return ErrorValue("#REF!")
        places = list(_places(match, grid.tab))
        self._looked_up += len(places)
        if self._looked_up > MAX_LOOKED_UP:
            raise FormulaError("is one formula too many over large ranges", SAVE_ONCE)
        needed = [p for p in places if self._is_pending(p)]
        if needed:
            raise _CellsNeededError(needed)
        values = tuple(self._settled(p) for p in places)
        return Range(values) if match["to_column"] else values[0]

    def _is_pending(self, place: Address) -> bool:
        cell = self._cell(place.tab, place.row, place.column)
        if cell is None or cell.tokens is None:
            return False
        return place not in self._done and place not in self._failed

    def _settled(self, place: Address) -> Scalar:
        if place in self._failed:
            raise FormulaError(f"needs {place}, which {self._failed[place]}", SAVE_ONCE)
        if place in self._done:
            return self._done[place]
        cell = self._cell(place.tab, place.row, place.column)
        return _scalar(cell.value if cell else None)


def _places(match: re.Match[str], tab: str) -> Iterator[Address]:
    column, row = column_number(match["column"]), int(match["row"])
    to_column = column_number(match["to_column"] or match["column"])
    to_row = int(match["to_row"] or match["row"])
    rows = range(min(row, to_row), max(row, to_row) + 1)
    columns = range(min(column, to_column), max(column, to_column) + 1)
    if len(rows) * len(columns) > MAX_RANGE:
        raise FormulaError(f"uses a range of more than {MAX_RANGE:,} cells", SAVE_ONCE)
    return (Address(tab, r, c) for r in rows for c in columns)


def _shown_error(code: str) -> FormulaError:
    return FormulaError(f"shows the error {code}", "Mend the formula.")


def _scalar(value: Value) -> Scalar:
    if isinstance(value, str):
        return ErrorValue(value) if value in ERROR_VALUES else value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return float(value)
    raise FormulaError("uses a date or a time of day", SAVE_ONCE)


_KINDS: Mapping[tuple[str, str], TokenKind] = {
    ("OPERAND", "RANGE"): "name",
    ("FUNC", "OPEN"): "call",
    ("FUNC", "CLOSE"): "close",
    ("PAREN", "OPEN"): "open",
    ("PAREN", "CLOSE"): "close",
    ("SEP", "ARG"): "comma",
}


def _translated(tokens: Sequence[FormulaToken]) -> list[Token]:
    translated: list[Token] = []
    for token in tokens:
        if token.kind == "WHITE-SPACE":
            continue
        if token.kind == "OPERAND" and token.subkind != "RANGE":
            translated.append(Token("literal", token.text, _literal(token)))
        elif token.kind.startswith("OPERATOR"):
            translated.append(Token("operator", token.text))
        elif (token.kind, token.subkind) in _KINDS:
            kind = _KINDS[token.kind, token.subkind]
            translated.append(Token(kind, token.text.rstrip("(") if kind == "call" else token.text))
        else:
            raise FormulaError(f"has {token.text!r}, which we cannot compute", SAVE_ONCE)
    return translated


def _literal(token: FormulaToken) -> float | str | bool:
    if token.subkind == "NUMBER":
        return float(token.text)
    if token.subkind == "LOGICAL":
        return token.text.upper() == "TRUE"
    if token.subkind == "TEXT":
        return token.text[1:-1].replace('""', '"')
    raise _shown_error(token.text)


class _CellLanguage:
    """What the parts of a spreadsheet formula mean."""

    def __init__(self, cells: ComputedCells, tab: str) -> None:
        self._cells = cells
        self._tab = tab

    def literal(self, value: float | str | bool) -> Operand:
        return value

    def name(self, text: str) -> Operand:
        return self._cells.look_up(text, self._tab)

    def unary(self, operator: str, operand: Operand) -> Operand:
        number = _number(operand)
        if isinstance(number, ErrorValue):
            return number
        return {"-": -number, "+": number, "%": number / 100.0}[operator]

    def binary(self, operator: str, left: Operand, right: Operand) -> Operand:
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

    def call(self, name: str, arguments: Sequence[Operand | None]) -> Operand:
        plain = name.upper().removeprefix("_XLFN.")
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
