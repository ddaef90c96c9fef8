"""Spreadsheet formulas of files that carry no computed values, by the same parser and walker.

A cell is computed when it is asked for, together with those that it needs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from sheetrender.model.cells import Address, Cell, DefinedName, FormulaToken, Value, Workbook
from sheetrender.planning.cell_areas import Area
from sheetrender.planning.cell_language import CellLanguage
from sheetrender.planning.cell_names import Names
from sheetrender.planning.cell_tokens import formula_tree
from sheetrender.planning.cell_tracing import Tracing
from sheetrender.planning.cell_values import (
    ERROR_VALUES,
    LIVE_ONES,
    SAVE_ONCE,
    ErrorShown,
    ErrorValue,
    Operand,
    Range,
    Scalar,
    scalar_of,
)
from sheetrender.planning.evaluation import evaluate
from sheetrender.planning.filled_grids import FilledGrid
from sheetrender.planning.syntax import FormulaError, Node

# Anyone may edit a shared sheet: a few short formulas must not fill the memory or the evening.
MAX_RANGE = 200_000
MAX_LOOKED_UP = 4_000_000
TALL = 1000
"""Rows; of taller ranges, such as whole columns, only the rows that are filled are read."""

_Key: TypeAlias = Address | DefinedName
"""What is computed once and kept: a cell, or a name that stands for a formula."""


class _NeededError(Exception):
    """Cells and names that have to be computed before this one."""

    def __init__(self, keys: Sequence[_Key]) -> None:
        super().__init__()
        self.keys = keys


class _RootedError(FormulaError):
    """What keeps a cell from being computed lies in another one, `root`."""

    def __init__(self, root: _Key, error: FormulaError) -> None:
        super().__init__(f"needs {root}, which {error}", error.remedy)
        self.root = root
        self.error = error


class ComputedCells:
    """The values of a workbook's cells; what the file does not carry is computed when asked for."""

    def __init__(self, workbook: Workbook, now: dt.datetime | None = None) -> None:
        """Take a workbook.

        Args:
            workbook: as it was read.
            now: what NOW and TODAY show, local; the present where it is left out.
        """
        self.names = Names(workbook.names)
        self._is_live = workbook.is_live
        self.now = now or dt.datetime.now()
        self._grids = {grid.tab.casefold(): FilledGrid(grid) for grid in workbook.grids}
        self._tracing = Tracing(workbook, self.names)
        self._done: dict[_Key, Operand] = {}
        self._failed: dict[_Key, FormulaError] = {}
        self._ranges: dict[Area, Range] = {}
        self._begun: dict[_Key, Node] = {}
        self._looked_up = 0

    def value(self, place: Address, cell: Cell) -> Value:
        """Return what a cell shows, or would show once it is computed.

        Raises:
            FormulaError: its formula cannot be computed here, or its value is an error.
        """
        if cell.tokens is None:
            if isinstance(cell.value, str) and cell.formula and cell.value in ERROR_VALUES:
                raise _shown_error(cell.value, self._tracing.error_origin(place), place)
            return cell.value
        self._compute(place)
        if place in self._failed:
            failed = self._failed[place]
            if not self._is_live:
                raise failed
            raise FormulaError(str(failed), failed.remedy.replace(SAVE_ONCE, LIVE_ONES))
        result = self._done[place]
        if isinstance(result, ErrorValue):
            origin = result.origin or place
            raise _shown_error(result.code, self._tracing.error_origin(origin), place)
        return _one(result)  # type: ignore[return-value]  # it is no error either

    def volatile(self, place: Address) -> tuple[str, ...]:
        """Return the functions, such as RAND, for which a cell shows something else each time.

        It is the formula texts that are looked at, of the cell and of all that it refers to, so
        cells with a value in the file count as well as those that are computed.

        Returns:
            Their names in order, without doubles; empty for a cell that always shows the same.
        """
        return self._tracing.volatile(place)

    def spend(self, steps: int) -> None:
        """Count work that grows with the size of ranges.

        Raises:
            FormulaError: it was too much by now.
        """
        self._looked_up += steps
        if self._looked_up > MAX_LOOKED_UP:
            raise FormulaError("is one formula too many over large ranges", SAVE_ONCE)

    def cell(self, tab: str, row: int, column: int) -> Scalar:
        """Return the value of one cell that a formula names.

        Raises:
            ErrorShown: there is no such tab.
            FormulaError: it cannot be computed.
        """
        sheet = self._sheet(tab)
        found = sheet.grid.cells.get((row, column))
        if found is None:
            return None
        if found.tokens is None:
            return self._plain(found, sheet.grid.tab, row, column)
        return _one(self._settled(Address(sheet.grid.tab, row, column)))

    def _plain(self, cell: Cell, tab: str, row: int, column: int) -> Scalar:
        """Return a value that the file carries."""
        value = cell.value
        if isinstance(value, str) and value in ERROR_VALUES:
            return ErrorValue(value, Address(tab, row, column))
        return scalar_of(value)

    def cells(self, area: Area) -> Range:
        """Return the values of the cells that a formula names.

        Raises:
            ErrorShown: there is no such tab.
            FormulaError: they are too many, or one cannot be computed.
        """
        kept = self._ranges.get(area)
        if kept is None:
            kept = self._ranges[area] = self._read(area)
        else:
            self.spend(len(kept.values) // 4)
        return kept

    def _read(self, area: Area) -> Range:
        sheet = self._sheet(area.tab)
        end = area.row + area.height
        if area.height > TALL:
            end = min(end, max(sheet.last_row(area) + 1, area.row))
        rows = range(area.row, end)
        columns = range(area.column, area.column + area.width)
        if len(rows) * len(columns) > MAX_RANGE:
            raise FormulaError(f"uses a range of more than {MAX_RANGE:,} cells", SAVE_ONCE)
        self.spend(len(rows) * len(columns))
        find, tab = sheet.grid.cells.get, sheet.grid.tab
        values: list[Scalar] = []
        needed: list[_Key] = []
        for row in rows:
            for column in columns:
                cell = find((row, column))
                if cell is None:
                    values.append(None)
                elif cell.tokens is None:
                    value = cell.value
                    known = type(value) is float
                    values.append(value if known else self._plain(cell, tab, row, column))  # type: ignore[arg-type]
                else:
                    place = Address(tab, row, column)
                    if place in self._done or place in self._failed:
                        values.append(_one(self._settled(place)))
                    else:
                        needed.append(place)
        if needed:
            raise _NeededError(needed)
        return Range(tuple(values), area.height, area.width)

    def named(self, name: DefinedName) -> Operand:
        """Return the value of a name that stands for a constant or a formula.

        Raises:
            FormulaError: it cannot be computed.
        """
        return self._settled(name)

    def _sheet(self, tab: str) -> FilledGrid:
        sheet = self._grids.get(tab.casefold())
        if sheet is None:
            raise ErrorShown("#REF!")
        return sheet

    def _settled(self, key: _Key) -> Operand:
        if key in self._done:
            return self._done[key]
        error = self._failed.get(key)
        if error is None:
            raise _NeededError([key])
        if isinstance(error, _RootedError):
            raise _RootedError(error.root, error.error)
        raise _RootedError(key, error)

    def _compute(self, key: _Key) -> None:
        """Compute a cell and all that it needs, without recursion: chains may be long."""
        waiting = [key]
        entered: dict[_Key, None] = {}
        while waiting:
            here = waiting[-1]
            if here in self._done or here in self._failed:
                waiting.pop()
                entered.pop(here, None)
                continue
            try:
                self._done[here] = self._attempt(here)
            except _NeededError as needed:
                entered[here] = None
                circle = next((k for k in needed.keys if k in entered), None)
                if circle is None:
                    # The first is computed first: in sheets the later ones build on it.
                    waiting.extend(reversed(needed.keys))
                else:
                    self._fail_circle(list(entered), circle)
            except FormulaError as error:
                self._failed[here] = error

    def _fail_circle(self, path: list[_Key], start: _Key) -> None:
        """Note that the cells from `start` to the end of the path need one another."""
        circle = path[path.index(start) :]
        shown = [str(key) for key in circle[:5]] + (["…"] if len(circle) > 5 else [])
        error = FormulaError(
            f"goes round in a circle: {' → '.join([*shown, str(start)])}",
            "Break the circle: let one of these formulas not need the others.",
        )
        for key in circle:
            self._failed[key] = error

    def _attempt(self, key: _Key) -> Operand:
        if isinstance(key, DefinedName):
            return self._evaluated(key, key.tokens, Address(key.tab, 1, 1))
        cell = self._grids[key.tab.casefold()].grid.cells.get((key.row, key.column))
        if cell is None or cell.tokens is None:
            return scalar_of(cell.value if cell else None, key)
        result = self._evaluated(key, cell.tokens, key)
        if isinstance(result, Range):
            if result.height > 1 or result.width > 1:
                raise FormulaError("gives a whole range", f"Ask for one cell. {SAVE_ONCE}")
            result = result.at(0, 0)
        if isinstance(result, ErrorValue) and result.origin is None:
            return replace(result, origin=key)
        return 0.0 if result is None else result

    def _evaluated(self, key: _Key, tokens: Sequence[FormulaToken], place: Address) -> Operand:
        tree = self._begun.get(key)
        if tree is None:
            tree = self._begun[key] = formula_tree(tokens)
        else:
            # Begun again for each cell that it needs, a long formula is computed a thousand times.
            self.spend(len(tokens))
        result = evaluate(tree, CellLanguage(self, place))
        del self._begun[key]
        return result


def _shown_error(code: str, origin: Address, place: Address) -> FormulaError:
    if origin == place:
        return FormulaError(f"shows the error {code}", "Mend the formula.")
    return FormulaError(
        f"shows the error {code}, which comes from {origin}", f"Mend the formula in {origin}."
    )


def _one(value: Operand) -> Scalar:
    """Return the value of a computed cell, which is never a range."""
    assert not isinstance(value, Range)
    return value
