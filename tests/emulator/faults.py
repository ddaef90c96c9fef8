"""What can go wrong between a program and Google, by script: faults and quotas."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["read", "write"]
HTML = (
    "<!DOCTYPE html>\n<html lang=en>\n<title>Error {code} (Server Error)!!1</title>\n"
    "<p><b>{code}.</b> <ins>That's an error.</ins>\n"
    "<p>The server encountered a temporary error and could not complete your request.\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One answer that is not what the request deserved."""

    code: int | None = None
    """The status of the answer; None answers as it should be, or not at all."""
    page: bool = False
    """Whether the answer is Google's HTML page instead of JSON."""
    dropped: bool = False
    truncated: bool = False
    seconds: float = 0
    """How long the answer is held back."""
    retry_after: float | None = None
    kind: Kind | None = None
    """Which requests it can hit; None is any."""
    applied: bool = False
    """Whether the request takes effect although its answer is lost."""

    @classmethod
    def quota(cls, *, retry_after: float | None = None, kind: Kind | None = None) -> Fault:
        """Answer 429 with Google's text."""
        return cls(code=429, retry_after=retry_after, kind=kind)

    @classmethod
    def status(
        cls,
        code: int,
        *,
        retry_after: float | None = None,
        kind: Kind | None = None,
        applied: bool = False,
    ) -> Fault:
        """Answer with this code and Google's JSON for it."""
        return cls(code=code, retry_after=retry_after, kind=kind, applied=applied)

    @classmethod
    def html(cls, code: int = 502, *, kind: Kind | None = None, applied: bool = False) -> Fault:
        """Answer as Google's front end does: a page, no JSON."""
        return cls(code=code, page=True, kind=kind, applied=applied)

    @classmethod
    def drop(cls, *, kind: Kind | None = None, applied: bool = False) -> Fault:
        """Close the connection without an answer."""
        return cls(dropped=True, kind=kind, applied=applied)

    @classmethod
    def truncate(cls, *, kind: Kind | None = None) -> Fault:
        """Apply the request, send half of the answer, close the connection."""
        return cls(truncated=True, kind=kind, applied=True)

    @classmethod
    def stall(cls, seconds: float, *, kind: Kind | None = None, applied: bool = True) -> Fault:
        """Keep silent for so long before the answer; one that is not applied gets none."""
        return cls(seconds=seconds, dropped=not applied, kind=kind, applied=applied)


def take(faults: list[Fault], kind: str) -> Fault | None:
    """Remove and return the first fault for such a request."""
    for index, fault in enumerate(faults):
        if fault.kind in (None, kind):
            return faults.pop(index)
    return None


@dataclass(slots=True)
class Quota:
    """How many requests any stretch of `per_seconds` may hold; refused ones do not count."""

    reads: int = 60
    writes: int = 60
    per_seconds: float = 60
    clock: Callable[[], float] = time.monotonic
    _times: dict[str, deque[float]] = field(default_factory=dict)

    def limit(self, kind: str) -> int:
        return self.reads if kind == "read" else self.writes

    def admits(self, kind: str) -> bool:
        """Count a request; False when it is one too many."""
        times, now = self._times.setdefault(kind, deque()), self.clock()
        while times and times[0] <= now - self.per_seconds:
            times.popleft()
        if len(times) >= self.limit(kind):
            return False
        times.append(now)
        return True
