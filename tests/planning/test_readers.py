from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.model.beats import Beats
from sheetrender.model.cells import Value
from sheetrender.model.timing import FrameRate, format_timecode
from sheetrender.planning import readers
from sheetrender.planning.syntax import FormulaError

CLOCK = readers.Clock(
    rate=FrameRate.parse("30"),
    beats=Beats(bpm=120, first_beat=0.5),
    markers={"chorus": 300, "drop it": 450},
)


@pytest.mark.parametrize(
    ("written", "frame"),
    [
        (122, 122),
        (122.0, 122),
        ("122", 122),
        (" 122 ", 122),
        ("00:00:04:02", 122),
        ("4.07s", 122),
        ("4 s", 120),
        (".5s", 15),
        ("1:23.5", 2505),
        ("0:04", 120),
        ("1:00:00", 108000),
        ("@Chorus", 300),
        ("@ drop it", 450),
        ("b0", 15),
        ("b16", 255),
        ("beat 2", 45),
        ("b0.5", 23),
        ("bar 1", 15),
        ("Bar 4", 195),
        (dt.time(0, 1, 23, 500000), 2505),
        (dt.timedelta(seconds=4), 120),
    ],
)
def test_every_way_to_name_a_frame(written: Value, frame: int) -> None:
    assert readers.frame(written, CLOCK) == frame


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (-1, "before the first"),
        ("−5", "before the first"),
        (1.5, "fraction"),
        ("1.5", "fraction"),
        ("abc", "names no frame"),
        ("00:00:04:30", "frames run from 0 to 29"),
        ("00:00:61:00", "59"),
        ("@nowhere", "no marker"),
        ("1,5", "comma"),
        (True, "names no frame"),
        (dt.time(1, 23), "time of day"),
        (dt.datetime(2026, 1, 2), "time of day"),
        (10**9, "a million"),
        (float("nan"), "finite"),
        ("1e400", "too large"),
        ("99999999999s", "a million"),
        ("b99999999999", "a million"),
        ("99999999:00", "a million"),
        (dt.timedelta(days=9999), "a million"),
    ],
)
def test_what_names_no_frame_says_why(written: Value, says: str) -> None:
    with pytest.raises(FormulaError, match=says) as caught:
        readers.frame(written, CLOCK)
    assert caught.value.remedy


def test_beats_without_a_tempo_ask_for_one() -> None:
    with pytest.raises(FormulaError) as caught:
        readers.frame("b16", readers.Clock(rate=FrameRate.parse("30")))
    assert "bpm" in caught.value.remedy


def test_a_misspelt_marker_suggests_the_right_one() -> None:
    with pytest.raises(FormulaError) as caught:
        readers.frame("@chrous", CLOCK)
    assert "@chorus" in caught.value.remedy


def test_timecodes_count_from_the_start_timecode() -> None:
    clock = readers.Clock(rate=FrameRate.parse("25"), start=90000)
    assert readers.frame("01:00:00:05", clock) == 5
    with pytest.raises(FormulaError, match="before the first"):
        readers.frame("00:59:59:24", clock)


@given(frame=st.integers(0, 500_000), rate=st.sampled_from(["24", "25", "29.97", "30", "60"]))
def test_a_frame_and_its_timecode_are_the_same_place(frame: int, rate: str) -> None:
    exact = FrameRate.parse(rate)
    clock = readers.Clock(rate=exact)
    assert readers.frame(format_timecode(frame, exact), clock) == frame


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (1, 1.0),
        ("1.02", 1.02),
        ("−0.5", -0.5),
        ("50%", 0.5),
        ("1e-3", 0.001),
        (".5", 0.5),
        ("1.", 1.0),
        ("\u00a07 ", 7.0),
        ("abc", None),
        ("", None),
        (True, None),
        (None, None),
        ("1+1", None),
    ],
)
def test_numbers_are_told_from_everything_else(written: Value, found: float | None) -> None:
    assert readers.number(written) == found


def test_a_decimal_comma_counts_only_where_people_write_so() -> None:
    assert readers.number("1,5", decimal_comma=True) == 1.5
    with pytest.raises(FormulaError, match="comma") as caught:
        readers.number("1,5")
    assert "1.5" in caught.value.remedy


@pytest.mark.parametrize("yes", ["yes", "X", "true", True, 1, "1", " Yes ", "✓"])
def test_a_switch_that_is_on(yes: Any) -> None:
    assert readers.flag(yes) is True


@pytest.mark.parametrize("no", ["no", "", None, False, 0, "FALSE"])
def test_a_switch_that_is_off(no: Any) -> None:
    assert readers.flag(no) is False


def test_times_have_a_comma_where_people_write_so() -> None:
    clock = readers.Clock(rate=FrameRate.parse("30"), decimal_comma=True)
    assert readers.frame("4,07s", clock) == 122
    assert readers.frame("1:23,5", clock) == 2505


def test_a_switch_that_is_neither_is_refused() -> None:
    with pytest.raises(FormulaError, match="neither"):
        readers.flag("maybe")


@given(st.one_of(st.text(max_size=20), st.floats(), st.integers(), st.booleans(), st.none()))
def test_any_cell_names_a_frame_or_is_refused_clearly(value: Value) -> None:
    try:
        assert readers.frame(value, CLOCK) >= 0
    except FormulaError as error:
        assert str(error)
