"""A formula of Parseq computed for every frame, as Parseq computes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.parseq import functions
from sheetrender.planning.parseq.clock import FieldNames
from sheetrender.planning.parseq.functions import PARAMETERS, Parameter
from sheetrender.planning.parseq.grammar import parse
from sheetrender.planning.syntax import (
    Call,
    Choice,
    FormulaError,
    Infix,
    Literal_,
    Name,
    Node,
    Postfix,
    Prefix,
)

Value: TypeAlias = Numbers | str


def computed(tree: Node, names: FieldNames) -> Numbers:
    """Return the value of a formula at the frames of `names`; inf or nan where it has none.

    Raises:
        FormulaError: it has a name or function that there is not, or that changes every time.
    """
    with np.errstate(all="ignore"):
        value = _value(tree, names)
    if isinstance(value, str):
        raise FormulaError("makes a text and no number")
    found = np.empty(len(names.f))
    found[:] = value
    return found


def arguments(call: Call) -> dict[str, Node]:
    """Return what a function is given by the names of its parameters, defaults filled in.

    Raises:
        FormulaError: there is no such function here, or it takes other values.
    """
    parameters = PARAMETERS.get(call.name)
    if parameters is None:
        raise FormulaError(f"uses {call.name}(…), which cannot be computed here")
    known = {name for parameter in parameters for name in parameter.names}
    strange = [name for name, _ in call.named if name not in known]
    if strange or len(call.arguments) > len(parameters):
        raise FormulaError(f"gives {call.name} a value that it does not take")
    return {
        parameter.names[0]: _given(call, parameter, place)
        for place, parameter in enumerate(parameters)
    }


def _given(call: Call, parameter: Parameter, place: int) -> Node:
    for name, node in call.named:
        if name in parameter.names:
            return node
    if place < len(call.arguments) and (given := call.arguments[place]) is not None:
        return given
    if parameter.default is None:
        raise FormulaError(f"does not give {call.name} its {parameter.names[0]}")
    if isinstance(parameter.default, str):
        return parse(parameter.default)
    return Literal_(parameter.default)


def _value(node: Node, names: FieldNames) -> Value:
    match node:
        case Literal_(str() as text):
            return text
        case Literal_(number):
            return np.asarray(float(number))
        case Name(name):
            return names.value(name)
        case Postfix(unit, inner):
            clock = names.clock
            return _number(inner, names) * (clock.fps if unit == "s" else clock.frames_of_beat)
        case Prefix(_, inner):
            return -_number(inner, names)
        case Infix(operator, left, right):
            return _infix(operator, _number(left, names), _number(right, names))
        case Choice(condition, then, otherwise):
            is_true = _number(condition, names) > 0
            return np.where(is_true, _number(then, names), _number(otherwise, names))
        case Call():
            return _call(node, names)
    raise FormulaError("cannot be computed")


def _number(node: Node, names: FieldNames) -> Numbers:
    value = _value(node, names)
    if isinstance(value, str):
        raise FormulaError(f"has the text {value!r} where a number should stand")
    return value


def _infix(operator: str, left: Numbers, right: Numbers) -> Numbers:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return np.asarray(np.divide(left, right))
        case "%":
            return np.asarray(np.fmod(left, right))
        case "^":
            return np.asarray(np.power(left, right))
        case "and" | "&&":
            return np.asarray((left > 0) & (right > 0), dtype=np.float64)
        case "or" | "||":
            return np.asarray((left > 0) | (right > 0), dtype=np.float64)
        case ":":
            raise FormulaError("makes a text and no number")
    return np.asarray(_COMPARED[operator](left, right), dtype=np.float64)


_COMPARED = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
    "==": np.equal, "!=": np.not_equal,
}  # fmt: skip


def _call(call: Call, names: FieldNames) -> Numbers:
    if call.name in names.clock.series:
        return _series(call, names)
    given = arguments(call)
    name = call.name
    if name in functions.LABELS:
        return _labels(name, _text(given["regex"], names), names)
    if name == "start_of_beat":
        return _start_of_beat(given, names)
    if name == "bez":
        return _bez(given, names)
    values = {key: _number(node, names) for key, node in given.items()}
    return _plain(name, values, names)


def _plain(name: str, values: Mapping[str, Numbers], names: FieldNames) -> Numbers:
    k = names.value("k")
    if name in functions.WAVES:
        return functions.wave(name, **values, f=names.f, k=k)
    if name == "slide":
        return functions.slide(*values.values(), k=k)
    first, *others = values.values()
    if name in ("round", "floor", "ceil"):
        return functions.rounded(name, first, others[0])
    if name in functions.CONVERSIONS:
        unit = names.clock.fps if "s" in name else names.clock.frames_of_beat
        return first / unit if name.startswith("f") else first * unit
    if name in ("min", "max"):
        return np.asarray((np.minimum if name == "min" else np.maximum)(first, others[0]))
    return np.asarray(np.abs(first) if name == "abs" else functions.RAW[name[1:]](first))


def _text(node: Node, names: FieldNames) -> str:
    value = _value(node, names)
    if not isinstance(value, str):
        raise FormulaError("has a number where a text should stand")
    return value


def _bez(given: Mapping[str, Node], names: FieldNames) -> Numbers:
    curve = _text(given["curve"], names)
    by_name = {key: _number(node, names) for key, node in given.items() if key != "curve"}
    if curve:
        by_name |= zip(
            ("x1", "y1", "x2", "y2"), map(np.asarray, functions.control_points(curve)), strict=True
        )
    start, delta = by_name["from"], by_name["d"]
    end = np.where(delta != 0, start + delta, by_name["to"])
    points = by_name["x1"], by_name["y1"], by_name["x2"], by_name["y2"]
    return functions.bez(points, start, end, by_name["in"], by_name["os"], k=names.value("k"))


def _start_of_beat(given: Mapping[str, Node], names: FieldNames) -> Numbers:
    length = names.clock.frames_of_beat
    start = np.floor(_number(given["f"], names) / length) * length
    match _text(given["round"], names):
        case "d":
            return np.asarray(np.floor(start))
        case "u":
            return np.asarray(np.ceil(start))
        case "r":
            return np.asarray(np.floor(start + 0.5))
    raise FormulaError("asks start_of_beat for a rounding that there is not")


def _series(call: Call, names: FieldNames) -> Numbers:
    """Return a time series at the frames that a formula names."""
    if not 1 <= len(call.arguments) <= 2 or call.named:
        raise FormulaError(f"gives {call.name} other values than a frame and whether it is linear")
    at, *linear = (_number(node, names) for node in call.arguments if node is not None)
    series, fps = names.clock.series[call.name], names.clock.fps
    stepped = series.value(at, fps, linear=False)
    if not linear:
        return stepped
    return np.where(linear[0] != 0, series.value(at, fps, linear=True), stepped)


def _labels(name: str, pattern: str, names: FieldNames) -> Numbers:
    at, f = names.clock.matches(pattern), names.f
    behind = np.searchsorted(at, f, side="right")
    has_before, has_after = behind > 0, behind < len(at)
    padded = np.concatenate([[-1.0], at, [-1.0]])
    before, after = padded[behind], padded[behind + 1]
    has_both = has_before & has_after
    match name:
        case "info_match":
            active = np.searchsorted(np.asarray(list(names.clock.labels)), f, side="right")
            keyframes = np.concatenate([[-2.0], np.asarray(list(names.clock.labels), float)])
            return np.asarray(keyframes[active] == before, dtype=np.float64)
        case "info_match_count":
            return behind.astype(np.float64)
        case "info_match_prev" | "info_match_last":
            return before
        case "info_match_next":
            return after
        case "info_match_gap":
            return np.where(has_both, after - before, -1.0)
        case "info_match_since":
            return np.where(has_before, f - before, -1.0)
        case "info_match_until":
            return np.where(has_after, after - f, -1.0)
    gap = np.where(has_both, after - before, 1.0)
    return np.where(has_both, (f - before) / gap, -1.0)
