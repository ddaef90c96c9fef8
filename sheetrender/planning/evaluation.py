"""The one walker over formula trees; a language tells it what names and operators mean."""

from __future__ import annotations

from functools import reduce
from typing import Protocol, TypeVar

from sheetrender.planning.syntax import (
    Call,
    Chain,
    Choice,
    Infix,
    Literal_,
    Name,
    Node,
    Postfix,
    Prefix,
)

ValueT = TypeVar("ValueT")


class Language(Protocol[ValueT]):
    """What the parts of a formula mean; raises `FormulaError` for what it does not have."""

    def literal(self, value: float | str | bool) -> ValueT:
        """Return the value of a number, text or truth value."""
        ...

    def name(self, text: str) -> ValueT:
        """Return what a name or an address stands for."""
        ...

    def unary(self, operator: str, operand: ValueT) -> ValueT:
        """Apply an operator that has one operand."""
        ...

    def binary(self, operator: str, left: ValueT, right: ValueT) -> ValueT:
        """Apply an operator that stands between two operands."""
        ...

    def call(self, call: Call) -> ValueT:
        """Apply a function; it evaluates those of the arguments that it needs."""
        ...


def evaluate(node: Node, language: Language[ValueT]) -> ValueT:
    """Return the value of a formula's tree.

    Raises:
        FormulaError: the language does not know a name, operator or function, or refuses a value.
    """
    match node:
        case Literal_(value):
            return language.literal(value)
        case Name(text):
            return language.name(text)
        case Prefix(operator, operand) | Postfix(operator, operand):
            return language.unary(operator, evaluate(operand, language))
        case Infix():
            return _left_to_right(node, language)
        case Chain(operators, operands):
            values = [evaluate(operand, language) for operand in operands]
            pairs = zip(operators, values, values[1:], strict=False)
            holds = [language.binary(operator, *pair) for operator, *pair in pairs]
            return reduce(lambda both, next_one: language.binary("and", both, next_one), holds)
        case Call():
            return language.call(node)
        case Choice(condition, then, otherwise):
            return language.call(Call("where", (condition, then, otherwise)))


def _left_to_right(node: Infix, language: Language[ValueT]) -> ValueT:
    # A sum of a thousand terms is a thousand nodes deep on its left: walk that side in a loop.
    links: list[Infix] = []
    left: Node = node
    while isinstance(left, Infix):
        links.append(left)
        left = left.left
    value = evaluate(left, language)
    for link in reversed(links):
        value = language.binary(link.operator, value, evaluate(link.right, language))
    return value
