"""Why a formula has no value at a frame: which part of it fails first, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sheetrender.planning.evaluation import evaluate
from sheetrender.planning.expressions import FrameLanguage, parse_formula
from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.syntax import Call, FormulaError

_DIVIDES = ("divides by zero", "Keep what it divides by away from 0, with max(…, 0.01).")
_REMAINDER = ("asks for the remainder of a division by zero", "Write another divisor.")
_GROWS = ("grows beyond all bounds", "Make its powers smaller.")
_NONE = ("has no value", "Look at what stands in its brackets.")
_LOGARITHMS = frozenset({"log", "log10", "log1p"})
_LIMITED = frozenset({"arcsin", "arccos", "arctanh", "arccosh"})


def fault(formula: str, names: Mapping[str, Numbers | float]) -> FormulaError:
    """Return why a formula's value is not finite, for names with one frame's values."""
    language = _Watched(names)
    with np.errstate(all="ignore"):
        evaluate(parse_formula(formula), language)
    return FormulaError(*(language.reason or _NONE))


class _Watched(FrameLanguage):
    """Computes one frame, and notes the first part that turns numbers into none."""

    def __init__(self, names: Mapping[str, Numbers | float]) -> None:
        super().__init__(names)
        self.reason: tuple[str, str] | None = None

    def literal(self, value: float | str | bool) -> Numbers:
        number = super().literal(value)
        self._note(number, (), _GROWS)
        return number

    def binary(self, operator: str, left: Numbers, right: Numbers) -> Numbers:
        result = super().binary(operator, left, right)
        reason = _GROWS
        if operator in ("/", "//") and not np.any(right):
            reason = _DIVIDES
        elif operator == "%":
            reason = _REMAINDER
        elif operator == "**" and np.isnan(result).any():
            reason = (
                "takes a broken power of a negative number",
                "Keep what is raised above 0, with max(…, 0).",
            )
        self._note(result, (left, right), reason)
        return result

    def call(self, call: Call) -> Numbers:
        if call.name == "where":
            return self._chosen(call)
        values = [evaluate(node, self) for node in call.arguments if node is not None]
        result = self.computed(call, values)
        self._note(result, values, _reason(call.name, values, result))
        return result

    def _chosen(self, call: Call) -> Numbers:
        """Compute the branch that counts; what the other one does is no fault."""
        condition, then, otherwise = (node for node in call.arguments if node is not None)
        return evaluate(then if np.any(evaluate(condition, self)) else otherwise, self)

    def _note(self, result: Numbers, given: object, reason: tuple[str, str]) -> None:
        was_finite = all(np.isfinite(value).all() for value in given)  # type: ignore[attr-defined]
        if self.reason is None and was_finite and not np.isfinite(result).all():
            self.reason = reason


def _reason(name: str, values: list[Numbers], result: Numbers) -> tuple[str, str]:
    first = float(np.ravel(values[0])[0]) if values else 0.0
    if name in _LOGARITHMS:
        what = "0" if np.isinf(result).any() else "a negative number"
        return (f"takes the logarithm of {what}", "Keep what it is taken of above 0.")
    if name == "sqrt":
        return ("takes the root of a negative number", "Keep it from 0 on, with max(…, 0).")
    if name in _LIMITED:
        return (f"asks for {name}({first:.6g}), which has no value", "Keep it within, with clamp.")
    if name == "fmod":
        return _REMAINDER
    if name == "pow" and np.isnan(result).any():
        return ("takes a broken power of a negative number", "Keep what is raised above 0.")
    if np.isnan(result).any() or name in ("smoothstep", "hit", "tri", "saw", "square", "pulse"):
        return (f"gives {name.removesuffix(' of a period')} a width of 0", "Write a larger one.")
    return _GROWS
