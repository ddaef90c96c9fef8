"""The course of a video: which frames are drawn, and which pictures every frame grows out of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sheetrender.engines.engine import Engine
from sheetrender.model.frames import Segment
from sheetrender.model.plan import RenderPlan

NONE = -1
"""Stands for no frame."""


@dataclass(frozen=True, slots=True)
class Course:
    """What hangs on what.

    A frame that is drawn grows out of the one that was drawn before it; a tween lies between two
    that are drawn, and grows out of both.

    Attributes:
        older: for each frame the last drawn one before it, or `NONE`, shape (n_frames,).
        newer: for each frame the next drawn one, itself where it is drawn, shape (n_frames,).
        opening: for each frame the one whose colours it keeps, itself where there is none before.
        strands: runs of frames that do not depend on each other; together they cover every frame.
    """

    older: npt.NDArray[np.int64]
    newer: npt.NDArray[np.int64]
    opening: npt.NDArray[np.int64]
    strands: tuple[Segment, ...]

    def needs(self, index: int) -> Iterator[int]:
        """Yield the frames without which a frame cannot be made."""
        older, newer, opening = (int(x[index]) for x in (self.older, self.newer, self.opening))
        if older != NONE:
            yield older
        if newer != index:
            yield newer
        if opening != index:
            yield opening

    def with_needed(self, wanted: Iterable[int], missing: frozenset[int]) -> set[int]:
        """Return those of the wanted frames that are missing, and the missing ones they need."""
        needed: set[int] = set()
        pending = [index for index in wanted if index in missing]
        while pending:
            index = pending.pop()
            if index not in needed:
                needed.add(index)
                pending += missing.intersection(self.needs(index))
        return needed


def course_of(plan: RenderPlan, engine: Engine) -> Course:
    """Return the course of a plan; an engine that does not read `cadence` draws every frame."""
    count = plan.frames
    frames = np.arange(count)
    if plan.video is not None:
        alone = tuple(Segment(index, index) for index in range(count))
        return Course(np.full(count, NONE), frames, frames, alone)
    older, newer, opening = frames - 1, frames.copy(), np.empty(count, dtype=np.int64)
    for segment in plan.segments:
        older[segment.first] = NONE
        opening[segment.first : segment.last + 1] = segment.first
    if "cadence" in engine.reads:
        for segment in plan.segments:
            before = segment.first
            for drawn in _drawn_after(plan, segment):
                older[before + 1 : drawn + 1] = before
                newer[before + 1 : drawn + 1] = drawn
                before = drawn
    return Course(older, newer, opening, plan.segments)


def _drawn_after(plan: RenderPlan, segment: Segment) -> Iterator[int]:
    """Yield the frames of a segment that are drawn, but for its first.

    A row's frame and the segment's last one are drawn in any case; between them every so manieth
    is, counted from the last of these.
    """
    keyed = {row.first for row in plan.rows if segment.first < row.first <= segment.last}
    cadence = plan.channels["cadence"]
    drawn = segment.first
    for key in sorted(keyed | ({segment.last} - {segment.first})):
        while drawn < key:
            drawn = min(key, drawn + max(1, int(cadence[drawn])))
            yield drawn
