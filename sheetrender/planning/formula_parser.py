"""Words of a formula into its tree, for our own formulas and for spreadsheets'.

A language says how tightly its operators bind; the parser does the rest (top-down operator
precedence).

Source: V. Pratt, "Top down operator precedence", 1973.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sheetrender.planning.syntax import (
    Call,
    Chain,
    Choice,
    FormulaError,
    Infix,
    Literal_,
    Name,
    Node,
    Postfix,
    Prefix,
)

MAX_DEPTH = 50
"""Levels of brackets."""

MAX_HEIGHT = 4 * MAX_DEPTH
"""Of the tree: brackets, signs and powers in one another."""

TokenKind = Literal["literal", "name", "operator", "call", "open", "close", "comma", "end"]


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a formula.

    Attributes:
        kind: ``call`` is a function's name together with its bracket.
        text: as written; for a call the function's name alone.
        value: of a literal.
    """

    kind: TokenKind
    text: str
    value: float | str | bool = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """How tightly the operators of a language bind; a greater number binds tighter.

    Attributes:
        prefix: operators before their operand.
        postfix: operators behind it.
        infix: operators between two.
        right: the infix operators that group from the right.
        chained: the infix operators of which ``a < b < c`` means that both hold.
        choice: whether ``a if c else b`` is known.
        named: whether a function may be given arguments by name, as in ``tri(p=20)``.
        call: what becomes of every call as soon as it is read; None leaves it as it is.
    """

    prefix: Mapping[str, int]
    postfix: Mapping[str, int]
    infix: Mapping[str, int]
    right: frozenset[str] = frozenset()
    chained: frozenset[str] = frozenset()
    choice: bool = False
    named: bool = False
    call: Callable[[Call], Call] | None = None


def parse(tokens: Sequence[Token], grammar: Grammar) -> Node:
    """Return the tree of a formula.

    Raises:
        FormulaError: the words do not make a formula, or it nests deeper than `MAX_DEPTH`.
    """
    parser = _Parser([*tokens, Token("end", "")], grammar)
    tree = parser.expression(0)
    if parser.here.kind != "end":
        raise parser.unexpected()
    return tree


def _linked(before: Infix | Chain | None, last: Infix) -> Infix | Chain:
    """Return a comparison together with those before it in the same chain."""
    match before:
        case Chain(operators, operands):
            return Chain((*operators, last.operator), (*operands, last.right))
        case Infix(operator, left, right):
            return Chain((operator, last.operator), (left, right, last.right))
        case None:
            return last


class _Parser:
    def __init__(self, tokens: list[Token], grammar: Grammar) -> None:
        self._tokens = tokens
        self._grammar = grammar
        self._position = 0
        self._depth = 0
        self._height = 0
        self._postfixes = 0

    @property
    def here(self) -> Token:
        return self._tokens[self._position]

    def unexpected(self) -> FormulaError:
        if self.here.kind == "end":
            return FormulaError("ends too early", "Complete it, or close a bracket.")
        if self.here.text == "=":
            return FormulaError("has a single =", "Write == to compare.")
        remedy = "Check brackets, commas and operators around it."
        if self._grammar.choice and self.here.text in ("if", "else"):
            remedy = "Write a if condition else b, or where(condition, a, b)."
        elif self._lacks_a_times_sign():
            remedy = f"Write a times sign between: {self._before.text}*{self.here.text}."
        written = self.here.text.replace("%%", "%")
        return FormulaError(f"has {written!r} where nothing like it can stand", remedy)

    @property
    def _before(self) -> Token:
        return self._tokens[max(0, self._position - 1)]

    def _lacks_a_times_sign(self) -> bool:
        return self._before.kind == "literal" and self.here.kind in ("name", "call", "open")

    def _nested(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FormulaError(f"nests deeper than {MAX_DEPTH} levels", "Split it up.")

    def expression(self, tightness: int) -> Node:
        self._height += 1
        if self._height > MAX_HEIGHT:
            raise FormulaError("has too many operators in one another", "Split it up.")
        left = self._operand()
        links: Infix | Chain | None = None
        while True:
            token = self.here
            if token.kind == "operator" and token.text in self._grammar.postfix:
                if self._grammar.postfix[token.text] < tightness:
                    break
                self._position += 1
                left = Postfix(token.text, left)
                self._count_postfix()
            elif token.kind == "operator" and token.text in self._grammar.infix:
                binding = self._grammar.infix[token.text]
                if binding < tightness:
                    break
                self._position += 1
                right_binding = binding if token.text in self._grammar.right else binding + 1
                right = self.expression(right_binding)
                if token.text in self._grammar.chained:
                    left = links = _linked(links, Infix(token.text, left, right))
                else:
                    left, links = Infix(token.text, left, right), None
            elif self._grammar.choice and token.text == "if" and tightness == 0:
                left = self._choice(left)
            else:
                break
        self._height -= 1
        return left

    def _count_postfix(self) -> None:
        self._postfixes += 1
        if self._postfixes > MAX_DEPTH:
            raise FormulaError(f"has more than {MAX_DEPTH} signs of per cent", "Write the number.")

    def _operand(self) -> Node:
        token = self.here
        if token.kind == "literal":
            self._position += 1
            return Literal_(token.value)
        if token.kind == "name":
            self._position += 1
            return Name(token.text)
        if token.kind == "operator" and token.text in self._grammar.prefix:
            self._position += 1
            return Prefix(token.text, self.expression(self._grammar.prefix[token.text]))
        if token.kind == "open":
            self._position += 1
            self._nested()
            inner = self.expression(0)
            self._expect("close")
            self._depth -= 1
            return inner
        if token.kind == "call":
            self._position += 1
            self._nested()
            call = self._call(token.text)
            self._depth -= 1
            return call if self._grammar.call is None else self._grammar.call(call)
        raise self.unexpected()

    def _choice(self, then: Node) -> Node:
        self._position += 1
        condition = self.expression(1)
        if self.here.text != "else":
            raise FormulaError("has an `if` without its `else`", "Write a if condition else b.")
        self._position += 1
        return Choice(condition, then, self.expression(0))

    def _call(self, name: str) -> Call:
        arguments: list[Node | None] = []
        named: list[tuple[str, Node]] = []
        if self.here.kind == "close":
            self._position += 1
            return Call(name, ())
        while True:
            argument = self._argument_name()
            if argument:
                named.append((argument, self.expression(0)))
            elif named:
                raise FormulaError(
                    f"gives {name} a value without a name behind one with a name",
                    "Put the values without names first.",
                )
            else:
                is_empty = self.here.kind in ("comma", "close")
                arguments.append(None if is_empty else self.expression(0))
            if self.here.kind != "comma":
                self._expect("close")
                return Call(name, tuple(arguments), tuple(named))
            self._position += 1

    def _argument_name(self) -> str:
        """Step over ``name =`` and return the name; empty where no argument is named here."""
        following = self._tokens[min(self._position + 1, len(self._tokens) - 1)]
        is_name = self._grammar.named and self.here.kind == "name"
        if not (is_name and following.kind == "operator" and following.text == "="):
            return ""
        name = self.here.text
        self._position += 2
        return name

    def _expect(self, kind: TokenKind) -> None:
        if self.here.kind != kind:
            raise self.unexpected()
        self._position += 1
