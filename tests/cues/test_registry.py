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
