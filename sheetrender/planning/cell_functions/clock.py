"""Functions of dates and times of day, which are days since 1899-12-30."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from sheetrender.planning.cell_functions.calling import Function, numeric
from sheetrender.planning.cell_functions.clock_format import LAST_DAY
from sheetrender.planning.cell_values import DAY_ZERO, ErrorShown, days, floor

_LARGEST_PART = 32_767
_DAY_SECONDS = 86_400


def _time(hours: float, minutes: float, seconds: float) -> float:
    parts = [floor(part) for part in (hours, minutes, seconds)]
    if any(abs(part) > _LARGEST_PART for part in parts):
        raise ErrorShown("#NUM!")
    total = parts[0] * 3600 + parts[1] * 60 + parts[2]
    if total < 0:
        raise ErrorShown("#NUM!")
    return total % _DAY_SECONDS / _DAY_SECONDS


def _date(year: float, month: float, day: float) -> float:
    years, months, number = (int(floor(part)) for part in (year, month, day))
    if not 0 <= years <= 9999 or abs(months) > _LARGEST_PART or abs(number) > LAST_DAY:
        raise ErrorShown("#NUM!")
    further, month_before = divmod(months - 1, 12)
    years += further + (1900 if years < 1900 else 0)
    if not 1900 <= years <= 9999:
        raise ErrorShown("#NUM!")
    found = days(dt.date(years, month_before + 1, 1)) + number - 1
    if not 0 <= found < LAST_DAY:
        raise ErrorShown("#NUM!")
    return found


def _of_clock(part: Callable[[int], int]) -> Function:
    """Return a function of the second of the day."""

    def apply(value: float) -> float:
        _refuse_outside(value)
        return float(part(round(value % 1 * _DAY_SECONDS) % _DAY_SECONDS))

    return numeric(apply, 1)


def _of_date(part: Callable[[dt.datetime], int]) -> Function:
    def apply(value: float) -> float:
        _refuse_outside(value)
        return float(part(DAY_ZERO + dt.timedelta(days=floor(value))))

    return numeric(apply, 1)


def _refuse_outside(value: float) -> None:
    if not 0 <= value < LAST_DAY:
        raise ErrorShown("#NUM!")


CLOCK: Mapping[str, Function] = {
    "TIME": numeric(_time, 3),
    "HOUR": _of_clock(lambda second: second // 3600),
    "MINUTE": _of_clock(lambda second: second // 60 % 60),
    "SECOND": _of_clock(lambda second: second % 60),
    "DATE": numeric(_date, 3),
    "YEAR": _of_date(lambda moment: moment.year),
    "MONTH": _of_date(lambda moment: moment.month),
    "DAY": _of_date(lambda moment: moment.day),
    "NOW": Function(lambda call, here: days(here.now), 0, 0),
    "TODAY": Function(lambda call, here: floor(days(here.now)), 0, 0),
}
