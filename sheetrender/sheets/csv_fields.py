"""Where the fields of a .csv text stand, so that one can be exchanged and the others stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from sheetrender.sheets.refusals import UnusualFileError

DELIMITERS = ",;\t|"
_SNIFFED_ROWS = 30
_ANNOUNCED = re.compile(r"sep=([,;\t|])(?=[\r\n]|\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpan:
    """A field as it is written.

    Attributes:
        start: offset of its first character, its opening quote included.
        end: offset behind its last character.
        text: what it says, its quotes resolved.
    """

    start: int
    end: int
    text: str


def split_rows(text: str, delimiter: str) -> Iterator[list[FieldSpan]]:
    """Yield the fields of each row, one empty field for an empty line.

    As in RFC 4180 a quote counts only at the beginning of a field; what follows a closing quote
    belongs to the field, as spreadsheet programs read it.

    Raises:
        UnusualFileError: a quote is never closed.
    """
    pattern = _field_pattern(delimiter)
    row: list[FieldSpan] = []
    position = 0
    number = 1
    while position < len(text) or row:
        match = pattern.match(text, position)
        if match is None:
            raise UnusualFileError(f"has a quotation mark in row {number} that is never closed")
        row.append(_field(match))
        position = match.end()
        if match["separator"] != delimiter:
            yield row
            row = []
            number += 1


def sniff_delimiter(text: str) -> str:
    """Return the character between the fields of a text.

    It is the one that a first line ``sep=;`` names, as Excel has it; else the one that makes
    `frame` a field of its own in the earliest row; else the most frequent one of the first
    row that has any. A comma where none is found.
    """
    announced = _ANNOUNCED.match(text)
    if announced:
        return announced[1]
    heads = [_head(text, delimiter) for delimiter in DELIMITERS]
    for same_row in zip_longest(*heads, fillvalue=[]):
        for delimiter, row in zip(DELIMITERS, same_row, strict=True):
            if len(row) > 1 and "frame" in row:
                return delimiter
    for same_row in zip(*heads, strict=False):
        widths = [len(row) for row in same_row]
        if max(widths) > 1:
            return DELIMITERS[widths.index(max(widths))]
    return DELIMITERS[0]


def quoted(text: str, delimiter: str) -> str:
    """Return a field as it has to be written: in quotes only where it needs them."""
    if any(character in text for character in (delimiter, '"', "\r", "\n")):
        return '"' + text.replace('"', '""') + '"'
    return text


def _field_pattern(delimiter: str) -> re.Pattern[str]:
    d = re.escape(delimiter)
    return re.compile(
        rf'(?P<field>"(?P<quoted>[^"]*+(?:""[^"]*+)*+)"(?P<rest>[^{d}\r\n]*+)|'
        rf'(?P<plain>(?!")[^{d}\r\n]*+))(?P<separator>{d}|\r\n|\r|\n|\Z)'
    )


def _field(match: re.Match[str]) -> FieldSpan:
    plain = match["plain"]
    text = match["quoted"].replace('""', '"') + match["rest"] if plain is None else plain
    return FieldSpan(start=match.start(), end=match.end("field"), text=text)


def _head(text: str, delimiter: str) -> list[list[str]]:
    """Return the first rows as headings are compared, as far as they can be split."""
    rows: list[list[str]] = []
    try:
        for row in split_rows(text, delimiter):
            rows.append([re.sub(r"[\s_]", "", field.text).casefold() for field in row])
            if len(rows) == _SNIFFED_ROWS:
                break
    except UnusualFileError:
        # With a wrong delimiter a quote may stand where it opens nothing.
        pass
    return rows
