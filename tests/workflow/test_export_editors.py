"""`export` to editors: the sheet's cuts, song and markers, there and back through `markers`."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pytest
import soundfile

from sheetrender.model.errors import UsageError
from sheetrender.model.timing import FrameRate, format_timecode, parse_timecode
from sheetrender.workflow.export import HandedOver, export
from sheetrender.workflow.markers import Asked, find_markers
from sheetrender.workflow.markers_into import fill_sheet
from tests.workflow.sheets import SMALL, make_sheet, request


def exported(sheet: Path, form: str, target: Path | None = None, **overrides: str) -> HandedOver:
    return export(request(sheet, **overrides), form, target)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "song.wav", np.zeros(44100), 44100)
    path = make_sheet(tmp_path / "my.xlsx", settings={**SMALL, "fps": 24, "song": "song.wav"})
    book = openpyxl.load_workbook(path)
    tab = book.create_sheet("Markers")
    for row in (("name", "frame", "comment"), ("Chorus", 8, ""), ("Hit", 11, "a drum")):
        tab.append(row)
    book.save(path)
    return path


def test_the_sheet_is_there_with_its_cuts_song_and_markers(sheet: Path) -> None:
    made = exported(sheet, "premiere", scale_to="1920x1080")
    assert made.path == sheet.with_name("my_premiere.xml")
    sequence = ElementTree.parse(made.path).getroot().find("sequence")
    assert sequence is not None
    items = sequence.findall("media/video/track/clipitem")
    assert [(i.findtext("name"), i.findtext("start"), i.findtext("end")) for i in items] == [
        ("a red fox", "0", "16"),
        ("a green hill", "16", "24"),
    ]
    assert sequence.findtext("media/video/format/samplecharacteristics/width") == "1920"
    assert sequence.find("media/audio/track/clipitem/file/pathurl") is not None
    marks = [
        tuple(m.findtext(n) for n in ("in", "name", "comment")) for m in sequence.findall("marker")
    ]
    assert marks == [
        ("0", "", "a red fox"),
        ("8", "Chorus", "a blue whale"),
        ("11", "Hit", "a drum"),
        ("16", "", "a green hill"),
    ]
    assert "is not there yet. Make it: sheetrender run" in " ".join(made.notices)


@pytest.mark.parametrize("form", ["premiere", "fcpxml", "otio", "edl", "srt", "lyrics", "csv"])
def test_every_form_may_be_written_again_but_not_over_other_files(sheet: Path, form: str) -> None:
    first = exported(sheet, form).path
    content = first.read_bytes()
    assert exported(sheet, form).path.read_bytes() == content
    mine = sheet.with_name(f"mine{first.suffix}")
    mine.write_text("my own")
    with pytest.raises(UsageError, match="was not written by sheetrender"):
        exported(sheet, form, mine)
    assert mine.read_text() == "my own"


def test_an_edl_of_markers_of_somebody_else_is_left_alone(sheet: Path) -> None:
    other = sheet.with_name("my_edl_markers.edl")
    other.write_text("TITLE: theirs")
    with pytest.raises(UsageError, match="was not written by sheetrender"):
        exported(sheet, "edl")
    assert other.read_text() == "TITLE: theirs"
    assert not sheet.with_name("my_edl.edl").exists()


def test_an_ending_that_does_not_suit_is_refused(sheet: Path) -> None:
    with pytest.raises(UsageError, match=r"does not end in \.fcpxml"):
        exported(sheet, "fcpxml", sheet.with_name("out.xml"))


def test_single_pictures_make_no_timeline(sheet: Path) -> None:
    with pytest.raises(UsageError, match="codec=prores"):
        exported(sheet, "premiere", codec="png")


def test_at_a_higher_rate_everything_counts_in_its_frames(sheet: Path) -> None:
    root = ElementTree.parse(exported(sheet, "premiere", fps_to="60").path).getroot()
    ends = [item.findtext("end") for item in root.iterfind(".//video/track/clipitem")]
    assert ends == ["40", "60"]
    assert [m.findtext("in") for m in root.iter("marker")] == ["0", "20", "28", "40"]


def test_an_offset_moves_the_song(sheet: Path) -> None:
    for offset, place in (("0.5", ("0", "12", "12", "24")), ("-0.25", ("6", "24", "0", "18"))):
        root = ElementTree.parse(exported(sheet, "premiere", song_offset=offset).path).getroot()
        item = root.find(".//audio/track/clipitem")
        assert item is not None
        assert tuple(item.findtext(n) for n in ("start", "end", "in", "out")) == place


def test_subtitles_hold_what_the_rows_are_about(sheet: Path) -> None:
    text = exported(sheet, "srt").path.read_text("utf-8")
    assert text.startswith("1\n00:00:00,000 --> 00:00:00,333\na red fox\n")


@pytest.mark.parametrize(
    ("fps", "start"),
    [
        ("23.976", "00:00:00:00"),
        ("24", "01:00:00:00"),
        ("25", "10:00:00:00"),
        ("29.97", "00:00:00:00"),
        ("29.97", "01:00:00;00"),
        ("30", "00:00:00:00"),
        ("48", "00:00:00:00"),
        ("50", "10:00:00:00"),
        ("59.94", "00:00:00;00"),
        ("60", "01:00:00:00"),
        ("119.88", "00:00:00:00"),
    ],
)
def test_premieres_markers_go_into_a_sheet_and_back_to_editors_on_their_frames(
    tmp_path: Path, fps: str, start: str
) -> None:
    rate = FrameRate.parse(fps)
    settings = {**SMALL, "fps": fps, "start_timecode": start, "frames": 18000}
    sheet = make_sheet(tmp_path / "my.xlsx", [(0, "fox", "ink", 1, None, 1)], settings)
    wanted = [7, 1799, 1800, 3597, 17982]
    cues = premieres_csv(tmp_path / "cues.csv", wanted, rate, start)
    fill_sheet(request(sheet), Asked(files=[cues], fps=fps, start=start), rows=False)
    for form in ("premiere", "fcpxml", "edl", "csv"):
        path = exported(sheet, form).path
        path = path.with_name("my_edl_markers.edl") if form == "edl" else path
        count = {"fps": fps, "start": start} if form in ("edl", "csv") else {}
        found = find_markers(Asked(files=[path], **count))  # type: ignore[arg-type]
        named = {m.name: (m.frame, m.duration) for m in found.markers if m.name.startswith("M")}
        assert named == {f"M{frame}": (frame, 0) for frame in wanted}, form


def test_a_word_without_a_length_is_sung_until_the_next(tmp_path: Path) -> None:
    words = tmp_path / "words.lrc"
    words.write_text("[00:01.00]one\n[00:02.00]two\n", "utf-8")
    sheet = make_sheet(tmp_path / "my.xlsx", settings={**SMALL, "fps": 8})
    fill_sheet(request(sheet), Asked(files=[words], fps="8"), rows=False)
    text = exported(sheet, "lyrics").path.read_text("utf-8")
    assert "00:00:01,000 --> 00:00:02,000\none" in text
    assert "00:00:02,000 --> 00:00:03,000\ntwo" in text


def test_lyrics_go_into_a_sheet_and_back_with_their_lengths(tmp_path: Path) -> None:
    words = tmp_path / "words.srt"
    words.write_text(
        "1\n00:00:00,500 --> 00:00:01,500\nDown by the sea\n\n"
        "2\n00:00:02,000 --> 00:00:04,250\nwhere the ships come in\n",
        "utf-8",
    )
    settings = {**SMALL, "fps": 24, "frames": 120}
    sheet = make_sheet(tmp_path / "my.xlsx", [(0, "fox", "ink", 1, None, 1)], settings)
    fill_sheet(request(sheet), Asked(files=[words], fps="24"), rows=False)
    wanted = [("Down by the sea", 12, 24), ("where the ships come in", 48, 54)]
    names = [name for name, _, _ in wanted]
    for form in ("lyrics", "premiere", "fcpxml", "edl", "csv"):
        path = exported(sheet, form).path
        path = path.with_name("my_edl_markers.edl") if form == "edl" else path
        found = find_markers(Asked(files=[path], fps="24")).markers
        assert [(m.name, m.frame, m.duration) for m in found if m.name in names] == wanted, form


def premieres_csv(path: Path, frames: list[int], rate: FrameRate, start: str) -> Path:
    """Write markers as Premiere exports them: UTF-16, tabs, drop-frame with semicolons only."""
    first, drop = parse_timecode(start, rate), ";" in start
    lines = ["Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type\t"]
    for frame in frames:
        label = format_timecode(first + frame, rate, drop=drop)
        none = "00:00:00:00"
        label, none = (t.replace(":", ";") if drop else t for t in (label, none))
        lines.append(f"M{frame}\t\t{label}\t{label}\t{none}\tComment\t")
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-16", newline="")
    return path


def test_a_sheet_without_words_says_how_they_come_in(tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", settings={**SMALL, "fps": 8})
    with pytest.raises(UsageError, match=r"markers song\.lrc --into"):
        exported(sheet, "lyrics")
    assert not sheet.with_name("my_lyrics.srt").exists()


def test_the_line_that_makes_the_video_names_what_was_set(sheet: Path) -> None:
    (notice,) = exported(sheet, "premiere", codec="prores").notices
    assert notice.endswith(
        f"video.mov is not there yet. Make it: sheetrender run {sheet} --set=codec=prores"
    )
