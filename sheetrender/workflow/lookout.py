"""Looks at a sheet that people edit: is it another one than at the last look?"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sheetrender.model.cells import Findings, Grid, Workbook
from sheetrender.planning import readers
from sheetrender.planning.columns import COLUMNS, folded
from sheetrender.planning.settings_table import RENDERER
from sheetrender.planning.table import Table, find_table
from sheetrender.sheets.files import file_state
from sheetrender.sheets.store import GOOGLE, SheetStore
from sheetrender.workflow.lease import LeaseKeeper
from sheetrender.workflow.ready import HOLDING

JOIN_SECONDS = 10.0
BLIND_SECONDS = 60.0
"""After which a sheet is read in any case, whatever glances at it say."""
_OURS = [column.heading for column in COLUMNS if column.kind == "ours"]


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found.

    Attributes:
        workbook: as it stands; None where nothing changed since the last look.
        notice: what a person should know; may be empty.
    """

    workbook: Workbook | None = None
    notice: str = ""


class Glances:
    """Whether glances at a sheet tell its changes; those of Drive are known to lag at times.

    They are believed once a change was seen that they told, and never again after one that they
    did not tell. The first change is our own: the lease, before anybody else's edit.

    Attributes:
        are_useful: they did not fail yet.
        tell: a glance that is the same as before means that nothing has changed.
    """

    def __init__(self, *, is_sure: bool) -> None:
        """Take whether they are sure from the outset, as the times of files are."""
        self.are_useful = True
        self.tell = is_sure
        self._is_sure = is_sure
        self._before = self._version = ""

    def judge(self, glance: str, version: str, again: Callable[[], str]) -> None:
        """Compare a glance with what was then read.

        Args:
            glance: from before the sheet was read.
            version: of the sheet as it was read.
            again: glances once more, since the sheet may have changed in between.
        """
        if self._is_sure or not self.are_useful:
            return
        if self._before and version != self._version:
            self.tell = glance != self._before or again() != self._before
            self.are_useful = self.tell
        self._before, self._version = glance, version


