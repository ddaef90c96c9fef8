"""Cue points in WAV files."""

from __future__ import annotations

import io
import struct
from fractions import Fraction

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.cues.cue import CueError
from tests.cues.reading import read


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def wav(*extra: bytes) -> bytes:
    """Return a second of silence as soundfile writes it, with more chunks behind it."""
    stream = io.BytesIO()
    soundfile.write(stream, np.zeros(8000), 8000, format="WAV", subtype="PCM_16")
    body = stream.getvalue()[8:] + b"".join(extra)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def cue(*offsets: int) -> bytes:
    points = [
        struct.pack("<II4sIII", number, 0, b"data", 0, 0, offset)
        for number, offset in enumerate(offsets, start=1)
    ]
    return chunk(b"cue ", struct.pack("<I", len(points)) + b"".join(points))


def adtl(*parts: bytes) -> bytes:
    return chunk(b"LIST", b"adtl" + b"".join(parts))


def text(name: bytes, number: int, words: bytes) -> bytes:
    return chunk(name, struct.pack("<I", number) + words + b"\0")


REGION = chunk(b"ltxt", struct.pack("<II4sHHHH", 2, 100_000, b"rgn ", 0, 0, 0, 0))
NAMES = adtl(text(b"labl", 1, "Säx".encode()), text(b"labl", 2, b"Dr\xfcm"), REGION)


def test_offsets_names_and_regions_are_read() -> None:
    cues = read(wav(cue(2000, 4000), NAMES)).cues
    assert [(c.name, c.start, c.end) for c in cues] == [
        ("Säx", Fraction(1, 4), None),
        ("Drüm", Fraction(1, 2), Fraction(13)),
    ]


def test_a_note_is_the_comment_and_stands_in_for_a_name() -> None:
    (only,) = read(wav(cue(0), adtl(text(b"note", 1, b"a red fox")))).cues
    assert (only.name, only.comment) == ("a red fox", "a red fox")


@pytest.mark.parametrize("cut", [1, 20, 30])
def test_a_list_of_points_that_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(CueError, match=r"damaged WAV file.*cut off"):
        read(wav(cue(2000, 4000))[:-cut])


def test_a_count_beyond_the_points_is_refused() -> None:
    with pytest.raises(CueError, match="cut off"):
        read(wav(chunk(b"cue ", struct.pack("<I", 4_000_000_000) + b"\0" * 24)))


def test_a_recording_without_cue_points_says_so() -> None:
    with pytest.raises(CueError, match="without any marker"):
        read(wav())


def riff(*chunks: bytes, magic: bytes = b"RIFF", size: int | None = None) -> bytes:
    """Return a file of these chunks alone, which says that it is as long as `size`."""
    body = b"WAVE" + b"".join(chunks)
    return magic + struct.pack("<I", len(body) if size is None else size) + body


