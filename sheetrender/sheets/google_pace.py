"""How fast Google Sheets is asked, and how long we wait before we ask again."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

A_MINUTE = 60.0
"""Seconds in which Google counts requests."""


@dataclass(frozen=True, slots=True)
class Clockwork:
    """Everything in here that depends on time and chance, so that tests need neither.

    Attributes:
        now: seconds on a clock that never goes back.
        sleep: waits for some seconds.
        chance: a random number from 0 up to 1.
    """

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long is waited for what; all in seconds.

    Attributes:
        connect: for a connection.
        answer: for the next bytes of an answer.
        total: for one request with all its repetitions, until no further one begins.
        first: the same, while Google has never answered: there is probably no network.
        step: the longest wait before the first repetition; it doubles with each further one.
        longest_step: where that doubling ends.
    """

    connect: float = 5.0
    answer: float = 60.0
    total: float = 150.0
    first: float = 10.0
    step: float = 1.0
    longest_step: float = 32.0

    def wait(self, attempt: int, chance: float, asked: float) -> float:
        """Return the seconds to wait before the next attempt: exponential, with full jitter.

        Args:
            attempt: how many have failed, from 1.
            chance: from 0 up to 1.
            asked: what the server asked for at least; 0 where it did not.
        """
        longest = min(self.longest_step, self.step * 2.0 ** min(attempt - 1, 30))
        return max(asked, longest * chance)


@dataclass(slots=True)
class MinuteLimit:
    """Lets at most `most` requests begin in any 60 seconds.

    A bucket that refills all the time would let nearly twice as many through after a pause, which
    is more than Google takes.

    Attributes:
        most: requests a minute.
    """

    most: int
    clockwork: Clockwork
    _begun: deque[float] = field(default_factory=deque)

    def wait(self) -> None:
        """Wait until one more request may begin, and count it."""
        now = self.clockwork.now()
        self._forget(now)
        while len(self._begun) >= self.most:
            self.clockwork.sleep(self._begun[0] + A_MINUTE - now)
            now = self.clockwork.now()
            self._forget(now)
        self._begun.append(now)

    def _forget(self, now: float) -> None:
        while self._begun and self._begun[0] + A_MINUTE <= now:
            self._begun.popleft()


def asked_to_wait(headers: Mapping[str, str]) -> float:
    """Return the seconds that an answer's ``Retry-After`` asks for; 0 where it asks for none."""
    asked = headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked)
    try:
        until = parsedate_to_datetime(asked)
        # The server's own clock, where it tells us: ours may be wrong.
        date = headers.get("Date")
        now = parsedate_to_datetime(date) if date else dt.datetime.now(dt.UTC)
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return 0.0
