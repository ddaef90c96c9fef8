"""A watch whose pauses are a script: in each of them somebody edits the sheet."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from sheetrender.model.events import Event, FrameStored
from sheetrender.workflow.lease import LeaseKeeper
from sheetrender.workflow.project import Request
from sheetrender.workflow.watch import WatchOptions, watch

Action = Callable[[], object]
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


class Enough(Exception):
    """The script is at its end."""


class Watching:
    """Runs a watch over a sheet with a clock that only its pauses move.

    Attributes:
        phases: the events before the first pause, between it and the second, and so on.
        pauses: how long each was, seconds.
        seconds: since the watch began, on its own clock.
        now: the time in UTC.
    """

    def __init__(self, sheet: Path | str, *, host: str = "here", **options: object) -> None:
        self._request = Request(sheet=str(sheet), overrides={})
        self._options = WatchOptions(**{"video": False, **options})  # type: ignore[arg-type]
        self._host = host
        self._script: list[Action] = []
        self.phases: list[list[Event]] = [[]]
        self.pauses: list[float] = []
        self.seconds = 0.0

    @property
    def now(self) -> dt.datetime:
        return NOON + dt.timedelta(seconds=round(self.seconds))

    def through(self, *script: Action, during: Mapping[int, Action] | None = None) -> Watching:
        """Watch until the script is at its end; `during` acts when a frame is stored."""
        self._script = list(script)
        acting = dict(during or {})
        keeper = partial(LeaseKeeper, host=self._host, now=lambda: self.now)
        events = watch(
            self._request,
            self._options,
            clock=lambda: self.seconds,
            sleep=self._sleep,
            keeper=keeper,
        )
        acted = False
        try:
            for event in events:
                self.phases[-1].append(event)
                if isinstance(event, FrameStored) and event.index in acting:
                    acting.pop(event.index)()
                    self.seconds += self._options.every + 1
                    acted = True
                if acted:
                    # Frames of real engines take their time, in which the sheet is looked at.
                    time.sleep(0.004)
        except Enough:
            pass
        finally:
            events.close()
        return self

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds

    def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds
        if not self._script:
            raise Enough
        self._script.pop(0)()
        self.phases.append([])


def nothing() -> None:
    """Nobody does anything."""
