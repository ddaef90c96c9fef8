"""Statuses to the sheet, off the render thread: the render never waits for the sheet."""

from __future__ import annotations

import csv
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from sheetrender.model.cells import Address, CellPicture, CellWrite, Workbook
from sheetrender.model.errors import CellsRefused, SheetChanged, SheetUnavailable
from sheetrender.planning.columns import OUR_HEADINGS
from sheetrender.planning.readers import text
from sheetrender.reporting.block import BlockWrites, block_writes, utc_now
from sheetrender.reporting.statuses import RowNote
from sheetrender.reporting.tracked_rows import Landing, TrackedRow, ids_that_stand
from sheetrender.sheets.store import GOOGLE, SheetStore

PAUSE_SECONDS = 2.0
ATTEMPTS = 5
LAST_ATTEMPTS = 20
# Writing into a huge workbook takes long; it gets at most a fifth of the time.
SHARE_OF_TIME = 5.0


class SheetReporter:
    """Writes the newest notes into the sheet, at most once every `PAUSE_SECONDS`.

    What the sheet cannot take goes to `undelivered`, and is tried again until `close`.
    """

    def __init__(
        self,
        store: SheetStore,
        rows: Sequence[TrackedRow],
        undelivered: Path,
        *,
        obeyed: Mapping[str, str] | None = None,
        pause: float | None = None,
    ) -> None:
        self._store = store
        self._rows = tuple(rows)
        self._undelivered = undelivered
        self._obeyed = obeyed or {}
        self._pause = PAUSE_SECONDS if pause is None else pause
        self._notes: Mapping[str, RowNote] = {}
        self._is_new = False
        self._is_closing = False
        self._wake = threading.Condition()
        self._messages: list[str] = []
        self._said: set[str] = set()
        self._refused: set[Address] = set()
        self._has_more = False
        # The first turn is the texts': the ids are among them.
        self._is_pictures_turn = True
        self._ids = {row.row_id for row in self._rows}
        self._landing = Landing(confirmed=ids_that_stand(self._rows))
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="sheet")
        self._work_done = self._worker.submit(self._work)

    def report(self, notes: Mapping[str, RowNote]) -> None:
        """Take the notes, by row id; they are written soon, or overtaken by later ones."""
        with self._wake:
            self._notes = notes
            self._is_new = True
            self._wake.notify()

    def messages(self) -> list[str]:
        """Return what a person should know and has not been told yet."""
        with self._wake:
            told, self._messages = self._messages, []
        return told

    def close(self) -> list[str]:
        """Deliver the last notes, or leave them in `undelivered`; return the last messages.

        It waits out the pause since the last delivery.
        """
        with self._wake:
            self._is_closing = True
            self._wake.notify()
        self._worker.shutdown()
        # Whatever went wrong there beyond what a sheet may do is a bug, and is shown as one.
        self._work_done.result()
        return self.messages()

    def _work(self) -> None:
        rest = next_time = 0.0
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._is_closing, timeout=rest)
                self._wake.wait_for(lambda: self._is_new or self._is_closing)
                if not self._is_new:
                    return
            # The last notes may skip the long rest of a slow sheet, never the pause itself.
            time.sleep(max(0.0, next_time - time.monotonic()))
            with self._wake:
                is_last = self._is_closing
                notes, self._is_new = self._notes, False
            started = time.monotonic()
            delivered = self._deliver(notes, is_last=is_last)
            took = time.monotonic() - started
            next_time = started + took + self._pause
            rest = max(self._pause, SHARE_OF_TIME * took)
            if self._has_more or not delivered:
                with self._wake:
                    self._is_new = not is_last
            if is_last:
                return

    def _deliver(self, notes: Mapping[str, RowNote], *, is_last: bool) -> bool:
        try:
            self._publish(notes, is_last=is_last)
        except SheetUnavailable as error:
            kept = f" are in {self._undelivered} and" if self._keep(notes) else ""
            self._say(
                f"{error} This does not stop the render. The statuses{kept} go into the sheet "
                "as soon as it takes them, at the latest with the next run."
            )
            return False
        with suppress(OSError):  # someone may be reading it
            self._undelivered.unlink(missing_ok=True)
        return True

    def _publish(self, notes: Mapping[str, RowNote], *, is_last: bool) -> None:
        """Write what differs; look again where rows moved in between, and at the very end."""
        self._has_more = False
        for _ in range(LAST_ATTEMPTS if is_last else ATTEMPTS):
            workbook = self._store.read()
            block = self._block(workbook, notes)
            open_ones = [write for write in block.writes if write.address not in self._refused]
            writes, is_left = self._turn(open_ones, set(block.anchors.values()))
            if not writes:
                break
            try:
                self._store.write(
                    writes,
                    version=workbook.version,
                    echo=block.guards.keys(),
                    anchors=block.anchors,
                    unchanged=block.typed,
                )
            except CellsRefused as refused:
                self._refused |= refused.reasons.keys()
                self._say(f"{refused} The other status cells are written.")
                continue
            except SheetChanged:
                # Somebody saved between our look and our write: look again.
                continue
            missed = self._learn(block, writes)
            # Where others write too, only a look that finds nothing to do is the end.
            if not missed and not (is_last and self._store.landed):
                self._has_more = is_left
                break
        else:
            raise SheetChanged("The sheet changes faster than statuses can be written into it.")
        self._obeyed = {}

    def _turn(
        self, writes: Sequence[CellWrite], headings: Collection[Address]
    ) -> tuple[Sequence[CellWrite], bool]:
        """Return what is written now, and whether anything is left for the next turn.

        Google takes pictures in a request of their own, so they take turns with the texts: together
        they would be twice as many requests as we promise. Nothing stands in a column that has no
        heading yet: where one has to be made, it is the texts' turn.
        """
        pictures = [write for write in writes if isinstance(write.value, CellPicture)]
        if not pictures or not self._store.location.startswith(GOOGLE):
            return writes, False
        texts = [write for write in writes if not isinstance(write.value, CellPicture)]
        has_headings = not any(write.address in headings for write in texts)
        self._is_pictures_turn = not texts or (has_headings and not self._is_pictures_turn)
        return (pictures, bool(texts)) if self._is_pictures_turn else (texts, True)

    def _learn(self, block: BlockWrites, writes: Sequence[CellWrite]) -> bool:
        """Remember what landed where it was meant; say whether some of it did not."""
        landed = self._store.landed
        missed = block.missed(landed)
        known = self._landing
        headings = {block.columns[heading]: heading for heading in OUR_HEADINGS}
        texts = {
            text(told): headings[write.address.column]
            for write in writes
            if isinstance(told := write.value, str)
        }
        written = {told for told, heading in texts.items() if heading == "row_id"}
        lost = {block.ids[place] for place in missed} & written
        self._landing = Landing(
            confirmed=(known.confirmed | (set(block.ids.values()) & written)) - lost,
            strays=known.strays
            | {text(landed[place]) for place in missed if place in landed}
            | {value for value in written if value not in self._ids},
            is_shared=bool(landed),
            written=texts,
        )
        return bool(missed)

    def _block(self, workbook: Workbook, notes: Mapping[str, RowNote]) -> BlockWrites:
        block = block_writes(
            workbook,
            self._rows,
            notes,
            now=utc_now(),
            obeyed=self._obeyed,
            landing=self._landing,
        )
        if block.formulas:
            cells = ", ".join(str(place) for place in block.formulas[:5])
            self._say(f"Our columns hold formulas, which are left as they are: {cells}.")
        return block

    def _keep(self, notes: Mapping[str, RowNote]) -> bool:
        """Leave the notes in a file; say whether it was possible."""
        rows = [
            (row.row_id, row.frame, note.status, note.progress, note.message, note.preview)
            for row in self._rows
            if (note := notes.get(row.row_id)) is not None
        ]
        part = self._undelivered.with_suffix(".part")
        try:
            with part.open("w", newline="", encoding="utf-8") as handle:
                writer = csv.writer(handle)
                writer.writerow(("row_id", "frame", "status", "progress", "message", "preview"))
                writer.writerows(rows)
            part.replace(self._undelivered)
        except OSError:
            return False
        return True

    def _say(self, message: str) -> None:
        with self._wake:
            if message not in self._said:
                self._said.add(message)
                self._messages.append(message)
