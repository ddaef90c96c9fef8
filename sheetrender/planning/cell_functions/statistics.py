"""Functions of many numbers: sums, means, counts, ranks."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence

from sheetrender.planning.cell_functions.calling import (
    MANY,
    Function,
    Surroundings,
    aggregate,
    as_range,
    items,
    numbers,
)
from sheetrender.planning.cell_values import (
    ErrorShown,
    ErrorValue,
    Operand,
    Range,
    Scalar,
    flat,
    number,
    parsed_number,
    same,
    whole,
)
from sheetrender.planning.syntax import Call


def mean(values: Sequence[float]) -> float:
    """Return the mean.

    Raises:
        ErrorShown: there are no numbers.
    """
    if not values:
        raise ErrorShown("#DIV/0!")
    return math.fsum(values) / len(values)


def _median(values: list[float]) -> float:
    if not values:
        raise ErrorShown("#NUM!")
    return statistics.median(values)


def _variance(values: Sequence[float], fewer: int) -> float:
    if len(values) <= fewer:
        raise ErrorShown("#DIV/0!")
    middle = mean(values)
    return math.fsum((v - middle) ** 2 for v in values) / (len(values) - fewer)


def _deviation(fewer: int) -> Function:
    return aggregate(lambda values: math.sqrt(_variance(values, fewer)))


def _spread(fewer: int) -> Function:
    return aggregate(lambda values: _variance(values, fewer))


def _product(values: list[float]) -> float:
    return math.prod(values) if values else 0.0


def _is_number(value: Operand) -> bool:
    if isinstance(value, str):
        try:
            parsed_number(value)
        except ErrorShown:
            return False
    return not isinstance(value, ErrorValue)


def _count(call: Call, here: Surroundings) -> float:
    count = 0
    for item in items(call.arguments, here):
        if isinstance(item, Range):
            count += sum(type(v) is float for v in item.values)
        else:
            count += item is not None and _is_number(item)
    return float(count)


def _count_filled(call: Call, here: Surroundings) -> float:
    count = 0
    for item in items(call.arguments, here):
        values = item.values if isinstance(item, Range) else (item,)
        count += sum(v is not None for v in values)
    return float(count)


def _count_blank(call: Call, here: Surroundings) -> float:
    cells = as_range(call.arguments[0], here)
    filled = sum(v is not None and v != "" for v in cells.values)
    return float(cells.height * cells.width - filled)


def _sum_product(call: Call, here: Surroundings) -> float:
    here = here.with_arrays()
    ranges = [as_range(argument, here) for argument in call.arguments]
    first = ranges[0]
    if any((r.height, r.width) != (first.height, first.width) for r in ranges):
        raise ErrorShown("#VALUE!")
    here.spend(len(first.values) * len(ranges))
    rows = [list(map(_counted, r.values)) for r in ranges]
    return math.fsum(map(math.prod, zip(*rows, strict=False)))


def _counted(value: Scalar) -> float:
    if isinstance(value, ErrorValue):
        raise ErrorShown(value)
    return value if type(value) is float else 0.0


def _nth(*, largest: bool) -> Callable[[Call, Surroundings], Operand]:
    def apply(call: Call, here: Surroundings) -> Operand:
        values = sorted(flat(as_range(call.arguments[0], here).values), reverse=largest)
        place = whole(here.value(call.arguments[1]))
        if not 1 <= place <= len(values):
            raise ErrorShown("#NUM!")
        return values[place - 1]

    return apply


def _rank(call: Call, here: Surroundings) -> float:
    value = number(here.value(call.arguments[0]))
    values = list(flat(as_range(call.arguments[1], here).values))
    ascending = len(call.arguments) > 2 and number(here.value(call.arguments[2])) != 0
    if not any(same(v, value) for v in values):
        raise ErrorShown("#N/A")
    before = (v for v in values if not same(v, value))
    return 1.0 + sum((v < value) == ascending for v in before)


def _percentile(call: Call, here: Surroundings) -> float:
    share = number(here.value(call.arguments[1]))
    return _quantile(list(flat(as_range(call.arguments[0], here).values)), share)


def _quartile(call: Call, here: Surroundings) -> float:
    quarter = whole(here.value(call.arguments[1]))
    return _quantile(list(flat(as_range(call.arguments[0], here).values)), quarter / 4)


def _quantile(values: list[float], share: float) -> float:
    if not values or not 0 <= share <= 1:
        raise ErrorShown("#NUM!")
    values.sort()
    below, rest = divmod(share * (len(values) - 1), 1)
    low, high = values[int(below)], values[min(int(below) + 1, len(values) - 1)]
    return low + rest * (high - low)


def _sum(call: Call, here: Surroundings) -> float:
    return math.fsum(numbers(call.arguments, here))


STATISTICS: Mapping[str, Function] = {
    "SUM": Function(_sum, 1, MANY),
    "SUMSQ": aggregate(lambda values: math.fsum(v * v for v in values)),
    "PRODUCT": aggregate(_product),
    "SUMPRODUCT": Function(_sum_product, 1, MANY),
    "MIN": aggregate(lambda values: min(values, default=0.0)),
    "MAX": aggregate(lambda values: max(values, default=0.0)),
    "AVERAGE": aggregate(mean),
    "MEDIAN": aggregate(_median),
    "COUNT": Function(_count, 1, MANY),
    "COUNTA": Function(_count_filled, 1, MANY),
    "COUNTBLANK": Function(_count_blank, 1, 1),
    "LARGE": Function(_nth(largest=True), 2, 2),
    "SMALL": Function(_nth(largest=False), 2, 2),
    "RANK": Function(_rank, 2, 3),
    "RANK.EQ": Function(_rank, 2, 3),
    "PERCENTILE": Function(_percentile, 2, 2),
    "PERCENTILE.INC": Function(_percentile, 2, 2),
    "QUARTILE": Function(_quartile, 2, 2),
    "QUARTILE.INC": Function(_quartile, 2, 2),
    "STDEV": _deviation(1),
    "STDEV.S": _deviation(1),
    "STDEVP": _deviation(0),
    "STDEV.P": _deviation(0),
    "VAR": _spread(1),
    "VAR.S": _spread(1),
    "VARP": _spread(0),
    "VAR.P": _spread(0),
}
