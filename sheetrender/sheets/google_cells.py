"""One cell as the Sheets API describes it, in the model's words.

Dates and times are numbers in the API, told apart by their format only. They come out as they do
from an .xlsx file: a time of day below 24 hours as a time, a duration (a format with ``[h]``, or
24 hours and more) as a timedelta, days as dates. So ``0:01:23`` names the same frame in both.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sheetrender.model.cells import Cell, Value
from sheetrender.sheets.formula_tokens import formula_tokens
from sheetrender.sheets.google_locales import plain_formula

CELL_FIELDS = "userEnteredValue,effectiveValue,effectiveFormat(numberFormat(type,pattern))"
"""What has to be asked for of each cell."""

LOADING = "LOADING"
_ERRORS = {
    "DIVIDE_BY_ZERO": "#DIV/0!",
    "REF": "#REF!",
    "N_A": "#N/A",
    "NAME": "#NAME?",
    "NUM": "#NUM!",
    "VALUE": "#VALUE!",
    "NULL_VALUE": "#NULL!",
}
_OTHER_ERROR = "#ERROR!"
_DAY_ZERO = dt.datetime(1899, 12, 30)
_DAY_MILLISECONDS = 86_400_000
_LARGEST_EXACT = 2**53

Data = Mapping[str, Any]


def cell_of(data: Data, *, decimal_comma: bool = False) -> Cell | None:
    """Return a cell, or None where it is empty. A formula without a value comes with its tokens.

    Args:
        data: of the cell.
        decimal_comma: formulas are written as in a locale with decimal commas, since the API
            writes them as people do.
    """
    formula = data.get("userEnteredValue", {}).get("formulaValue")
    effective = data.get("effectiveValue") or {}
    if formula is None:
        value = _value(effective or data.get("userEnteredValue", {}), data)
        return None if value is None or value == "" else Cell(value)
    value = None if is_loading(data) else _value(effective, data)
    if value is None:
        return formula_cell(formula, decimal_comma=decimal_comma)
    return Cell(value, formula)


def formula_cell(formula: str, *, decimal_comma: bool = False) -> Cell:
    """Return a formula without a value, to be computed by us."""
    plain = plain_formula(formula) if decimal_comma else formula
    return Cell(None, formula, formula_tokens(plain))


def is_loading(data: Data) -> bool:
    """Say whether the cell's formula is still being computed."""
    error = data.get("effectiveValue", {}).get("errorValue", {})
    return bool(error.get("type") == LOADING)


def is_spilled(data: Data) -> bool:
    """Say whether the cell shows part of what a formula in another cell gives."""
    return bool(data.get("effectiveValue")) and not data.get("userEnteredValue")


def plain_number(number: float) -> int | float:
    """Return a whole number as an int: the API does not tell 5 from 5.0."""
    if isinstance(number, int) or abs(number) >= _LARGEST_EXACT or not number.is_integer():
        return number
    return int(number)


def _value(value: Data, data: Data) -> Value:
    if "numberValue" in value:
        return _number(plain_number(value["numberValue"]), data)
    if "boolValue" in value:
        return bool(value["boolValue"])
    if "errorValue" in value:
        return _ERRORS.get(value["errorValue"].get("type", ""), _OTHER_ERROR)
    if "stringValue" in value:
        return str(value["stringValue"])
    return None


def _number(number: int | float, data: Data) -> Value:
    shown = data.get("effectiveFormat", {}).get("numberFormat", {})
    kind = shown.get("type", "")
    if kind not in {"DATE", "TIME", "DATE_TIME"}:
        return number
    try:
        # Rounded, because a fraction of a day holds no second exactly.
        passed = dt.timedelta(milliseconds=1) * round(number * _DAY_MILLISECONDS)
        if kind == "TIME":
            is_duration = "[" in shown.get("pattern", "") or not 0 <= number < 1
            return passed if is_duration or passed.days else (_DAY_ZERO + passed).time()
        moment = _DAY_ZERO + passed
        return moment.date() if kind == "DATE" and not number % 1 else moment
    except OverflowError:
        return number
