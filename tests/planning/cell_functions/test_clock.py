from __future__ import annotations

import datetime as dt

from sheetrender.model.cells import Value
from tests.planning.formulas import cases, check, shown


@cases(
    {
        "=TIME(12,0,0)": 0.5,
        "=TIME(27,0,0)": 0.125,
        "=TIME(-1,0,0)": "#NUM!",
        "=TIME(1E9,0,0)": "#NUM!",
        "=HOUR(0.5)": 12,
        "=MINUTE(TIME(1,2,3))": 2,
        "=SECOND(TIME(1,2,3))": 3,
        '=SECOND("0:00:04")': 4,
        "=HOUR(-1)": "#NUM!",
        "=DATE(2024,5,6)": 45418,
        "=DATE(2024,14,1)": 45689,
        "=DATE(1E9,1,1)": "#NUM!",
        "=YEAR(45418)": 2024,
        "=MONTH(45418)": 5,
        "=DAY(45418)": 6,
        "=DAY(1E300)": "#NUM!",
        "=NOW()": 45418.5,
        "=TODAY()": 45418,
    }
)
def test_clock(formula: str, value: Value) -> None:
    check(formula, value)


def test_dates_and_times_in_cells_count_as_days() -> None:
    rows: list[list[Value]] = [
        [dt.time(0, 0, 4), dt.datetime(2024, 5, 6, 12), dt.timedelta(hours=30), dt.date(2024, 5, 6)]
    ]
    assert shown("=SECOND(A1)", rows) == 4
    assert shown("=B1", rows) == 45418.5
    assert shown("=C1*24", rows) == 30
    assert shown("=D1", rows) == 45418
