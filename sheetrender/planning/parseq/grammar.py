"""Parseq's formulas as trees, read as Parseq reads them: ``10-5-2`` is 10-(5-2).

There every operator groups from the right, and ``^ * / % :`` bind alike: ``2^3*2`` is 2^(3*2).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sheetrender.planning.parseq.words import Word, words
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

MOST_DEPTH = 40
"""Levels of brackets."""

_THEIRS: Mapping[str, int] = {
    **dict.fromkeys(("and", "or"), 1),
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!=", "&&", "||"), 2),
    **dict.fromkeys("+-", 3),
    **dict.fromkeys("*/%:^", 4),
}
_USUAL: Mapping[str, int] = {**_THEIRS, "&&": 1, "or": 0, "||": 0, "^": 5}


@lru_cache(maxsize=4096)
def parse(formula: str, *, usual: bool = False) -> Node:
    """Return the tree of a formula.

    Args:
        formula: in Parseq's language.
        usual: read it as mathematics has it, and not as Parseq does.

    Raises:
        FormulaError: it cannot be read.
    """
    reader = _Reader(words(formula), usual=usual)
    tree = reader.expression()
    reader.expect("end")
    return tree


class _Reader:
    def __init__(self, found: list[Word], *, usual: bool) -> None:
        self._words = found
        self._at = 0
        self._depth = 0
        self._usual = usual
        self._binding = _USUAL if usual else _THEIRS

    @property
    def _next(self) -> Word:
        return self._words[self._at]

    def _take(self) -> Word:
        word = self._next
        self._at += 1
        return word

    def _is(self, sign: str) -> bool:
        return self._next.kind == "sign" and self._next.text == sign

    def expect(self, sign: str) -> None:
        """Go behind a sign, or the end.

        Raises:
            FormulaError: something else stands there.
        """
        if not (self._next.kind == "end" if sign == "end" else self._is(sign)):
            wanted = "its end" if sign == "end" else sign
            raise FormulaError(f"has {self._next.text} where {wanted} should stand")
        if sign != "end":
            self._at += 1

    def expression(self) -> Node:
        """Read one expression, as far as it goes."""
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise FormulaError(f"has more than {MOST_DEPTH} levels of brackets")
        operands, operators = [self._operand()], list[str]()
        while self._next.kind == "sign" and self._next.text in self._binding:
            operators.append(self._take().text)
            operands.append(self._operand())
        self._depth -= 1
        return self._grouped(operands, operators)

    def _grouped(self, operands: list[Node], operators: list[str]) -> Node:
        """Return one tree, the loosest operator at its root."""
        if not operators:
            return operands[0]
        loosest = min(self._binding[operator] for operator in operators)
        places = [n for n, sign in enumerate(operators) if self._binding[sign] == loosest]
        from_right = not self._usual or operators[places[0]] == "^"
        at = places[0] if from_right else places[-1]
        left = self._grouped(operands[: at + 1], operators[:at])
        return Infix(operators[at], left, self._grouped(operands[at + 1 :], operators[at + 1 :]))

    def _operand(self) -> Node:
        if not self._is("-"):
            return self._atom()
        self._take()
        if self._usual:
            base = self._atom()
            if self._is("^"):
                self._take()
                return Prefix("-", Infix("^", base, self._operand()))
            return Prefix("-", base)
        return Prefix("-", self._atom())

    def _atom(self) -> Node:
        word = self._take()
        if word.kind == "number":
            literal = Literal_(word.number)
            return Postfix(word.unit, literal) if word.unit in ("s", "b") else literal
        if word.kind == "text":
            return Literal_(word.text)
        if word.kind == "name":
            return self._named(word.text)
        if word.text == "(":
            inner = self.expression()
            self.expect(")")
            return inner
        if word.text == "if":
            return self._choice()
        raise FormulaError(f"has {word.text} where a value should stand")

    def _named(self, name: str) -> Node:
        if self._is("("):
            self._take()
            return self._call(name)
        if name in ("true", "false"):
            return Literal_(float(name == "true"))
        return Name(name)

    def _call(self, name: str) -> Node:
        places: list[Node] = []
        named: list[tuple[str, Node]] = []
        while not self._is(")"):
            behind = self._words[min(self._at + 1, len(self._words) - 1)]
            if self._next.kind == "name" and behind == Word("sign", "="):
                key = self._take().text
                self._take()
                named.append((key, self.expression()))
            else:
                places.append(self.expression())
            if not self._is(","):
                break
            self._take()
        self.expect(")")
        if places and named:
            raise FormulaError(f"gives {name} some values by name and some by place")
        return Call(name, tuple(places), tuple(named))

    def _choice(self) -> Node:
        condition = self.expression()
        then = self.expression()
        otherwise: Node = Literal_(0.0)
        if self._is("else"):
            self._take()
            otherwise = self.expression()
        return Choice(condition, then, otherwise)
