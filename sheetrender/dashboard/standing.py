"""How far a video is: a pure function of its plan and of what lies in its folder."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sheetrender.dashboard.facts import Facts, stretches

Phase: TypeAlias = Literal["waiting", "starting", "drawing", "encoding", "idle", "done"]
"""No run is alive; it plans; it draws; it makes the video; it can do no more; all is done."""

Said: TypeAlias = tuple[str, str, str]
"""Status, progress and message of a row."""

STILL = 0
"""Stands in place of the time of a picture that is not the frame itself, but a still for it."""
_HELD = frozenset({"hold", "held"})
_PACED = 60
"""The newest frames, which tell how long one takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What lies in the folder.

    Attributes:
        keys: what each finished frame was made from, by number.
        pictures: when each picture was written, in nanoseconds, by number.
        video: when the video was written, likewise; None where there is none.
        failed: what is said of frames that could not be drawn, by number.
        unmade: why no video could be made of them; may be empty.
        elsewhere: where the finished video is, if no browser plays it; may be empty.
        is_at_work: a run is alive.
    """

    keys: Mapping[int, bytes]
    pictures: Mapping[int, int]
    video: int | None
    failed: Mapping[int, str]
    is_at_work: bool
    unmade: str = ""
    elsewhere: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far it is.

    Attributes:
        plan: which plan this is about.
        phase: what is going on.
        frames: of the video.
        done: frames that are there as planned, as stretches.
        pictures: as of `Found`, within the video.
        todo: frames that the run draws, or that wait for one.
        drawn: of those, so many are there.
        pace: seconds for each frame; None as long as nobody knows.
        latest: the newest picture.
        video: as of `Found`.
        rows: what each row says.
        aside: a sentence about the video, where there is something to say; else empty.
    """

    plan: str
    phase: Phase
    frames: int
    done: Sequence[tuple[int, int]]
    pictures: Mapping[int, int]
    todo: int
    drawn: int
    pace: float | None
    latest: int | None
    video: int | None
    rows: Sequence[Said]
    aside: str = ""

    @property
    def seconds_left(self) -> float | None:
        """Time that the frames of this run still take; None as long as nobody knows."""
        return None if self.pace is None else self.pace * (self.todo - self.drawn)


def standing(facts: Facts, identity: str, found: Found) -> Standing:
    """Return how far the video of a plan is.

    Args:
        facts: of the plan.
        identity: its name, `Facts.identity`.
        found: what lies in the folder.
    """
    pictures = {n: when for n, when in found.pictures.items() if n < facts.frames}
    missing = [n for n in range(facts.frames) if not _is_done(n, facts, found)]
    lacking = set(missing)
    todo = _numbers(facts.todo) if facts.todo is not None else missing
    left = [n for n in todo if n in lacking]
    drawn = [n for n, when in pictures.items() if when != STILL]
    latest = max(drawn, key=lambda n: (pictures[n], n), default=None)
    return Standing(
        plan=identity,
        phase=_phase(facts, found, missing, left),
        frames=facts.frames,
        done=stretches([n for n in range(facts.frames) if n not in lacking]),
        pictures=pictures,
        todo=len(todo),
        drawn=len(todo) - len(left),
        pace=_pace(pictures.values(), facts.started) if found.is_at_work else None,
        latest=latest,
        video=found.video,
        rows=list(_rows(facts, found, lacking, left)),
        aside="" if missing or found.is_at_work else _aside(found),
    )


def _aside(found: Found) -> str:
    if found.unmade:
        return f"No video was made: {found.unmade}"
    return found.elsewhere if found.video is None else ""


def _numbers(spans: Sequence[tuple[int, int]]) -> list[int]:
    return [n for first, last in spans for n in range(first, last + 1)]


def _is_done(number: int, facts: Facts, found: Found) -> bool:
    if found.pictures.get(number, STILL) == STILL:
        return False
    return not facts.keys or found.keys.get(number) == facts.keys[number]


def _phase(facts: Facts, found: Found, missing: Sequence[int], left: Sequence[int]) -> Phase:
    if not found.is_at_work:
        return "waiting" if missing else "done"
    if facts.todo is None:
        return "starting"
    if set(left) - set(found.failed):
        return "drawing"
    if missing:
        return "idle"
    newest = max(found.pictures.values(), default=0)
    is_old = found.video is None or found.video < newest
    return "encoding" if facts.makes_video and is_old else "done"


def _pace(written: Collection[int], started: float) -> float | None:
    """Return seconds for each frame that this run drew."""
    newest = sorted(when for when in written if when >= started * 1e9)[-_PACED:]
    if len(newest) < 2:
        return newest[0] / 1e9 - started if newest else None
    return (newest[-1] - newest[0]) / 1e9 / (len(newest) - 1)


def _rows(
    facts: Facts, found: Found, lacking: Collection[int], left: Sequence[int]
) -> Iterator[Said]:
    drawing = _drawing(facts, found, left)
    for row in facts.shown["rows"]:
        first, last = int(row["first"]), int(row["last"])
        missing = [n for n in range(first, last + 1) if n in lacking]
        progress = f"{last + 1 - first - len(missing)}/{last + 1 - first}"
        failure = next((found.failed[n] for n in missing if n in found.failed), None)
        if row["status"] == "invalid" and row["message"]:  # else only an earlier run said so
            yield "invalid", progress, str(row["message"])
        elif row["status"] in _HELD:
            yield "held", progress, "Held by hand; empty this row's status to go on."
        elif not missing:
            yield "done", progress, ""
        elif failure is not None:
            yield "failed", progress, failure
        elif any(first <= n <= last for n in drawing):
            yield "rendering", progress, ""
        elif any(n in found.keys for n in missing) and facts.keys:
            yield "stale", progress, "Its cells or settings were changed."
        else:
            yield "queued", progress, ""


def _drawing(facts: Facts, found: Found, left: Sequence[int]) -> list[int]:
    """Return frames that are being drawn: the next ones of segments that are begun."""
    if not found.is_at_work or facts.todo is None or not left:
        return []
    starts = sorted({0, *facts.shown["cuts"]})
    nexts: dict[int, int] = {}
    begun = set()
    ours = facts.started * 1e9
    at = 0
    waiting = frozenset(left)
    for number in _numbers(facts.todo):
        while at + 1 < len(starts) and starts[at + 1] <= number:
            at += 1
        if number in waiting:
            nexts.setdefault(at, number)
        elif found.pictures[number] >= ours:
            begun.add(at)
    return [nexts[at] for at in begun if at in nexts] or [left[0]]
