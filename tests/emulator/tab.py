"""One tab: a grid of cells whose rows and columns can be inserted, deleted, moved, sorted."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, TypeVar

from tests.emulator import formulas
from tests.emulator.a1 import Area
from tests.emulator.cells import BLANK, Cell, Shape, Value
from tests.emulator.errors import ApiError

Dimension = Literal["ROWS", "COLUMNS"]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row or a column as such, whatever stands in it."""

    hidden: bool = False
    pixels: int | None = None
    metadata: tuple[int, ...] = ()
    was_below: bool = False
    """Whether a row stood at or below the headings when the spreadsheet was read last."""


PLAIN = Line()


@dataclass(slots=True, kw_only=True)
class Attached:
    """A thing with ranges (protection, conditional format) that moves with rows and columns."""

    shape: Shape
    areas: list[Area]
    by_api: bool


@dataclass(slots=True, kw_only=True)
class Tab:
    """A tab. Its methods count from 0, except those for tests: `value`, `formula`, `cell`."""

    title: str
    sheet_id: int
    lines: dict[Dimension, list[Line]]
    grid: list[list[Cell]]
    properties: Shape = field(default_factory=dict)
    """What was stored of SheetProperties beside title, id, index and size."""
    protections: list[Attached] = field(default_factory=list)
    conditions: list[Attached] = field(default_factory=list)
    names: list[Attached] = field(default_factory=list)
    """Named ranges; they follow their cells even where single rows or columns are moved."""
    metadata: tuple[int, ...] = ()
    touched: set[tuple[int, int]] = field(default_factory=set)
    """Cells that were written to since somebody looked."""
    disturbed: list[str] = field(default_factory=list)
    """What was done to rows and columns with something in them since somebody looked."""

    @classmethod
    def of_size(cls, title: str, sheet_id: int, rows: int, columns: int) -> Tab:
        lines: dict[Dimension, list[Line]] = {"ROWS": [PLAIN] * rows, "COLUMNS": [PLAIN] * columns}
        return cls(title=title, sheet_id=sheet_id, lines=lines, grid=[[] for _ in range(rows)])

    @property
    def row_count(self) -> int:
        return len(self.lines["ROWS"])

    @property
    def column_count(self) -> int:
        return len(self.lines["COLUMNS"])

    def copy(self) -> Tab:
        """Copy all that can change in place; cells and lines are frozen."""
        return replace(
            self,
            lines={dimension: list(lines) for dimension, lines in self.lines.items()},
            grid=[list(row) for row in self.grid],
            properties=dict(self.properties),
            protections=[replace(one, areas=list(one.areas)) for one in self.protections],
            conditions=[replace(one, areas=list(one.areas)) for one in self.conditions],
            names=[replace(one, areas=list(one.areas)) for one in self.names],
            touched=set(),
            disturbed=[],
        )

    def restore(self, old: Tab) -> None:
        """Be again what `copy` kept."""
        for name in self.__slots__:
            setattr(self, name, getattr(old, name))

    def cell(self, row: int, column: int) -> Cell:
        """Look at a cell, from 1."""
        return self.at(row - 1, column - 1)

    def value(self, row: int, column: int) -> Value | None:
        """What a cell comes to, from 1."""
        return self.cell(row, column).result()

    def formula(self, row: int, column: int) -> str | None:
        """The formula of a cell, from 1."""
        return self.cell(row, column).formula

    def rows(self) -> list[list[Value | None]]:
        """All values; blanks at the ends are left out, blanks between are None."""
        used = self.used()
        return [[cell.result() for cell in trimmed(row)] for row in self.grid[:used]]

    def at(self, row: int, column: int) -> Cell:
        cells = self.grid[row] if 0 <= row < len(self.grid) else []
        return cells[column] if column < len(cells) else BLANK

    def put(self, row: int, column: int, cell: Cell) -> None:
        if not (row < self.row_count and column < self.column_count):
            raise self.outside(Area(top=row, left=column, bottom=row + 1, right=column + 1))
        cells = self.grid[row]
        cells.extend([BLANK] * (column + 1 - len(cells)))
        cells[column] = cell
        self.touched.add((row, column))

    def used(self, start: int = 0, end: int | None = None) -> int:
        """Count rows up to the last one with a value."""
        for row in range(min(self.row_count, end or self.row_count), start, -1):
            if any(not cell.is_empty for cell in self.grid[row - 1]):
                return row
        return start

    def used_columns(self) -> int:
        return max((len(trimmed(row)) for row in self.grid), default=0)

    def bounded(self, area: Area) -> Area:
        """Cut an area at the tab's edges.

        Raises:
            ApiError: it starts beyond them.
        """
        if area.top >= self.row_count or area.left >= self.column_count:
            raise self.outside(area)
        return area.within(self.row_count, self.column_count)

    def outside(self, area: Area) -> ApiError:
        text = area.within(max(area.top + 1, self.row_count), max(area.left + 1, self.column_count))
        return ApiError.invalid(
            f"Range ({text.text(self.title)}) exceeds grid limits. Max rows: {self.row_count}, "
            f"max columns: {self.column_count}"
        )

    def insert(self, dimension: Dimension, at: int, count: int) -> None:
        self._disturb(dimension, at, None, f"{count} {dimension} inserted at {at}")
        self._change(dimension, lambda items, blank: items.insert_at(at, [blank] * count))
        self._follow(dimension, lambda index: index + count if index >= at else index)

    def delete(self, dimension: Dimension, start: int, end: int) -> None:
        self._disturb(dimension, start, None, f"{dimension} {start} to {end} deleted")
        self._change(dimension, lambda items, _: items.delete(start, end))
        self._follow(
            dimension,
            lambda index: index if index < start else None if index < end else index - end + start,
        )

    def move(self, dimension: Dimension, start: int, end: int, to: int) -> None:
        """Move lines; `to` counts as long as they are still in their place."""
        if start <= to <= end:
            return
        self._disturb(
            dimension, min(start, to), max(end, to), f"{dimension} {start} to {end} moved to {to}"
        )
        self._change(dimension, lambda items, _: items.move(start, end, to))
        order = Items(list(range(len(self.lines[dimension]))))
        order.move(start, end, to)
        places = {old: new for new, old in enumerate(order.items)}
        self._follow(dimension, lambda index: places.get(index, index), ranges=False)

    def append(self, dimension: Dimension, count: int) -> None:
        self.lines[dimension].extend([PLAIN] * count)
        if dimension == "ROWS":
            self.grid.extend([] for _ in range(count))

    def sort(
        self, area: Area, order: Callable[[int], list[int]], *, lines_follow: bool = False
    ) -> None:
        """Reorder the cells of an area: `order(top)` names the old rows in their new order."""
        bottom, right = area.ends
        olds = order(area.top)
        if any(not self.at(row, column).is_empty for row, column in area.cells()):
            self.disturbed.append(f"{area.text(self.title)} sorted")
        moved = [[self.at(row, c) for c in range(area.left, right)] for row in olds]
        lines = [self.lines["ROWS"][row] for row in olds]
        for row, (old, cells) in enumerate(zip(olds, moved, strict=True), area.top):
            for column, cell in enumerate(cells, area.left):
                self.put(row, column, formulas.carried(cell, row - old))
        if lines_follow:
            self.lines["ROWS"][area.top : bottom] = lines

    def _change(self, dimension: Dimension, change: Callable[[Items[Any], Any], None]) -> None:
        change(Items(self.lines[dimension]), PLAIN)
        if dimension == "ROWS":
            change(Items(self.grid), None)
            self.grid[:] = [[] if row is None else row for row in self.grid]
            return
        for row in self.grid:
            row.extend([BLANK] * (len(self.lines[dimension]) - len(row)))
            change(Items(row), BLANK)
            del row[len(self.lines[dimension]) :]

    def _follow(
        self, dimension: Dimension, place: Callable[[int], int | None], *, ranges: bool = True
    ) -> None:
        """Let formulas and ranges point where their cells are now."""
        for row in self.grid:
            for column, cell in enumerate(row):
                if cell.formula:
                    row[column] = formulas.followed(
                        cell, self.title, dimension, place, ranges=ranges
                    )
        things = self.names + (self.protections + self.conditions if ranges else [])
        for thing in things:
            areas = (formulas.moved_area(area, dimension, place) for area in thing.areas)
            thing.areas = [area for area in areas if area]

    def _disturb(self, dimension: Dimension, start: int, end: int | None, what: str) -> None:
        for row in self.grid[start:end] if dimension == "ROWS" else self.grid:
            cells = row if dimension == "ROWS" else row[start:end]
            if any(not cell.is_empty for cell in cells):
                self.disturbed.append(what)
                return


@dataclass(frozen=True, slots=True)
class Items(Generic[Item]):
    """A list whose stretches are inserted, deleted and moved in place."""

    items: list[Item]

    def insert_at(self, at: int, new: Sequence[Item]) -> None:
        self.items[at:at] = new

    def delete(self, start: int, end: int) -> None:
        del self.items[start:end]

    def move(self, start: int, end: int, to: int) -> None:
        stretch = self.items[start:end]
        del self.items[start:end]
        to -= len(stretch) if to > start else 0
        self.items[to:to] = stretch


def trimmed(cells: Sequence[Cell]) -> Sequence[Cell]:
    """Leave out the empty cells at the end."""
    end = len(cells)
    while end and cells[end - 1].is_empty:
        end -= 1
    return cells[:end]


def natural(text: str) -> str:
    """How texts compare when sorted: case does not count."""
    return re.sub(r"\s+", " ", text).casefold()
