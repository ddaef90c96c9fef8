"""Functions of texts. A text that would be longer than a cell holds is ``#VALUE!``."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterator, Mapping

from sheetrender.planning.cell_functions.calling import (
    MANY,
    Function,
    Surroundings,
    items,
    scalar,
)
from sheetrender.planning.cell_functions.criteria import has_wildcards, search
from sheetrender.planning.cell_functions.number_format import formatted
from sheetrender.planning.cell_values import (
    MAX_TEXT,
    ErrorShown,
    ErrorValue,
    Operand,
    Range,
    Scalar,
    number,
    parsed_number,
    text,
    truth,
    whole,
)
from sheetrender.planning.syntax import Call

_CODE_PAGE = "cp1252"
_BLANKS = re.compile(" +")
_STEPS_PER_SEARCH = 64


def bounded(value: str) -> str:
    """Return a text that a cell can hold.

    Raises:
        ErrorShown: it is longer.
    """
    if len(value) > MAX_TEXT:
        raise ErrorShown("#VALUE!")
    return value


def _count(value: Scalar, least: int = 0) -> int:
    count = math.trunc(max(min(number(value), MAX_TEXT + 1.0), -1.0))
    if count < least:
        raise ErrorShown("#VALUE!")
    return count


def _left(value: Scalar, count: Scalar = 1.0) -> str:
    return text(value)[: _count(count)]


def _right(value: Scalar, count: Scalar = 1.0) -> str:
    whole_text = text(value)
    return whole_text[max(len(whole_text) - _count(count), 0) :]


def _mid(value: Scalar, start: Scalar, count: Scalar) -> str:
    first = _count(start, 1) - 1
    return text(value)[first : first + _count(count)]


def _repeated(value: Scalar, count: Scalar) -> str:
    times, once = _count(count), text(value)
    if times * len(once) > MAX_TEXT:
        raise ErrorShown("#VALUE!")
    return once * times


def _substituted(value: Scalar, old: Scalar, new: Scalar, turn: Scalar = "all") -> str:
    whole_text, wanted, other = text(value), text(old), text(new)
    only = 0 if turn == "all" else _count(turn, 1)
    if not wanted:
        return whole_text
    if only:
        pieces = whole_text.split(wanted, only)
        if len(pieces) <= only:
            return whole_text
        return bounded(wanted.join(pieces[:only]) + other + pieces[only])
    growth = whole_text.count(wanted) * (len(other) - len(wanted))
    if len(whole_text) + growth > MAX_TEXT:
        raise ErrorShown("#VALUE!")
    return whole_text.replace(wanted, other)


def _replaced(value: Scalar, start: Scalar, count: Scalar, new: Scalar) -> str:
    whole_text, first = text(value), _count(start, 1) - 1
    return bounded(whole_text[:first] + text(new) + whole_text[first + _count(count) :])


def _found(needle: Scalar, value: Scalar, start: Scalar = 1.0) -> float:
    first, whole_text = _count(start, 1) - 1, text(value)
    return _place(whole_text.find(text(needle), first), first, whole_text)


def _searched(call: Call, here: Surroundings) -> Operand:
    def apply(needle: Scalar, value: Scalar, start: Scalar = 1.0) -> float:
        first, pattern, whole_text = _count(start, 1) - 1, text(needle), text(value)
        if has_wildcards(pattern):
            here.spend(len(pattern) * len(whole_text) // _STEPS_PER_SEARCH)
            return _place(search(pattern, whole_text, first), first, whole_text)
        return _place(whole_text.lower().find(pattern.lower(), first), first, whole_text)

    return scalar(apply, 2, 3).apply(call, here)


def _place(found: int, start: int, within: str) -> float:
    if found < 0 or start > len(within):
        raise ErrorShown("#VALUE!")
    return found + 1.0


def _character(value: Scalar) -> str:
    code = whole(value)
    if not 1 <= code <= 255:
        raise ErrorShown("#VALUE!")
    # The five codes that the code page leaves out are control characters.
    return bytes([code]).decode(_CODE_PAGE, "replace").replace("\ufffd", chr(code))


def _code(value: Scalar) -> float:
    first = text(value)[:1]
    if not first:
        raise ErrorShown("#VALUE!")
    return float(first.encode(_CODE_PAGE, "replace")[0])


def _unicode_character(value: Scalar) -> str:
    code = whole(value)
    if not 1 <= code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise ErrorShown("#VALUE!")
    return chr(code)


def _unicode_code(value: Scalar) -> float:
    first = text(value)[:1]
    if not first:
        raise ErrorShown("#VALUE!")
    return float(ord(first))


def _value(value: Scalar) -> float:
    if isinstance(value, bool):
        raise ErrorShown("#VALUE!")
    return parsed_number(value) if isinstance(value, str) else number(value)


def _trimmed(value: Scalar) -> str:
    return _BLANKS.sub(" ", text(value).strip(" "))


def _t(value: Scalar) -> str:
    return value if isinstance(value, str) else ""


def _joined(call: Call, here: Surroundings) -> str:
    return _join("", call, here, 0, skip_empty=False)


def _joined_with(call: Call, here: Surroundings) -> str:
    between = text(here.value(call.arguments[0]))
    return _join(between, call, here, 2, skip_empty=truth(here.value(call.arguments[1])))


def _join(between: str, call: Call, here: Surroundings, first: int, *, skip_empty: bool) -> str:
    pieces: list[str] = []
    length = 0
    for item in items(call.arguments[first:], here, empty=""):
        for value in _all(item) if isinstance(item, Range) else (item,):
            if isinstance(value, ErrorValue):
                raise ErrorShown(value)
            piece = text(value)
            if piece or (between and not skip_empty):
                pieces.append(piece)
                length += len(piece) + len(between)
                if length > MAX_TEXT + len(between):
                    raise ErrorShown("#VALUE!")
    return between.join(pieces)


def _all(cells: Range) -> Iterator[Scalar]:
    """Yield the values of a range, with the blanks of the rows that it leaves out."""
    blanks = cells.height * cells.width - len(cells.values)
    return itertools.chain(cells.values, itertools.repeat(None, min(blanks, MAX_TEXT)))


def _from_text(function: Callable[[str], str]) -> Function:
    return scalar(lambda value: bounded(function(text(value))), 1)


TEXT: Mapping[str, Function] = {
    "CONCATENATE": scalar(lambda *values: bounded("".join(map(text, values))), 1, MANY),
    "CONCAT": Function(_joined, 1, MANY),
    "TEXTJOIN": Function(_joined_with, 3, MANY),
    "LEFT": scalar(_left, 1, 2),
    "RIGHT": scalar(_right, 1, 2),
    "MID": scalar(_mid, 3),
    "LEN": scalar(lambda value: float(len(text(value))), 1),
    "UPPER": _from_text(str.upper),
    "LOWER": _from_text(str.lower),
    "PROPER": _from_text(str.title),
    "TRIM": scalar(_trimmed, 1),
    "CLEAN": _from_text(lambda value: "".join(c for c in value if ord(c) > 31)),
    "SUBSTITUTE": scalar(_substituted, 3, 4),
    "REPLACE": scalar(_replaced, 4),
    "FIND": scalar(_found, 2, 3),
    "SEARCH": Function(_searched, 2, 3),
    "REPT": scalar(_repeated, 2),
    "EXACT": scalar(lambda left, right: text(left) == text(right), 2),
    "VALUE": scalar(_value, 1),
    "CHAR": scalar(_character, 1),
    "CODE": scalar(_code, 1),
    "UNICHAR": scalar(_unicode_character, 1),
    "UNICODE": scalar(_unicode_code, 1),
    "T": scalar(_t, 1),
    "TEXT": scalar(formatted, 2),
}
