"""Criteria of COUNTIF and its family, such as ``">=3"`` and ``"intro*"``, and their wildcards."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from functools import lru_cache

from sheetrender.planning.cell_values import (
    ErrorShown,
    ErrorValue,
    Operand,
    Scalar,
    order,
    parsed_number,
    same,
    single,
)

LONGEST_PATTERN = 255
"""Characters that Excel takes."""

Test = Callable[[Scalar], bool]

_OPERATOR = re.compile(r"(<>|<=|>=|<|>|=)?(.*)", re.DOTALL)
_ORDERS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def criterion(written: Operand) -> Test:
    """Return the test that a criterion asks for.

    Raises:
        ErrorShown: it is an error, or too long a text.
        FormulaError: it is a range of several cells.
    """
    value = single(written)
    if not isinstance(value, str):
        return _equals(0.0 if value is None else value)
    if len(value) > LONGEST_PATTERN:
        raise ErrorShown("#VALUE!")
    match = _OPERATOR.fullmatch(value)
    assert match
    sign, rest = match[1], _typed(match[2])
    if sign in _ORDERS:
        return _ordered(_ORDERS[sign], rest)
    if rest == "":
        # `"="` asks for cells without anything, `""` for those that look so.
        blank: Test = (lambda v: v is None) if sign else (lambda v: v is None or v == "")
        return _negated(blank) if sign == "<>" else blank
    test = _matches(rest) if isinstance(rest, str) else _equals(rest)
    return _negated(test) if sign == "<>" else test


def _typed(written: str) -> Scalar:
    if written.upper() in {"TRUE", "FALSE"}:
        return written.upper() == "TRUE"
    if written in {"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"}:
        return ErrorValue(written)
    try:
        return parsed_number(written)
    except ErrorShown:
        return written


def _negated(test: Test) -> Test:
    return lambda value: not test(value)


def _equals(wanted: Scalar) -> Test:
    if isinstance(wanted, bool | ErrorValue):
        return lambda value: type(value) is type(wanted) and value == wanted
    assert isinstance(wanted, float)

    def test(value: Scalar) -> bool:
        if isinstance(value, str):
            try:
                return same(parsed_number(value), wanted)
            except ErrorShown:
                return False
        return type(value) is float and same(value, wanted)

    return test


def _ordered(holds: Callable[[int, int], bool], wanted: Scalar) -> Test:
    kind = type(wanted)
    return lambda value: type(value) is kind and holds(order(value, wanted), 0)


def _matches(pattern: str) -> Test:
    matching = whole_match(pattern)
    return lambda value: isinstance(value, str) and matching(value)


def has_wildcards(pattern: str) -> bool:
    """Return whether a text stands for several."""
    return any(sign in pattern for sign in "*?~")


@lru_cache(maxsize=256)
def whole_match(pattern: str) -> Callable[[str], bool]:
    """Return the test whether a whole text is as a pattern says; case does not count.

    Raises:
        ErrorShown: the pattern is too long.
    """
    pieces = _pieces(pattern)
    if len(pieces) == 1:
        return lambda text: bool(pieces[0].fullmatch(text))

    def test(text: str) -> bool:
        start = pieces[0].match(text)
        if start is None:
            return False
        position = start.end()
        for piece in pieces[1:-1]:
            found = piece.search(text, position)
            if found is None:
                return False
            position = found.end()
        # A piece without a star has one length: the last must fit at the very end.
        last = re.compile(f"(?:{pieces[-1].pattern})\\Z", pieces[-1].flags)
        return bool(last.search(text, position))

    return test


def search(pattern: str, text: str, start: int) -> int:
    """Return where a text first holds a pattern, 0-based; -1 where it does not.

    Raises:
        ErrorShown: the pattern is too long.
    """
    first = -1
    position = start
    for piece in _pieces(pattern):
        found = piece.search(text, position)
        if found is None:
            return -1
        first = found.start() if first < 0 else first
        position = found.end()
    return first


@lru_cache(maxsize=256)
def _pieces(pattern: str) -> tuple[re.Pattern[str], ...]:
    """Return what stands between the stars; no piece can match in two lengths, nor take long."""
    if len(pattern) > LONGEST_PATTERN:
        raise ErrorShown("#VALUE!")
    pieces = [""]
    signs = iter(pattern)
    for sign in signs:
        if sign == "*":
            pieces.append("")
        elif sign == "?":
            pieces[-1] += "."
        else:
            pieces[-1] += re.escape(next(signs, "~") if sign == "~" else sign)
    return tuple(re.compile(piece, re.IGNORECASE | re.DOTALL) for piece in pieces)
