"""One spreadsheet, with what its collaborators do to it between two requests."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from tests.emulator import a1, formulas, sorting
from tests.emulator.a1 import Area
from tests.emulator.cells import BLANK, Cell, Shape, Value, parsed
from tests.emulator.errors import ApiError
from tests.emulator.tab import Attached, Dimension, Tab

Rows = Sequence[Sequence[Value | None]]


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that an answer of 400 has to take back."""

    tabs: list[tuple[Tab, Tab]]
    metadata: dict[int, Shape]
    placed: set[int]
    next_id: int


class Book:
    """A spreadsheet. Rows and columns of its methods count from 1, as people see them."""

    def __init__(
        self,
        key: str,
        *,
        title: str = "Untitled",
        locale: str = "en_US",
        time_zone: str = "Etc/GMT",
        lock: threading.RLock | None = None,
        clock: Callable[[], datetime.datetime] = now,
    ) -> None:
        self.key = key
        self.title = title
        self.locale = locale
        self.time_zone = time_zone
        self.lock = lock or threading.RLock()
        self.tabs: list[Tab] = []
        self.deleted: list[Tab] = []
        """Tabs that went since somebody looked."""
        self.metadata: dict[int, Shape] = {}
        self.placed: set[int] = set()
        """Metadata that belongs to a row, a column or a tab, and goes with it."""
        self.sort_moves_metadata = True
        self.is_slow_in_drive = False
        """Whether Drive still tells of the state that it told of first."""
        self.version = 1
        self.created = self.modified = clock()
        self.told_by_drive: tuple[datetime.datetime, int] | None = None
        self._clock = clock
        self._next_id = 0

    def add_tab(
        self,
        title: str,
        rows: Rows = (),
        *,
        row_count: int = 1000,
        column_count: int = 26,
        index: int | None = None,
        sheet_id: int | None = None,
    ) -> Tab:
        """Add a tab that is as large as its rows need, and at least the given size."""
        width = max((len(row) for row in rows), default=0)
        with self.editing():
            if sheet_id is None:
                sheet_id = self.new_id() if self.tabs else 0
            tab = Tab.of_size(title, sheet_id, max(row_count, len(rows)), max(column_count, width))
            for row, values in enumerate(rows):
                tab.grid[row] = [as_cell(value) for value in values]
            self.tabs.insert(len(self.tabs) if index is None else index, tab)
        return tab

    @contextmanager
    def editing(self) -> Iterator[None]:
        """Hold all others off, and be newer afterwards."""
        with self.lock:
            yield
            self.version += 1
            self.modified = max(self._clock(), self.modified + datetime.timedelta(milliseconds=1))

    def new_id(self) -> int:
        """Name a tab or a metadata entry; the numbers look as arbitrary as Google's."""
        self._next_id += 1
        return 104_729 * self._next_id + 731

    def tab(self, title: str) -> Tab:
        for tab in self.tabs:
            if tab.title == title:
                return tab
        raise KeyError(title)

    def area(self, text: str) -> tuple[Tab, Area]:
        """Find what an A1 text names.

        Raises:
            ApiError: it names nothing here.
        """
        titles = {tab.title: tab for tab in self.tabs}
        if text in titles:
            return titles[text], Area()
        title, corners = a1.split(text)
        tab = self.tabs[0] if title is None else titles.get(title)
        if title is None and (named := self.named(text)):
            return named
        area = Area() if title is not None and not corners else a1.corners(corners)
        if tab is None or area is None:
            raise a1.unreadable(text)
        return tab, area

    def named(self, name: str) -> tuple[Tab, Area] | None:
        """Find a named range, if all of its cells were not deleted."""
        for tab in self.tabs:
            for thing in tab.names:
                if thing.shape["name"] == name and thing.areas:
                    return tab, thing.areas[0]
        return None

    def name(self, name: str, text: str) -> None:
        """Give a range a name, as people do under Data > Named ranges."""
        tab, area = self.area(text)
        with self.editing():
            shape = {"namedRangeId": str(self.new_id()), "name": name}
            tab.names.append(Attached(shape=shape, areas=[area], by_api=False))

    def snapshot(self) -> Snapshot:
        copies = [(tab, tab.copy()) for tab in self.tabs]
        return Snapshot(copies, dict(self.metadata), set(self.placed), self._next_id)

    def restore(self, snapshot: Snapshot) -> None:
        for tab, copy in snapshot.tabs:
            tab.restore(copy)
        self.tabs = [tab for tab, _ in snapshot.tabs]
        self.metadata = snapshot.metadata
        self.placed = snapshot.placed
        self._next_id = snapshot.next_id

    def set(self, tab: str, row: int, column: int, value: Value | None) -> None:
        """Type a value into a cell; a text is understood as Google understands it."""
        with self.editing():
            old = self.tab(tab).cell(row, column)
            self.tab(tab).put(row - 1, column - 1, typed(old, value, self.locale))

    def give(
        self,
        tab: str,
        row: int,
        column: int,
        value: Value | None = None,
        *,
        error: str | None = None,
        shown: str | None = None,
    ) -> None:
        """Say what the formula of a cell comes to, and how it is shown."""
        with self.editing():
            cell = self.tab(tab).cell(row, column)
            if not cell.formula:
                raise ValueError(f"{tab} has no formula in row {row}, column {column}")
            given = replace(cell, value=value, error=error, shown=shown)
            self.tab(tab).put(row - 1, column - 1, given)

    def insert_rows(self, tab: str, at: int, count: int = 1) -> None:
        self._insert(tab, "ROWS", at, count)

    def insert_columns(self, tab: str, at: int, count: int = 1) -> None:
        self._insert(tab, "COLUMNS", at, count)

    def _insert(self, tab: str, dimension: Dimension, at: int, count: int) -> None:
        with self.editing():
            self.tab(tab).insert(dimension, at - 1, count)

    def delete_rows(self, tab: str, at: int, count: int = 1) -> None:
        with self.editing():
            self.tab(tab).delete("ROWS", at - 1, at - 1 + count)

    def delete_columns(self, tab: str, at: int, count: int = 1) -> None:
        with self.editing():
            self.tab(tab).delete("COLUMNS", at - 1, at - 1 + count)

    def move_row(self, tab: str, row: int, to: int) -> None:
        """Drag a row so that it ends as row number `to`."""
        self._move(tab, "ROWS", row, to)

    def move_column(self, tab: str, column: int, to: int) -> None:
        """Drag a column so that it ends as column number `to`."""
        self._move(tab, "COLUMNS", column, to)

    def _move(self, tab: str, dimension: Dimension, place: int, to: int) -> None:
        with self.editing():
            self.tab(tab).move(dimension, place - 1, place, to if to > place else to - 1)

    def sort(
        self, tab: str, column: int, first_row: int, last_row: int, *, descending: bool = False
    ) -> None:
        """Sort whole rows by one column; blanks come last either way."""
        order = "DESCENDING" if descending else "ASCENDING"
        with self.editing():
            area = Area(top=first_row - 1, bottom=last_row)
            specs = [{"dimensionIndex": column - 1, "sortOrder": order}]
            sorting.sort(self.tab(tab), area, specs, lines_follow=self.sort_moves_metadata)

    def copy_row(self, tab: str, row: int, to: int) -> None:
        """Insert a copy of a row, which then stands as row number `to`."""
        with self.editing():
            found = self.tab(tab)
            cells = list(found.grid[row - 1])
            found.insert("ROWS", to - 1, 1)
            found.grid[to - 1] = [formulas.carried(cell, to - row) for cell in cells]

    def clear(self, tab: str, row: int, column: int) -> None:
        """Press delete on a cell."""
        self.set(tab, row, column, None)

    def rename_tab(self, tab: str, title: str) -> None:
        with self.editing():
            self.tab(tab).title = title

    def delete_tab(self, tab: str) -> None:
        with self.editing():
            self.tabs.remove(self.tab(tab))

    def protect(self, tab: str, range_text: str, *, editors: Sequence[str] = ()) -> None:
        """Let only these people edit an area, given as `A1:B2` without the tab."""
        area = a1.corners(range_text)
        if area is None:
            raise ValueError(range_text)
        with self.editing():
            shape = {"protectedRangeId": self.new_id(), "editors": {"users": list(editors)}}
            thing = Attached(shape=shape, areas=[area], by_api=False)
            self.tab(tab).protections.append(thing)


def as_cell(value: Value | None) -> Cell:
    """Take a value of a test as it is; only a text with = in front is a formula."""
    if value is None or value == "":
        return BLANK
    if isinstance(value, str) and value.startswith("=") and len(value) > 1:
        return Cell(formula=value)
    return Cell(value=value)


def typed(old: Cell, value: Value | None, locale: str) -> Cell:
    """Type over a cell; its validation, format and note stay."""
    empty = replace(
        old, value=None, formula=None, error=None, shown=None, kind=None
    )  # fmt: skip
    if value is None or value == "":
        return empty
    fields: Mapping[str, object]
    fields = parsed(value, locale) if isinstance(value, str) else {"value": value}
    return replace(empty, **fields)  # type: ignore[arg-type]


def raw(old: Cell, value: Value | None) -> Cell:
    """Store a value as it is over a cell; text stays text."""
    empty = typed(old, None, "en_US")
    return empty if value is None or value == "" else replace(empty, value=value)


def not_there(sheet_id: object) -> ApiError:
    return ApiError.invalid(f"No grid with id: {sheet_id}")
