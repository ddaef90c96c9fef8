"""In which of Google's locales people write ``1,5`` and mean 1.5, and how formulas look there."""

from __future__ import annotations

import re

_LANGUAGES = """
    af az be bg bs ca cs da de el es et eu fi fo fr gl hr hu hy id is it ka kk ky lb lt lv mk nb
    nl nn no pl pt ro ru sk sl sq sr sv tr uk uz vi
"""
_EXCEPTIONS = """
    de_CH de_LI it_CH es_419 es_BZ es_CU es_DO es_GT es_HN es_MX es_NI es_PA es_PE es_PR es_SV es_US
"""
_FURTHER = "en_ZA en_AT en_DE en_DK en_FI en_NL en_SE"


def has_decimal_comma(locale: str) -> bool:
    """Say whether numbers are written with a comma; `locale` is such as ``de_DE`` or ``de``.

    Source: the decimal signs of the Unicode CLDR.
    """
    parts = locale.replace("-", "_").split("_")
    name = f"{parts[0].lower()}_{parts[-1].upper()}"
    if name in _EXCEPTIONS.split():
        return False
    return parts[0].lower() in _LANGUAGES.split() or name in _FURTHER.split()


_PIECE = re.compile(r"""("(?:[^"]|"")*"|'(?:[^']|'')*')|([(){},;\\])""")


def plain_formula(formula: str) -> str:
    """Return a formula of a locale with decimal commas as it is written elsewhere.

    There semicolons stand between arguments, and backslashes between the columns of ``{…}``.
    The names of functions are the same everywhere in the API.
    """
    open_ones: list[str] = []

    def plain(found: re.Match[str]) -> str:
        sign = found[2]
        if sign in ("(", "{"):
            open_ones.append(sign)
        elif sign in (")", "}") and open_ones:
            open_ones.pop()
        is_array = open_ones[-1:] == ["{"]
        match sign:
            case ",":
                return "."
            case ";":
                return ";" if is_array else ","
            case "\\":
                return ","
        return found[0]

    return _PIECE.sub(plain, formula)
