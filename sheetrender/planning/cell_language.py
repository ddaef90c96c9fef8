"""The language of spreadsheet formulas as seen from one cell of a workbook."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from sheetrender.model.cells import Address, DefinedName
from sheetrender.planning.cell_areas import Area, area_of
from sheetrender.planning.cell_functions.calling import Surroundings
from sheetrender.planning.cell_functions.logic import plain_name
from sheetrender.planning.cell_names import Names, named_area
from sheetrender.planning.cell_operations import CellOperations, called
from sheetrender.planning.cell_values import (
    ERROR_VALUES,
    SAVE_ONCE,
    ErrorShown,
    ErrorValue,
    Operand,
    Range,
    Scalar,
)
from sheetrender.planning.evaluation import evaluate
from sheetrender.planning.syntax import Call, FormulaError, Name, Node

MOST_CALLS = 10_000
"""Calls of functions in one formula."""


class CellSource(Protocol):
    """Where the values of a workbook come from."""

    names: Names
    now: dt.datetime

    def cell(self, tab: str, row: int, column: int) -> Scalar:
        """Return the value of one cell."""
        ...

    def cells(self, area: Area) -> Range:
        """Return the values of several cells."""
        ...

    def named(self, name: DefinedName) -> Operand:
        """Return the value of a name that stands for a formula."""
        ...

    def spend(self, steps: int) -> None:
        """Count work, and raise where it becomes too much."""
        ...


@dataclass(frozen=True, slots=True)
class CellLanguage(CellOperations):
    """The operations, the addresses and names of a workbook, and the names of LET.

    Attributes:
        source: the workbook.
        place: the cell that is computed.
        over_arrays: whether ranges are calculated with cell by cell.
        bindings: the names of LET, folded.
        turns: counts the random numbers of the cell.
        calls: counts its calls of functions.
    """

    source: CellSource
    place: Address
    over_arrays: bool = False
    bindings: Mapping[str, Operand] = field(default_factory=dict)
    turns: Iterator[int] = field(default_factory=itertools.count)
    calls: Iterator[int] = field(default_factory=itertools.count)

    @property
    def surroundings(self) -> Surroundings:
        """The language itself."""
        return self

    @property
    def now(self) -> dt.datetime:
        """What NOW shows."""
        return self.source.now

    def name(self, text: str) -> Operand:
        """Return what a name or an address stands for.

        Raises:
            FormulaError: it stands for nothing, or cannot be computed.
        """
        try:
            return self._meaning(text)
        except ErrorShown as shown:
            return shown.value

    def _meaning(self, text: str) -> Operand:
        if self.bindings and plain_name(text) in self.bindings:
            return self.bindings[plain_name(text)]
        area = self._named_area(text)
        if area is None:
            return self.source.named(self.source.names.get(text, self.place.tab))
        if area.is_one_cell:
            return self.source.cell(area.tab, area.row, area.column)
        return self.source.cells(area)

    def _named_area(self, text: str) -> Area | None:
        """Return the cells that a reference or a name stands for; None for a named formula."""
        if "#" in text:
            code = text.rpartition("!")[2] if text.endswith("#REF!") else text
            if code in ERROR_VALUES or text.endswith("#REF!"):
                raise ErrorShown(ErrorValue(code if code in ERROR_VALUES else "#REF!"))
        area = area_of(text, self.place.tab)
        return area or named_area(self.source.names.get(text, self.place.tab))

    def call(self, call: Call) -> Operand:
        """Apply a function.

        Raises:
            FormulaError: we do not have it, it does not take these values, or it is one too many.
        """
        # No formula that a cell holds has so many; one that evaluates its own parts twice, nested
        # in one another, would have no end.
        if next(self.calls) > MOST_CALLS:
            raise FormulaError("calls too many functions", f"Split it up. {SAVE_ONCE}")
        return CellOperations.call(self, call)

    def value(self, node: Node | None) -> Operand:
        """Return the value of an argument; None for one that is left empty."""
        return None if node is None else evaluate(node, self)

    def area(self, node: Node | None) -> Area | None:
        """Return the cells that an argument refers to, unread; None where it is no reference.

        Raises:
            ErrorShown: it is a reference to nowhere.
            FormulaError: it is a name that means nothing, or a function that we lack.
        """
        if isinstance(node, Name) and plain_name(node.text) not in self.bindings:
            return self._named_area(node.text)
        if isinstance(node, Call):
            function = called(node)
            if function.area:
                return function.area(node, self)
        return None

    def cells(self, area: Area) -> Range:
        """Return the values of some cells."""
        return self.source.cells(area)

    def locate(self, text: str) -> Area:
        """Return the cells that a text or a name refers to.

        Raises:
            ErrorShown: it refers to none.
        """
        try:
            area = self._named_area(text)
        except FormulaError:
            area = None
        if area is None:
            raise ErrorShown("#REF!")
        return area

    def bound(self, names: Mapping[str, Operand]) -> CellLanguage:
        """Return the same language with further names, folded."""
        return replace(self, bindings={**self.bindings, **names})

    def with_arrays(self) -> CellLanguage:
        """Return the same language, `over_arrays`."""
        return self if self.over_arrays else replace(self, over_arrays=True)

    def spend(self, steps: int) -> None:
        """Count work, and raise where it becomes too much."""
        self.source.spend(steps)

    def random(self) -> float:
        """Return a number from 0 up to 1 that belongs to the cell and to the turn."""
        # A plan that is made twice from one sheet must be the same plan.
        name = f"{self.place}#{next(self.turns)}".encode()
        digest = hashlib.blake2b(name, digest_size=7).digest()
        return (int.from_bytes(digest, "big") >> 3) / 2.0**53
