"""Number formats of TEXT, such as ``00``, ``#,##0.00``, ``0%`` and ``[h]:mm:ss``."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal, localcontext

from sheetrender.planning.cell_functions.clock_format import clock_text, is_clock, unknown_format
from sheetrender.planning.cell_values import ErrorShown, Scalar, parsed_number, text

_LONGEST = 255
_MOST_PLACES = 30
_SECTION = re.compile(r'(?:"[^"]*"|\\.|[^;"\\])*', re.DOTALL)
_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<gap>.)|\*(?P<filler>.)|(?P<bracket>\[[^\]]*\])'
    r"|(?P<exponent>[eE][+-]0+)|(?P<digits>[0#?][0#?,]*)|(?P<point>\.[0#?]*)|(?P<percent>%)"
    r"|(?P<literal>[\s\S])"
)
# Letters that stand for something: shown as they are they would be a silent mistake.
_MEANT = re.compile(r"[A-Za-z@]")


def formatted(value: Scalar, written: Scalar) -> str:
    """Return a value as a number format shows it.

    Raises:
        ErrorShown: the format does not suit the value.
        FormulaError: the format has a part that we do not know.
    """
    pattern = text(written)
    if len(pattern) > _LONGEST:
        raise ErrorShown("#VALUE!")
    if isinstance(value, str):
        try:
            value = parsed_number(value)
        except ErrorShown:
            return text(value)
    if isinstance(value, bool) or pattern == "@":
        return text(value)
    return _number(float(value or 0.0), pattern)  # type: ignore[arg-type]  # no errors come here


def _number(value: float, pattern: str) -> str:
    if not math.isfinite(value):
        raise ErrorShown("#NUM!")
    sections = _sections(pattern)
    section, size = sections[0], value
    if value < 0 and len(sections) > 1:
        section, size = sections[1], -value
    elif value == 0 and len(sections) > 2:
        section = sections[2]
    if section.strip().lower() == "general":
        return text(size)
    return clock_text(size, section) if is_clock(section) else _decimal(size, section)


def _sections(pattern: str) -> list[str]:
    sections = []
    position = 0
    while position <= len(pattern):
        match = _SECTION.match(pattern, position)
        assert match
        sections.append(match[0])
        position = match.end() + 1
    return sections


def _decimal(value: float, section: str) -> str:
    before, middle, after = "", "", ""
    percents = 0
    for match in _PIECE.finditer(section):
        kind = match.lastgroup
        if kind in {"digits", "point", "exponent"}:
            if after.strip("%"):
                raise unknown_format(section)
            middle += match[0]
            continue
        percents += kind == "percent"
        shown = _literal(kind or "", match, section)
        if middle:
            after += shown
        else:
            before += shown
    if not middle:
        return before
    digits = _shown_digits(Decimal(f"{abs(value):.15g}") * 100**percents, middle, section)
    sign = "-" if value < 0 and any(c in "123456789" for c in digits) else ""
    return f"{sign}{before}{digits}{after}"


def _literal(kind: str, match: re.Match[str], section: str) -> str:
    match kind:
        case "quoted" | "escaped":
            return match[kind]
        case "gap":
            return " "
        case "filler":
            return ""
        case "bracket":
            if re.match(r"\[(\$|[<>=])", match[0]):
                raise unknown_format(section)
            return ""
        case "literal" if _MEANT.match(match[0]):
            raise unknown_format(section)
        case _:
            return match[0]


def _shown_digits(value: Decimal, middle: str, section: str) -> str:
    number, mark, exponent = re.fullmatch(r"([^eE]*)(?:([eE][+-])(0+))?", middle).groups()  # type: ignore[union-attr]
    whole, point, places = number.partition(".")
    if "." in places or "," in places or len(places) > _MOST_PLACES:
        raise unknown_format(section)
    if mark:
        return _scientific(value, whole, places, mark, len(exponent))
    unscaled = whole.rstrip(",")
    grouped = "," in unscaled
    value = value.scaleb(-3 * (len(whole) - len(unscaled)))
    digits, _, fraction = _rounded(value, len(places)).partition(".")
    digits = _padded("" if digits == "0" else digits, unscaled.replace(",", ""))
    if grouped:
        digits = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", digits)
    return digits + point + _trimmed(fraction, places)


def _scientific(value: Decimal, whole: str, places: str, mark: str, width: int) -> str:
    power = value.adjusted() if value else 0
    digits = _rounded(value.scaleb(-power), len(places))
    if digits.startswith("10"):
        power += 1
        digits = _rounded(value.scaleb(-power), len(places))
    digits, point, fraction = digits.partition(".")
    sign = "-" if power < 0 else "+" if mark.endswith("+") else ""
    shown = f"{_padded(digits, whole)}{point}{_trimmed(fraction, places)}"
    return f"{shown}E{sign}{abs(power):0{width}d}"


def _rounded(value: Decimal, places: int) -> str:
    with localcontext() as context:
        context.prec = 400
        return f"{value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):f}"


def _padded(digits: str, pattern: str) -> str:
    missing = pattern[: max(len(pattern) - len(digits), 0)]
    first = missing.find("0")
    filled = missing if first < 0 else missing[:first] + "0" * (len(missing) - first)
    return filled.replace("#", "").replace("?", " ") + digits


def _trimmed(fraction: str, pattern: str) -> str:
    kept = len(fraction)
    while kept and pattern[kept - 1] != "0" and fraction[kept - 1] == "0":
        kept -= 1
    return fraction[:kept] + "".join(" " for sign in pattern[kept:] if sign == "?")
