"""Which cells a program may write: those under its own headings, no others."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace

from tests.emulator.a1 import Area
from tests.emulator.book import Book, Snapshot
from tests.emulator.errors import ApiError
from tests.emulator.tab import Tab

PROTECTED = (
    "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to "
    "remove protection if you need to edit."
)


@dataclass(frozen=True, slots=True)
class Guard:
    """Allows writes to the columns of one tab that stand under certain headings."""

    tab: Tab
    headings: Set[str]
    heading_row: int = 0
    """From 1, at the time of each write; 0 where it is found by what stands in it."""
    own_tabs: Set[str] = frozenset()
    """Titles of tabs that may be written freely."""
    is_dragged: bool = False
    """Whether people drag the headings below rows of the table, which then stand above them: what
    was below at the last look may be written."""

    def wrongs(self, book: Book, before: Snapshot) -> list[str]:
        """List what was written elsewhere since `forget_traces`, by its address."""
        return [
            wrong
            for tab in [*book.tabs, *book.deleted]
            if tab.title not in self.own_tabs
            for wrong in self._wrongs(tab, before)
        ]

    def _wrongs(self, tab: Tab, before: Snapshot) -> Iterator[str]:
        yield from (f"{tab.title}: {what}" for what in tab.disturbed)
        old = next((copy for this, copy in before.tabs if this is tab), tab)
        for row, column in sorted(tab.touched):
            if not (tab is self.tab and self._may(tab, old, row, column)):
                place = Area(top=row, left=column, bottom=row + 1, right=column + 1)
                yield f"{place.text(tab.title)} was written"

    def _may(self, tab: Tab, old: Tab, row: int, column: int) -> bool:
        top = self.heading_row - 1 if self.heading_row else heading_row(old)
        # Where the headings were dragged, what we write may hit one of our own.
        is_named = self.is_dragged and _is_named(old, row, column)
        was_ours = is_named or (self.is_dragged and self._is_ours(old, top, column))
        if not was_ours and not self._is_ours(tab, top, column):
            return False
        if row < top:
            return self.is_dragged and old.lines["ROWS"][row].was_below
        is_free = old.at(row, column).is_empty or self._is_ours(old, row, column)
        return row != top or is_free or is_named

    def _is_ours(self, tab: Tab, row: int, column: int) -> bool:
        return str(tab.at(row, column).value).strip().casefold() in self.headings


def _is_named(tab: Tab, row: int, column: int) -> bool:
    """Say whether the program holds a cell by a name: then it wrote over its own heading there."""
    names = (thing for thing in tab.names if thing.by_api)
    return any(area.contains(row, column) for thing in names for area in thing.areas)


def remember_rows(book: Book) -> None:
    """Take note of the rows from the headings on, as whoever reads the spreadsheet now does."""
    for tab in book.tabs:
        top = heading_row(tab)
        lines = tab.lines["ROWS"]
        lines[:] = [replace(line, was_below=row >= top) for row, line in enumerate(lines)]


def heading_row(tab: Tab) -> int:
    """Find the row that holds `frame` and what is drawn there, from 0; else the first row."""
    for row, cells in enumerate(tab.grid):
        words = {str(cell.value).strip().casefold() for cell in cells if not cell.is_empty}
        if "frame" in words and words & {"subject", "prompt"}:
            return row
    return 0


def forget_traces(book: Book) -> None:
    """Look only at what is written from now on."""
    book.deleted.clear()
    for tab in book.tabs:
        tab.touched.clear()
        tab.disturbed.clear()


def refuse_protected(book: Book, email: str | None) -> None:
    """Refuse writes to what collaborators protected from this person.

    Raises:
        ApiError: a protected cell was written.
    """
    for tab in book.tabs:
        for thing in tab.protections:
            allowed = thing.by_api or email in thing.shape.get("editors", {}).get("users", [])
            if not allowed and any(
                area.contains(row, column) for area in thing.areas for row, column in tab.touched
            ):
                raise ApiError.invalid(PROTECTED)
