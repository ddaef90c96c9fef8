"""What a pass tells the rows of the sheet while it works, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Mapping

from sheetrender.model.errors import SheetrenderError
from sheetrender.reporting.sheet_reporter import SheetReporter
from sheetrender.reporting.statuses import RenderStatuses, RowNote

REPORT_SECONDS = 0.5


class RowTeller:
    """Passes the statuses on to the sheet; without a reporter it only keeps them."""

    def __init__(
        self,
        statuses: RenderStatuses,
        reporter: SheetReporter | None,
        instead: Mapping[str, RowNote],
    ) -> None:
        """Take what is to be told.

        Args:
            statuses: of all rows of the plan.
            reporter: writes into the sheet; None where nothing is written.
            instead: what some rows say in place of that, by row id.
        """
        self._statuses = statuses
        self._reporter = reporter
        self._instead = instead
        self._told = time.monotonic()

    def stored(self, index: int) -> list[str]:
        """Take note of a finished frame; return what a person should know by now."""
        self._statuses.stored(index)
        if self._reporter is None or time.monotonic() - self._told <= REPORT_SECONDS:
            return []
        self.tell()
        return self._reporter.messages()

    def failed(self, index: int, sentence: str) -> None:
        """Tell that a frame failed."""
        self._statuses.frame_failed(index, sentence)
        self.tell()

    def stopped(self) -> None:
        """Tell that no row is being drawn any more."""
        self._statuses.stopped()
        self.tell()

    def tell(self) -> None:
        """Hand the newest notes over."""
        self._told = time.monotonic()
        if self._reporter is not None:
            self._reporter.report({**self._statuses.notes(), **self._instead})

    def close(self) -> list[str]:
        """Deliver the last notes; return the last messages."""
        return self._reporter.close() if self._reporter is not None else []

    def close_after(self, error: BaseException) -> None:
        """Deliver how it ended; what there is to say goes along with the error."""
        self._statuses.stopped()
        if isinstance(error, SheetrenderError):
            self._statuses.failed(str(error))
        elif isinstance(error, Exception):
            self._statuses.failed(f"The program failed: {error}")
        else:
            error.add_note("What is finished is kept.")
        self.tell()
        for message in self.close():
            error.add_note(message)
