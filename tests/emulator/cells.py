"""What stands in one cell: what was entered, what it comes to, how it looks."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Value = str | int | float | bool
Shape = dict[str, Any]

ERRORS = {
    "ERROR": "#ERROR!",
    "NULL_VALUE": "#NULL!",
    "DIVIDE_BY_ZERO": "#DIV/0!",
    "VALUE": "#VALUE!",
    "REF": "#REF!",
    "NAME": "#NAME?",
    "NUM": "#NUM!",
    "N_A": "#N/A",
    "LOADING": "Loading...",
}
TRUTHS = {"de": ("WAHR", "FALSCH"), "fr": ("VRAI", "FAUX")}
PATTERNS = {"DATE": "yyyy-mm-dd", "TIME": "h:mm:ss", "PERCENT": "0%"}
LONGEST = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell; `value` is typed in, or the given value of `formula`."""

    value: Value | None = None
    formula: str | None = None
    error: str | None = None
    shown: str | None = None
    kind: str | None = None
    """DATE, TIME or PERCENT where a number was typed as one."""
    validation: Shape | None = None
    format: Shape | None = None
    note: str | None = None

    @property
    def is_empty(self) -> bool:
        return self.value is None and self.formula is None

    def entered(self) -> Shape | None:
        """The userEnteredValue."""
        return {"formulaValue": self.formula} if self.formula else extended(self.value)

    def effective(self) -> Shape | None:
        """The effectiveValue; a formula without a given value has none."""
        if self.error:
            message = f"Emulated error of type {self.error}."
            return {"errorValue": {"type": self.error, "message": message}}
        return extended(self.value)

    def text(self, locale: str = "en_US") -> str:
        """The formattedValue, empty where nothing shows."""
        if self.shown is not None:
            return self.shown
        if self.error:
            return ERRORS[self.error]
        return shown(self.value, locale)

    def result(self) -> Value | None:
        """What the cell comes to, errors as their texts."""
        return ERRORS[self.error] if self.error else plain(self.value)

    def data(self, locale: str) -> Shape:
        """The CellData of the API."""
        facts = {
            "userEnteredValue": self.entered(),
            "effectiveValue": self.effective(),
            "formattedValue": self.text(locale) or None,
            "userEnteredFormat": self._format(),
            "effectiveFormat": self._format(),
            "dataValidation": self.validation,
            "note": self.note,
        }
        return {name: fact for name, fact in facts.items() if fact is not None}

    def _format(self) -> Shape | None:
        if not self.kind:
            return self.format
        number = {"type": self.kind, "pattern": PATTERNS[self.kind]}
        return {"numberFormat": number, **(self.format or {})}


BLANK = Cell()


def plain(value: Value | None) -> Value | None:
    """Write whole numbers without a point, as JSON from Google has them."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def extended(value: Value | None) -> Shape | None:
    """The ExtendedValue of a plain value."""
    if value is None:
        return None
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, str):
        return {"stringValue": value}
    return {"numberValue": plain(value)}


def shown(value: Value | None, locale: str) -> str:
    """Format a value as a cell without a number format does."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return TRUTHS.get(locale[:2], ("TRUE", "FALSE"))[not value]
    if isinstance(value, str):
        return value
    text = format(value, ".10g").upper() if isinstance(value, float) else str(value)
    return text if has_points(locale) else text.replace(".", ",")


def has_points(locale: str) -> bool:
    """Whether people of that locale write 1.5 rather than 1,5."""
    return locale[:2] in {"en", "ja", "zh", "ko", "th", "he"}


def parsed(text: str, locale: str) -> Mapping[str, Any]:
    """Read a text as though a person typed it: fields of a cell."""
    if text.startswith("="):
        return {"formula": text} if len(text) > 1 else {"value": text}
    if text.startswith("'"):
        return {"value": text[1:]}
    word = text.strip()
    if word.upper() in {"TRUE", "FALSE", *TRUTHS.get(locale[:2], ())}:
        return {"value": word.upper() in {"TRUE", TRUTHS.get(locale[:2], ("TRUE",))[0]}}
    if (number := _number(word, locale)) is not None:
        return {"value": number}
    if word.endswith("%") and (number := _number(word[:-1].rstrip(), locale)) is not None:
        return {"value": number / 100, "kind": "PERCENT", "shown": word}
    return _moment(word) or {"value": text}


def _number(word: str, locale: str) -> int | float | None:
    point, comma = (".", ",") if has_points(locale) else (",", ".")
    whole = rf"(?:\d{{1,3}}(?:{re.escape(comma)}\d{{3}})+|\d+)"
    shape = rf"[+-]?(?:{whole}(?:{re.escape(point)}\d*)?|{re.escape(point)}\d+)(?:[eE][+-]?\d+)?"
    if not re.fullmatch(shape, word, re.ASCII):
        return None
    plain_text = word.replace(comma, "").replace(point, ".")
    return int(plain_text) if re.fullmatch(r"[+-]?\d+", plain_text) else float(plain_text)


def _moment(word: str) -> Mapping[str, Any] | None:
    """Dates and times become serial numbers of days, which nobody who types 0:04 expects."""
    if clock := re.fullmatch(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d(?:\.\d+)?))?", word, re.ASCII):
        seconds = int(clock[1]) * 3600 + int(clock[2]) * 60 + float(clock[3] or 0)
        return {"value": seconds / 86400, "kind": "TIME", "shown": word}
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", word, re.ASCII):
        try:
            day = datetime.date.fromisoformat(word)
        except ValueError:
            return None
        return {
            "value": (day - datetime.date(1899, 12, 30)).days,
            "kind": "DATE",
            "shown": word,
        }
    return None