class Lookout:
    """Looks at a sheet, in this thread or beside it; never two looks at once.

    Attributes:
        is_cheap: asking whether the sheet changed costs nothing.
    """

    def __init__(
        self,
        store: SheetStore,
        keeper: LeaseKeeper | None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the sheet.

        Args:
            store: used by nobody else: not every kind of sheet takes two threads at once.
            keeper: takes and renews the lease at each look, through the same store.
            clock: seconds that never go back.
        """
        self._store = store
        self._keeper = keeper
        self._clock = clock
        self._beside: tuple[Path, ...] = ()
        self._states: tuple[str, ...] | None = None
        self._version = ""
        self._digest = b""
        self._thread: threading.Thread | None = None
        self._found: Look | Exception = Look()
        self.is_cheap = not store.location.startswith(GOOGLE)
        self._glances = Glances(is_sure=self.is_cheap)
        self._read_at = 0.0

    def watch_beside(self, files: Sequence[Path]) -> None:
        """Count a change of these files, such as the song, as one of the sheet."""
        if tuple(files) != self._beside:
            self._beside = tuple(files)
            self._states = None

    def forget(self) -> None:
        """Let the next look find the sheet changed, whether it is or not."""
        self._states, self._version, self._digest = None, "", b""

    def look(self, *, ours: bool = True) -> Look:
        """Look now.

        Args:
            ours: whether a change of nothing but our own columns counts.

        Raises:
            SheetUnavailable: the sheet cannot be reached or read.
            SheetTaken: another machine has the lease.
        """
        # Taken before the sheet is read: what changes in between is found at the next look.
        states = self._now()
        is_due = self._keeper is not None and self._keeper.is_due
        is_old = not self.is_cheap and self._clock() - self._read_at >= BLIND_SECONDS
        if states == self._states and self._glances.tell and not (is_due or is_old):
            return Look()
        workbook = self._store.read()
        self._read_at = self._clock()
        self._glances.judge(states[0], workbook.version, self._store.glance)
        notice = self._keeper.tend(workbook) if self._keeper else ""
        same_beside = self._states is not None and states[1:] == self._states[1:]
        is_same_version = workbook.version == self._version
        self._states, self._version = states, workbook.version
        if same_beside and is_same_version:
            return Look(notice=notice)
        digest = peoples_digest(workbook)
        is_same = same_beside and digest == self._digest
        self._digest = digest
        if is_same and not ours:
            return Look(notice=notice)
        return Look(workbook, notice)

    def _now(self) -> tuple[str, ...]:
        """Return what tells the files that the sheet depends on from earlier states of them."""
        glance = self._store.glance() if self._glances.are_useful else ""
        return glance, *map(file_state, self._beside)

    @property
    def is_looking(self) -> bool:
        """Whether a look beside this thread was begun and its outcome not taken yet."""
        return self._thread is not None

    def begin(self) -> None:
        """Begin a look beside this thread, which the network cannot hold up then.

        The thread is at work meanwhile and writes into our columns: those do not count.
        """
        # A daemon: whoever interrupts the program does not wait for the network either.
        self._thread = threading.Thread(target=self._work, name="lookout", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        try:
            self._found = self.look(ours=False)
        except Exception as error:  # noqa: BLE001  # it is raised again by `outcome`
            self._found = error

    def outcome(self, *, seconds: float = 0.0) -> Look | None:
        """Return what the look found, or None while it lasts; wait for it up to `seconds`.

        Raises:
            SheetUnavailable: the sheet cannot be reached or read.
            SheetTaken: another machine has the lease.
        """
        if self._thread is None:
            return Look()
        self._thread.join(seconds)
        if self._thread.is_alive():
            return None
        self._thread = None
        if isinstance(self._found, Exception):
            raise self._found
        return self._found

    def settle(self) -> None:
        """Wait until no look lasts; what it found is found anew by the next.

        Raises:
            SheetUnavailable: the sheet cannot be reached or read.
            SheetTaken: another machine has the lease.
        """
        while self._thread is not None:
            try:
                self.outcome(seconds=1.0)
            finally:
                self.forget()

    def close(self) -> None:
        """Wait for a look that lasts, and give the lease back."""
        if self._thread is not None:
            self._thread.join(JOIN_SECONDS)
            if self._thread.is_alive():
                return
        if self._keeper is not None:
            self._keeper.give_back()
        self._store.close()


def peoples_digest(workbook: Workbook) -> bytes:
    """Return a digest of all that people wrote: our columns and our lease are left out.

    Commands in the status column are people's; `held`, which we write, is as good as `hold`.
    """
    table = find_table(workbook, Findings())
    state = hashlib.blake2b(repr(workbook.decimal_comma).encode(), digest_size=16)
    for grid in workbook.grids:
        of_table = table if table is not None and table.grid is grid else None
        for entry in _entries(grid, of_table):
            state.update(repr(entry).encode("utf-8", "backslashreplace"))
    return state.digest()


def _entries(grid: Grid, table: Table | None) -> Iterator[tuple[object, ...]]:
    ours = {table.columns[n] for n in _OURS if n in table.columns} if table else set()
    status = table.columns.get("status") if table else None
    leased = _lease_rows(grid)
    yield (grid.tab,)
    for (row, column), cell in sorted(grid.cells.items(), key=lambda item: item[0]):
        if row in leased or (column in ours and table is not None and row >= table.heading_row):
            if column == status:
                word = readers.written(cell.value).strip().casefold()
                word = "hold" if word in HOLDING else word
                if word in ("hold", "rerender"):
                    yield row, column, word
            continue
        yield row, column, cell.value, cell.formula


def _lease_rows(grid: Grid) -> set[int]:
    if grid.tab.casefold() != "settings":
        return set()
    return {
        row
        for (row, _), cell in grid.cells.items()
        if isinstance(cell.value, str) and folded(cell.value) == RENDERER
    }
