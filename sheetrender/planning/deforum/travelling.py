"""Seeds of every frame as cells: numbers that stand, and lines that travel."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from sheetrender.planning.deforum.formulas import plain_number
from sheetrender.planning.deforum.keys import Cell
from sheetrender.planning.expressions import compute
from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.lines import needed, since, without_repeats
from sheetrender.planning.syntax import FormulaError

SEEDS = 2.0**32
CLOSE = 1e-9
"""What a seed that travels may be off its way."""


def seed_cells(seeds: Numbers) -> dict[int, Cell]:
    """Return the seeds of a video by the frame from which each cell holds.

    Args:
        seeds: of every frame, their fractions the way to the next seed.

    Raises:
        FormulaError: some are out of range.
    """
    bad = np.flatnonzero((seeds < 0) | (seeds >= SEEDS))
    if len(bad):
        raise FormulaError(f"is {seeds[bad[0]]:g} at frame {bad[0]}; seeds run from 0 to 2^32 - 1")
    ends = [*needed(seeds), len(seeds)]
    found: dict[int, Cell] = {}
    for first, end in pairwise(ends):
        found |= _stretch(seeds, first, end)
    return without_repeats(found)


def _stretch(seeds: Numbers, first: int, end: int) -> dict[int, Cell]:
    """Return the cells for frames whose seeds lie on a line, or change seldom."""
    part = seeds[first:end]
    changes = [0, *(np.flatnonzero(np.diff(part)) + 1).tolist()]
    if len(changes) == 1:
        return {first: _cell(float(part[0]))}
    for digits in (12, 17):
        line = _line(part, first, digits)
        if _is_same(line, part, first):
            return {first: line}
    return {first + at: _cell(float(part[at])) for at in changes}


def _is_same(line: str, part: Numbers, first: int) -> bool:
    """Say whether a formula gives some seeds: the whole ones exactly."""
    frames: Numbers = np.arange(first, first + len(part), dtype=np.float64)
    made = compute(line, {"t": frames}, len(part))
    return np.array_equal(np.floor(made), np.floor(part)) and np.allclose(made, part, 0, CLOSE)


def _line(part: Numbers, first: int, digits: int) -> str:
    """Return the formula of seeds that travel, its slope with so many digits."""
    slope = float(f"{(part[-1] - part[0]) / (len(part) - 1):.{digits}g}")
    step = plain_number(slope) if slope >= 0 else f"({plain_number(slope)})"
    return f"{plain_number(float(part[0]))}+{step}*{since(first)}"


def _cell(seed: float) -> Cell:
    return int(seed) if seed.is_integer() else seed
