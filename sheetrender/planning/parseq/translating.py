"""A formula of Parseq in our own language, for the frames between two keyframes.

What a formula asks of keyframes is a number there, so that a cell means the same wherever rows are
put in. Whoever uses a translation computes it, and compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sheetrender.planning.deforum.formulas import plain_number
from sheetrender.planning.lines import since
from sheetrender.planning.parseq import functions
from sheetrender.planning.parseq.clock import ALIASES, CONSTANTS
from sheetrender.planning.parseq.computing import arguments
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

_RAW = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arcsinh", "acosh": "arccosh",
    "atanh": "arctanh",
}  # fmt: skip
_SAME_RAW = frozenset(
    {"sin", "cos", "tan", "sinh", "cosh", "tanh", "log", "log10", "log1p", "exp", "expm1", "sqrt",
     "sign"}
)  # fmt: skip
_NAMES = {"f": "t", "s": "sec", "b": "beat", "fps": "fps", "bpm": "bpm", "last_frame": "max_f"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The frames between two keyframes of a field.

    Attributes:
        first: the keyframe's frame.
        end: the next keyframe's; the same where there is none.
        start: value of the keyframe.
        to: value of the next.
    """

    first: int
    end: int
    start: float
    to: float


def translated(tree: Node, stretch: Stretch) -> str:
    """Return a formula in our language.

    Raises:
        FormulaError: there is nothing that means the same.
    """
    return _bare(_Translator(stretch).text(tree))


def _bare(text: str) -> str:
    """Return a text without brackets around all of it."""
    if not text.startswith("("):
        return text
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return text[1:-1] if at == len(text) - 1 else text
    return text


def _literal(value: float) -> str:
    text = plain_number(value)
    return f"({text})" if value < 0 else text


class _Translator:
    def __init__(self, stretch: Stretch) -> None:
        first, end = stretch.first, stretch.end
        counted = since(first)
        gap = _literal(float(end - first))
        start, to = _literal(stretch.start), _literal(stretch.to)
        slope = (stretch.to - stretch.start) / (end - first) if end > first else 0.0
        self._since = counted
        self._names: Mapping[str, str] = {
            "k": counted,
            "active_keyframe": _literal(float(first)),
            "next_keyframe": _literal(float(end)),
            "active_keyframe_value": start,
            "next_keyframe_value": to,
            "keyframe_gap": gap,
            "S": start,
            "L": f"({start}+{counted}*{_literal(slope)})" if slope else start,
        }

    def text(self, node: Node) -> str:
        """Return a part of a formula, in brackets where it is more than one word."""
        match node:
            case Literal_(float() as value):
                return _literal(value)
            case Name(name):
                return self._name(name)
            case Postfix(unit, Literal_(value)):
                return f"{plain_number(float(value))}{unit}"
            case Prefix(_, inner):
                return f"(-{self.text(inner)})"
            case Infix(operator, left, right):
                return _infix(operator, self.text(left), self.text(right))
            case Choice(condition, then, otherwise):
                texts = self.text(condition), self.text(then), self.text(otherwise)
                return f"where({texts[0]}>0, {_bare(texts[1])}, {_bare(texts[2])})"
            case Call():
                return self._call(node)
        raise FormulaError("has a text in it")

    def _name(self, name: str) -> str:
        name = ALIASES.get(name, name)
        if name in _NAMES:
            return _NAMES[name]
        if name in self._names:
            return self._names[name]
        if name == "wb":
            return "floor(beat)"
        if name in CONSTANTS:
            return {"PI": "pi", "E": "e"}.get(name, plain_number(CONSTANTS[name]))
        raise FormulaError(f"uses {name}, which there is not here")

    def _call(self, call: Call) -> str:
        given = arguments(call)
        name = call.name
        if name == "bez":
            return self._bez(given)
        texts = {key: _bare(self.text(node)) for key, node in given.items() if key != "round"}
        if name in functions.WAVES:
            return self._wave(name, texts)
        if name == "slide":
            return self._slide(texts)
        first = next(iter(texts.values()))
        if name in ("min", "max"):
            return f"{name}({texts['a']}, {texts['b']})"
        if name == "abs":
            return f"abs({first})"
        if name in ("round", "floor", "ceil"):
            return _rounded(name, first, texts["p"])
        if name in functions.CONVERSIONS:
            factor = "fps" if "s" in name else "(fps*60/bpm)"
            return f"(({first}){'/' if name.startswith('f') else '*'}{factor})"
        if name[1:] in _SAME_RAW or name[1:] in _RAW:
            return f"{_RAW.get(name[1:], name[1:])}({first})"
        raise FormulaError(f"uses {name}(…), which there is not here")

    def _wave(self, name: str, texts: Mapping[str, str]) -> str:
        wanted = ("p", "ps", "a", "c") + (("pw",) if name == "pulse" else ())
        usual = {"ps": "0", "a": "1", "c": "0"}
        shown = ", ".join(f"{n}={texts[n]}" for n in wanted if texts[n] != usual.get(n))
        wave = f"{name}({shown})"
        if texts["li"] == "0":
            return wave
        limit = f"({texts['li']})"
        return f"where({limit}>0 and {self._since}>{limit}*({texts['p']}), 0, {wave})"

    def _slide(self, texts: Mapping[str, str]) -> str:
        if texts["os"] != "2":
            raise FormulaError("gives slide an offset")
        start, to, span = f"({texts['from']})", f"({texts['to']})", f"({texts['in']})"
        way = f"{start}+({to}-{start})*{self._since}/{span}"
        return f"where({self._since}>={span}, {to}, {way})"

    def _bez(self, given: Mapping[str, Node]) -> str:
        if given["os"] != Literal_(2.0) or given["d"] != Literal_(0.0):
            raise FormulaError("gives bez an offset or a delta")
        points = [self.text(given[key]) for key in ("x1", "y1", "x2", "y2")]
        match given["curve"]:
            case Literal_(str() as curve) if curve:
                points = [_literal(float(n)) for n in functions.control_points(curve)]
        ends = [_bare(self.text(given[key])) for key in ("from", "to", "in")]
        # Rows may be put in between: the way is counted from the keyframe, wherever a row begins.
        return f"bez({', '.join([*points, *ends])}, {self._since}-k)"


def _infix(operator: str, left: str, right: str) -> str:
    match operator:
        case "%":
            return f"fmod({_bare(left)}, {_bare(right)})"
        case "and" | "&&" | "or" | "||":
            word = "and" if operator in ("and", "&&") else "or"
            return f"({left}>0 {word} {right}>0)"
        case ":":
            raise FormulaError("makes a text and no number")
    return f"({left}{operator}{right})"


def _rounded(name: str, value: str, places: str) -> str:
    power = {"0": "", "1": "10", "2": "100", "3": "1000", "4": "10000", "5": "100000"}.get(places)
    if power is None:
        raise FormulaError(f"asks {name} for {places} places")
    scaled = f"({value})*{power}" if power else value
    stepped = f"floor({scaled}+0.5)" if name == "round" else f"{name}({scaled})"
    return f"({stepped}/{power})" if power else stepped
