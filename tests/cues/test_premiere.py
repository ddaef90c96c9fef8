"""Premiere's .csv and .txt, as exported and as people save them again."""

from __future__ import annotations

import pytest

from sheetrender.cues.cue import CueError
from tests.cues.reading import moments, read, sample

HEAD = "Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type\t\r\n"
TIMES = "00:00:12:04\t00:00:12:04\t00:00:00:00"
FIRST = [
    ("Intro", "00:00:00:00"),
    ("b-roll zoom f6 showcase", "00:00:12:04"),
    ("Why this Video?", "00:00:31:03"),
    ("showcase 6 xlr ports zoom  f6", "00:23:51:15"),
    ("Conclusion", "00:25:45:20"),
    ("Outro", "00:26:29:12"),
]


def text() -> str:
    return sample("premiere_markers.csv").decode("utf-16")


def with_commas(mark: str) -> str:
    lines = text().replace("\r\n", "\n").strip().split("\n")
    return "\n".join(mark.join(line.rstrip("\t").split("\t")) for line in lines)


def test_an_export_is_read_whole() -> None:
    assert moments(sample("premiere_markers.csv")) == FIRST
    assert len(read(sample("premiere_chapters_25fps.csv")).cues) == 144


def test_semicolons_throughout_are_kept_for_drop_frame() -> None:
    assert moments(sample("premiere_markers_dropframe.csv")) == [("IntSEMICOLONro", "00;00;00;00")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16-le", "utf-16-be"])
def test_a_file_saved_again_in_another_encoding_reads_the_same(encoding: str) -> None:
    assert moments(text().encode(encoding)) == FIRST


@pytest.mark.parametrize("mark", [",", ";"])
def test_a_file_saved_again_with_other_separators_reads_the_same(mark: str) -> None:
    assert moments(with_commas(mark)) == FIRST


def test_semicolons_as_separators_and_in_timecode_are_told_apart() -> None:
    row = "Intro;;00;00;01;00;00;00;01;02;00;00;00;02;Comment\n"
    (cue,) = read(HEAD.strip().replace("\t", ";") + "\n" + row).cues
    assert (cue.name, cue.start, cue.end) == ("Intro", "00;00;01;00", "00;00;01;02")


def test_headings_in_another_language_do_not_matter() -> None:
    head = "Имя маркера\tОписание\tВход\tВыход\tДлительность\tТип маркера\t\r\n"
    assert moments(head + f"Припев\t\t{TIMES}\tКомментарий\t\r\n") == [("Припев", "00:00:12:04")]


def test_the_description_stands_in_for_an_empty_name() -> None:
    (cue,) = read(HEAD + f"\ta red fox\t{TIMES}\tComment\t\r\n").cues
    assert (cue.name, cue.comment) == ("a red fox", "a red fox")


@pytest.mark.parametrize("name", ['"', 'the "big" drop', '"opened', 'closed"', "it's; a, list"])
def test_a_quote_in_a_name_swallows_no_row(name: str) -> None:
    rows = f"{name}\tnote\t{TIMES}\tComment\t\r\nNext\t\t{TIMES}\tComment\t\r\n"
    assert [cue.name for cue in read(HEAD + rows).cues] == [name, "Next"]


def test_line_breaks_in_texts_swallow_no_row_and_lines_are_still_counted() -> None:
    rows = f"two\nlines\t\t{TIMES}\tComment\t\r\nNext\tand\r\nmore\t{TIMES}\tComment\t\r\n"
    cues = read(HEAD + rows).cues
    assert [(cue.name, cue.comment, cue.number) for cue in cues] == [
        ("two\nlines", "", 2),
        ("Next", "and\nmore", 4),
    ]


def test_fields_that_a_spreadsheet_quoted_are_unquoted() -> None:
    rows = f'"one, ""two""","a\nb",{TIMES.replace(chr(9), ",")},Comment\n'
    (cue,) = read(HEAD.strip().replace("\t", ",") + "\n" + rows).cues
    assert (cue.name, cue.comment) == ('one, "two"', "a\nb")


def test_a_range_keeps_its_end() -> None:
    row = "Drop\t\t00;11;23;01\t00;11;24;25\t00;00;01;24\tComment\t\r\n"
    assert read(HEAD + row).cues[0].end == "00;11;24;25"


@pytest.mark.parametrize("cut", [20, 30, 40, 45])
def test_half_a_row_at_the_end_is_named_by_its_line(cut: int) -> None:
    whole = text()
    row = whole.rindex("Outro")
    with pytest.raises(CueError, match="half a row") as caught:
        read(whole[: row + cut - 12])
    assert caught.value.place == "line 7"


def test_half_a_row_in_the_middle_is_named_by_its_line() -> None:
    broken = text().replace("00:00:31:03\t00:00:31:03", "00:00:31\t00:00:31:03")
    with pytest.raises(CueError, match="half a row") as caught:
        read(broken)
    assert caught.value.place == "line 4"


def test_only_a_heading_holds_no_markers() -> None:
    with pytest.raises(CueError, match="without any marker"):
        read(HEAD)


@pytest.mark.parametrize(
    ("time", "reason"), [("113", "plain frames"), ("0000+12", "feet and frames")]
)
def test_displays_that_cannot_be_counted_are_refused(time: str, reason: str) -> None:
    with pytest.raises(CueError, match=f"{reason}.*Time Display"):
        read(HEAD + f"Intro\t\t{time}\t{time}\t{time}\tComment\t\r\n")


TEXT_HEAD = "Asset Name  \t\t\tIn Point\t\t\tDescription\t\r\n"


def test_the_txt_is_read_by_its_three_tabs() -> None:
    rows = "Marks\t\t\t00:00:22:45\t\t\tBioshock Remastered\t\t\t\t\r\n"
    assert moments((TEXT_HEAD + rows).encode("utf-16")) == [("Bioshock Remastered", "00:00:22:45")]


def test_half_a_row_of_the_txt_is_named_by_its_line() -> None:
    rows = "Marks\t\t\t00:00:22:45\t\t\tOne\t\t\t\t\r\nMarks\t\t\t00:00:2"
    with pytest.raises(CueError, match="half a row") as caught:
        read(TEXT_HEAD + rows)
    assert caught.value.place == "line 3"
