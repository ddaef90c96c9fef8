"""Timelines for editors, read back by OpenTimelineIO and by our own readers of markers."""

from __future__ import annotations

import csv
import io
import re
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import opentimelineio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetrender.cues.registry import read_cues
from sheetrender.model.errors import UsageError
from sheetrender.model.frames import Size
from sheetrender.model.timing import FrameRate, parse_timecode
from sheetrender.output.edl_files import cut_edl, marker_edl
from sheetrender.output.fcpxml_file import fcpxml
from sheetrender.output.marker_table import marker_csv
from sheetrender.output.otio_file import otio
from sheetrender.output.subtitle_file import srt
from sheetrender.output.timeline import Clip, Mark, Timeline, Track
from sheetrender.output.xmeml_file import xmeml

RATES = [("23.976", False), ("25", False), ("29.97", True), ("29.97", False), ("60", False)]
CLIPS = ((0, 100), (100, 2000), (2000, 20000))
MARKS = (0, 100, 1799, 1800, 1801, 17982, 19999)


def timeline(rate: str = "25", *, drop: bool = False, **changes: object) -> Timeline:
    exact = FrameRate.parse(rate)
    start = parse_timecode("01:00:00;00" if drop else "01:00:00:00", exact)
    shown = {
        "name": "my <video> & more",
        "rate": exact,
        "start": start,
        "drop": drop,
        "size": Size(1920, 1080),
        "frames": 20000,
        "video": Path("/films/my video 100%.mov"),
        "video_start": start,
        "clips": tuple(Clip(name=f"clip & {a}", first=a, end=b) for a, b in CLIPS),
        "song": Track(
            path=Path("/films/song.wav"), seconds=Fraction(400), first=0, end=9000, skipped=7
        ),
        "marks": tuple(
            Mark(
                frame=frame, end=frame + 1, name=f"M{frame}", comment=f"a fox, <{frame}> & a “hat”"
            )
            for frame in MARKS
        ),
    }
    return Timeline(**{**shown, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(("rate", "drop"), RATES)
def test_opentimelineio_reads_the_sequence_for_premiere(
    tmp_path: Path, rate: str, drop: bool
) -> None:
    path = tmp_path / "my.xml"
    path.write_text(xmeml(timeline(rate, drop=drop)), "utf-8")
    found = opentimelineio.adapters.read_from_file(path, adapter_name="fcp_xml")
    exact = FrameRate.parse(rate)
    assert found.name == "my <video> & more"
    assert found.global_start_time.rate == pytest.approx(float(exact.per_second))
    assert found.global_start_time.value == timeline(rate, drop=drop).start
    picture, *sound = found.tracks
    assert [(c.source_range.start_time.value, c.source_range.duration.value) for c in picture] == [
        (first + _media_start(c), end - first)
        for c, (first, end) in zip(picture, CLIPS, strict=True)
    ]
    assert [c.media_reference.target_url for c in picture] == [
        "file://localhost/films/my%20video%20100%25.mov"
    ] * 3
    assert [track[0].source_range.start_time.value for track in sound] == [7, 7]
    marks = [(m.marked_range.start_time.value, m.name) for m in found.tracks.markers]
    assert marks == [(frame, f"M{frame}") for frame in MARKS]
    comments = [m.metadata["fcp_xml"]["comment"] for m in found.tracks.markers]
    assert comments[1] == "a fox, <100> & a “hat”"


def _media_start(clip: opentimelineio.schema.Clip) -> float:
    """Where the adapter begins to count a file that has a timecode."""
    return clip.media_reference.available_range.start_time.value


@pytest.mark.parametrize(
    ("rate", "drop", "timebase", "ntsc", "label", "display"),
    [
        ("23.976", False, "24", "TRUE", "01:00:00:00", "110"),
        ("25", False, "25", "FALSE", "01:00:00:00", "101"),
        ("29.97", True, "30", "TRUE", "01;00;00;00", "102"),
        ("29.97", False, "30", "TRUE", "01:00:00:00", "103"),
        ("60", False, "60", "FALSE", "01:00:00:00", "108"),
    ],
)
def test_a_sequence_says_its_rate_its_start_and_its_picture(
    rate: str, drop: bool, timebase: str, ntsc: str, label: str, display: str
) -> None:
    text = xmeml(timeline(rate, drop=drop))
    assert text.split("\n")[1] == "<!DOCTYPE xmeml>"
    sequence = ElementTree.fromstring(text).find("sequence")
    assert sequence is not None
    assert sequence.get("MZ.Sequence.VideoTimeDisplayFormat") == display
    assert {e.findtext("timebase") for e in sequence.iter("rate")} == {timebase}
    assert {e.findtext("ntsc") for e in sequence.iter("rate")} == {ntsc}
    assert sequence.findtext("timecode/string") == label
    assert sequence.findtext("timecode/displayformat") == ("DF" if drop else "NDF")
    form = sequence.find("media/video/format/samplecharacteristics")
    assert form is not None
    shown = [form.findtext(n) for n in ("width", "height", "pixelaspectratio", "fielddominance")]
    assert shown == ["1920", "1080", "square", "none"]
    places = [
        tuple(int(item.findtext(n, "")) for n in ("start", "end", "in", "out"))
        for item in sequence.iterfind("media/video/track/clipitem")
    ]
    assert places == [(a, b, a, b) for a, b in CLIPS]
    songs = sequence.findall("media/audio/track/clipitem")
    assert [tuple(s.findtext(n) for n in ("start", "end", "in", "out")) for s in songs] == [
        ("0", "9000", "7", "9007")
    ] * 2


@pytest.mark.parametrize(("rate", "drop"), RATES)
def test_markers_come_back_on_their_frames_from_every_form(rate: str, drop: bool) -> None:
    line = timeline(rate, drop=drop)
    for text in (xmeml(line), fcpxml(line), marker_edl(line), marker_csv(line)):
        found = read_cues(text.encode())
        frames = [frame_of(cue.start, line, found.start) for cue in found.cues]
        assert frames == list(MARKS), found.kind
        if found.rate is not None:
            assert found.rate == line.rate


def frame_of(moment: object, line: Timeline, start: str) -> int:
    """Return the frame of a cue, which files say as a frame, in seconds, or as a label."""
    if isinstance(moment, Fraction):
        frame = line.rate.frame_at(moment)
        assert abs(moment * line.rate.per_second - frame) < Fraction(1, 10_000)
        return frame
    if isinstance(moment, int):
        return moment
    return parse_timecode(str(moment), line.rate) - line.start


@pytest.mark.parametrize(("rate", "drop"), RATES)
def test_final_cut_gets_every_time_as_a_whole_number_of_frames(rate: str, drop: bool) -> None:
    line = timeline(rate, drop=drop)
    root = ElementTree.fromstring(fcpxml(line))
    form = root.find("resources/format")
    assert form is not None
    assert seconds(form.get("frameDuration")) == 1 / line.rate.per_second
    sequence = root.find(".//sequence")
    assert sequence is not None
    assert sequence.get("tcFormat") == ("DF" if drop else "NDF")
    assert frames(sequence.get("tcStart"), line) == line.start
    clips = sequence.findall("spine/asset-clip")
    for clip, (first, end) in zip(clips, CLIPS, strict=True):
        assert frames(clip.get("offset"), line) == line.start + first
        assert frames(clip.get("start"), line) == line.start + first
        assert frames(clip.get("duration"), line) == end - first
    song = sequence.find("spine/asset-clip/asset-clip")
    assert song is not None
    assert [frames(song.get(n), line) for n in ("offset", "start", "duration")] == [
        line.start, 7, 9000
    ]  # fmt: skip
    marks = [m for clip in clips for m in clip.findall("marker")]
    assert [frames(m.get("start"), line) - line.start for m in marks] == list(MARKS)


def seconds(written: str | None) -> Fraction:
    assert written is not None
    return Fraction(written.removesuffix("s"))


def frames(written: str | None, line: Timeline) -> int:
    found = seconds(written) * line.rate.per_second
    assert found.denominator == 1
    return int(found)


@pytest.mark.parametrize(("rate", "drop"), RATES)
def test_opentimelineio_reads_its_own_form(tmp_path: Path, rate: str, drop: bool) -> None:
    path = tmp_path / "my.otio"
    line = timeline(rate, drop=drop)
    path.write_text(otio(line), "utf-8")
    found = opentimelineio.adapters.read_from_file(path)
    assert found.global_start_time.value == line.start
    assert found.global_start_time.rate == float(line.rate.per_second)
    picture, song = found.tracks
    assert (picture.kind, song.kind) == ("Video", "Audio")
    for clip, (first, end) in zip(picture, CLIPS, strict=True):
        place = clip.range_in_parent()
        assert (place.start_time.value, place.duration.value) == (first, end - first)
        assert clip.source_range.start_time.value == line.start + first
        assert clip.media_reference.available_range.duration.value == 20000
    assert song[0].source_range.start_time.value == 7
    assert [m.marked_range.start_time.value for m in found.tracks.markers] == list(MARKS)
    assert found.tracks.markers[1].comment == "a fox, <100> & a “hat”"


def test_a_song_that_waits_has_a_gap_before_it(tmp_path: Path) -> None:
    song = Track(path=Path("/s.wav"), seconds=Fraction(10), first=50, end=300, skipped=0)
    path = tmp_path / "my.otio"
    path.write_text(otio(timeline(song=song)), "utf-8")
    found = opentimelineio.adapters.read_from_file(path)
    gap, clip = found.tracks[1]
    assert (gap.duration().value, clip.range_in_parent().start_time.value) == (50, 50)


@pytest.mark.parametrize(("rate", "drop"), RATES)
def test_opentimelineio_reads_the_cuts(tmp_path: Path, rate: str, drop: bool) -> None:
    line = timeline(rate, drop=drop)
    text = cut_edl(line)
    assert f"FCM: {'DROP' if drop else 'NON-DROP'} FRAME\r\n" in text
    events = re.findall(r"^\d{3}  AX       V     C        (\S+) (\S+) (\S+) (\S+)\r$", text, re.M)
    for labels, (first, end) in zip(events, CLIPS, strict=True):
        source_in, source_out, record_in, record_out = (
            parse_timecode(label, line.rate) - line.start for label in labels
        )
        assert (source_in, source_out, record_in, record_out) == (first, end, first, end)
    if drop or rate == "25":  # the adapter takes 29.97 without drop-frame for drop-frame
        found = opentimelineio.adapters.read_from_string(
            text, adapter_name="cmx_3600", rate=float(line.rate.per_second)
        )
        (track,) = found.tracks
        assert [clip.duration().value for clip in track] == [b - a for a, b in CLIPS]


def test_markers_for_resolve_look_as_resolves_own(tmp_path: Path) -> None:
    lines = marker_edl(timeline(marks=timeline().marks[1:2])).split("\r\n")
    assert lines == [
        "TITLE: my <video> & more markers by sheetrender",
        "FCM: NON-DROP FRAME",
        "",
        "001  001      V     C        01:00:04:00 01:00:04:01 01:00:04:00 01:00:04:01  ",
        "a fox, <100> & a “hat” |C:ResolveColorBlue |M:M100 |D:1",
        "",
    ]


def test_subtitles_stand_as_long_as_their_rows(tmp_path: Path) -> None:
    marks = (
        Mark(frame=0, end=30, name="x", comment="first\nline"),
        Mark(frame=30, end=31, name="only a name", comment=""),
        Mark(frame=107892, end=107893, name="", comment="an hour later"),
    )
    assert srt(timeline("29.97", marks=marks)) == (
        "1\n00:00:00,000 --> 00:00:01,001\nfirst line\n\n"
        "2\n00:59:59,996 --> 01:00:00,030\nan hour later\n"
    )


def test_a_table_of_markers_holds_no_formula(tmp_path: Path) -> None:
    marks = (Mark(frame=1, end=2, name="=HYPERLINK(1)", comment='a, "b"\n-c'),)
    rows = list(csv.reader(io.StringIO(marker_csv(timeline(marks=marks)))))
    assert rows[0] == ["name", "frame", "timecode", "seconds", "duration", "comment"]
    assert rows[1] == ["'=HYPERLINK(1)", "1", "01:00:00:01", "0.040000", "0", 'a, "b" -c']


@pytest.mark.parametrize("write", [xmeml, fcpxml])
def test_a_rate_that_editors_do_not_know_is_refused(write: object) -> None:
    with pytest.raises(UsageError, match=r"cannot count 12\.5 frames per second"):
        write(timeline("12.5"))  # type: ignore[operator]


NASTY = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    ["]]>", "a |C:x |M:y |D:3", "\x00\x0b\ud7ff", "-->", "\u2028", "&amp;", "* FROM", "12\n00:00"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9000), NASTY, NASTY), min_size=1, max_size=5))
def test_no_text_breaks_a_file(marks: list[tuple[int, str, str]]) -> None:
    line = timeline(
        marks=tuple(
            Mark(frame=f, end=f + 1, name=name, comment=text) for f, name, text in sorted(marks)
        )
    )
    wanted = [mark.frame for mark in line.marks]
    for text in (xmeml(line), fcpxml(line), marker_edl(line)):
        cues = read_cues(text.encode()).cues
        assert [frame_of(cue.start, line, "") for cue in cues] == wanted
    found = opentimelineio.adapters.read_from_string(otio(line), "otio_json")
    assert [m.marked_range.start_time.value for m in found.tracks.markers] == wanted
    assert len(list(csv.reader(io.StringIO(marker_csv(line))))) == len(wanted) + 1
