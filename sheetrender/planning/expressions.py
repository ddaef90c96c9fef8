"""Our formula language: ``1 + 0.05*sin(2*pi*t/20)``, computed for many frames at once.

A whitelist: numbers, names, operators and calls from the tables of `functions`. Whatever is not in
a table does not exist; there are no attributes, subscripts or strings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import numpy as np

from sheetrender.planning.columns import nearest
from sheetrender.planning.evaluation import evaluate
from sheetrender.planning.formula_calls import FUNCTION_NAMES, TABLE, completed, nodes
from sheetrender.planning.formula_parser import Grammar, parse
from sheetrender.planning.formula_words import words
from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.syntax import Call, FormulaError, Infix, Name, Node

MAX_LENGTH = 2000

_BINARY: Mapping[str, Callable[[Numbers, Numbers], Numbers]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.true_divide, "//": np.floor_divide,
    "%": np.mod, "**": np.power, "<": np.less, "<=": np.less_equal, ">": np.greater,
    ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal,
    "and": lambda a, b: (a != 0) & (b != 0), "&": lambda a, b: (a != 0) & (b != 0),
    "or": lambda a, b: (a != 0) | (b != 0), "|": lambda a, b: (a != 0) | (b != 0),
}  # fmt: skip
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
_UNARY: Mapping[str, Callable[[Numbers], Numbers]] = {
    "-": np.negative,
    "+": np.positive,
    "not": lambda a: a == 0,
    "~": lambda a: a == 0,
    "%%": lambda a: a / 100.0,
}

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
    call=completed,
)  # fmt: skip


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
    for node in nodes(parse_formula(text)):
        is_power = isinstance(node, Infix) and node.operator in ("**", "%", "//")
        total += TABLE[node.name].cost if isinstance(node, Call) else 5 if is_power else 1
    return total


class FrameLanguage:
    """The formula language over arrays, one entry per frame."""

    def __init__(self, names: Mapping[str, Numbers | float]) -> None:
        self._names = names

    def literal(self, value: float | str | bool) -> Numbers:
        """Return a number of the formula."""
        return np.float64(value)  # type: ignore[return-value]  # a scalar does as an array

    def name(self, text: str) -> Numbers:
        """Return what a name stands for.

        Raises:
            FormulaError: nothing is called so.
        """
        if not _is_known(text, self._names):
            raise unknown_name(text, self._names)
        value = self._names[text if text in self._names else _ALSO[text]]
        return np.asarray(value, dtype=np.float64)

    def unary(self, operator: str, operand: Numbers) -> Numbers:
        """Apply an operator that has one operand."""
        return _as_numbers(_UNARY[operator](operand))

    def binary(self, operator: str, left: Numbers, right: Numbers) -> Numbers:
        """Apply an operator that stands between two operands."""
        return _as_numbers(_BINARY[operator](left, right))

    def call(self, call: Call) -> Numbers:
        """Apply a function."""
        values = [evaluate(node, self) for node in call.arguments if node is not None]
        return self.computed(call, values)

    def computed(self, call: Call, values: Sequence[Numbers]) -> Numbers:
        """Return what a function makes of its values."""
        function = TABLE[call.name]
        read = {name: self.name(name) for name in function.reads}
        return _as_numbers(function.compute(*values, **read))


def _as_numbers(value: Numbers) -> Numbers:
    """Return what an operator gave as floats: comparisons give truth values."""
    return value if value.dtype == np.float64 else value.astype(np.float64)


def unknown_name(text: str, known: Mapping[str, object]) -> FormulaError:
    """Return the error for a name that nothing is called by, with the likeliest slip."""
    if text in FUNCTION_NAMES:
        return FormulaError(f"uses {text} without a bracket", f"Write {text}(…).")
    if text in ("b", "beat", "bar", "bpm"):
        return FormulaError(f"uses {text}, but no tempo is known", f"{_INSTEAD['bpm']}.")
    close = nearest(text, [*known, *FUNCTION_NAMES])
    remedy = f"Did you mean {close}?" if close else f"Names are {', '.join(sorted(known))}."
    if text in _INSTEAD:
        remedy = f"{_INSTEAD[text]}."
    return FormulaError(f"uses {text}, which is no name here", remedy)


def compute(text: str, names: Mapping[str, Numbers | float], count: int) -> Numbers:
    """Return a formula's value for `count` frames.

    Args:
        text: the formula.
        names: what each name stands for: one number, or an array of shape (count,).
        count: number of frames, >= 1.

    Returns:
        Shape (count,). Where the mathematics has no answer, inf or nan stands: the caller names
        the frame, and `faults.fault` says why.

    Raises:
        FormulaError: it cannot be read, or uses a name or function that there is not.
    """
    tree = parse_formula(text)
    if isinstance(tree, Name) and not _is_known(tree.text, names):
        raise _lone_word(tree.text, names)
    values = np.empty(count)
    with np.errstate(all="ignore"):
        values[:] = evaluate(tree, FrameLanguage(names))
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
