"""What stands behind a cell, by the texts of the formulas: where an error arose, what is random.

Values that the file carries have no trees, so it is the references in the texts that are followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sheetrender.model.cells import Address, Cell, Workbook
from sheetrender.planning.cell_areas import Area, references
from sheetrender.planning.cell_functions.registry import VOLATILE
from sheetrender.planning.cell_names import Names

MOST_HOPS = 100
"""References that are followed from an error to where it arose."""

MOST_STEPS = 2_000_000
"""Comparisons of a cell with a range before the search for what is random is given up."""

_TEXTS = re.compile(r'"(?:[^"]|"")*"')
_VOLATILE = re.compile(rf"(?<![\w.])({'|'.join(sorted(VOLATILE))})\s*\(", re.IGNORECASE)
_WORD = re.compile(r"(?<![\w.$'!])(?:[^\W\d]|_)[\w.]*(?![\w.(!'])")


class Tracing:
    """The formulas of a workbook and what they refer to."""

    def __init__(self, workbook: Workbook, names: Names) -> None:
        self._grids = {grid.tab.casefold(): grid for grid in workbook.grids}
        self._names = names
        self._has_names = bool(workbook.names)
        self._volatile: dict[Address, set[str]] | None = None

    def error_origin(self, place: Address) -> Address:
        """Return the cell where an error that a cell shows arose; the cell itself if nowhere else.

        Only values that the file carries are followed.
        """
        seen = {place}
        for _ in range(MOST_HOPS):
            cell = self._cell(place)
            if cell is None or cell.formula is None or cell.value is None:
                break
            behind = self._showing(cell.value, cell.formula, place.tab)
            same = next((address for address in behind if address not in seen), None)
            if same is None:
                break
            seen.add(same)
            place = same
        return place

    def volatile(self, place: Address) -> tuple[str, ...]:
        """Return the functions behind a cell that show something else each time, in order."""
        if self._volatile is None:
            self._volatile = self._find_volatile()
        return tuple(sorted(self._volatile.get(place, ())))

    def _cell(self, place: Address) -> Cell | None:
        grid = self._grids.get(place.tab.casefold())
        return grid.cells.get((place.row, place.column)) if grid else None

    def _showing(self, code: object, formula: str, tab: str) -> Iterator[Address]:
        """Yield the cells that a formula refers to and that show an error."""
        for area in self._areas(formula, tab):
            grid = self._grids.get(area.tab.casefold())
            if grid is None:
                continue
            if area.is_one_cell:
                places = [(area.row, area.column)] if (area.row, area.column) in grid.cells else []
            else:
                places = [place for place in grid.cells if area.holds(*place)]
            yield from (Address(grid.tab, *p) for p in places if grid.cells[p].value == code)

    def _areas(self, formula: str, tab: str) -> Iterator[Area]:
        for text, where in self._texts(formula, tab):
            yield from references(text, where)

    def _texts(self, formula: str, tab: str) -> Iterator[tuple[str, str]]:
        """Yield a formula and the names in it, each with the tab that it stands on."""
        waiting = [(formula, tab)]
        seen = set()
        while waiting:
            text, where = waiting.pop()
            yield text, where
            if not self._has_names:
                continue
            for word in _WORD.findall(_TEXTS.sub('""', text)):
                name = self._names.find(word, where)
                if name is not None and name not in seen:
                    seen.add(name)
                    waiting.append((name.formula, name.tab))

    def _find_volatile(self) -> dict[Address, set[str]]:
        """Return the functions by the cells behind which they stand."""
        formulas = {
            Address(grid.tab, *place): cell.formula
            for grid in self._grids.values()
            for place, cell in grid.cells.items()
            if cell.formula is not None
        }
        found: dict[Address, set[str]] = {}
        texts = [*formulas.values(), *self._names.formulas()]
        if not any(_VOLATILE.search(text) for text in texts):
            return found
        for place, formula in formulas.items():
            for text, _ in self._texts(formula, place.tab):
                for name in _VOLATILE.findall(_TEXTS.sub('""', text)):
                    found.setdefault(place, set()).add(name.upper())
        if found:
            uses = self._uses(formulas)
            for function in sorted(VOLATILE):
                for place in uses.behind({p for p, names in found.items() if function in names}):
                    found.setdefault(place, set()).add(function)
        return found

    def _uses(self, formulas: dict[Address, str]) -> _Uses:
        uses = _Uses()
        for place, formula in formulas.items():
            for area in self._areas(formula, place.tab):
                uses.add(area, place)
        return uses


class _Uses:
    """Which cells use which."""

    def __init__(self) -> None:
        self._of_cells: dict[tuple[str, int, int], list[Address]] = {}
        self._of_ranges: dict[str, list[tuple[Area, Address]]] = {}

    def add(self, area: Area, user: Address) -> None:
        tab = area.tab.casefold()
        if area.is_one_cell:
            self._of_cells.setdefault((tab, area.row, area.column), []).append(user)
        else:
            self._of_ranges.setdefault(tab, []).append((area, user))

    def behind(self, sources: set[Address]) -> set[Address]:
        """Return these cells and all that use them, directly or through others."""
        reached = set(sources)
        ranges = {tab: list(pairs) for tab, pairs in self._of_ranges.items()}
        waiting = list(sources)
        steps = 0
        while waiting and steps < MOST_STEPS:
            here = waiting.pop()
            tab = here.tab.casefold()
            users = list(self._of_cells.get((tab, here.row, here.column), ()))
            pairs = ranges.get(tab, [])
            steps += len(pairs)
            users += [user for area, user in pairs if area.holds(here.row, here.column)]
            new = {user for user in users if user not in reached}
            if new:
                reached |= new
                waiting += new
                ranges[tab] = [pair for pair in pairs if pair[1] not in reached]
        return reached
