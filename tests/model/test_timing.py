from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.model.timing import FrameRate, TimecodeError, format_timecode, parse_timecode

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "timecode.json").read_text("utf-8"))
RATES = ["23.976", "24", "25", "29.97", "30", "47.952", "48", "50", "59.94", "60", "119.88", "120"]


@pytest.mark.parametrize("case", VECTORS["valid"], ids=lambda c: f"{c['timecode']}@{c['fps']}")
def test_confirmed_timecodes_give_their_frames_and_seconds(case: dict) -> None:
    rate = FrameRate.parse(case["fps"])
    assert rate.per_second == Fraction(case["fps_num"], case["fps_den"])
    assert parse_timecode(case["timecode"], rate, drop=case["drop"]) == case["frame"]
    assert rate.seconds_at(case["frame"]) == Fraction(case["seconds_exact"])


@pytest.mark.parametrize("case", VECTORS["valid"], ids=lambda c: f"{c['timecode']}@{c['fps']}")
def test_frames_give_their_confirmed_timecodes(case: dict) -> None:
    label = format_timecode(case["frame"], FrameRate.parse(case["fps"]), drop=case["drop"])
    assert label == case["timecode"]


@pytest.mark.parametrize("case", VECTORS["odd_inputs"], ids=lambda c: c["why"])
def test_odd_labels_are_read_or_refused_as_they_should(case: dict) -> None:
    rate = FrameRate.parse(case["fps"])
    if case["expected"] == "reject":
        with pytest.raises(TimecodeError):
            parse_timecode(case["tc"], rate, drop=case["drop"])
    else:
        frame = parse_timecode(case["tc"], rate, drop=case["drop"])
        assert frame == case["expected"]["frame"]


@given(frame=st.integers(0, 3_000_000), rate=st.sampled_from(RATES), drop=st.booleans())
def test_every_frame_survives_the_way_to_timecode_and_back(
    frame: int, rate: str, drop: bool
) -> None:
    exact = FrameRate.parse(rate)
    is_drop = drop and exact.dropped > 0
    assert parse_timecode(format_timecode(frame, exact, drop=is_drop), exact) == frame


@given(
    frame=st.integers(0, 3_000_000),
    rate=st.fractions(min_value=1, max_value=240, max_denominator=1001),
)
def test_every_frame_survives_at_any_ratio_too(frame: int, rate: Fraction) -> None:
    exact = FrameRate(rate)
    hours = frame // (exact.nominal * 3600)
    if hours < 100:
        assert parse_timecode(format_timecode(frame, exact), exact) == frame


@given(frame=st.integers(0, 3_000_000), rate=st.sampled_from(["29.97", "59.94", "119.88"]))
def test_semicolons_throughout_mean_the_same_as_one(frame: int, rate: str) -> None:
    exact = FrameRate.parse(rate)
    label = format_timecode(frame, exact, drop=True).replace(":", ";")
    assert parse_timecode(label, exact) == frame


@given(rate=st.fractions(min_value=Fraction(1, 3), max_value=300))
def test_the_nominal_rate_is_what_rounding_gives(rate: Fraction) -> None:
    assert FrameRate(rate).nominal == max(1, round(rate))


@pytest.mark.parametrize(
    ("written", "fps", "nearest"),
    [
        ("00:00:01;00", "25", "00:00:01:00"),
        ("00;00;01;00", "30", "00:00:01:00"),
        ("00:00:00:25", "25", "00:00:00:24"),
        ("00:00:75:00", "24", "00:00:59:23"),
        ("00:75:10:00", "24", "00:59:59:23"),
        ("00;01;00;01", "29.97", "00;01;00;02"),
        ("00:01:00;03", "59.94", "00:01:00;04"),
        ("-00:00:01:00", "24", "00:00:00:00"),
        ("00:00:01.500", "24", "00:00:01:12"),
        ("00:00:12:0", "24", "00:00:12:00"),
        ("00:00:12:005", "30", "00:00:12:29"),
    ],
)
def test_a_label_that_does_not_exist_names_the_nearest_that_does(
    written: str, fps: str, nearest: str
) -> None:
    rate = FrameRate.parse(fps)
    with pytest.raises(TimecodeError, match=nearest):
        parse_timecode(written, rate)
    assert parse_timecode(nearest, rate) >= 0


@pytest.mark.parametrize("written", ["00;00:01:00", "00:00;01:00", "00:00:01", "1:2:3:4"])
def test_slips_are_no_timecodes(written: str) -> None:
    with pytest.raises(TimecodeError, match="is not a timecode"):
        parse_timecode(written, FrameRate.parse("29.97"))


def test_slow_rates_have_one_digit_and_fast_ones_three() -> None:
    assert parse_timecode("00:00:01:4", FrameRate.parse("10")) == 14
    assert parse_timecode("00:00:01:100", FrameRate.parse("120")) == 220


def test_a_dropped_label_names_the_nearest_one_that_exists() -> None:
    with pytest.raises(TimecodeError, match="00:01:00;02"):
        parse_timecode("00:01:00;00", FrameRate.parse("29.97"))


def test_drop_frame_without_a_rate_that_has_it_is_refused() -> None:
    with pytest.raises(TimecodeError, match="drop-frame"):
        parse_timecode("00:00:01;00", FrameRate.parse("25"))


@pytest.mark.parametrize(
    "text", ["", "fast", "0", "-30", "30/0", "nan", "inf", "1e30000000", "1e-5"]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="frame rate"):
        FrameRate.parse(text)


def test_spellings_of_ntsc_mean_the_exact_ratio() -> None:
    assert FrameRate.parse("29.970").per_second == Fraction(30000, 1001)
    assert FrameRate.parse(" 30000/1001 ").per_second == Fraction(30000, 1001)
    assert FrameRate.parse("12.5").per_second == Fraction(25, 2)


def test_a_moment_goes_to_the_nearest_frame_and_a_length_to_the_next() -> None:
    rate = FrameRate.parse("30")
    assert rate.frame_at(Fraction("4.07")) == 122
    assert rate.frame_at(Fraction(1, 60)) == 1
    assert rate.frames_covering(Fraction(1, 30)) == 1
    assert rate.frames_covering(Fraction(1, 30) + Fraction(1, 10**9)) == 2


@given(seconds=st.fractions(0, 4000), rate=st.sampled_from(RATES))
def test_covering_frames_are_enough_and_one_less_is_not(seconds: Fraction, rate: str) -> None:
    exact = FrameRate.parse(rate)
    frames = exact.frames_covering(seconds)
    assert exact.seconds_at(frames) >= seconds
    assert frames == 0 or exact.seconds_at(frames - 1) < seconds
