"""WAV files: cue points and the labels that Audition, Reaper and Wavelab store with them.

wavinfo reads points, labels and notes. The chunks that it reads them from are found here: it
believes the file's own size, which recorders leave open, stops without a sound, follows lists in
lists without end, and parses the XML of a recording, which has no markers. Regions are measured
here, too, since version 4.0 takes a byte of their length for a codepage.
Source: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0", 1991.
"""

from __future__ import annotations

import io
import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from sheetrender.cues.cue import Cue, CueError, CueFile

if TYPE_CHECKING:
    from wavinfo.riff_parser import ChunkDescriptor
    from wavinfo.wave_cues_reader import LabelEntry, WavCuesReader

_DAMAGED = "is a damaged WAV file: {}. Save it again in the program that made it."
_OPEN = 0xFFFFFFFF
"""Size of a sound whose length stands elsewhere, or nowhere while it is recorded."""
_BYTES_AS_LETTERS = "latin-1"


def is_wav(content: bytes) -> bool:
    """Say whether it is a WAV file, of the long kind too."""
    return content[:4] in (b"RIFF", b"RF64", b"BW64") and content[8:12] == b"WAVE"


def read_wav(content: bytes) -> CueFile:
    """Read the cue points; their place is the sample offset, since many files leave position 0.

    Raises:
        CueError: it is damaged or cut off.
    """
    chunks = list(_chunks(content, 12, len(content)))
    points = next((chunk for chunk in chunks if chunk.ident == b"cue "), None)
    cues = [] if points is None else _cues(content, chunks, points)
    return CueFile(kind="WAV cue points", cues=cues, unit="cue point")


def _chunks(content: bytes, at: int, end: int) -> Iterator[ChunkDescriptor]:
    # Imported here because it brings lxml along.
    from wavinfo.riff_parser import ChunkDescriptor

    sound = _OPEN
    while at + 8 <= end:
        name, size = struct.unpack_from("<4sI", content, at)
        if name == b"ds64" and size >= 16 and at + 24 <= end:
            # The long kind keeps the length of its sound here.
            (sound,) = struct.unpack_from("<Q", content, at + 16)
        if name == b"data" and size == _OPEN:
            size = sound
        if at + 8 + size > end:
            if name == b"data":
                # The sound itself is not read; a long file keeps its size elsewhere.
                return
            raise CueError(_DAMAGED.format(f"its part {name.decode('latin-1')!r} is cut off"))
        yield ChunkDescriptor(name, at + 8, size, None)
        at += 8 + size + size % 2


def _cues(content: bytes, chunks: list[ChunkDescriptor], points: ChunkDescriptor) -> list[Cue]:
    rate = _sample_rate(content, chunks)
    parts = _parts(content, chunks)
    found = _read(content, points, parts)
    names, notes = _texts(found.labels), _texts(found.notes)
    lengths = dict(
        struct.unpack_from("<II", content, part.start)
        for part in parts[b"ltxt"]
        if part.length >= 8
    )
    cues = []
    for number, point in enumerate(found.cues, start=1):
        start = Fraction(point.sample_offset, rate)
        length = lengths.get(point.name)
        note = notes.get(point.name, "")
        cues.append(
            Cue(
                number=number,
                name=names.get(point.name) or note,
                comment=note,
                start=start,
                end=start + Fraction(length, rate) if length else None,
            )
        )
    return cues


def _sample_rate(content: bytes, chunks: Iterable[ChunkDescriptor]) -> int:
    form = next((chunk for chunk in chunks if chunk.ident == b"fmt "), None)
    if form is None or form.length < 8:
        raise CueError(_DAMAGED.format("it does not say its sample rate"))
    (rate,) = struct.unpack_from("<I", content, form.start + 4)
    if not rate:
        raise CueError(_DAMAGED.format("its sample rate is 0"))
    return int(rate)


def _parts(
    content: bytes, chunks: Iterable[ChunkDescriptor]
) -> defaultdict[bytes, list[ChunkDescriptor]]:
    """Return what is said about cue points, by its kind."""
    parts: defaultdict[bytes, list[ChunkDescriptor]] = defaultdict(list)
    for chunk in chunks:
        start = chunk.start + 4
        if chunk.ident == b"LIST" and content[chunk.start : start] == b"adtl":
            for part in _chunks(content, start, chunk.start + chunk.length):
                if part.length >= 4:
                    parts[part.ident].append(part)
    return parts


def _read(
    content: bytes, points: ChunkDescriptor, parts: defaultdict[bytes, list[ChunkDescriptor]]
) -> WavCuesReader:
    from wavinfo.wave_cues_reader import WavCuesReader

    try:
        return WavCuesReader.read_all(
            io.BytesIO(content),
            cues=points,
            labls=parts[b"labl"],
            ltxts=[],
            notes=parts[b"note"],
            fallback_encoding=_BYTES_AS_LETTERS,
        )
    except (AssertionError, struct.error) as error:
        raise CueError(_DAMAGED.format("its list of cue points is cut off")) from error


def _texts(entries: Iterable[LabelEntry]) -> dict[int, str]:
    return {entry.name: _text(entry.text.encode(_BYTES_AS_LETTERS)) for entry in entries}


def _text(raw: bytes) -> str:
    raw = raw.partition(b"\0")[0]
    try:
        return raw.decode("utf-8").strip()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace").strip()
