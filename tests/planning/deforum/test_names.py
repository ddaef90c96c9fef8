"""Schedules of names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.planning.deforum.names import names_by_frame
from sheetrender.planning.syntax import FormulaError


@pytest.mark.parametrize(
    ("schedule", "found"),
    [
        ('0: ("m.ckpt"), 100: ("n.ckpt")', {0: "m.ckpt", 100: "n.ckpt"}),
        ("0:(Euler a)", {0: "Euler a"}),
        ('"max_f-10": ("b"), 0: ("a"), 20: ("a")', {0: "a", 90: "b"}),
        ("0: ('a, with a comma'),", {0: "a, with a comma"}),
    ],
)  # fmt: skip
def test_names_by_frame(schedule: str, found: dict[int, str]) -> None:
    assert names_by_frame(schedule, 101) == found


@pytest.mark.parametrize("schedule", ["", "Euler a", "x: (a)", "0: (), 5: (b)", 7, None])
def test_what_is_no_schedule_of_names_says_so(schedule: object) -> None:
    with pytest.raises(FormulaError):
        names_by_frame(schedule, 10)


@given(st.text("0123:()\"', ab", max_size=30))
def test_any_text_is_names_or_refused(schedule: str) -> None:
    try:
        found = names_by_frame(schedule, 10)
    except FormulaError:
        return
    assert found
    assert list(found) == sorted(found)
