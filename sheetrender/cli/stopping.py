"""Ctrl-C: the work ends after the frame that is being drawn; pressed again, at once."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from types import FrameType
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sheetrender.model.events import Event

STOPPING = "Stopping after this frame. Ctrl-C again stops at once."
_GOES_ON = frozenset({"run", "watch", "moodboard"})
"""Commands that take up what they left, when they are given again."""
_NOT_AGAIN = frozenset({"--fresh"})
"""Would throw away what is finished."""


class Display(Protocol):
    """Shows events."""

    @property
    def is_drawing(self) -> bool:
        """Whether a frame is being drawn, and frames before it were."""

    def show(self, event: Event) -> None:
        """Show one event."""

    def say(self, text: str) -> None:
        """Print a line."""


def show_all(events: Generator[Event, None, None], display: Display) -> None:
    """Show events until they are over, or until Ctrl-C.

    Raises:
        KeyboardInterrupt: Ctrl-C. It has gone through `events`, which had their say about it.
    """
    with closing(events), _Brake(display) as brake:
        for event in events:
            display.show(event)
            if brake.is_pulled:
                events.throw(KeyboardInterrupt())


class _Brake:
    """Notes the first Ctrl-C where a frame is being drawn; every other one acts at once."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._before: signal.Handlers | Callable[[int, FrameType | None], object] | int | None
        self._before = None
        self.is_pulled = False

    def __enter__(self) -> _Brake:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._pulled)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _pulled(self, *_: object) -> None:
        if self.is_pulled or not self._display.is_drawing:
            raise KeyboardInterrupt
        self.is_pulled = True
        try:
            self._display.say(STOPPING)
        except RuntimeError:
            # It came while another line was being printed; that the work stops is seen soon.
            return


def how_to_go_on(words: Sequence[str]) -> str:
    """Return the line that goes on where a command was stopped; empty where none does.

    Args:
        words: of the command line, behind the program's name.
    """
    if not _GOES_ON.intersection(words[:2]):
        return ""
    again = ["sheetrender", *(word for word in words if word not in _NOT_AGAIN)]
    return f"Go on with: {subprocess.list2cmdline(again) if os.name == 'nt' else shlex.join(again)}"
