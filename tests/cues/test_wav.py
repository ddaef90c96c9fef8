"""Cue points in WAV files."""

from __future__ import annotations

import io
import struct
from fractions import Fraction

import numpy as np
import pytest
import soundfile

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
