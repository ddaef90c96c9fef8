"""COUNTIF, SUMIF and their family: functions of the cells that meet criteria."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from sheetrender.planning.cell_functions.calling import MANY, Function, Surroundings, as_range
from sheetrender.planning.cell_functions.criteria import criterion
from sheetrender.planning.cell_functions.statistics import mean
from sheetrender.planning.cell_values import ErrorShown, Range, flat
from sheetrender.planning.syntax import Call, Node

Summary = Callable[[list[float]], float]


def _count_if(call: Call, here: Surroundings) -> float:
    return _count(call.arguments, here)


def _count(pairs: Sequence[Node | None], here: Surroundings) -> float:
    ranges, stored, met = _met(pairs, here)
    count = sum(met)
    if stored < ranges[0].height and _blank_meets(pairs, here):
        count += (ranges[0].height - stored) * ranges[0].width
    return float(count)


def _blank_meets(pairs: Sequence[Node | None], here: Surroundings) -> bool:
    return all(criterion(here.value(written))(None) for written in pairs[1::2])


def _met(
    pairs: Sequence[Node | None], here: Surroundings
) -> tuple[list[Range], int, Iterator[bool]]:
    """Return the ranges of pairs of ranges and criteria, and cell by cell whether all are met.

    Only the rows down to the last that any range stores are looked at.

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
    here.spend(stored * width * len(ranges))
    columns = [r.values + (None,) * (stored * width - len(r.values)) for r in ranges]
    together = zip(*columns, strict=True)
    met = (all(t(v) for t, v in zip(tests, values, strict=True)) for values in together)
    return ranges, stored, met


def _chosen(
    numbers: Node | None, pairs: Sequence[Node | None], here: Surroundings, *, resize: bool
) -> list[float]:
    """Return the numbers whose cells meet the criteria."""
    ranges, _, met = _met(pairs, here)
    area = here.area(numbers)
    if resize and area is not None:
        # SUMIF takes from the range to be summed only where it begins.
        area = replace(area, height=ranges[0].height, width=ranges[0].width)
        if not area.fits:
            raise ErrorShown("#REF!")
    values = as_range(numbers, here) if area is None else here.cells(area)
    if (values.height, values.width) != (ranges[0].height, ranges[0].width):
        raise ErrorShown("#VALUE!")
    taken = tuple(value for value, is_met in zip(values.values, met, strict=False) if is_met)
    return list(flat(taken))


def _if(summary: Summary) -> Function:
    def apply(call: Call, here: Surroundings) -> float:
        pair = call.arguments[:2]
        numbers = call.arguments[2] if len(call.arguments) > 2 else call.arguments[0]
        return summary(_chosen(numbers, pair, here, resize=True))

    return Function(apply, 2, 3)


def _ifs(summary: Summary) -> Function:
    def apply(call: Call, here: Surroundings) -> float:
        return summary(_chosen(call.arguments[0], call.arguments[1:], here, resize=False))

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
