"""Values, formulas and looks of a new sheet as the Sheets API takes them."""

from __future__ import annotations

from typing import Any

from sheetrender.sheets.google_snapshot import storable
from sheetrender.sheets.new_description import NewValue, PlainText, WordColour
from sheetrender.sheets.new_styles import Style

Json = dict[str, Any]

AS_TEXT = {"type": "TEXT", "pattern": "@"}
"""The number format of cells in which nothing is taken for a number or a date."""

_VERTICAL = {"top": "TOP", "center": "MIDDLE"}


def entered(value: NewValue, *, decimal_comma: bool) -> Json:
    """Return a value as ``userEnteredValue``; an empty one where there is none."""
    if value is None or value == "":
        return {}
    if isinstance(value, str):
        if value.startswith("=") and not isinstance(value, PlainText):
            return {"formulaValue": local_formula(value, decimal_comma=decimal_comma)}
        return {"stringValue": storable(str(value))}
    return {"numberValue": value}


def local_formula(formula: str, *, decimal_comma: bool) -> str:
    """Return a formula as people type it in the sheet's locale; so does Google read it.

    Args:
        formula: with its =, commas between arguments and points in numbers.
        decimal_comma: whether the locale writes 1,5; semicolons stand between arguments then.
    """
    if not decimal_comma:
        return formula
    from openpyxl.formula import Tokenizer
    from openpyxl.formula.tokenizer import Token

    tokens = Tokenizer(formula)
    for token in tokens.items:
        if (token.type, token.subtype) == (Token.SEP, Token.ARG):
            token.value = ";"
        elif (token.type, token.subtype) == (Token.OPERAND, Token.NUMBER):
            token.value = token.value.replace(".", ",")
    return str(tokens.render())


def cell_format(style: Style) -> Json:
    """Return a style as ``userEnteredFormat``."""
    shown: Json = {
        "textFormat": {
            "fontFamily": style.font,
            # Google has whole points only.
            "fontSize": int(style.size + 0.5),
            "bold": style.bold,
            "foregroundColorStyle": colour(style.ink),
        },
        "horizontalAlignment": style.horizontal.upper(),
        "verticalAlignment": _VERTICAL[style.vertical],
        "wrapStrategy": "WRAP" if style.wrap else "OVERFLOW_CELL",
    }
    if style.fill:
        shown["backgroundColorStyle"] = colour(style.fill)
    if style.number_format:
        shown["numberFormat"] = {"type": "NUMBER", "pattern": style.number_format}
    if style.line:
        shown["borders"] = {"bottom": {"style": "SOLID", "colorStyle": colour(style.line)}}
    return shown


def word_rule(word: WordColour, area: Json) -> Json:
    """Return the conditional format of cells that hold one word."""
    return {
        "ranges": [area],
        "booleanRule": {
            "condition": {"type": "TEXT_EQ", "values": [{"userEnteredValue": word.word}]},
            "format": {
                "backgroundColorStyle": colour(word.fill),
                "textFormat": {"bold": True, "foregroundColorStyle": colour(word.ink)},
            },
        },
    }


def colour(digits: str) -> Json:
    """Return six hexadecimal digits as a ``ColorStyle``."""
    parts = zip(("red", "green", "blue"), bytes.fromhex(digits), strict=True)
    return {"rgbColor": {name: round(part / 255, 4) for name, part in parts}}
