"""The lease in the Settings tab: which machine renders a sheet that many people and machines see.

It is advice, not a lock: two that begin in the same second both write it, and the one that finds
the other's at its next look gives way.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
from collections.abc import Callable
from dataclasses import dataclass

from sheetrender.model.cells import Address, CellWrite, Findings, Grid, Workbook
from sheetrender.model.errors import SheetChanged, SheetTaken, SheetUnavailable
from sheetrender.planning import readers
from sheetrender.planning.columns import folded
from sheetrender.planning.settings import find_settings
from sheetrender.planning.settings_table import RENDERER
from sheetrender.sheets.store import SheetStore

LEASE = dt.timedelta(minutes=10)
ATTEMPTS = 5
"""At giving it back while others change the sheet."""
_TEXT = re.compile(r"(?P<host>\S.*) (?P<pid>\d+), since (?P<since>\S+), until (?P<until>\S+)")


def utc_now() -> dt.datetime:
    """Return the time, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Who renders a sheet.

    Attributes:
        host: the machine's name.
        pid: of the process there.
        since: when it began.
        until: when it no longer counts, unless it is renewed.
    """

    host: str
    pid: int
    since: dt.datetime
    until: dt.datetime

    @classmethod
    def parse(cls, text: str) -> Lease | None:
        """Return what a cell says, or None where it is no lease."""
        match = _TEXT.fullmatch(text.strip())
        if match is None:
            return None
        try:
            since, until = (_time(match[name]) for name in ("since", "until"))
        except ValueError:
            return None
        return cls(host=match["host"], pid=int(match["pid"]), since=since, until=until)

    def __str__(self) -> str:
        since, until = (time.strftime("%Y-%m-%dT%H:%M:%SZ") for time in (self.since, self.until))
        return f"{self.host} {self.pid}, since {since}, until {until}"


def _time(text: str) -> dt.datetime:
    time = dt.datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=dt.UTC)


class LeaseKeeper:
    """Takes the lease, renews it at half time, and gives it back.

    Leases are between machines. On one machine the output folder's lock does the same, so that a
    lease that a killed process left there is no hindrance to the next.
    """

    def __init__(
        self, store: SheetStore, *, host: str = "", now: Callable[[], dt.datetime] = utc_now
    ) -> None:
        """Take where and who.

        Args:
            store: the sheet.
            host: the machine's name, where it is not to be this one's own.
            now: the time in UTC.
        """
        self._store = store
        self._host = " ".join((host or platform.node() or "unknown").split())
        self._now = now
        self._since = now()
        self._renewed: dt.datetime | None = None

    @property
    def is_due(self) -> bool:
        """Whether it has to be looked after, even where nothing else changed."""
        return self._renewed is None or self._now() >= self._renewed + LEASE / 2

    def tend(self, workbook: Workbook) -> str:
        """Take or renew the lease; return why that was not possible, or nothing.

        Args:
            workbook: as it was read just now.

        Raises:
            SheetTaken: another machine has it.
        """
        place = _place(workbook)
        if place is None:
            self._renewed = self._now()
            return (
                "The sheet has no Settings tab to hold a lease, so another machine could render "
                "it at the same time. Make one with the headings name and value to prevent that."
            )
        self._refuse_other(_standing(workbook, place.value), place.value)
        # A lease that somebody emptied is not written again at once, so that another may take it.
        return self._written(workbook, place) if self.is_due else ""

    def _refuse_other(self, standing: Lease | None, place: Address) -> None:
        if standing is None or standing.host == self._host or standing.until <= self._now():
            return
        raise SheetTaken(
            f"{standing.host} renders this sheet already, until {standing.until:%H:%M:%S} UTC at "
            f"least ({place}). Stop it there, or wait; if that machine is gone, empty the cell."
        )

    def _written(self, workbook: Workbook, place: _Place) -> str:
        now = self._now()
        lease = Lease(host=self._host, pid=os.getpid(), since=self._since, until=now + LEASE)
        try:
            self._write(workbook, place, str(lease))
        except SheetChanged:
            return ""  # Somebody saved in between: the next look tries again.
        except SheetUnavailable as error:
            self._renewed = now
            return (
                f"{error} So no lease is written, and another machine could render the sheet at "
                "the same time."
            )
        self._renewed = now
        return ""

    def _write(self, workbook: Workbook, place: _Place, text: str | None) -> None:
        """Write into the cell of the lease, wherever it is by then, while it is as we saw it."""
        writes = [CellWrite(place.value, text)]
        pins = {RENDERER: place.value}
        if place.is_new:
            writes.append(CellWrite(place.name, RENDERER))
            pins[f"{RENDERER}_name"] = place.name
        self._store.write(
            writes,
            version=workbook.version,
            pins=pins,
            unchanged=[write.address for write in writes],
        )

    def give_back(self) -> None:
        """Empty the cell, where it is still ours; what cannot be written runs out."""
        for _ in range(ATTEMPTS):
            try:
                workbook = self._store.read()
                place = _place(workbook)
                if place is None or not self._is_ours(_standing(workbook, place.value)):
                    return
                self._write(workbook, place, None)
            except SheetChanged:
                continue
            except SheetUnavailable:
                return
            return

    def _is_ours(self, standing: Lease | None) -> bool:
        return standing is not None and (standing.host, standing.pid) == (self._host, os.getpid())


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the lease stands.

    Attributes:
        name: the cell with the setting's name.
        value: the cell with the lease.
        is_new: the row has to be made.
    """

    name: Address
    value: Address
    is_new: bool


def _place(workbook: Workbook) -> _Place | None:
    grid = workbook.grid("Settings")
    where = find_settings(grid, Findings())
    if grid is None or where is None:
        return None
    heading_row, name, value = where
    row = _row_named(grid, heading_row, name)
    last = max(row for row, _ in grid.cells)
    number = row or last + 1
    return _Place(Address(grid.tab, number, name), Address(grid.tab, number, value), row is None)


def _row_named(grid: Grid, heading_row: int, column: int) -> int | None:
    rows = [
        row
        for (row, at), cell in grid.cells.items()
        if at == column and row > heading_row and folded(readers.written(cell.value)) == RENDERER
    ]
    return min(rows, default=None)


def _standing(workbook: Workbook, place: Address) -> Lease | None:
    grid = workbook.grid(place.tab)
    cell = grid.cells.get((place.row, place.column)) if grid else None
    return Lease.parse(readers.written(cell.value)) if cell else None
