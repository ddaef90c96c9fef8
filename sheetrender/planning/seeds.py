"""Seeds: what a cell says, and one seed for every frame.

A fraction is the way from one seed to the next: 1000.25 is a quarter of the way from the noise of
1000 to that of 1001.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sheetrender.model.cells import Address, Findings, Problem, Value
from sheetrender.model.keyframes import Keyframe, SeedBehavior
from sheetrender.model.plan import PlannedRow
from sheetrender.planning import readers
from sheetrender.planning.columns import Column
from sheetrender.planning.expressions import parse_formula
from sheetrender.planning.formula_words import with_decimal_points
from sheetrender.planning.frame_names import FormulaNames, finite_values
from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.syntax import FormulaError, Name

SEEDS = 2**32
_OPERATOR = re.compile(r"[-+*/^%()]")
_MOVING = frozenset({"t", "f", "k", "n", "p", "sec", "beat", "b", "bar", "s"})
DrawSeed = Callable[[str], int]


def read_seed(value: Value, column: Column, *, decimal_comma: bool = False) -> float | str:
    """Return the seed that a cell holds, or the text of a formula for it.

    Raises:
        FormulaError: it holds neither, or a number out of range.
    """
    found = readers.number(value, decimal_comma=decimal_comma)
    if found is None:
        written = readers.text(value)
        return _formula(with_decimal_points(written) if decimal_comma else written, column)
    if not column.allows(found) or -1 < found < 0:
        raise FormulaError("is out of range", f"Write a whole number {column.limits}.")
    return found


def _formula(written: str, column: Column) -> str:
    refusal = FormulaError("is not a whole number", f"Write a whole number {column.limits}.")
    try:
        tree = parse_formula(written)
    except FormulaError as error:
        if _OPERATOR.search(written):
            raise
        raise refusal from error
    if isinstance(tree, Name) and tree.text not in _MOVING:
        raise refusal
    return written


@dataclass(frozen=True, slots=True)
class Seeds:
    """The seeds of a video.

    Attributes:
        whole: shape (frames,).
        shares: how far each goes towards the next seed, 0.0 <= share < 1.0, shape (frames,).
        said: the seed that counts in formulas as ``s``: the one that a row says, however it goes
            on from frame to frame; shape (frames,).
    """

    whole: npt.NDArray[np.uint32]
    shares: npt.NDArray[np.float64]
    said: npt.NDArray[np.float64]


def said_seeds(
    rows: Sequence[Keyframe],
    planned: Sequence[PlannedRow],
    behavior: SeedBehavior,
    frames: int,
    draw_seed: DrawSeed,
) -> Seeds:
    """Return the seeds that numbers say; rows with a formula have the last number's for now.

    A row without a seed goes on where the last seed that was given began.
    """
    seeds = Seeds(np.zeros(frames, np.uint32), np.zeros(frames), np.zeros(frames))
    base, share = 0, 0.0
    for row, span, key in _stretches(rows, planned):
        if not isinstance(row.seed, str):
            base, share = _base(row.seed, key, draw_seed)
        seeds.whole[span] = _going_on(base, span.stop - span.start, behavior)
        seeds.shares[span] = share
        seeds.said[span] = base + share
    return seeds


def with_formulas(
    seeds: Seeds,
    rows: Sequence[Keyframe],
    planned: Sequence[PlannedRow],
    names: FormulaNames,
    findings: Findings,
) -> Seeds:
    """Return the seeds with those that formulas give; what has no answer goes to `findings`."""
    whole, shares = seeds.whole.copy(), seeds.shares.copy()
    for row, span, _ in _stretches(rows, planned):
        if isinstance(row.seed, str):
            try:
                values = _computed(row.seed, names, span)
            except FormulaError as error:
                findings.problems.append(_problem(row.seed, row.seed_place, error))
                continue
            whole[span] = (np.floor(values) % SEEDS).astype(np.uint32)
            shares[span] = values - np.floor(values)
    return Seeds(whole, shares, seeds.said)


def _stretches(
    rows: Sequence[Keyframe], planned: Sequence[PlannedRow]
) -> list[tuple[Keyframe, slice, str]]:
    """Return each row that gives a seed with the frames that it holds for, and its key."""
    starts = [n for n, row in enumerate(rows) if n == 0 or row.gives_seed]
    return [
        (rows[start], slice(planned[start].first, planned[end - 1].last + 1), planned[start].key)
        for start, end in zip(starts, [*starts[1:], len(rows)], strict=True)
    ]


def _base(seed: float, key: str, draw_seed: DrawSeed) -> tuple[int, float]:
    if seed < 0:
        return draw_seed(key), 0.0
    return int(seed), seed - int(seed)


def _going_on(base: int, count: int, behavior: SeedBehavior) -> npt.NDArray[np.uint32]:
    """Return `count` seeds that begin with `base`. Source: Deforum's next_seed."""
    since = np.arange(count, dtype=np.int64)
    if behavior == "iter":
        steps = since
    elif behavior == "ladder":
        steps = since // 2 + 2 * (since % 2)
    elif behavior == "alternate":
        steps = since % 2
    elif behavior == "random":
        drawn = np.random.default_rng(base).integers(0, SEEDS, count, dtype=np.uint32)
        drawn[0] = base
        return drawn
    else:
        steps = np.zeros_like(since)
    return ((base + steps) % SEEDS).astype(np.uint32)


def _computed(formula: str, names: FormulaNames, span: slice) -> Numbers:
    values = finite_values(formula, names, span.start, span.stop)
    bad = np.flatnonzero((values < 0) | (values >= SEEDS))
    if len(bad):
        first = int(bad[0])
        raise FormulaError(
            f"is {values[first]:.6g} at frame {span.start + first}",
            f"Seeds run from 0 to {SEEDS - 1}.",
        )
    return values


def _problem(formula: str, place: Address | None, error: FormulaError) -> Problem:
    return Problem(
        place=place,
        tab="--set",
        heading="seed",
        written=formula,
        wrong=str(error),
        remedy=error.remedy,
    )
