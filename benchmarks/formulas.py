"""Formulas and schedules over 100,000 frames, and one formula against Deforum's way.

Deforum evaluates a formula with numexpr frame by frame. The same evaluator is run here in the same
way, on the same machine and in the same run, so that the ratio can be trusted.

Run with: python benchmarks/formulas.py
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import numexpr
import numpy as np
from measuring import report

from sheetrender.model.keyframes import ChannelKey
from sheetrender.planning.columns import channel
from sheetrender.planning.frame_names import FormulaNames
from sheetrender.planning.schedule_text import read_schedule, resolved
from sheetrender.planning.schedules import channel_curve

ResultT = TypeVar("ResultT")
FRAMES = 100_000
FORMULA = "1.0+0.02*sin(2*3.14*t/20)"
CHANNELS = [
    f"{1 + n / 100} + 0.0{n + 1}*sin(2*pi*t/{20 + n}) + 0.1*(t % {n + 7} < 3)" for n in range(25)
]


def main() -> None:
    """Measure each, best of three."""
    seconds, _ = best(twenty_five_channels)
    claim = "25 channels of formulas over 100,000 frames"
    report(claim, f"{seconds:.2f} s", limit="under 1 s", holds=seconds < 1)
    text = ", ".join(f"{frame}: ({frame % 97 / 100})" for frame in range(FRAMES))
    angle = channel("angle")
    seconds, schedule = best(lambda: read_schedule(text, angle, None))
    assert len(resolved(schedule, max_f=FRAMES - 1, seed=0)) == FRAMES
    claim = "a schedule of 100,000 keys parsed"
    report(claim, f"{seconds:.2f} s", limit="under 1 s", holds=seconds < 1)
    ours, mine = best(lambda: one_formula(names()))
    theirs, other = best(frame_by_frame)
    assert np.allclose(mine, other, atol=1e-9)
    claim = "one formula over 100,000 frames, against numexpr frame by frame"
    value = f"{theirs / ours:.0f}× ({ours * 1000:.1f} ms)"
    report(claim, value, limit="at least 50×", holds=theirs / ours >= 50)


def names() -> FormulaNames:
    """Return what formulas may use."""
    return FormulaNames({"pi": np.pi, "max_f": FRAMES - 1.0}, [0], FRAMES)


def twenty_five_channels() -> None:
    """Compute 25 channels, each by a formula of its own."""
    known = names()
    for formula in CHANNELS:
        channel_curve([ChannelKey(0, formula, None)], known, FRAMES, "linear")


def one_formula(known: FormulaNames) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Compute one formula for all frames."""
    return channel_curve([ChannelKey(0, FORMULA, None)], known, FRAMES, "linear")


def frame_by_frame() -> list[float]:
    """Compute the same formula as Deforum does."""
    return [float(numexpr.evaluate(FORMULA, {"t": t})) for t in range(FRAMES)]


def best(work: Callable[[], ResultT]) -> tuple[float, ResultT]:
    """Return the seconds of the quickest of three runs, and what it gave."""
    quickest = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        result = work()
        quickest = min(quickest, time.perf_counter() - started)
    return quickest, result


if __name__ == "__main__":
    main()
