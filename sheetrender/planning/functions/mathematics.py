"""The functions of mathematics, among them all that Deforum's evaluator (numexpr) has."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import numpy as np

from sheetrender.planning.functions.function import Function, Numbers, plain


def _round(x: Numbers, digits: Numbers) -> Numbers:
    return np.asarray(np.round(x * 10.0**digits) / 10.0**digits, dtype=np.float64)


def _where(condition: Numbers, then: Numbers, otherwise: Numbers) -> Numbers:
    return np.asarray(np.where(condition != 0, then, otherwise), dtype=np.float64)


def _over_all(operation: np.ufunc) -> Function:
    def compute(*numbers: Numbers) -> Numbers:
        return np.asarray(reduce(operation, numbers), dtype=np.float64)

    return Function(compute=compute, parameters=("x",), any_number=True)


MATHEMATICS: Mapping[str, Function] = {
    **{
        name: plain(getattr(np, name))
        for name in (
            "abs", "sqrt", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh",
            "tanh", "arcsinh", "arccosh", "arctanh", "exp", "expm1", "log", "log10", "log1p",
            "floor", "ceil", "sign",
        )
    },
    "arctan2": plain(np.arctan2, "y x"),
    "fmod": plain(np.fmod, "x y"),
    "pow": plain(np.power, "x y"),
    "round": plain(_round, "x digits", 0.0),
    "where": plain(_where, "condition then else"),
    "min": _over_all(np.minimum),
    "max": _over_all(np.maximum),
    "sum": _over_all(np.add),
    "prod": _over_all(np.multiply),
    # Deforum's formulas may hold these; all numbers here are real.
    "real": plain(np.positive),
    "imag": plain(np.zeros_like),
    "conj": plain(np.positive),
}  # fmt: skip
