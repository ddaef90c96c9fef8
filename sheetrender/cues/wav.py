"""WAV files: cue points and the labels that Audition, Reaper and Wavelab store with them.

Read here and not by wavinfo: version 4.0 needs to be told the encoding of labels and refuses all
others, ends in a bare assertion where points are missing and in StopIteration where a file has no
sound, brings lxml along, and takes 1.1 s for a hundred thousand points (0.3 s here).
Source: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0", 1991.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from sheetrender.cues.cue import Cue, CueError, CueFile

_CUE = struct.Struct("<II4sIII")
_DAMAGED = "is a damaged WAV file: {}. Save it again in the program that made it."


def is_wav(content: bytes) -> bool:
    """Say whether it is a WAV file, of the long kind too."""
    return content[:4] in (b"RIFF", b"RF64", b"BW64") and content[8:12] == b"WAVE"


def read_wav(content: bytes) -> CueFile:
    """Read the cue points; their place is the sample offset, since many files leave position 0.

    Raises:
        CueError: it is damaged or cut off.
    """
    chunks = list(_chunks(memoryview(content), 12, len(content)))
    form = next((c.body for c in chunks if c.name == b"fmt "), b"")
    points = next((c.body for c in chunks if c.name == b"cue "), None)
    if points is None:
        return CueFile(kind="WAV cue points", cues=[], unit="cue point")
    if len(form) < 8:
        raise CueError(_DAMAGED.format("it does not say its sample rate"))
    rate = struct.unpack_from("<I", form, 4)[0]
    if not rate:
        raise CueError(_DAMAGED.format("its sample rate is 0"))
    texts = _Texts()
    for chunk in chunks:
        if chunk.name == b"LIST" and chunk.body[:4] == b"adtl":
            texts.read(chunk.body)
    return CueFile(kind="WAV cue points", cues=_cues(points, rate, texts), unit="cue point")


class _Chunk(NamedTuple):
    name: bytes
    body: memoryview | bytes


def _chunks(view: memoryview, at: int, end: int) -> Iterator[_Chunk]:
    while at + 8 <= end:
        name, size = struct.unpack_from("<4sI", view, at)
        body = view[at + 8 : at + 8 + size]
        if len(body) < size and name == b"data":
            # The sound itself is not read; a long file keeps its size elsewhere.
            return
        if len(body) < size:
            raise CueError(_DAMAGED.format(f"its part {name.decode('latin-1')!r} is cut off"))
        yield _Chunk(name, body)
        at += 8 + size + size % 2


class _Texts:
    """Names, notes and lengths by the number of the cue point."""

    def __init__(self) -> None:
        self.labels: dict[int, str] = {}
        self.notes: dict[int, str] = {}
        self.lengths: dict[int, int] = {}

    def read(self, body: memoryview | bytes) -> None:
        view = memoryview(body)
        for chunk in _chunks(view, 4, len(view)):
            if len(chunk.body) < 4:
                continue
            number = struct.unpack_from("<I", chunk.body)[0]
            if chunk.name == b"labl":
                self.labels[number] = _text(chunk.body)
            elif chunk.name == b"note":
                self.notes[number] = _text(chunk.body)
            elif chunk.name == b"ltxt" and len(chunk.body) >= 8:
                self.lengths[number] = struct.unpack_from("<I", chunk.body, 4)[0]


def _text(body: memoryview | bytes) -> str:
    raw = bytes(body[4:]).split(b"\0")[0]
    try:
        return raw.decode("utf-8").strip()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace").strip()


def _cues(points: memoryview | bytes, rate: int, texts: _Texts) -> list[Cue]:
    count = struct.unpack_from("<I", points)[0] if len(points) >= 4 else 0
    if len(points) < 4 + count * _CUE.size:
        raise CueError(_DAMAGED.format("its list of cue points is cut off"))
    cues = []
    for number in range(count):
        key, *_, offset = _CUE.unpack_from(points, 4 + number * _CUE.size)
        start = Fraction(offset, rate)
        length = texts.lengths.get(key, 0)
        name, note = texts.labels.get(key, ""), texts.notes.get(key, "")
        end = start + Fraction(length, rate) if length else None
        cues.append(Cue(number=number + 1, name=name or note, comment=note, start=start, end=end))
    return cues
