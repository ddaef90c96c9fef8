"""Spreadsheet formulas of files that carry no computed values, by the same parser and walker.

Excel's meanings: ``-2^2`` is 4, ``^`` groups from the left, ``&`` joins texts, a blank cell counts
as 0, and an error such as ``#DIV/0!`` travels through whatever uses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from sheetrender.model.cells import (
    Address,
    Cell,
    FormulaToken,
    Value,
    Workbook,
    column_number,
)
from sheetrender.planning.cell_operations import (
    SAVE_ONCE,
    CellOperations,
    ErrorValue,
    Operand,
    Range,
    Scalar,
)
from sheetrender.planning.evaluation import evaluate
from sheetrender.planning.syntax import FormulaError, Grammar, Token, TokenKind, parse

ERROR_VALUES = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"}
)
# Anyone may edit a shared sheet: a few short formulas must not fill the memory or the evening.
MAX_RANGE = 200_000
MAX_LOOKED_UP = 5_000_000

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


class _CellLanguage(CellOperations):
    """The operations, and the addresses of one workbook as seen from one of its tabs."""

    def __init__(self, cells: ComputedCells, tab: str) -> None:
        self._cells = cells
        self._tab = tab

    def name(self, text: str) -> Operand:
        return self._cells.look_up(text, self._tab)
