"""What each row's status cells say: a pure function of the plan and of what is finished."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from sheetrender.model.cells import CellPicture
from sheetrender.model.plan import PlannedRow, RenderPlan

Shown: TypeAlias = str | CellPicture
"""What a status cell shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowNote:
    """The status cells of one row.

    Attributes:
        status: one of the words of the sheet's contract.
        progress: ``57/122``, or empty.
        message: one sentence.
        preview: the row's first picture, or its path as seen from the sheet, or empty.
    """

    status: str
    progress: str = ""
    message: str = ""
    preview: Shown = ""


class RenderStatuses:
    """The notes of all rows while frames come in.

    Attributes:
        plan: of the video.
    """

    def __init__(
        self,
        plan: RenderPlan,
        missing: Collection[int],
        *,
        outdated: Collection[int] = (),
        held: Collection[str] = (),
        blocked: Collection[str] = (),
        doubtful: Collection[str] = (),
        preview: Callable[[int], Shown],
    ) -> None:
        """Begin with what is missing.

        Args:
            plan: of the video.
            missing: frames that are not there yet.
            outdated: those of them that were there before their cells were changed.
            held: keys of the rows that are held.
            blocked: keys of the rows that need the pictures of a held one.
            doubtful: keys of the rows that need a row with a problem.
            preview: returns what the sheet shows of a finished frame.
        """
        self.plan = plan
        self._held = frozenset(held)
        self._blocked = frozenset(blocked)
        self._doubtful = frozenset(doubtful)
        self._preview = preview
        self._missing = np.zeros(plan.frames, dtype=bool)
        self._missing[list(missing)] = True
        self._stale = {int(number) for number in plan.row_of[list(outdated)]}
        self._counts = np.bincount(plan.row_of[self._missing], minlength=len(plan.rows))
        # Segments are drawn side by side: the row in work by its segment's first frame.
        self._active: dict[int, int] = {}
        self._failures: dict[int, str] = {}
        self._waiting: set[int] = set()

    def stored(self, index: int) -> None:
        """Take note of a finished frame."""
        if self._missing[index]:
            self._missing[index] = False
            self._counts[self.plan.row_of[index]] -= 1
        self._active[self.plan.segment_of(index).first] = int(self.plan.row_of[index])

    def frame_failed(self, index: int, message: str) -> None:
        """A frame failed in its row, and what follows in its segment waits for that."""
        segment = self.plan.segment_of(index)
        self._active.pop(segment.first, None)
        self._failures[int(self.plan.row_of[index])] = message
        self._waiting |= set(self.plan.row_of[index : segment.last + 1].tolist())

    def failed(self, message: str) -> None:
        """The work ended in the first row of which a frame is missing."""
        missing = np.flatnonzero(self._missing)
        if len(missing):
            self._failures[int(self.plan.row_of[missing[0]])] = message

    def stopped(self) -> None:
        """The work ended before all was done: what is not finished waits for the next run."""
        self._active.clear()

    def notes(self) -> Mapping[str, RowNote]:
        """Return the note of every row that has frames, by the row's key."""
        rows = enumerate(self.plan.rows)
        return {row.key: self._note(number, row) for number, row in rows if len(row)}

    def _note(self, number: int, row: PlannedRow) -> RowNote:
        left = int(self._counts[number])
        done = len(row) - left
        span = f"{row.first}" if len(row) == 1 else f"{row.first}–{row.last}"
        preview = "" if self._missing[row.first] else self._preview(row.first)
        if row.key in self._held:
            status, message = "held", "Held by hand; empty this row's status to go on."
        elif left == 0:
            status, message = "done", f"Frames {span} are done."
        elif number in self._failures:
            status, message = "failed", self._failures[number]
        elif number in self._active.values():
            status, message = "rendering", f"Drawing frames {span}."
        elif number in self._waiting:
            status, message = "queued", "Waits for a failed row above; no cut stands between."
        elif row.key in self._blocked:
            status, message = "queued", "Waits for a held row; no cut stands between."
        elif row.key in self._doubtful:
            status, message = "queued", "Waits for a row with a problem to be mended."
        elif number in self._stale:
            status, message = (
                "stale",
                f"Changed cells or settings: frames {span} wait.",
            )
        else:
            status, message = "queued", f"Frames {span} wait for their turn."
        return RowNote(
            status=status, progress=f"{done}/{len(row)}", message=message, preview=preview
        )