FORM = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16))
INTRO = cue(2000) + adtl(text(b"labl", 1, b"Intro"))
BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">
<!ENTITY z SYSTEM "file:///etc/hostname">]><BWFXML><NOTE>&y;&z;</NOTE></BWFXML>"""


def only(content: bytes) -> tuple[str, object]:
    (found,) = read(content).cues
    return found.name, found.start


LEFT_OPEN = {
    "as it should be": riff(FORM, INTRO),
    "no size of the file": riff(FORM, INTRO, size=0),
    "an endless size": riff(FORM, INTRO, size=0xFFFFFFFF),
    "a byte too many": riff(FORM, INTRO, b"\0"),
    "the form behind the points": riff(INTRO, FORM),
    "a short form": riff(chunk(b"fmt ", FORM[8:16]), INTRO),
    "a sound that is cut off": riff(FORM, INTRO, b"data\0\0\1\0", bytes(64)),
    "an endless sound": riff(FORM, INTRO, b"data\xff\xff\xff\xff", bytes(64)),
    "an odd bext": riff(chunk(b"bext", b"\xff" * 5), FORM, INTRO),
    "odd XML": riff(FORM, chunk(b"iXML", b"<BWFXML"), chunk(b"axml", b"<"), INTRO),
    "a bomb of XML": riff(FORM, chunk(b"iXML", BOMB), chunk(b"axml", BOMB), INTRO),
    "an odd INFO": riff(FORM, chunk(b"LIST", b"INFOINAM\xff\xff\xff\xff"), INTRO),
}


@pytest.mark.parametrize("content", LEFT_OPEN.values(), ids=LEFT_OPEN.keys())
def test_what_recorders_leave_open_or_add_hides_no_point(content: bytes) -> None:
    assert only(content) == ("Intro", Fraction(1, 4))


@pytest.mark.parametrize("magic", [b"RF64", b"BW64"])
def test_a_long_file_keeps_its_size_elsewhere(magic: bytes) -> None:
    sizes = chunk(b"ds64", struct.pack("<QQQI", 0, 64, 32, 0xFFFFFFFF) + b"data" * 4)
    sound = b"data" + struct.pack("<I", 0xFFFFFFFF) + b"\0" * 64
    content = riff(sizes, FORM, INTRO, sound, magic=magic, size=0xFFFFFFFF)
    assert only(content) == ("Intro", Fraction(1, 4))


def test_lists_in_lists_are_passed_over() -> None:
    deep = b""
    for _ in range(3000):
        deep = chunk(b"LIST", b"adtl" + deep)
    assert only(riff(FORM, deep, INTRO)) == ("Intro", Fraction(1, 4))


def test_points_may_have_their_names_in_several_lists() -> None:
    lists = adtl(text(b"labl", 2, b"two")), adtl(text(b"labl", 1, b"one"))
    assert [c.name for c in read(riff(FORM, *lists, cue(0, 9))).cues] == ["one", "two"]


@pytest.mark.parametrize("length", [1, 65_535, 65_536, 100_000, 0x00FF0000, 0xFFFFFFFF])
def test_a_region_of_any_length_with_words_of_its_own_is_read(length: int) -> None:
    region = struct.pack("<II4sHHHH", 1, length, b"\xffgn ", 49, 7, 1, 1252) + b"S\xe4x\0"
    (found,) = read(riff(FORM, cue(0), adtl(chunk(b"ltxt", region)))).cues
    assert (found.name, found.end) == ("", Fraction(length, 8000))


def test_a_region_without_length_is_a_point() -> None:
    region = struct.pack("<II4sHHHH", 1, 0, b"rgn ", 0, 0, 0, 0)
    (found,) = read(riff(FORM, cue(80), adtl(chunk(b"ltxt", region)))).cues
    assert (found.start, found.end) == (Fraction(1, 100), None)


def test_a_label_ends_where_it_says_so() -> None:
    assert only(riff(FORM, cue(0), adtl(text(b"labl", 1, b" Solo \0\xff rest"))))[0] == "Solo"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (riff(INTRO), "it does not say its sample rate"),
        (riff(chunk(b"fmt ", b"\1\0\1\0"), INTRO), "it does not say its sample rate"),
        (riff(chunk(b"fmt ", b"\0" * 16), INTRO), "its sample rate is 0"),
        (riff(FORM, INTRO, b"LIST\xff\0\0\0adtl"), "its part 'LIST' is cut off"),
        (riff(FORM, INTRO, adtl(b"labl\xff\0\0\0\1\0\0\0")), "its part 'labl' is cut off"),
    ],
)
def test_damage_is_named(content: bytes, reason: str) -> None:
    with pytest.raises(CueError, match=f"^is a damaged WAV file: {reason}. Save it again"):
        read(content)


def test_a_list_that_holds_no_points_is_no_damage() -> None:
    with pytest.raises(CueError, match="without any marker"):
        read(riff(FORM, chunk(b"cue ", b"\0" * 4)))


KINDS = st.sampled_from([b"fmt ", b"cue ", b"data", b"LIST", b"adtl", b"labl", b"note", b"ltxt"])
SIZES = st.one_of(st.integers(0, 40), st.integers(0, 0xFFFFFFFF)).map(
    lambda size: struct.pack("<I", size)
)
PIECES = st.one_of(
    KINDS, SIZES, st.binary(max_size=12), st.sampled_from([FORM, INTRO, NAMES, chunk(b"cue ", b"")])
)


@given(st.sampled_from([b"RIFF", b"RF64", b"BW64"]), SIZES, st.lists(PIECES, max_size=20))
def test_any_bytes_behind_a_head_are_read_or_refused_in_words(
    magic: bytes, size: bytes, pieces: list[bytes]
) -> None:
    try:
        assert read(magic + size + b"WAVE" + b"".join(pieces)).cues
    except CueError as error:
        assert str(error).rstrip().endswith(".")


POINT = st.tuples(st.integers(0, 0xFFFFFFFF), st.text("a1 &é😀"), st.text("b ß€"))


@given(st.lists(POINT, min_size=1))
def test_what_is_written_is_read_again(points: list[tuple[int, str, str]]) -> None:
    offsets, names, notes = zip(*points, strict=True)
    parts = [text(b"labl", n, name.encode()) for n, name in enumerate(names, start=1)]
    parts += [text(b"note", n, note.encode()) for n, note in enumerate(notes, start=1)]
    cues = read(riff(FORM, cue(*offsets), adtl(*reversed(parts)))).cues
    assert [(c.start, c.name, c.comment) for c in cues] == [
        (Fraction(offset, 8000), name.strip() or note.strip(), note.strip())
        for offset, name, note in points
    ]


@pytest.mark.parametrize("told", [True, False])
def test_the_long_kind_keeps_the_length_of_its_sound_elsewhere(told: bool) -> None:
    sound = bytes(16_000)
    form = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16_000, 2, 16))
    lengths = chunk(b"ds64", struct.pack("<QQQI", 0, len(sound), 8000, 0))
    body = form + b"data" + b"\xff" * 4 + sound + cue(2000) + adtl(text(b"labl", 1, b"Intro"))
    content = b"RF64" + b"\xff" * 4 + b"WAVE" + (lengths if told else b"") + body
    if told:
        (only,) = read(content).cues
        assert (only.name, only.start) == ("Intro", Fraction(1, 4))
    else:
        with pytest.raises(CueError, match="without any marker"):
            read(content)
