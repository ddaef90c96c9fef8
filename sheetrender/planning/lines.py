"""A number for every frame as few keys: only where straight lines between them do not give it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

from sheetrender.planning.functions.function import Numbers

Held = TypeVar("Held", str, str | int | float)

SAME = 2e-10
"""What two numbers may be apart, as a share of the larger, or of 1."""


def needed(values: Numbers, tolerance: Numbers | None = None) -> list[int]:
    """Return the frames whose numbers, joined by straight lines, give all others.

    Args:
        values: shape (frames,), finite, at least one.
        tolerance: how far a line may pass each number by; None for as good as not at all.

    Returns:
        Ascending, 0 the first of them; a last one is left out where its number holds anyway.
    """
    allowed = SAME * np.maximum(1.0, np.abs(values)) if tolerance is None else tolerance
    listed, margins = values.tolist(), allowed.tolist()
    found, start, last = [0], 0, len(values) - 1
    while start < last:
        start = _end_of_line(listed, margins, start)
        found.append(start)
    while len(found) > 1 and np.all(values[found[-2] :] == values[found[-2]]):
        found.pop()
    return found


def _end_of_line(values: Sequence[float], allowed: Sequence[float], start: int) -> int:
    """Return the last frame that a line from `start` reaches past all numbers between."""
    low, high = -np.inf, np.inf
    end = start + 1
    for frame in range(start + 1, len(values)):
        gap = frame - start
        slope = (values[frame] - values[start]) / gap
        if not low <= slope <= high:
            break
        end = frame
        low = max(low, (values[frame] - values[start] - allowed[frame]) / gap)
        high = min(high, (values[frame] - values[start] + allowed[frame]) / gap)
    return end


def since(frame: int) -> str:
    """Return our formula for the frames that have passed since one."""
    return f"(t-{frame})" if frame else "t"


def without_repeats(found: Mapping[int, Held]) -> dict[int, Held]:
    """Return values by frame without those that hold on from the one before."""
    kept: dict[int, Held] = {}
    before: Held | None = None
    for at in sorted(found):
        if found[at] != before:
            kept[at] = found[at]
        before = found[at]
    return kept
