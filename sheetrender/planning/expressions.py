"""Our formula language: ``1 + 0.05*sin(2*pi*t/20)``, computed for many frames at once.

A whitelist: numbers, names, operators and calls from the tables of `functions`. Whatever is not in
a table does not exist; there are no attributes, subscripts or strings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from sheetrender.planning.columns import nearest
from sheetrender.planning.evaluation import evaluate
from sheetrender.planning.formula_words import words
from sheetrender.planning.functions.easings import EASINGS
from sheetrender.planning.functions.function import Function, Numbers
from sheetrender.planning.functions.mathematics import MATHEMATICS
from sheetrender.planning.functions.noise import NOISE
from sheetrender.planning.functions.oscillators import CYCLES, NAMED_ONLY, PERIODIC
from sheetrender.planning.functions.shapes import SHAPES
from sheetrender.planning.syntax import (
    Call,
    FormulaError,
    Grammar,
    Infix,
    Literal_,
    Name,
    Node,
    parse,
)

MAX_LENGTH = 2000

_GRAMMAR = Grammar(
    prefix={"not": 3, "-": 7, "+": 7, "~": 7},
    postfix={"%%": 9},
    infix={
        "or": 1, "|": 1, "and": 2, "&": 2,
        "<": 4, "<=": 4, ">": 4, ">=": 4, "==": 4, "!=": 4,
        "+": 5, "-": 5, "*": 6, "/": 6, "//": 6, "%": 6, "**": 8,
    },
    right=frozenset({"**"}),
    chained=frozenset({"<", "<=", ">", ">=", "==", "!="}),
    choice=True,
    named=True,
)  # fmt: skip

_FUNCTIONS: Mapping[str, Function] = {
    **MATHEMATICS, **SHAPES, **CYCLES, **NOISE, **EASINGS
}  # fmt: skip
FUNCTION_NAMES = tuple(_FUNCTIONS)

_BINARY: Mapping[str, Callable[[Numbers, Numbers], Numbers]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.true_divide, "//": np.floor_divide,
    "%": np.mod, "**": np.power, "<": np.less, "<=": np.less_equal, ">": np.greater,
    ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal,
    "and": lambda a, b: (a != 0) & (b != 0), "&": lambda a, b: (a != 0) & (b != 0),
    "or": lambda a, b: (a != 0) | (b != 0), "|": lambda a, b: (a != 0) | (b != 0),
}  # fmt: skip
_UNARY: Mapping[str, Callable[[Numbers], Numbers]] = {
    "-": np.negative,
    "+": np.positive,
    "not": lambda a: a == 0,
    "~": lambda a: a == 0,
    "%%": lambda a: a / 100.0,
}

# What stays the same while a row's frames pass: a wave of it would stand still.
_STANDING = frozenset({"n", "s", "max_f", "fps", "bpm", "pi", "e", "PI", "E"})
# Parseq's words that mean nothing else here, and what they are called here.
_ALSO = {
    "f": "t", "b": "beat", "PI": "pi", "E": "e", "last_frame": "max_f", "final_frame": "max_f",
}  # fmt: skip
_INSTEAD = {
    "L": "Parseq's L is what a plain number in a cell does here",
    "S": "Parseq's S is what a formula such as (1.02) in a cell does here",
    "C": "Set interpolation to cubic in the Settings tab instead",
    "P": "Set interpolation to cubic in the Settings tab instead",
    "beat": "Set bpm in the Settings tab",
    "bar": "Set bpm in the Settings tab",
    "bpm": "Set bpm in the Settings tab",
    "true": "Write 1",
    "false": "Write 0",
    "x": "x is for curves of the song; the frame is t",
    "frame": "The frame is t",
    "time": "The frame is t, the seconds are sec",
    "seed": "The seed is s",
}
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


@lru_cache(maxsize=4096)
def parse_formula(text: str) -> Node:
    """Return the tree of a formula in our own language.

    Raises:
        FormulaError: it is no formula, longer than `MAX_LENGTH`, or nested too deeply.
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"is longer than {MAX_LENGTH} characters", "Split it over several rows.")
    return parse(words(text), _GRAMMAR)


@lru_cache(maxsize=4096)
def cost(text: str) -> int:
    """Return about how many multiplications a formula takes for each frame.

    Raises:
        FormulaError: it cannot be read.
    """
    total = 0
    for node in _nodes(parse_formula(text)):
        is_power = isinstance(node, Infix) and node.operator in ("**", "%", "//")
        known = _FUNCTIONS.get(node.name) if isinstance(node, Call) else None
        total += known.cost if known else 5 if is_power else 1
    return total


def _nodes(tree: Node) -> Iterator[Node]:
    """Yield a tree's nodes, without recursion: a long sum is deep."""
    waiting: list[Node] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.parts()


def moves(tree: Node) -> bool:
    """Say whether a formula's value may differ between the frames of a row."""
    for node in _nodes(tree):
        if isinstance(node, Name) and node.text not in _STANDING:
            return True
        if isinstance(node, Call) and (node.name in PERIODIC or node.name == "bez"):
            return True
    return False


def _function(call: Call) -> Function:
    """Return the function that a call means; waves know two ways of being called."""
    name = call.name
    if call.named and name in NAMED_ONLY:
        return NAMED_ONLY[name]
    if name in PERIODIC:
        first = call.arguments[0] if call.arguments else None
        is_named = any(given == "p" for given, _ in call.named)
        if is_named or (first is not None and not moves(first)):
            return PERIODIC[name]
    found = _FUNCTIONS.get(name)
    if found is None:
        raise _unknown_function(name)
    return found


