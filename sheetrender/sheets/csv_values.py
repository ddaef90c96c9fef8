"""What the fields of a .csv file mean as cells, and how values are written into them.

A program that opens the file runs whatever begins with ``= + - @``, a tab or a carriage return.
Such a text is written with an apostrophe before it, as spreadsheets have it, and read back
without. A text that already begins with apostrophes before such a character gets one more.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from sheetrender.model.cells import Cell

_NUMBER = re.compile(
    r"-?(?:(?:0|[1-9]\d{0,17})(?:[.,]\d{1,30})?|[.,]\d{1,30})(?:[eE][+-]?\d{1,3})?", re.ASCII
)
_RUNS = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")
_TRUTH = {"TRUE": True, "FALSE": False}
_QUOTED = re.compile(r'("(?:[^"]|"")*")')
_COMMA = re.compile(r"(?<=\d),(?=\d)")


def has_decimal_comma(texts: Iterable[str], delimiter: str) -> bool:
    """Return whether the numbers among the texts of a file are written as ``1,5``.

    Semicolons stand between fields where commas stand inside of numbers, so that they are
    evidence enough unless points are found; tabs prove nothing.
    """
    commas = points = False
    if delimiter in ";\t":
        for text in texts:
            if "," in text or "." in text:
                number = _NUMBER.fullmatch(text)
                commas = commas or bool(number and "," in text)
                points = points or bool(number and "." in text)
    return commas or (delimiter == ";" and not points)


def cell_of(text: str, delimiter: str) -> Cell | None:
    """Return the cell that a field stands for, or None for an empty one."""
    if not text:
        return None
    if text.startswith("=") and len(text) > 1:
        # Imported here because the tokenizer brings all of openpyxl, which few text files need.
        from sheetrender.sheets.formula_tokens import formula_tokens

        return Cell(None, text, formula_tokens(_with_points(text) if delimiter == ";" else text))
    if _ESCAPED.match(text):
        return Cell(text[1:])
    if text in _TRUTH:
        return Cell(_TRUTH[text])
    number = _number(text, delimiter)
    return Cell(text if number is None else number)


def _with_points(formula: str) -> str:
    """Return a formula of a country that writes ``MAX(1;1,5)`` as files hold it: ``MAX(1,1.5)``."""
    parts = _QUOTED.split(formula)
    parts[::2] = [_COMMA.sub(".", part).replace(";", ",") for part in parts[::2]]
    return "".join(parts)


def text_of(value: str | int | float | None, *, decimal_comma: bool) -> str:
    """Return what is written for a value, before quotes."""
    match value:
        case None:
            return ""
        case bool(truth):
            return "TRUE" if truth else "FALSE"
        case int():
            return str(value)
        case float():
            return repr(value).replace(".", ",") if decimal_comma else repr(value)
        case text:
            # No text file has a NUL, and no codec a lone surrogate.
            clean = re.sub("[\0\ud800-\udfff]", "", text)
            return f"'{clean}" if _RUNS.match(clean) else clean


def _number(text: str, delimiter: str) -> int | float | None:
    if not _NUMBER.fullmatch(text) or ("," in text and delimiter not in ";\t"):
        return None
    if text.lstrip("-").isdigit():
        return int(text)
    number = float(text.replace(",", "."))
    return number if math.isfinite(number) else None
