"""Rates and starts: what they make of a file, and what in a file refutes them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sheetrender.cues.cue import Cue, CueError, CueFile, Moment
from sheetrender.cues.placing import Count, Placed, placed
from sheetrender.model.timing import FrameRate
from tests.cues.reading import read, sample


def file_of(*starts: Moment, drop: bool | None = None) -> CueFile:
    cues = [Cue(number=n, name=f"m{n}", start=start) for n, start in enumerate(starts, start=2)]
    return CueFile(kind="test", cues=cues, drop=drop)


def put(
    file: CueFile,
    fps: str,
    start: str = "00:00:00:00",
    target: str = "",
    *,
    sure: bool = False,
    song: int | None = None,
) -> Placed:
    rate = FrameRate.parse(fps)
    return placed(
        file,
        Count(
            rate=rate,
            target=FrameRate.parse(target) if target else rate,
            start=start,
            start_is_sure=sure,
            song=None if song is None else Fraction(song),
        ),
    )


def frames(file: CueFile, fps: str, start: str = "00:00:00:00", target: str = "") -> list[int]:
    return [marker.frame for marker in put(file, fps, start, target).markers]


def test_labels_count_exactly_at_their_rate() -> None:
    assert frames(read(sample("premiere_markers.csv")), "30")[:4] == [0, 364, 933, 42945]
    assert frames(file_of("00;11;23;01"), "29.97") == [20471]
    assert frames(file_of("00:11:23:01"), "29.97") == [20491]


def test_the_start_is_taken_off_in_frames_and_in_the_same_kind_of_label() -> None:
    assert frames(file_of("01:00:00:00", "01:04:49:03"), "24", "01:00:00:00") == [0, 6939]
    assert frames(file_of("01;00;00;00", "01;11;23;01"), "29.97", "01:00:00;00") == [0, 20471]
    assert frames(file_of("01;11;23;01"), "29.97", "01:00:00:00") == [20471]


def test_lengths_are_counted_between_labels_and_not_read_as_labels() -> None:
    cue = Cue(number=2, name="Drop", start="00;00;59;00", end="00;02;00;02")
    (marker,) = put(CueFile(kind="test", cues=[cue]), "29.97").markers
    assert (marker.frame, marker.duration) == (1770, 1828)


@pytest.mark.parametrize("fps", ["24", "25"])
def test_a_frame_number_that_the_rate_does_not_have_refutes_it(fps: str) -> None:
    with pytest.raises(CueError, match=f"does not count at {fps} fps: say its rate") as caught:
        put(file_of("00:00:01:00", "00:00:02:28"), fps)
    assert caught.value.place == "line 3"


@pytest.mark.parametrize("fps", ["23.976", "25", "30"])
def test_a_semicolon_refutes_a_rate_without_drop_frame(fps: str) -> None:
    with pytest.raises(CueError, match=r"29\.97, 59\.94") as caught:
        put(read(sample("premiere_markers_dropframe.csv")), fps)
    assert caught.value.place == "line 2"


def test_a_label_that_drop_frame_skips_names_the_nearest() -> None:
    with pytest.raises(CueError, match="nearest is 00;01;00;02"):
        put(file_of("00;01;00;00"), "29.97")


def test_labels_of_both_kinds_in_one_file_are_refused() -> None:
    with pytest.raises(CueError, match="unlike others") as caught:
        put(file_of("00:00:01:00", "00:00:02;00", "00:00:03:00"), "29.97")
    assert caught.value.place == "line 3"


def test_a_heading_that_says_drop_frame_counts_for_colons() -> None:
    assert frames(file_of("00:01:00:02", drop=True), "29.97") == [1800]


def test_markers_an_hour_behind_ask_for_the_start() -> None:
    file = read(sample("resolve_timeline_markers.edl"))
    with pytest.raises(CueError, match=r"start = 01:00:00:00\?"):
        put(file, "24")
    with pytest.raises(CueError, match="the song is 3:20 long"):
        put(file, "24", sure=True, song=200)
    assert put(file, "24", sure=True).markers[0].frame == 86_400
    assert put(file, "24", song=4000).markers[0].frame == 86_400
    assert put(file, "24", "01:00:00:00", song=200).markers[0].frame == 0


def test_the_start_is_of_the_files_kind_however_it_is_written() -> None:
    for start in ("01:00:00:00", "01:00:00;00", "01;00;00;00"):
        plain = put(file_of("01:00:01:00"), "29.97", start)
        assert (plain.markers[0].frame, plain.start, plain.drop) == (30, 108_000, False)
        dropped = put(file_of("01;00;01;00"), "29.97", start)
        assert (dropped.markers[0].frame, dropped.start, dropped.drop) == (30, 107_892, True)
    told = put(file_of("01:00:01:00", drop=True), "29.97", "01:00:00:00")
    assert (told.markers[0].frame, told.start, told.drop) == (30, 107_892, True)


def test_a_start_that_the_files_kind_skips_is_refused() -> None:
    with pytest.raises(CueError, match=r"start '01:01:00:00', .* the nearest is 01:01:00:02"):
        put(file_of("01;01;01;00"), "29.97", "01:01:00:00")
    assert frames(file_of("01:01:01:00"), "29.97", "01:01:00;00") == [30]


def test_a_semicolon_in_the_start_refutes_a_rate_without_drop_frame() -> None:
    for moment in ("01:00:01:00", Fraction(1)):
        with pytest.raises(CueError, match="24 fps does not have; write 01:00:00:00"):
            put(file_of(moment), "24", "01:00:00;00")


def test_times_take_their_kind_of_label_from_the_start() -> None:
    found = put(file_of(Fraction("12.5125")), "29.97", "01:00:00;00", sure=True)
    assert (found.markers[0].frame, found.start, found.drop) == (375, 107_892, True)
    assert not put(file_of(Fraction(1)), "29.97", "01:00:00:00", sure=True).drop


def test_times_an_hour_behind_ask_for_the_start_as_labels_do() -> None:
    file = file_of(Fraction(3612), Fraction("3605.5"))
    asks = r"01:00:00:00, the first at 01:00:05\.500.* give --start '01:00:00:00'"
    with pytest.raises(CueError, match=f"{asks}. If it is meant so, give --start 00:00:00:00"):
        put(file, "25")
    with pytest.raises(CueError, match="the song is 0:12 long"):
        put(file, "25", song=12)
    with pytest.raises(CueError, match="the song is 0:12 long"):
        put(file, "25", sure=True, song=12)
    with pytest.raises(CueError, match="or '01:00:00;00' where the edit is drop-frame"):
        put(file, "29.97")
    assert put(file, "25", sure=True).markers[1].frame == 90_300
    assert put(file, "25", song=4000).markers[1].frame == 90_300
    assert frames(file_of(Fraction(3612), Fraction(12)), "25") == [300, 90_300]


def test_a_start_is_taken_off_times_that_all_lie_behind_it_exactly_and_that_is_said() -> None:
    file = file_of(Fraction(3600), Fraction(3612))
    found = put(file, "25", "01:00:00:00", sure=True, song=12)
    assert [marker.frame for marker in found.markers] == [0, 300]
    assert "taken off" in found.notes[0]
    assert found.rounded == 0
    # At 29.97 an hour of labels without drop-frame lasts 3.6 s longer.
    late = file_of(Fraction("3603.6"), Fraction("3613.61"))
    assert [m.frame for m in put(late, "29.97", "01:00:00:00", sure=True).markers] == [0, 300]
    assert [m.frame for m in put(late, "30", "01:00:00:00", "24", sure=True).markers] == [86, 327]


def test_lengths_stay_where_a_start_is_taken_off() -> None:
    cue = Cue(number=2, name="Hi", start=Fraction(3601), end=Fraction(3603))
    file = CueFile(kind="test", cues=[cue])
    (marker,) = put(file, "25", "01:00:00:00", sure=True).markers
    assert (marker.frame, marker.duration) == (25, 50)


def test_times_before_the_start_are_the_songs_own() -> None:
    found = put(file_of(Fraction(12), Fraction(3700)), "25", "01:00:00:00", sure=True)
    assert [marker.frame for marker in found.markers] == [300, 92_500]
    assert (found.start, found.notes) == (90_000, ())


def test_the_start_of_a_sheet_is_taken_off_from_an_hour_on_unless_the_song_lasts_one() -> None:
    file = file_of(Fraction(3612))
    assert put(file, "25", "01:00:00:00", song=20).markers[0].frame == 300
    assert put(file, "25", "01:00:00:00").markers[0].frame == 300
    assert put(file, "25", "01:00:00:00", song=4000).markers[0].frame == 90_300
    assert frames(file_of(Fraction(12)), "25", "00:00:10:00") == [300]


def test_a_start_just_missed_by_ntsc_times_names_one_that_fits() -> None:
    file = file_of(Fraction(3601))
    with pytest.raises(CueError, match="give --start '01:00:00;00'"):
        put(file, "29.97", "01:00:00:00", sure=True)
    with pytest.raises(CueError, match="give --start '00:59:56:09'"):
        put(file, "23.976", "01:00:00:00", sure=True)
    assert put(file, "23.976", "00:59:56:09", sure=True).markers[0].frame == 25


def test_times_of_a_file_that_knows_its_rate_or_start_count_from_it() -> None:
    cues = [Cue(number=2, name="late", start=Fraction(3612))]
    for file in (
        CueFile(kind="test", cues=cues, start="01:00:00:00"),
        CueFile(kind="test", cues=cues, rate=FrameRate.parse("25")),
    ):
        found = put(file, "25", "01:00:00:00", sure=True, song=12)
        assert [marker.frame for marker in found.markers] == [90_300]


def test_times_beyond_all_labels_name_the_last_hour() -> None:
    with pytest.raises(CueError, match="give --start '99:00:00:00'"):
        put(file_of(Fraction(4_000_000)), "25")


def test_a_marker_before_the_start_is_an_error_of_its_line() -> None:
    with pytest.raises(CueError, match="before the start 01:00:00:00") as caught:
        put(file_of("01:00:01:00", "00:59:58:00"), "25", "01:00:00:00")
    assert caught.value.place == "line 3"


def test_a_point_of_one_frame_has_no_length_at_the_end_of_a_second_either() -> None:
    cues = [
        Cue(number=2, name="point", start="00:00:01:23", end="00:00:02:00"),
        Cue(number=3, name="range", start="00:00:03:00", end="00:00:03:02"),
    ]
    found = put(CueFile(kind="test", cues=cues, point_lasts=1), "24")
    assert [marker.duration for marker in found.markers] == [0, 2]
    assert put(CueFile(kind="test", cues=cues[:1]), "24").markers[0].duration == 1


@pytest.mark.parametrize(
    ("moment", "reason"),
    [(Fraction(-1), "before the start"), (10**400, "beyond a billion"), (-3, "before the start")],
)
def test_moments_out_of_all_bounds_are_errors_of_their_line(moment: Moment, reason: str) -> None:
    for target in ("25", "30"):
        with pytest.raises(CueError, match=reason) as caught:
            put(file_of(0, moment), "25", target=target)
        assert caught.value.place == "line 3"


def test_a_marker_that_ends_before_it_begins_is_an_error_of_its_line() -> None:
    cue = Cue(number=7, name="Drop", start=Fraction(2), end=Fraction(1))
    with pytest.raises(CueError, match="ends before it begins") as caught:
        put(CueFile(kind="test", cues=[cue]), "25")
    assert caught.value.place == "line 7"


def test_seconds_go_to_the_nearest_frame_and_the_way_is_told() -> None:
    found = put(file_of(Fraction("12.5"), Fraction("0.51")), "30")
    assert [marker.frame for marker in found.markers] == [15, 375]
    assert found.rounded == pytest.approx(0.01)


def test_markers_keep_their_moment_at_the_rate_of_another_sheet() -> None:
    assert frames(file_of("00:00:04:15"), "30", target="24") == [108]
    assert frames(file_of(Fraction("12.5")), "30", target="24") == [300]
    assert "keeps its moment" in put(file_of("00:00:04:15"), "30", target="24").notes[0]


def test_markers_are_sorted_and_those_on_one_frame_are_kept_and_said() -> None:
    found = put(file_of("00:00:02:00", "00:00:01:00", "00:00:02:00"), "25")
    assert [(marker.name, marker.frame) for marker in found.markers] == [
        ("m3", 25),
        ("m2", 50),
        ("m4", 50),
    ]
    assert found.notes == ("Frame 50 has m2 and m4.",)
