"""Where a value stands in a row or column of values, as the lookup functions ask."""

from __future__ import annotations

from collections.abc import Sequence

from sheetrender.planning.cell_functions.criteria import has_wildcards, whole_match
from sheetrender.planning.cell_values import ErrorValue, Scalar, order, same


def exact(wanted: Scalar, values: Sequence[Scalar], *, wildcards: bool) -> int | None:
    """Return the 0-based place of the first value that is the same, or None.

    Raises:
        ErrorShown: the pattern is too long.
    """
    wanted = 0.0 if wanted is None else wanted
    if isinstance(wanted, str):
        return _exact_text(wanted, values, wildcards=wildcards)
    if type(wanted) is float:
        found = (i for i, v in enumerate(values) if type(v) is float and same(v, wanted))
    else:
        found = (i for i, v in enumerate(values) if type(v) is type(wanted) and v == wanted)
    return next(found, None)


def _exact_text(wanted: str, values: Sequence[Scalar], *, wildcards: bool) -> int | None:
    if wildcards and has_wildcards(wanted):
        matches = whole_match(wanted)
        found = (i for i, v in enumerate(values) if isinstance(v, str) and matches(v))
    else:
        folded = wanted.casefold()
        found = (
            i
            for i, v in enumerate(values)
            if isinstance(v, str) and (v == wanted or v.casefold() == folded)
        )
    return next(found, None)


def sorted_place(
    wanted: Scalar, values: Sequence[Scalar], *, descending: bool = False
) -> int | None:
    """Return the place of the last value up to `wanted` among values in order, or None.

    Values of another kind are passed over. Descending, it is the last value down to `wanted`.
    """
    wanted = 0.0 if wanted is None else wanted
    place = None
    for i, value in enumerate(values):
        if type(value) is not type(wanted):
            continue
        sign = order(value, wanted)
        if (sign < 0) if descending else (sign > 0):
            break
        place = i
    return place


def nearest_place(wanted: Scalar, values: Sequence[Scalar], *, larger: bool) -> int | None:
    """Return the place of the value next to `wanted` on one side, in any order, or None."""
    wanted = 0.0 if wanted is None else wanted
    place = None
    best: Scalar = None
    for i, value in enumerate(values):
        if type(value) is not type(wanted) or isinstance(value, ErrorValue):
            continue
        sign = order(value, wanted)
        if (sign < 0) if larger else (sign > 0):
            continue
        closer = place is None or ((order(value, best) < 0) if larger else order(value, best) > 0)
        if closer:
            place, best = i, value
    return place