def _arguments(call: Call, function: Function) -> list[Node]:
    """Return what a function is given, defaults filled in, in the order of its parameters."""
    name = call.name
    given = [argument for argument in call.arguments if argument is not None]
    count = len(given) + len(call.named)
    if len(given) < len(call.arguments) or count > function.most:
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
    return FormulaError(
        f"gives {name} {count} value{'s' if count != 1 else ''}",
        f"{name} takes {function.takes}: {name}({', '.join(function.parameters)}).",
    )


class _Frames:
    """The formula language over arrays, one entry per frame."""

    def __init__(self, names: Mapping[str, Numbers | float]) -> None:
        self._names = names

    def literal(self, value: float | str | bool) -> Numbers:
        return np.float64(value)  # type: ignore[return-value]  # a scalar does as an array

    def name(self, text: str) -> Numbers:
        if not _is_known(text, self._names):
            raise unknown_name(text, self._names)
        value = self._names[text if text in self._names else _ALSO[text]]
        return np.asarray(value, dtype=np.float64)

    def unary(self, operator: str, operand: Numbers) -> Numbers:
        return _as_numbers(_UNARY[operator](operand))

    def binary(self, operator: str, left: Numbers, right: Numbers) -> Numbers:
        return _as_numbers(_BINARY[operator](left, right))

    def call(self, call: Call) -> Numbers:
        function = _function(call)
        values = [evaluate(argument, self) for argument in _arguments(call, function)]
        read = {name: self.name(name) for name in function.reads}
        return _as_numbers(function.compute(*values, **read))


def _as_numbers(value: Numbers) -> Numbers:
    """Return what an operator gave as floats: comparisons give truth values."""
    return value if value.dtype == np.float64 else value.astype(np.float64)


def unknown_name(text: str, known: Mapping[str, object]) -> FormulaError:
    """Return the error for a name that nothing is called by, with the likeliest slip."""
    if text in _FUNCTIONS:
        return FormulaError(f"uses {text} without a bracket", f"Write {text}(…).")
    if text in ("b", "beat", "bar", "bpm"):
        return FormulaError(f"uses {text}, but no tempo is known", f"{_INSTEAD['bpm']}.")
    close = nearest(text, [*known, *FUNCTION_NAMES])
    remedy = f"Did you mean {close}?" if close else f"Names are {', '.join(sorted(known))}."
    if text in _INSTEAD:
        remedy = f"{_INSTEAD[text]}."
    return FormulaError(f"uses {text}, which is no name here", remedy)


def _unknown_function(name: str) -> FormulaError:
    close = nearest(name, FUNCTION_NAMES)
    remedy = f"Did you mean {close}?" if close else f"Functions are {', '.join(FUNCTION_NAMES)}."
    if instead := _INSTEAD_OF_CALL.get(name.strip("_").casefold()):
        remedy = f"{instead}."
    return FormulaError(f"uses {name}(), which is no function here", remedy)


def compute(text: str, names: Mapping[str, Numbers | float], count: int) -> Numbers:
    """Return a formula's value for `count` frames.

    Args:
        text: the formula.
        names: what each name stands for: one number, or an array of shape (count,).
        count: number of frames, >= 1.

    Returns:
        Shape (count,). Where the mathematics has no answer, inf or nan stands: the caller names
        the frame, and `fault` says why.

    Raises:
        FormulaError: it cannot be read, or uses a name or function that there is not.
    """
    tree = parse_formula(text)
    if isinstance(tree, Name) and not _is_known(tree.text, names):
        raise _lone_word(tree.text, names)
    values = np.empty(count)
    with np.errstate(all="ignore"):
        values[:] = evaluate(tree, _Frames(names))
    return values


def _is_known(name: str, names: Mapping[str, object]) -> bool:
    return name in names or _ALSO.get(name, name) in names


def _lone_word(text: str, known: Mapping[str, object]) -> FormulaError:
    """Return the error for a cell with one word in it, which was hardly meant as a formula."""
    error = unknown_name(text, known)
    if nearest(text, [*known, *FUNCTION_NAMES]) or text in _INSTEAD:
        return error
    return FormulaError(
        "is neither a number nor a formula",
        "Write a number, or a formula of the frame such as 1 + 0.02*sin(2*pi*t/30).",
    )


_FAULTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "divide": ("divides by zero", "Keep what it divides by away from 0, with max(…, 0.01)."),
        "overflow": ("grows beyond all bounds", "Make its powers smaller."),
        "invalid": (
            "has no value: it asks for the root or logarithm of a negative number, or for 0/0",
            "Keep what stands in the brackets in range, with max(…, 0).",
        ),
    }
)


def fault(text: str, names: Mapping[str, Numbers | float]) -> FormulaError:
    """Return why a formula's value is not finite, for names with one frame's values."""
    try:
        with np.errstate(all="raise", under="ignore"):
            evaluate(parse_formula(text), _Frames(names))
    except FloatingPointError as error:
        found = next((words for cause, words in _FAULTS.items() if cause in str(error)), None)
        return FormulaError(*(found or _FAULTS["invalid"]))
    return FormulaError(*_FAULTS["invalid"])
