"""Our formula language: ``1 + 0.05*sin(2*pi*t/20)``, computed for many frames at once.

A whitelist: numbers, names, operators and calls from the tables below. Whatever is not in a table
does not exist; there are no attributes, subscripts or strings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, reduce
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sheetrender.planning.columns import nearest
from sheetrender.planning.evaluation import evaluate
from sheetrender.planning.syntax import Call, FormulaError, Grammar, Node, Token, parse

Numbers: TypeAlias = npt.NDArray[np.float64]
MAX_LENGTH = 2000

_GRAMMAR = Grammar(
    prefix={"not": 3, "-": 7, "+": 7},
    postfix={"%%": 9},
    infix={
        "or": 1, "|": 1, "and": 2, "&": 2,
        "<": 4, "<=": 4, ">": 4, ">=": 4, "==": 4, "!=": 4,
        "+": 5, "-": 5, "*": 6, "/": 6, "//": 6, "%": 6, "**": 8,
    },
    right=frozenset({"**"}),
    choice=True,
)  # fmt: skip

_WORD = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<operator>\*\*|//|<=|>=|==|!=|<>|&&|\|\||[-+*/%^<>&|])"
    r"|(?P<open>\()|(?P<close>\))|(?P<comma>,)|(?P<blank>\s+)"
)
_TYPOGRAPHY = str.maketrans({"−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", "≤": "<", "≥": ">"})
_SPELLINGS = {"^": "**", "<>": "!=", "&&": "and", "||": "or"}
_OPERANDS = frozenset({"literal", "name", "call", "open"})
_KEYWORDS = frozenset({"and", "or", "not", "if", "else"})


def _clamp(x: Numbers, low: Numbers, high: Numbers) -> Numbers:
    return np.minimum(np.maximum(x, low), high)


def _lerp(start: Numbers, end: Numbers, share: Numbers) -> Numbers:
    return start + (end - start) * share


def _smoothstep(low: Numbers, high: Numbers, x: Numbers) -> Numbers:
    share = np.clip((x - low) / (high - low), 0.0, 1.0)
    return np.asarray(share * share * (3.0 - 2.0 * share), dtype=np.float64)


def _smallest(*numbers: Numbers) -> Numbers:
    return reduce(np.minimum, numbers)


def _largest(*numbers: Numbers) -> Numbers:
    return reduce(np.maximum, numbers)


def _where(condition: Numbers, then: Numbers, otherwise: Numbers) -> Numbers:
    return np.asarray(np.where(condition != 0, then, otherwise), dtype=np.float64)


Function: TypeAlias = Callable[..., Numbers]

# name: (function, fewest arguments, most arguments)
_FUNCTIONS: Mapping[str, tuple[Function, int, int]] = {
    **{
        name: (getattr(np, name), 1, 1)
        for name in (
            "abs", "sqrt", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh",
            "tanh", "arcsinh", "arccosh", "arctanh", "exp", "expm1", "log", "log10", "log1p",
            "floor", "ceil",
        )
    },
    "round": (lambda x, digits=0.0: np.round(x * 10.0**digits) / 10.0**digits, 1, 2),
    "arctan2": (np.arctan2, 2, 2),
    "fmod": (np.fmod, 2, 2),
    "pow": (np.power, 2, 2),
    "sign": (np.sign, 1, 1),
    "where": (_where, 3, 3),
    "min": (_smallest, 1, 50),
    "max": (_largest, 1, 50),
    "clamp": (_clamp, 3, 3),
    "lerp": (_lerp, 3, 3),
    "smoothstep": (_smoothstep, 3, 3),
}  # fmt: skip

_BINARY: Mapping[str, Function] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.true_divide, "//": np.floor_divide,
    "%": np.mod, "**": np.power, "<": np.less, "<=": np.less_equal, ">": np.greater,
    ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal,
    "and": lambda a, b: (a != 0) & (b != 0), "&": lambda a, b: (a != 0) & (b != 0),
    "or": lambda a, b: (a != 0) | (b != 0), "|": lambda a, b: (a != 0) | (b != 0),
}  # fmt: skip
_UNARY: Mapping[str, Function] = {
    "-": np.negative,
    "+": np.positive,
    "not": lambda a: a == 0,
    "%%": lambda a: a / 100.0,
}

FUNCTION_NAMES = tuple(_FUNCTIONS)


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _WORD.match(text, position)
        if match is None:
            raise _stray(text[position])
        position = match.end()
        kind, word = str(match.lastgroup), match.group()
        if kind == "blank":
            continue
        if kind == "number":
            tokens.append(Token("literal", word, float(word)))
        elif kind == "name" and word not in _KEYWORDS:
            tokens.append(Token("name", word))
        elif kind in ("name", "operator"):
            tokens.append(Token("operator", _SPELLINGS.get(word, word)))
        elif kind == "open" and tokens and tokens[-1].kind == "name":
            tokens[-1] = Token("call", tokens[-1].text)
        else:
            tokens.append(
                Token("open" if kind == "open" else "close" if kind == "close" else "comma", word)
            )
    return _percentages(tokens)


def _percentages(tokens: list[Token]) -> list[Token]:
    """Tell ``50%`` from ``7 % 4``: behind a number, with nothing to divide by, it is per cent."""
    behind = [*tokens[1:], Token("end", "")]
    return [
        Token("operator", "%%")
        if token.text == "%" and before.kind == "literal" and after.kind not in _OPERANDS
        else token
        for before, token, after in zip([Token("end", ""), *tokens], tokens, behind, strict=False)
    ]


def _stray(character: str) -> FormulaError:
    if character in "\"'“”‘’":
        return FormulaError("has a quotation mark", "Formulas hold numbers and names, no texts.")
    if character == ".":
        return FormulaError("has a dot that belongs to no number", "Write decimals as 0.5.")
    if character == "=":
        return FormulaError("has a single =", "Write == to compare.")
    return FormulaError(f"has {character!r}, which formulas do not know", "Take it out.")


@lru_cache(maxsize=4096)
def parse_formula(text: str) -> Node:
    """Return the tree of a formula in our own language.

    Raises:
        FormulaError: it is no formula, longer than `MAX_LENGTH`, or nested too deeply.
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"is longer than {MAX_LENGTH} characters", "Split it over several rows.")
    return parse(
        _tokens(text.replace("≤", "<=").replace("≥", ">=").translate(_TYPOGRAPHY)), _GRAMMAR
    )


