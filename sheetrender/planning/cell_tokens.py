"""The tokens of a spreadsheet formula as a tree.

Excel's meanings: ``-2^2`` is 4, and ``^`` groups from the left.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

from sheetrender.model.cells import FormulaToken
from sheetrender.planning.cell_functions.arrays import ARRAY, ARRAY_ROW
from sheetrender.planning.cell_values import SAVE_ONCE
from sheetrender.planning.formula_parser import Grammar, Token, TokenKind, parse
from sheetrender.planning.syntax import FormulaError, Node

_GRAMMAR = Grammar(
    prefix={"-": 6, "+": 6},
    postfix={"%": 7},
    infix={
        "=": 1, "<>": 1, "<": 1, "<=": 1, ">": 1, ">=": 1,
        "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5,
    },
)  # fmt: skip
_KINDS: Mapping[tuple[str, str], TokenKind] = {
    ("OPERAND", "RANGE"): "name",
    # An error that is written in a formula is looked up like a name: it stands for a value too.
    ("OPERAND", "ERROR"): "name",
    ("FUNC", "OPEN"): "call",
    ("FUNC", "CLOSE"): "close",
    ("PAREN", "OPEN"): "open",
    ("PAREN", "CLOSE"): "close",
    ("SEP", "ARG"): "comma",
}
# An array is read as a call of rows, each a call of its values.
_ARRAYS: Mapping[tuple[str, str], Sequence[Token]] = {
    ("ARRAY", "OPEN"): (Token("call", ARRAY), Token("call", ARRAY_ROW)),
    ("SEP", "ROW"): (Token("close", ";"), Token("comma", ";"), Token("call", ARRAY_ROW)),
    ("ARRAY", "CLOSE"): (Token("close", "}"), Token("close", "}")),
}
_OPERATORS = frozenset({*_GRAMMAR.prefix, *_GRAMMAR.postfix, *_GRAMMAR.infix})


def formula_tree(tokens: Sequence[FormulaToken]) -> Node:
    """Return the tree of a formula.

    Raises:
        FormulaError: the tokens make no formula, or one that we cannot compute.
    """
    if not tokens:
        raise FormulaError("is no formula that can be read", SAVE_ONCE)
    translated: list[Token] = []
    for token in tokens:
        if token.kind in {"ARRAY", "SEP"} and (token.kind, token.subkind) in _ARRAYS:
            translated += _ARRAYS[token.kind, token.subkind]
        elif token.kind != "WHITE-SPACE":
            translated.append(_translated(token))
    return parse(translated, _GRAMMAR)


# A formula that is filled down has the same words in every row, but for its addresses.
@lru_cache(maxsize=1024)
def _translated(token: FormulaToken) -> Token:
    kind = _KINDS.get((token.kind, token.subkind))
    if kind is not None:
        return Token(kind, token.text.rstrip("(") if kind == "call" else token.text)
    if token.kind == "OPERAND":
        return _literal(token)
    if token.kind.startswith("OPERATOR") and token.text in _OPERATORS:
        return Token("operator", token.text)
    raise FormulaError(f"has {token.text!r}, which we cannot compute", SAVE_ONCE)


def _literal(token: FormulaToken) -> Token:
    if token.subkind == "LOGICAL":
        return Token("literal", token.text, token.text.upper() == "TRUE")
    if token.subkind == "TEXT":
        return Token("literal", token.text, token.text[1:-1].replace('""', '"'))
    try:
        value = float(token.text)
    except ValueError:
        raise FormulaError(f"has {token.text!r}, which is no number", "Mend the number.") from None
    return Token("literal", token.text, value) if math.isfinite(value) else Token("name", "#NUM!")
