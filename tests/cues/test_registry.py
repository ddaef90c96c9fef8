"""What is no marker file, and what no file may do to the program."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.cues.cue import CueError
from sheetrender.cues.placing import Count, placed
from sheetrender.model.timing import FrameRate
from tests.cues.reading import SAMPLES, moments, read, sample


def zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n\t", "is empty"),
        (b"\xff\xfe", "is empty"),
        (zipped(), "a zip archive or a workbook"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\x1f\x8b\x08\x00", "Premiere project"),
        (b"\x7fELF\x02\x01\x01" + bytes(range(256)), "binary"),
        (b"Dear diary,\ntoday I cut.\n", "of no kind that is known"),
    ],
)
def test_other_files_are_named_in_one_sentence(content: bytes, reason: str) -> None:
    with pytest.raises(CueError, match=reason):
        read(content)


def test_bytes_of_no_encoding_name_the_line() -> None:
    text = sample("premiere_markers.csv").decode("utf-16").encode("cp1252")
    with pytest.raises(CueError, match="no encoding that can be told") as caught:
        read(text.replace(b"Why", b"\x81Why"))
    assert caught.value.place == "line 4"


def test_utf_16_cut_in_the_middle_of_a_letter_names_the_line() -> None:
    with pytest.raises(CueError, match="cut off") as caught:
        read(sample("premiere_markers.csv")[:-1])
    assert caught.value.place == "line 7"


@pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.name)
def test_every_sample_is_recognised_without_its_name(path: object) -> None:
    assert moments(path.read_bytes())  # type: ignore[attr-defined]


@given(
    name=st.sampled_from(sorted(path.name for path in SAMPLES.iterdir())),
    cut=st.integers(0, 2000),
    at=st.integers(0, 2000),
    put=st.binary(max_size=6),
)
def test_a_file_damaged_anywhere_is_read_or_refused_in_words(
    name: str, cut: int, at: int, put: bytes
) -> None:
    whole = sample(name)[:4000]
    content = whole[:at] + put + whole[at + cut % 20 :] if cut % 2 else whole[:cut]
    try:
        found = read(content)
        assert found.cues
        rate = found.rate or FrameRate.parse("30")
        for target in (rate, FrameRate.parse("23.976")):
            markers = placed(found, Count(rate=rate, target=target)).markers
            assert len(markers) == len(found.cues)
    except CueError as error:
        assert str(error).rstrip().endswith((".", ")"))


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        read(text.encode("utf-8", "surrogatepass"))
    except CueError as error:
        assert str(error)


@pytest.mark.parametrize(
    "text",
    [
        '"x Record In","Name"\n"01:00:00:00","Intro"\n',
        "# Start\nM1 Intro\n",
        '"a,0:00\n",b\n',
        "name,time\n\x0bIntro,0:00\u2028\n",
    ],
)
def test_half_recognised_files_are_read_or_refused_in_words(text: str) -> None:
    try:
        read(text)
    except CueError as error:
        assert str(error).endswith(".")


PREMIERE = "Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type\t\n"


@pytest.mark.parametrize(
    "name",
    [
        "Verse --> Chorus", "TITLE: My Song", "FCM: NON-DROP FRAME", "|C:a |M:b", "Dialogue: Anna",
        "1:23 Chorus", "WEBVTT", "[00:12.00]",
    ],
)  # fmt: skip
def test_the_name_of_a_marker_does_not_decide_what_a_file_is(name: str) -> None:
    row = f"{name}\t\t00:00:01:00\t00:00:01:00\t00:00:00:00\tComment\t\n"
    found = read(PREMIERE + row)
    assert found.kind == "Premiere markers"
    assert [cue.name for cue in found.cues] == [name]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("[00:12.00]one --> two\n", "LRC lyrics"),
        ("0:00 Intro\n0:12 Verse --> Chorus\n", "YouTube chapters"),
        ("0:00 --> Intro\n0:12 -> 3 little pigs\n", "YouTube chapters"),
        ("1.0\t1.0\tVerse --> Chorus\n", "Audacity labels"),
        ("1\n00:00:01,000 --> 00:00:02,000\nDialogue: Anna\n", "SRT subtitles"),
        ("PKelly\t00:00:01:00\tV1\tred\tIntro\t1\n", "Avid marker list"),
    ],
)
def test_neither_do_lyrics_nor_a_user(content: str, kind: str) -> None:
    assert read(content).kind == kind


def test_what_no_cell_can_hold_is_left_out_of_names() -> None:
    row = "A\x1bB\ufffe\tC\x7fD\t00:00:01:00\t00:00:01:00\t00:00:00:00\tComment\t\n"
    (only,) = read(PREMIERE + row).cues
    assert (only.name, only.comment) == ("AB", "CD")


@pytest.mark.parametrize(
    "content",
    [f"[offset:{'9' * 5000}]\n[00:12.00]one\n", f"[{'0' * 3}:01.00]one\n[offset:{'9' * 5000}]\n"],
)
def test_a_number_without_end_is_refused(content: str) -> None:
    with pytest.raises(CueError, match="a number of thousands of digits"):
        read(content)


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        ("TITLE: x\n" + " " * 60_000 + "|C:", "half a marker"),
        ("TITLE: x\n" + "0 " * 30_000, "half an event"),
        ("x" + " " * 60_000 + "y", "of no kind that is known"),
        ("0:10 a\nx" + " " * 60_000 + "y", "YouTube chapters"),
        ("0:10 a\n" + "1:2" * 20_000, "has no time and title"),
        ("[00:12.00]" + "<" * 60_000, "LRC lyrics"),
        ("WEBVTT\n\n" + "00:01.000 --> 00:02.000\n" + "<{" * 30_000, "WebVTT"),
    ],
)
def test_long_lines_come_to_an_end(content: str, outcome: str) -> None:
    # Some took minutes, since an expression tried all ways to part the blanks.
    try:
        told = read(content).kind
    except CueError as error:
        told = str(error)
    assert outcome in told