class _Frames:
    """The formula language over arrays, one entry per frame."""

    def __init__(self, names: Mapping[str, Numbers | float]) -> None:
        self._names = names

    def literal(self, value: float | str | bool) -> Numbers:
        return np.float64(value)  # type: ignore[return-value]  # a scalar does as an array

    def name(self, text: str) -> Numbers:
        value = self._names.get(text)
        if value is None:
            raise unknown_name(text, self._names)
        return np.asarray(value, dtype=np.float64)

    def unary(self, operator: str, operand: Numbers) -> Numbers:
        return _as_numbers(_UNARY[operator](operand))

    def binary(self, operator: str, left: Numbers, right: Numbers) -> Numbers:
        return _as_numbers(_BINARY[operator](left, right))

    def call(self, call: Call) -> Numbers:
        name = call.name
        arguments = [None if a is None else evaluate(a, self) for a in call.arguments]
        entry = _FUNCTIONS.get(name)
        if entry is None:
            raise _unknown_function(name)
        function, fewest, most = entry
        given = [argument for argument in arguments if argument is not None]
        if len(given) < len(arguments) or not fewest <= len(given) <= most:
            wanted = str(fewest) if fewest == most else f"{fewest} to {most}"
            raise FormulaError(
                f"gives {name} {len(given)} value{'s' if len(given) != 1 else ''}",
                f"{name} takes {wanted}.",
            )
        return _as_numbers(function(*given))


def _as_numbers(value: Numbers) -> Numbers:
    """Return what an operator gave as floats: comparisons give truth values."""
    return value if value.dtype == np.float64 else value.astype(np.float64)


def unknown_name(text: str, known: Mapping[str, object]) -> FormulaError:
    """Return the error for a name that nothing is called by, with the likeliest slip."""
    if text in _FUNCTIONS:
        return FormulaError(f"uses {text} without a bracket", f"Write {text}(…).")
    if text in ("beat", "bar", "bpm"):
        return FormulaError(f"uses {text}, but no tempo is known", "Set bpm in the Settings tab.")
    close = nearest(text, [*known, *FUNCTION_NAMES])
    remedy = f"Did you mean {close}?" if close else f"Names are {', '.join(sorted(known))}."
    return FormulaError(f"uses {text}, which is no name here", remedy)


def _unknown_function(name: str) -> FormulaError:
    close = nearest(name, FUNCTION_NAMES)
    remedy = f"Did you mean {close}?" if close else f"Functions are {', '.join(FUNCTION_NAMES)}."
    return FormulaError(f"uses {name}(), which is no function here", remedy)


def compute(text: str, names: Mapping[str, Numbers | float], count: int) -> Numbers:
    """Return a formula's value for `count` frames.

    Args:
        text: the formula.
        names: what each name stands for: one number, or an array of shape (count,).
        count: number of frames, >= 1.

    Returns:
        Shape (count,). Where the mathematics has no answer, inf or nan stands: the caller names
        the frame.

    Raises:
        FormulaError: it cannot be read, or uses a name or function that there is not.
    """
    values = np.empty(count)
    with np.errstate(all="ignore"):
        values[:] = evaluate(parse_formula(text), _Frames(names))
    return values
