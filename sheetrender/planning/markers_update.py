"""New markers into the Markers tab: which cells change, and what that means for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sheetrender.model.cells import Address, CellWrite
from sheetrender.model.markers import Marker
from sheetrender.model.timing import FrameRate, format_timecode
from sheetrender.planning import readers
from sheetrender.planning.markers_tab import HEADINGS, MarkerRow, MarkersTable, emptied_rows

LONGEST = readers.LONGEST_NAME - 10
"""Letters of a name that a row's frame can call; what is longer is cut, and stays as comment."""

_UNNAMED = "Marker"


@dataclass(frozen=True, slots=True)
class NamedMarker:
    """A marker under a name that no other one has, so that `@name` means it alone."""

    name: str
    marker: Marker


@dataclass(frozen=True, slots=True)
class Move:
    """A marker that stands elsewhere than before.

    Attributes:
        name: of the marker.
        old: frame, 0-based.
        new: frame, 0-based.
    """

    name: str
    old: int
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TabUpdate:
    """What the Markers tab has to be told.

    Attributes:
        writes: the cells that change.
        new: cells of rows that are new.
        below: the row behind which they stand; 0 where there are none.
        added: names that are new.
        moved: those that were there.
        edited: those that a person has changed in the tab, and which stay as they are.
        gone: names of the tab that the file does not have; they stay.
    """

    writes: tuple[CellWrite, ...]
    new: tuple[CellWrite, ...] = ()
    below: int = 0
    added: tuple[str, ...] = ()
    moved: tuple[Move, ...] = ()
    edited: tuple[Move, ...] = ()
    gone: tuple[str, ...] = ()


def named(markers: Sequence[Marker]) -> list[NamedMarker]:
    """Give every marker a name of its own: the second Chorus is called ``Chorus 2``.

    Args:
        markers: in the order of their frames.
    """
    plain = [readers.text(marker.name)[:LONGEST].strip() for marker in markers]
    taken = {name.casefold() for name in plain}
    counts: dict[str, int] = {}
    found = []
    for name, marker in zip(plain, markers, strict=True):
        found.append(NamedMarker(_numbered(name, taken, counts), marker))
    return found


def _numbered(name: str, taken: set[str], counts: dict[str, int]) -> str:
    base = name or _UNNAMED
    key = base.casefold()
    number = counts[key] = counts.get(key, 0) + 1
    if number == 1 and name:
        return name
    while f"{key} {number}" in taken:
        number += 1
    counts[key] = number
    taken.add(f"{key} {number}")
    return f"{base} {number}"


class TabWriter:
    """Brings the Markers tab up to date with a file."""

    def __init__(
        self,
        tab: str,
        table: MarkersTable | None,
        rows: Sequence[MarkerRow],
        clock: readers.Clock,
        *,
        drop: bool,
    ) -> None:
        """Take the tab as it stands.

        Args:
            tab: its title.
            table: where its headings stand; None for an empty tab.
            rows: what it holds.
            clock: the sheet's rate and start.
            drop: whether new labels are drop-frame.
        """
        self._tab = tab
        self._table = table
        self._rows = {row.name.casefold(): row for row in reversed(rows)}
        self._emptied = emptied_rows(table) if table else {}
        self._clock = clock
        self._drop = drop
        self._heading_row = table.heading_row if table else 1
        self._columns, self._writes = self._with_all_columns()

    def update(self, markers: Sequence[NamedMarker]) -> TabUpdate:
        """Return what has to change for these markers; rows of others stay as they are."""
        added, moved, edited = [], [], []
        new: list[CellWrite] = []
        below = last = self._last_row()
        for one in markers:
            row = self._rows.get(one.name.casefold())
            if row is None:
                added.append(one.name)
                emptied = self._emptied.get(one.name.casefold())
                if emptied is not None:
                    self._update(emptied, one)
                else:
                    below += 1
                    new += self._row_writes(below, self._cells(one))
                continue
            move = Move(one.name, row.frame, one.marker.frame)
            if row.edited:
                if move.old != move.new:
                    edited.append(move)
                continue
            if move.old != move.new:
                moved.append(move)
            self._update(row.row, one)
        known = {one.name.casefold() for one in markers}
        gone = [row.name for key, row in sorted(self._rows.items()) if key not in known]
        return TabUpdate(
            writes=tuple(self._writes),
            new=tuple(new),
            below=last if new else 0,
            added=tuple(added),
            moved=tuple(moved),
            edited=tuple(edited),
            gone=tuple(gone),
        )

    def _with_all_columns(self) -> tuple[Mapping[str, int], list[CellWrite]]:
        columns = dict(self._table.columns) if self._table else {}
        cells = self._table.grid.cells if self._table else {}
        free = max((column for _, column in cells), default=0) + 1
        writes = []
        for heading in HEADINGS:
            if heading not in columns:
                columns[heading] = free
                writes.append(CellWrite(Address(self._tab, self._heading_row, free), heading))
                free += 1
        return columns, writes

    def _last_row(self) -> int:
        cells = self._table.grid.cells if self._table else {}
        return max((row for row, _ in cells), default=self._heading_row)

    def _cells(self, one: NamedMarker) -> dict[str, str | int | float | None]:
        marker, rate = one.marker, self._clock.rate
        cut = len(readers.text(marker.name)) > LONGEST and not marker.comment
        return {
            "name": one.name,
            "frame": marker.frame,
            "timecode": self._label(marker.frame),
            "comment": (marker.name if cut else marker.comment) or None,
            "duration": marker.duration,
            "fps": int(rate.label) if rate.label.isdecimal() else _exact(rate.label, str(rate)),
        }

    def _label(self, frame: int) -> str:
        return format_timecode(frame + self._clock.start, self._clock.rate, drop=self._drop)

    def _update(self, row: int, one: NamedMarker) -> None:
        """Set what follows from the moment; a name or comment that stands there is a person's."""
        cells = self._cells(one)
        wanted = {h: cells[h] for h in ("frame", "timecode", "duration", "fps")}
        if readers.is_blank(self._standing(row, "comment")):
            wanted["comment"] = cells["comment"]
        self._write(row, {h: v for h, v in wanted.items() if not _same(self._standing(row, h), v)})

    def _standing(self, row: int, heading: str) -> str | None:
        cell = self._table.grid.cells.get((row, self._columns[heading])) if self._table else None
        return None if cell is None else readers.written(cell.value)

    def _write(self, row: int, cells: Mapping[str, str | int | float | None]) -> None:
        self._writes += list(self._row_writes(row, cells))

    def _row_writes(
        self, row: int, cells: Mapping[str, str | int | float | None]
    ) -> Iterator[CellWrite]:
        for heading, value in cells.items():
            if value is not None:
                column = self._columns[heading]
                like = Address(self._tab, row - 1, column) if row - 1 > self._heading_row else None
                yield CellWrite(Address(self._tab, row, column), value, like)


def _exact(label: str, ratio: str) -> str | float:
    """Return 29.97 for NTSC, and the ratio where its decimals would be another rate."""
    return float(label) if str(FrameRate.parse(label)) == ratio else ratio


def _same(standing: str | None, value: str | int | float | None) -> bool:
    return (standing or "") == ("" if value is None else readers.written(value))
