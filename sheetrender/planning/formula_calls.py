"""Calls in formulas: which function is meant, and a value for each of its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sheetrender.planning.columns import nearest
from sheetrender.planning.functions.easings import EASINGS
from sheetrender.planning.functions.function import Function
from sheetrender.planning.functions.mathematics import MATHEMATICS
from sheetrender.planning.functions.noise import NOISE
from sheetrender.planning.functions.oscillators import CYCLES, NAMED_ONLY, PERIODIC
from sheetrender.planning.functions.shapes import SHAPES
from sheetrender.planning.syntax import Call, FormulaError, Literal_, Name, Node

_FUNCTIONS: Mapping[str, Function] = {
    **MATHEMATICS, **SHAPES, **CYCLES, **NOISE, **EASINGS
}  # fmt: skip
FUNCTION_NAMES = tuple(_FUNCTIONS)
_OF_A_PERIOD = " of a period"
TABLE: Mapping[str, Function] = {
    **_FUNCTIONS,
    **{name + _OF_A_PERIOD: wave for name, wave in (*PERIODIC.items(), *NAMED_ONLY.items())},
}

# What stays the same while a row's frames pass: a wave of it would stand still.
_STANDING = frozenset({"n", "s", "max_f", "fps", "bpm", "pi", "e", "PI", "E"})
_INSTEAD_OF_CALL = {
    "slide": "Write lerp(from, to, p)",
    "rand": "Write noise(t), from -1 to 1",
    "random": "Write noise(t), from -1 to 1",
    "smrand": "Write noise(t/20), from -1 to 1",
    "perlin": "Write noise(t/20), from -1 to 1",
    "vibe": "Write noise(t/20), from -1 to 1",
    "if": "Write where(condition, then, else)",
    "mod": "Write a % b",
    "int": "Write floor(x)",
    "ln": "Write log(x)",
    "asin": "Write arcsin(x)",
    "acos": "Write arccos(x)",
    "atan": "Write arctan(x)",
    "atan2": "Write arctan2(y, x)",
}


def completed(call: Call) -> Call:
    """Return a call of an entry of `TABLE`, with a value for each of its parameters, by place.

    Raises:
        FormulaError: the function is not there, or does not take what it is given.
    """
    entry = _entry(call)
    return Call(entry, tuple(_arguments(call, TABLE[entry])))


def _entry(call: Call) -> str:
    """Return which entry of `TABLE` a call means: waves know two ways of being called."""
    name = call.name
    if call.named and name in NAMED_ONLY:
        return name + _OF_A_PERIOD
    if name in PERIODIC:
        first = call.arguments[0] if call.arguments else None
        is_named = any(given == "p" for given, _ in call.named)
        if is_named or (first is not None and not _moves(first)):
            return name + _OF_A_PERIOD
    if name not in _FUNCTIONS:
        raise _unknown_function(name)
    return name


def _arguments(call: Call, function: Function) -> list[Node]:
    """Return what a function is given, defaults filled in, in the order of its parameters."""
    name = call.name
    given = [argument for argument in call.arguments if argument is not None]
    count = len(given) + len(call.named)
    if len(given) < len(call.arguments):
        raise FormulaError(f"gives {name} an empty value", "Take out a comma, or fill it in.")
    if count > function.most:
        raise _wrong_count(name, count, function)
    if function.any_number:
        if call.named or len(given) < function.fewest:
            raise _wrong_count(name, len(given), function)
        return given
    values: list[Node | None] = [*given, *[None] * (function.most - len(given))]
    for parameter, value in call.named:
        if parameter not in function.parameters:
            raise FormulaError(
                f"gives {name} a value called {parameter}",
                f"{name} takes {', '.join(function.parameters)}.",
            )
        place = function.parameters.index(parameter)
        if values[place] is not None:
            raise FormulaError(f"gives {name} its {parameter} twice", "Give it once.")
        values[place] = value
    defaults = [None] * function.fewest + [Literal_(number) for number in function.defaults]
    filled = [v if v is not None else d for v, d in zip(values, defaults, strict=True)]
    complete = [node for node in filled if node is not None]
    if len(complete) < len(filled):
        raise _wrong_count(name, count, function)
    return complete


def _wrong_count(name: str, count: int, function: Function) -> FormulaError:
    remedy = f"{name} takes {function.takes}: {name}({', '.join(function.parameters)})."
    if function is CYCLES.get(name):
        remedy += f" Or give it a period in frames: {name}(p=20, a=2)."
    return FormulaError(f"gives {name} {count} value{'s' if count != 1 else ''}", remedy)


def _moves(tree: Node) -> bool:
    """Say whether a formula's value may differ between the frames of a row."""
    return any(
        (isinstance(node, Name) and node.text not in _STANDING)
        or (isinstance(node, Call) and TABLE[node.name].reads != ())
        for node in nodes(tree)
    )


def nodes(tree: Node) -> Iterator[Node]:
    """Yield a tree's nodes, without recursion: a long sum is deep."""
    waiting: list[Node] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.parts()


def _unknown_function(name: str) -> FormulaError:
    close = nearest(name, FUNCTION_NAMES)
    remedy = f"Did you mean {close}?" if close else f"Functions are {', '.join(FUNCTION_NAMES)}."
    if instead := _INSTEAD_OF_CALL.get(name.strip("_").casefold()):
        remedy = f"{instead}."
    return FormulaError(f"uses {name}(), which is no function here", remedy)
