"""Values of a file of Parseq, checked; who reads on finds what it expects."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from sheetrender.planning.deforum.file_text import NoSettingsFile

_LARGEST = 1e15


def object_at(file: Mapping[str, object], key: str) -> Mapping[str, object]:
    """Return an object below a key; an empty one where there is none.

    Raises:
        NoSettingsFile: something else stands there.
    """
    found = file.get(key)
    if found is not None and not isinstance(found, Mapping):
        raise NoSettingsFile(f"{key} is no object. Export it anew in Parseq")
    return found or {}


def list_at(file: Mapping[str, object], key: str) -> Sequence[Mapping[str, object]]:
    """Return a list of objects below a key; an empty one where there is none.

    Raises:
        NoSettingsFile: something else stands there.
    """
    found = file.get(key)
    if found is None:
        return ()
    if not isinstance(found, list):
        raise NoSettingsFile(f"{key} is no list. Export it anew in Parseq")
    for number, row in enumerate(found):
        if not isinstance(row, Mapping):
            raise NoSettingsFile(f"{key}[{number}] is no object. Export it anew in Parseq")
    return found


def number_at(value: object, place: str) -> float | None:
    """Return a number, also one that is written as text; None for a blank.

    Raises:
        NoSettingsFile: it is none, or beyond what anybody means.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise ValueError
        found = float(value)
    except (ValueError, OverflowError) as error:
        raise NoSettingsFile(f"{place} is {str(value)[:40]!r}, no number. Mend it") from error
    if not math.isfinite(found) or abs(found) > _LARGEST:
        raise NoSettingsFile(f"{place} is {found:g}, no number that can be used. Mend it")
    return found


def text_at(value: object, place: str) -> str:
    """Return a text, also one that is a number; an empty one for nothing.

    Raises:
        NoSettingsFile: it is none.
    """
    if value is None or isinstance(value, (str, int, float)):
        return "" if value is None else str(value)
    raise NoSettingsFile(f"{place} is no text. Mend it")
