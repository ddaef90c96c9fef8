"""COUNTIF, SUMIF and their family: functions of the cells that meet criteria."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sheetrender.planning.cell_functions.calling import (
    MANY,
    STEPS_PER_CELL,
    Function,
    Surroundings,
    as_range,
    weight,
)
from sheetrender.planning.cell_functions.criteria import Test, criterion
from sheetrender.planning.cell_functions.statistics import mean
from sheetrender.planning.cell_values import ErrorShown, Range, flat
from sheetrender.planning.syntax import Call, Node

Summary = Callable[[list[float]], float]


def _count_if(call: Call, here: Surroundings) -> float:
    return _count(call.arguments, here)


def _count(pairs: Sequence[Node | None], here: Surroundings) -> float:
    chosen = _chosen_of(pairs, here)
    count = sum(chosen.met)
    if all(test(None) for test in chosen.tests):
        count += (chosen.first.height - chosen.stored_rows) * chosen.first.width
    return float(count)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Which cells meet all criteria.

    Attributes:
        first: the first of the ranges; the others have its shape.
        tests: the criteria.
        stored_rows: the rows down to the last that any of the ranges stores.
        met: whether they are met, cell by cell in these rows.
    """

    first: Range
    tests: Sequence[Test]
    stored_rows: int
    met: Iterator[bool]


def _chosen_of(pairs: Sequence[Node | None], here: Surroundings) -> _Chosen:
    """Return which cells meet the criteria of pairs of ranges and criteria.

    Raises:
        ErrorShown: the ranges differ in shape, or a criterion is missing.
    """
    if len(pairs) % 2:
        raise ErrorShown("#VALUE!")
    ranges = [as_range(node, here) for node in pairs[::2]]
    tests = [criterion(here.value(node)) for node in pairs[1::2]]
    height, width = ranges[0].height, ranges[0].width
    if any((r.height, r.width) != (height, width) for r in ranges):
        raise ErrorShown("#VALUE!")
    stored = max(r.stored_rows for r in ranges)
    here.spend(sum(map(weight, ranges)) * STEPS_PER_CELL)
    columns = [r.values + (None,) * (stored * width - len(r.values)) for r in ranges]
    together = zip(*columns, strict=True)
    met = (all(t(v) for t, v in zip(tests, values, strict=True)) for values in together)
    return _Chosen(ranges[0], tests, stored, met)


def _taken(values: Range, chosen: _Chosen) -> list[float]:
    """Return the numbers whose cells meet the criteria."""
    if (values.height, values.width) != (chosen.first.height, chosen.first.width):
        raise ErrorShown("#VALUE!")
    pairs = zip(values.values, chosen.met, strict=False)
    return list(flat(tuple(value for value, is_met in pairs if is_met)))


def _resized(numbers: Node | None, shape: Range, here: Surroundings) -> Range:
    """Return the cells to be summed: of what SUMIF is given only the beginning counts."""
    area = here.area(numbers)
    if area is None:
        return as_range(numbers, here)
    area = replace(area, height=shape.height, width=shape.width)
    if not area.fits:
        raise ErrorShown("#REF!")
    return here.cells(area)


def _if(summary: Summary) -> Function:
    def apply(call: Call, here: Surroundings) -> float:
        chosen = _chosen_of(call.arguments[:2], here)
        # Evaluated once only: nested in one another, twice would soon be a million times.
        values = chosen.first
        if len(call.arguments) > 2:
            values = _resized(call.arguments[2], chosen.first, here)
        return summary(_taken(values, chosen))

    return Function(apply, 2, 3)


def _ifs(summary: Summary) -> Function:
    def apply(call: Call, here: Surroundings) -> float:
        values = as_range(call.arguments[0], here)
        return summary(_taken(values, _chosen_of(call.arguments[1:], here)))

    return Function(apply, 3, MANY)


CONDITIONAL: Mapping[str, Function] = {
    "COUNTIF": Function(_count_if, 2, 2),
    "COUNTIFS": Function(_count_if, 2, MANY),
    "SUMIF": _if(math.fsum),
    "SUMIFS": _ifs(math.fsum),
    "AVERAGEIF": _if(mean),
    "AVERAGEIFS": _ifs(mean),
    "MINIFS": _ifs(lambda values: min(values, default=0.0)),
    "MAXIFS": _ifs(lambda values: max(values, default=0.0)),
}
