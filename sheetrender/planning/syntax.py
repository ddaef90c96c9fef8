"""Formulas as trees, our own and spreadsheets': nothing but the nodes below can stand in one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


class FormulaError(ValueError):
    """A formula that cannot be read or computed.

    Its text is a verb phrase that follows the written formula; `remedy` is a sentence.
    """

    def __init__(self, wrong: str, remedy: str = "") -> None:
        super().__init__(wrong)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Literal_:  # noqa: N801  # `Literal` is typing's
    """A number, a text or a truth value that stands in the formula."""

    value: float | str | bool

    def parts(self) -> tuple[Node, ...]:
        """Return the nodes right below: none."""
        return ()


@dataclass(frozen=True, slots=True)
class Name:
    """A name, or in a spreadsheet the address of a cell or a range."""

    text: str

    def parts(self) -> tuple[Node, ...]:
        """Return the nodes right below: none."""
        return ()


@dataclass(frozen=True, slots=True)
class Prefix:
    """An operator before its one operand."""

    operator: str
    operand: Node

    def parts(self) -> tuple[Node, ...]:
        """Return the nodes right below."""
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Postfix:
    """An operator behind its one operand."""

    operator: str
    operand: Node

    def parts(self) -> tuple[Node, ...]:
        """Return the nodes right below."""
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Infix:
    """An operator between two operands."""

    operator: str
    left: Node
    right: Node

    def parts(self) -> tuple[Node, ...]:
        """Return the nodes right below."""
        return (self.left, self.right)


@dataclass(frozen=True, slots=True)
class Chain:
    """``a < b < c``, which means ``a < b and b < c``, with `b` computed once.

    Attributes:
        operators: two or more comparisons.
        operands: one more.
    """

    operators: tuple[str, ...]
    operands: tuple[Node, ...]

    def parts(self) -> tuple[Node, ...]:
        """Return the nodes right below."""
        return self.operands


@dataclass(frozen=True, slots=True)
class Call:
    """A function and what it is given.

    Attributes:
        name: as written.
        arguments: by place; None for one left empty.
        named: by name, as in ``tri(p=20, a=0.5)``, in the order in which they are written.
    """

    name: str
    arguments: tuple[Node | None, ...]
    named: tuple[tuple[str, Node], ...] = ()

    def parts(self) -> tuple[Node, ...]:
        """Return the nodes right below."""
        return (
            *(argument for argument in self.arguments if argument is not None),
            *(argument for _, argument in self.named),
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """``then if condition else otherwise``."""

    condition: Node
    then: Node
    otherwise: Node

    def parts(self) -> tuple[Node, ...]:
        """Return the nodes right below."""
        return (self.condition, self.then, self.otherwise)


Node: TypeAlias = Literal_ | Name | Prefix | Postfix | Infix | Chain | Call | Choice
