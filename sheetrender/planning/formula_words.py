"""A formula's text as words, with what people paste and type understood.

``−`` is a minus, ``×`` a times, ``50%`` a half; ``4b``, ``2s`` and ``12f`` are beats, seconds and
frames, all counted in frames, as in Parseq.
"""

from __future__ import annotations

import re

from sheetrender.planning.formula_parser import Token
from sheetrender.planning.syntax import FormulaError

_WORD = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?P<unit>[fsb](?!\w))?"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<operator>\*\*|//|<=|>=|==|!=|<>|&&|\|\||[-+*/%^<>&|=~])"
    r"|(?P<open>\()|(?P<close>\))|(?P<comma>,)|(?P<blank>\s+)"
)
_TYPOGRAPHY = str.maketrans(
    {"−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", "≤": "<=", "≥": ">=", "≠": "!=", "π": "pi"}
)
_SPELLINGS = {"^": "**", "<>": "!=", "&&": "and", "||": "or"}
_OPERANDS = frozenset({"literal", "name", "call", "open"})
_CLOSE_PERCENT = "%?"
_KEYWORDS = frozenset({"and", "or", "not", "if", "else"})
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")


def with_decimal_points(formula: str) -> str:
    """Return a formula of a sheet that writes ``0,5``, where ``;`` separates values, as ours."""
    return _DECIMAL_COMMA.sub(".", formula).replace(";", ",")


def words(text: str) -> list[Token]:
    """Return the words of a formula.

    Raises:
        FormulaError: it has a character that no formula has.
    """
    text = text.translate(_TYPOGRAPHY)
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _WORD.match(text, position)
        if match is None:
            raise _stray(text[position])
        position = match.end()
        if match.lastgroup != "blank":
            tokens += _tokens(match, tokens[-1] if tokens else None)
            if tokens[-1].kind == "call":
                del tokens[-2]
    return _percentages(tokens)


def _tokens(match: re.Match[str], before: Token | None) -> list[Token]:
    word = match.group()
    if match["number"]:
        literal = Token("literal", word, float(match["number"]))
        return _measured(literal, match["unit"]) if match["unit"] else [literal]
    if match["name"] and word not in _KEYWORDS:
        return [Token("name", word)]
    if word == "%" and before is not None and before.kind == "literal":
        is_close = not match.string[match.start() - 1].isspace()
        return [Token("operator", _CLOSE_PERCENT if is_close else word)]
    if match["name"] or match["operator"]:
        return [Token("operator", _SPELLINGS.get(word, word))]
    if match["open"]:
        is_call = before is not None and before.kind == "name"
        return [Token("call", before.text) if is_call and before else Token("open", word)]
    return [Token("close" if match["close"] else "comma", word)]


def _measured(number: Token, unit: str) -> list[Token]:
    """Return a number with its unit as frames, in brackets: ``2s`` is ``(2*fps)``."""
    match unit:
        case "s":
            factors = [Token("operator", "*"), Token("name", "fps")]
        case "b":
            factors = [
                Token("operator", "*"), Token("name", "fps"),
                Token("operator", "*"), Token("literal", "60", 60.0),
                Token("operator", "/"), Token("name", "bpm"),
            ]  # fmt: skip
        case _:
            return [number]
    return [Token("open", "("), number, *factors, Token("close", ")")]


def _percentages(tokens: list[Token]) -> list[Token]:
    """Tell ``50%`` from ``7 % 4``: right behind a number, and no number after it, is per cent.

    ``50% - 3`` is a half less three, ``50 % -3`` is a remainder.
    """
    behind = [*tokens[1:], Token("end", "")]
    return [
        _percentage(token, after) if token.text in ("%", _CLOSE_PERCENT) else token
        for token, after in zip(tokens, behind, strict=False)
    ]


def _percentage(token: Token, after: Token) -> Token:
    is_close = token.text == _CLOSE_PERCENT
    has_divisor = after.kind in _OPERANDS or (not is_close and after.kind == "operator")
    return Token("operator", "%" if has_divisor else "%%")


def _stray(character: str) -> FormulaError:
    if character in "\"'“”‘’":
        return FormulaError("has a quotation mark", "Formulas hold numbers and names, no texts.")
    if character == ".":
        return FormulaError("has a dot that belongs to no number", "Write decimals as 0.5.")
    if character == ":":
        return FormulaError(
            "has a colon, as Deforum's schedules have",
            "Put a whole schedule into the Settings tab, beside the channel's name; "
            "a cell of a row holds one number or formula.",
        )
    if character == ";":
        return FormulaError("has a semicolon", "Separate values by commas.")
    return FormulaError(f"has {character!r}, which formulas do not know", "Take it out.")
