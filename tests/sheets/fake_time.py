"""A clock for tests of what waits."""

from __future__ import annotations

from dataclasses import dataclass, field

from sheetrender.sheets.google_pace import Clockwork


@dataclass
class FakeTime:
    """A clock that only sleeping moves."""

    seconds: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def clockwork(self, chance: float = 1.0) -> Clockwork:
        return Clockwork(now=lambda: self.seconds, sleep=self.sleep, chance=lambda: chance)
