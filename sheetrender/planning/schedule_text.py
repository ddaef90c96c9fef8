"""Deforum's schedule strings, ``0: (1.0), "max_f-10": (1+0.02*sin(t))``, as keys.

Read as both of its grammars, and where those fail as people mean it: commas inside calls, a comma
at the end, a bracket that is missing, blanks and line breaks anywhere, numbers such as ``1.``,
``5e-2`` and ``( 1 )``. `docs/language.md` lists where a value differs from Deforum's on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sheetrender.model.cells import Address, Value
from sheetrender.model.keyframes import ChannelKey, Schedule, ScheduleKey
from sheetrender.planning import readers
from sheetrender.planning.columns import Column
from sheetrender.planning.expressions import compute, parse_formula
from sheetrender.planning.formula_words import with_decimal_points
from sheetrender.planning.syntax import FormulaError

_MARK = re.compile(r"[(),:]")
_BRACKETED_NUMBER = re.compile(r"[\s('\"]*([-+−]?)[\s(]*([\d.][^()]*?)[\s)'\"]*")
_PLAIN_VALUE = re.compile(r"\(?([-+]?\d+(?:\.\d+)?)\)?")
_PLAIN_KEY = re.compile(r"[-+−]?\d+(?:\.0*)?")
_WITH_UNIT = re.compile(r"[\d.]+\s*[a-z]+")
_SHOWN = 40


def channel_value(value: Value, column: Column, *, decimal_comma: bool = False) -> float | str:
    """Return a channel's cell as a number, or as the text of a formula that can be read.

    Raises:
        FormulaError: it is neither, or a number out of the column's range.
    """
    found = readers.number(value, decimal_comma=decimal_comma)
    if found is None:
        formula = readers.text(value)
        formula = with_decimal_points(formula) if decimal_comma else formula
        parse_formula(formula)
        return formula
    if not column.allows(found):
        raise FormulaError("is out of range", f"Write a number {column.limits}.")
    return found


def read_schedule(
    value: Value, column: Column, place: Address | None, *, decimal_comma: bool = False
) -> Schedule:
    """Return what a setting says: one value, one formula, or a schedule ``0: (1), 30: (1+t)``.

    Raises:
        FormulaError: it is none of these.
    """
    if isinstance(value, str) and ":" in value:
        keys = tuple(
            ScheduleKey(_key(key), _key_value(key, text, column, decimal_comma=decimal_comma))
            for key, text in entries(value)
        )
    else:
        keys = (ScheduleKey(0, channel_value(value, column, decimal_comma=decimal_comma)),)
    return Schedule(readers.written(value), place, keys)


def entries(schedule: str) -> Iterator[tuple[str, str]]:
    """Yield each key of a schedule with its value, both as written.

    Formulas hold no colons, so a colon always follows a key: a comma inside a bracket that has a
    colon next behind it separates keys too, and the bracket was forgotten.

    Raises:
        FormulaError: something stands without a key, or a key without its comma.
    """
    schedule = schedule.strip().strip("{}")
    marks = [(match.start(), match.group()) for match in _MARK.finditer(schedule)]
    start, depth, colon = 0, 0, -1
    for number, (place, mark) in enumerate(marks):
        if mark == "(":
            depth += 1
        elif mark == ")":
            depth = max(0, depth - 1)
        elif mark == ":":
            if colon >= 0:
                raise FormulaError(
                    f"has two colons in {_short(schedule[start:])}",
                    "Separate the keys by commas: 0: (1), 30: (1.02).",
                )
            colon = place
        elif depth == 0 or (number + 1 < len(marks) and marks[number + 1][1] == ":"):
            yield from _entry(schedule, start, colon, place)
            start, depth, colon = place + 1, 0, -1
    yield from _entry(schedule, start, colon, len(schedule))


def _entry(schedule: str, start: int, colon: int, end: int) -> Iterator[tuple[str, str]]:
    if colon >= 0:
        yield schedule[start:colon], schedule[colon + 1 : end]
    elif written := schedule[start:end].strip():
        raise FormulaError(
            f"has {_short(written)} without a frame before it",
            "Write frame: (value), such as 30: (1.02).",
        )


def _short(text: str) -> str:
    text = " ".join(text.split())
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def _key(written: str) -> int | str:
    """Return a key as a frame number, or as the text of a formula that gives it."""
    key = written.strip().strip("\"'").strip()
    if not key:
        raise FormulaError(
            "has a colon without a frame before it", "Write a frame number before each colon."
        )
    if _WITH_UNIT.fullmatch(key):
        raise FormulaError(f"has the key {_short(key)}", "Keys count frames, without a unit.")
    try:
        return int(key)
    except ValueError:
        pass
    if _PLAIN_KEY.fullmatch(key):
        return int(float(key.replace("−", "-")))
    try:
        number = readers.number(key)
        if number is not None and not number.is_integer():
            near = int(number)
            raise FormulaError("is a fraction of a frame", f"Write {near} or {near + 1}.")
        parse_formula(key)
    except FormulaError as error:
        remedy = error.remedy or "Write a frame number before each colon."
        raise FormulaError(f"has the key {_short(key)}, which {error}", remedy) from error
    return key


def _key_value(key: str, written: str, column: Column, *, decimal_comma: bool) -> float | str:
    value = written.strip()
    # Audio tools write a key for each frame of a song: what is plain is read at once.
    if (match := _PLAIN_VALUE.fullmatch(value)) and column.allows(number := float(match[1])):
        return number
    try:
        if not value:
            raise FormulaError("is empty", "Write a number or a formula behind the colon.")
        return channel_value(_unwrapped(value), column, decimal_comma=decimal_comma)
    except FormulaError as error:
        raise FormulaError(
            f"has {_short(value)} at its key {_short(key.strip())}, which {error}", error.remedy
        ) from error


def _unwrapped(value: str) -> str:
    """Return a value without the brackets and quotes that schedules put around it."""
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1].strip()
    # However many brackets there are, and whether or not they match: a number is a number.
    if number := _BRACKETED_NUMBER.fullmatch(value):
        candidate = number[1] + number[2]
        if readers.is_number_text(candidate):
            return candidate
    if value.startswith("(") and value.endswith(")"):
        depth = 0
        for index, character in enumerate(value):
            depth += (character == "(") - (character == ")")
            if depth == 0:
                return value[1:-1].strip() if index == len(value) - 1 else value
    return value


def resolved(schedule: Schedule, *, max_f: int, seed: float) -> list[ChannelKey]:
    """Return the keys of a schedule with their frames, ascending; of two on one frame the later.

    Args:
        schedule: as written.
        max_f: number of the last frame.
        seed: what ``s`` means in a key.

    Raises:
        FormulaError: the formula of a key gives no frame.
    """
    by_frame: dict[int, ChannelKey] = {}
    for key in schedule.keys:
        frame = key.at if isinstance(key.at, int) else _frame_of(key.at, max_f, seed)
        by_frame[frame] = ChannelKey(frame, key.value, schedule.place)
    # As in Deforum a key before the first frame is never reached, unless there is no other.
    reached = [frame for frame in sorted(by_frame) if frame >= 0]
    if not reached:
        return [ChannelKey(0, by_frame[max(by_frame)].value, schedule.place)]
    return [by_frame[frame] for frame in reached]


def _frame_of(formula: str, max_f: int, seed: float) -> int:
    try:
        found = float(compute(formula, {"max_f": float(max_f), "s": seed}, 1)[0])
    except FormulaError as error:
        raise FormulaError(f"has the key {_short(formula)}, which {error}", error.remedy) from error
    if not abs(found) <= readers.LAST_FRAME:
        raise FormulaError(f"has the key {_short(formula)}, which is no frame", "Write a frame.")
    return int(found)
