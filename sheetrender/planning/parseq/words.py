"""A formula of Parseq as words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Literal

from sheetrender.planning.syntax import FormulaError

MOST_WORDS = 400
"""Words of a formula: whatever reads it takes a step down for each."""

_WORD = re.compile(
    r"(?P<blank>\s+|\#[^\n]*)"
    r'|(?P<text>"(?:[^\n\\"]|\\["\\ntbfr])*")'
    r"|(?P<number>(?:\d+(?:\.\d+)?|\.\d+))(?P<unit>[fsb](?!\w))?"
    r"|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<sign><=|>=|==|!=|&&|\|\||[-+*/%^:<>=(),])"
)
_WORDS = frozenset({"and", "or", "if", "else"})

Kind = Literal["number", "text", "name", "sign", "end"]


@dataclass(frozen=True, slots=True)
class Word:
    """One word.

    Attributes:
        kind: what it is; keywords are signs.
        text: of a name or sign; of a text what stands between its quotation marks.
        number: of a number.
        unit: of a number: ``f``, ``s`` or ``b``; empty for none.
    """

    kind: Kind
    text: str
    number: float = 0.0
    unit: str = ""


def words(formula: str) -> list[Word]:
    """Return the words of a formula, an end behind them.

    Raises:
        FormulaError: it has a sign that Parseq does not know, or too many words.
    """
    found: list[Word] = []
    position = 0
    while position < len(formula):
        match = _WORD.match(formula, position)
        if match is None:
            raise FormulaError(f"has {formula[position]!r}, which formulas do not know")
        position = match.end()
        if match.lastgroup != "blank":
            found.append(_word(match))
        if len(found) > MOST_WORDS:
            raise FormulaError(f"has more than {MOST_WORDS} words")
    return [*found, Word("end", "its end")]


def _word(match: re.Match[str]) -> Word:
    word = match.group()
    if match["number"]:
        return Word("number", word, float(match["number"]), match["unit"] or "")
    if match["text"]:
        return Word("text", str(json.loads(word)))
    if match["name"] and word not in _WORDS:
        return Word("name", word)
    return Word("sign", word)
