"""Waves: counted in cycles, as ``tri(t/20)``, or by a period in frames, as ``tri(20)``.

The second form is Parseq's: ``tri(p, ps, a, c, li)`` with the period, a shift of the phase in
frames, the amplitude, the centre, and how many periods after the row's beginning it stops.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import numpy as np

from sheetrender.planning.functions.function import Function, Numbers, plain


def _sine(cycles: Numbers) -> Numbers:
    return np.asarray(np.sin(2.0 * np.pi * cycles), dtype=np.float64)


def _cosine(cycles: Numbers) -> Numbers:
    return np.asarray(np.cos(2.0 * np.pi * cycles), dtype=np.float64)


def _share(cycles: Numbers) -> Numbers:
    return cycles - np.floor(cycles)


def _triangle(cycles: Numbers) -> Numbers:
    return 1.0 - 4.0 * np.abs(_share(cycles + 0.25) - 0.5)


def _square(cycles: Numbers) -> Numbers:
    return np.asarray(np.where(_share(cycles) < 0.5, 1.0, -1.0), dtype=np.float64)


def _pulse(cycles: Numbers, width: Numbers) -> Numbers:
    return np.asarray(_share(cycles) < width, dtype=np.float64)


CYCLES: Mapping[str, Function] = {
    "tri": plain(_triangle),
    "saw": plain(_share),
    "square": plain(_square),
    "sq": plain(_square),
    "pulse": plain(_pulse, "x width", 0.5),
}
"""Of a position in cycles: 1 is once round. Saw and pulse run from 0 to 1, the others from -1."""


def _limited(wave: Numbers, p: Numbers, c: Numbers, li: Numbers, k: Numbers) -> Numbers:
    return np.asarray(np.where((li > 0) & (k > li * p), c, wave), dtype=np.float64)


def _periodic(
    wave: Callable[[Numbers], Numbers],
    p: Numbers,
    ps: Numbers,
    a: Numbers,
    c: Numbers,
    li: Numbers,
    *,
    t: Numbers,
    k: Numbers,
) -> Numbers:
    return _limited(c + a * wave((t + ps) / p), p, c, li, k)


def _periodic_pulse(
    p: Numbers,
    ps: Numbers,
    a: Numbers,
    c: Numbers,
    li: Numbers,
    pw: Numbers,
    *,
    t: Numbers,
    k: Numbers,
) -> Numbers:
    is_on = np.asarray(np.mod(t + ps, p) < pw, dtype=np.float64)
    return _limited(c + a * is_on, p, c, li, k)


def _of_period(wave: Callable[[Numbers], Numbers]) -> Function:
    return Function(
        compute=partial(_periodic, wave),
        parameters=("p", "ps", "a", "c", "li"),
        defaults=(0.0, 1.0, 0.0, 0.0),
        reads=("t", "k"),
    )


PERIODIC: Mapping[str, Function] = MappingProxyType(
    {
        "tri": _of_period(_triangle),
        "saw": _of_period(_share),
        "square": _of_period(_square),
        "sq": _of_period(_square),
        "pulse": Function(
            compute=_periodic_pulse,
            parameters=("p", "ps", "a", "c", "li", "pw"),
            defaults=(0.0, 1.0, 0.0, 0.0, 5.0),
            reads=("t", "k"),
        ),
    }
)
"""Of a period in frames, as Parseq has them, except that a wave that has stopped rests at `c`."""

NAMED_ONLY: Mapping[str, Function] = {"sin": _of_period(_sine), "cos": _of_period(_cosine)}
"""Parseq's sine, which would take the place of the real one: only where its period is named."""
