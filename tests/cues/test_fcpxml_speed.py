"""Clips of FCPXML that are played at another speed; the moments are worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.cues.cue import CueError
from tests.cues.reading import moments, read


def document(story: str, frame: str = "1/24s", start: str = "0s") -> str:
    return (
        f'<fcpxml version="1.11"><resources><format id="r1" frameDuration="{frame}"/></resources>'
        f'<sequence format="r1" tcStart="{start}"><spine>{story}</spine></sequence></fcpxml>'
    )


def time_map(*points: tuple[object, object], interp: str = "linear") -> str:
    written = "".join(
        f'<timept time="{time}s" value="{value}s" interp="{interp}"/>' for time, value in points
    )
    return f"<timeMap>{written}</timeMap>"


def markers(*starts: object) -> str:
    return "".join(f'<marker start="{start}s" value="at {start}"/>' for start in starts)


def inside(points: str, *starts: object) -> str:
    """Return a clip at 0:10 whose content of 10 s holds markers, and plays by a time map."""
    return document(
        f'<sync-clip name="S" offset="10s" start="0s" duration="100s">{points}'
        f'<asset-clip offset="0s" start="0s" duration="10s">{markers(*starts)}</asset-clip>'
        "</sync-clip>"
    )


def shown(text: str) -> list[Fraction]:
    return [moment for _, moment in moments(text)]  # type: ignore[misc]


def test_media_that_is_conformed_counts_its_own_frames() -> None:
    # 25 fps in 24: frame 685 is one frame behind the clip's first, 684, and lasts 1/24 s.
    story = """
      <asset-clip offset="3610s" start="684/25s" duration="9/4s"><conform-rate srcFrameRate="25"/>
        <marker start="685/25s" value="Marker 1"/></asset-clip>
      <asset-clip offset="3615s" duration="3551/24s"><conform-rate srcFrameRate="25"/>
        <marker start="2753/25s" value="Marker 2"/><marker start="642/5s" value="Marker 3"/>
      </asset-clip>"""
    found = read(document(story, start="3600s"))
    # 01:00:10:01, 01:02:09:17 and 01:02:28:18, less the hour.
    assert [cue.start for cue in found.cues] == [
        Fraction(10 * 24 + 1, 24),
        Fraction((2 * 60 + 9) * 24 + 17, 24),
        Fraction((2 * 60 + 28) * 24 + 18, 24),
    ]
    assert found.notes == ()


@pytest.mark.parametrize(
    ("source", "frame", "factor"),
    [
        ("25", "1001/24000s", Fraction(25 * 1001, 24000)),
        ("50", "1/24s", Fraction(50, 48)),
        ("24", "1/25s", Fraction(24, 25)),
        ("23.98", "1/24s", Fraction(1000, 1001)),
        ("29.97", "1/60s", Fraction(1000, 1001)),
        ("60", "1001/30000s", Fraction(1001, 1000)),
        ("25", "1/50s", Fraction(1)),
    ],
)
def test_the_chart_of_rates_says_how_long_a_second_takes(
    source: str, frame: str, factor: Fraction
) -> None:
    story = f"""<asset-clip offset="0s" start="0s" duration="99s">
      <conform-rate srcFrameRate="{source}"/>{markers(10)}</asset-clip>"""
    found = read(document(story, frame))
    assert [cue.start for cue in found.cues] == [10 * factor]
    assert found.notes == ()


@pytest.mark.parametrize(
    "conform", ['<conform-rate scaleEnabled="0" srcFrameRate="25"/>', "<conform-rate/>"]
)
def test_media_that_is_not_scaled_keeps_its_seconds(conform: str) -> None:
    story = f'<asset-clip offset="0s" start="0s" duration="99s">{conform}{markers(10)}</asset-clip>'
    assert shown(document(story)) == [10]
    assert read(document(story)).notes == ()


@pytest.mark.parametrize("source", ["30", "17", "59.94"])
def test_rates_that_are_not_in_the_chart_are_named(source: str) -> None:
    story = f"""<asset-clip offset="0s" start="0s" duration="99s">
      <conform-rate srcFrameRate="{source}"/>{markers(10)}</asset-clip>"""
    found = read(document(story))
    assert found.notes == (
        "1 stands on a clip whose speed was changed, and may be off: look at at 10.",
    )


@pytest.mark.parametrize(
    ("points", "starts", "expected"),
    [
        # Half and double speed.
        (((0, 0), (20, 10)), (0, 4, 9), [10, 18, 28]),
        (((0, 0), (5, 10)), (0, 4, 9), [10, 12, Fraction("14.5")]),
        # 4 s at 100 %, 4 s at 50 %, 1 s at 400 %: 5 is shown at 4 + 1/0.5, 8 at 8 + 2/4.
        (((0, 0), (4, 4), (8, 6), (9, 10)), (2, 5, 8), [12, 16, Fraction("18.5")]),
        # The picture of 3 stands for 4 s.
        (((0, 0), (3, 3), (7, 3), (10, 6)), (2, 3, 4), [12, 13, 18]),
        # Backwards: 10 comes first.
        (((0, 10), (10, 0)), (9, 4), [11, 16]),
        # Forth at 50 % and back: what is seen twice counts when it is first seen.
        (((0, 0), (10, 5), (20, 0)), (1, 4), [12, 18]),
        # The map begins before the clip is shown.
        (((-4, -2), (20, 10)), (1, 5), [12, 20]),
    ],
)
def test_what_a_clip_contains_is_shown_at_its_speed(
    points: tuple[tuple[int, int], ...], starts: tuple[int, ...], expected: list[Fraction]
) -> None:
    found = read(inside(time_map(*points), *starts))
    assert [cue.start for cue in found.cues] == expected
    assert found.notes == ()


def test_what_the_map_does_not_reach_is_cut_off() -> None:
    found = read(inside(time_map((0, 0), (5, 5), (6, 9)), 2, 9))
    assert [cue.start for cue in found.cues] == [12]
    assert found.notes == ("1 in parts of clips that are cut off: left out.",)


def test_clips_of_changed_speed_within_each_other_multiply() -> None:
    # 3 of the innermost is 6 in the slowed clip, and 3 in the hastened one that holds it.
    inner = f'<video offset="0s" start="100s" duration="5s">{markers(103)}</video>'
    slow = f'<clip offset="0s" duration="10s">{time_map((0, 0), (10, 5))}{inner}</clip>'
    fast = f'<sync-clip offset="10s" duration="5s">{time_map((0, 0), (5, 10))}{slow}</sync-clip>'
    assert shown(document(fast)) == [13]


def test_a_range_is_as_long_as_it_is_shown() -> None:
    ranged = inside(time_map((0, 0), (5, 10)), 4).replace(' value="at 4"', ' duration="3s"')
    (cue,) = read(ranged).cues
    assert (cue.start, cue.end) == (12, Fraction("13.5"))


def test_what_is_anchored_counts_in_the_new_time_and_runs_at_its_own_speed() -> None:
    # Shown from 2 of its new time, so the title of 6 stands 4 s behind the clip's beginning.
    title = f'<title lane="1" offset="6s" start="3600s" duration="4s">{markers(3602)}</title>'
    line = f'<spine lane="2" offset="7s"><clip duration="4s">{markers(1)}</clip></spine>'
    clip = f"{time_map((0, 0), (20, 10))}{title}{line}"
    text = document(f'<asset-clip offset="10s" start="2s" duration="9s">{clip}</asset-clip>')
    assert shown(text) == [16, 16]
    assert read(text).notes == ()


def test_a_marker_on_a_clip_with_a_time_map_is_named_with_its_other_moment() -> None:
    clip = f"{time_map((0, 0), (20, 10))}{markers(0, 4)}"
    found = read(document(f'<asset-clip offset="10s" duration="20s">{clip}</asset-clip>'))
    assert [cue.start for cue in found.cues] == [10, 14]
    assert found.notes == (
        "1 stands on a clip whose speed was changed, and the format does not say whether a marker "
        "there counts before the change or after it: look at at 4 (or at 18.000 s).",
    )


def test_a_marker_that_only_one_reading_shows_is_kept() -> None:
    clip = f"{time_map((0, 0), (5, 10))}{markers(8, 12)}"
    found = read(document(f'<asset-clip offset="10s" duration="5s">{clip}</asset-clip>'))
    assert [cue.start for cue in found.cues] == [14]
    assert found.notes[0] == "1 in parts of clips that are cut off: left out."
    assert found.notes[1].endswith("look at at 8 (or cut off).")


def test_a_speed_that_changes_along_a_curve_is_named() -> None:
    ramp = time_map((0, 0), (4, 4), (8, 6), interp="smooth2")
    assert "may be off: look at at 5" in read(inside(ramp, 5)).notes[0]
    # Final Cut writes smooth2 at a constant speed too.
    assert read(inside(time_map((0, 0), (20, 10), interp="smooth2"), 5)).notes == ()


@pytest.mark.parametrize(
    "change",
    [
        time_map((5, 0)),
        '<conform-rate srcFrameRate="25"/>' + time_map((0, 0), (20, 10)),
    ],
)
def test_changes_of_which_no_speed_follows_are_named(change: str) -> None:
    assert "may be off" in read(inside(change, 2)).notes[-1]


def test_a_map_that_changes_nothing_is_not_remarked_upon() -> None:
    clip = f"{time_map((3, 3), (10, 10))}{markers(1)}"
    found = read(document(f'<asset-clip offset="0s" duration="9s">{clip}</asset-clip>'))
    assert (found.cues[0].start, found.notes) == (1, ())


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        (((0, 0), (5, 10), (5, 12)), "do not rise"),
        (((0, 0), (5, 10), (4, 12)), "do not rise"),
        (((0, 0), ("soon", 10)), "no time such as"),
        (((0, 0), (5, "1/0")), "no time such as"),
    ],
)
def test_a_damaged_map_names_the_clip(
    points: tuple[tuple[object, object], ...], reason: str
) -> None:
    with pytest.raises(CueError, match=reason) as caught:
        read(inside(time_map(*points), 2))
    assert caught.value.place == "clip 'S'"


TIMES = st.fractions(0, 100, max_denominator=30000)


@given(
    speed=st.fractions(Fraction(1, 20), 20, max_denominator=1001),
    offset=TIMES,
    start=TIMES,
    behind=st.fractions(0, 1, max_denominator=1001),
)
def test_at_any_speed_a_marker_is_as_far_behind_the_clip_as_the_speed_makes_it(
    speed: Fraction, offset: Fraction, start: Fraction, behind: Fraction
) -> None:
    marker = start + behind * 99
    points = time_map((start, start), (start + 100 / speed, start + 100))
    text = document(
        f'<sync-clip offset="{offset}s" start="{start}s" duration="{100 / speed}s">{points}'
        f'<asset-clip offset="{start}s" start="{start}s" duration="100s">{markers(marker)}'
        "</asset-clip></sync-clip>"
    )
    assert shown(text) == [offset + (marker - start) / speed]
