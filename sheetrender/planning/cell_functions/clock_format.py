"""Number formats that show dates and times of day, such as ``[h]:mm:ss`` and ``d mmm yyyy``."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sheetrender.planning.cell_values import DAY_ZERO, SAVE_ONCE, ErrorShown
from sheetrender.planning.syntax import FormulaError

LAST_DAY = 2_958_466
"""The day after the last day of the year 9999."""

_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<gap>.)|\*(?P<filler>.)'
    r"|(?P<elapsed>\[(?:h+|m+|s+)\])|(?P<bracket>\[[^\]]*\])|(?P<half>am/pm|a/p)"
    r"|(?P<part>y+|m+|d+|h+|s+)|(?P<fraction>\.0+)|(?P<literal>[\s\S])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: str
    text: str


def _pieces(section: str) -> list[_Piece]:
    found = []
    for match in _PIECE.finditer(section):
        kind = match.lastgroup or ""
        found.append(_Piece(kind, match[kind]))
    return found


def is_clock(section: str) -> bool:
    """Return whether a section of a number format shows a date or a time."""
    return any(piece.kind in {"part", "elapsed"} for piece in _pieces(section))


def clock_text(days: float, section: str) -> str:
    """Return days since 1899-12-30 as a date or time.

    Raises:
        ErrorShown: there is no such day.
        FormulaError: the format has a part that we do not know.
    """
    if not 0 <= days < LAST_DAY:
        raise ErrorShown("#VALUE!")
    pieces = _pieces(section)
    places = max((len(p.text) - 1 for p in pieces if p.kind == "fraction"), default=0)
    if places > 3:
        raise unknown_format(section)
    ticks = round(days * 86400 * 10**places)
    seconds, fraction = divmod(ticks, 10**places)
    moment = DAY_ZERO + dt.timedelta(seconds=seconds)
    has_half = any(p.kind == "half" for p in pieces)
    shown = []
    for place, piece in enumerate(pieces):
        match piece.kind:
            case "quoted" | "escaped":
                shown.append(piece.text)
            case "gap":
                shown.append(" ")
            case "filler" | "bracket":
                pass
            case "fraction":
                shown.append(f".{fraction:0{places}d}")
            case "elapsed":
                shown.append(_elapsed(seconds, piece.text[1:-1].lower()))
            case "half":
                half = "AM" if moment.hour < 12 else "PM"
                shown.append(half if len(piece.text) > 3 else half[0])
            case "part":
                letters = piece.text.lower()
                if letters[0] == "m" and _is_minute(pieces, place):
                    letters = letters.replace("m", "n")
                shown.append(_part(moment, letters, section, has_half=has_half))
            case _:
                if piece.text.isalpha() or piece.text in "#0?@":
                    raise unknown_format(section)
                shown.append(piece.text)
    return "".join(shown)


def _elapsed(seconds: int, letters: str) -> str:
    unit = {"h": 3600, "m": 60, "s": 1}[letters[0]]
    return f"{seconds // unit:0{len(letters)}d}"


def _is_minute(pieces: Sequence[_Piece], place: int) -> bool:
    """Return whether an m means minutes: behind hours, or before seconds."""
    parts = [
        (i, p.text.strip("[]")[0].lower())
        for i, p in enumerate(pieces)
        if p.kind in {"part", "elapsed"}
    ]
    here = [i for i, _ in parts].index(place)
    before = parts[here - 1][1] if here else ""
    behind = parts[here + 1][1] if here + 1 < len(parts) else ""
    return len(pieces[place].text) <= 2 and (before == "h" or behind == "s")


def _part(moment: dt.datetime, letters: str, section: str, *, has_half: bool) -> str:
    hour = (moment.hour - 1) % 12 + 1 if has_half else moment.hour
    weekday = moment.weekday()
    forms = {
        "h": str(hour), "hh": f"{hour:02d}", "n": str(moment.minute), "nn": f"{moment.minute:02d}",
        "s": str(moment.second), "ss": f"{moment.second:02d}",
        "yy": f"{moment.year % 100:02d}", "yyyy": str(moment.year),
        "m": str(moment.month), "mm": f"{moment.month:02d}",
        "mmm": calendar.month_abbr[moment.month], "mmmm": calendar.month_name[moment.month],
        "d": str(moment.day), "dd": f"{moment.day:02d}",
        "ddd": calendar.day_abbr[weekday], "dddd": calendar.day_name[weekday],
    }  # fmt: skip
    if letters not in forms:
        raise unknown_format(section)
    return forms[letters]


def unknown_format(section: str) -> FormulaError:
    """Return the error of a part of a number format that has no meaning here."""
    return FormulaError(f"has the number format {section!r}, which we do not know", SAVE_ONCE)
