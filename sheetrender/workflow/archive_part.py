"""One file of an archive: some neighbouring frames, and what the journal knows about them."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from sheetrender.output.whole_files import replacing
from sheetrender.rendering.frame_files import StoredFrame, file_digest, frame_path

NOTES = "journal.json"
_NOT_WHOLE = (zipfile.BadZipFile, zlib.error, EOFError, LookupError, RuntimeError)

Row: TypeAlias = tuple[bytes, StoredFrame]
"""What the journal has of a frame: its key and its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a file of an archive says of itself.

    Attributes:
        path: the zip file.
        number: counts up with every file that is written.
        location: of the sheet.
        seeds: all that were drawn by then, by row key.
        rows: what the journal had of the frames in it, by their number.
    """

    path: Path
    number: int
    location: str
    seeds: dict[str, int]
    rows: dict[int, Row]


def read_part(path: Path) -> Part:
    """Return what a file says of itself; its frames are not looked at yet.

    Raises:
        ValueError: it is no such file, or only the beginning of one.
        OSError: it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as file:
            return _understood(path, json.loads(file.read(NOTES)))
    except (*_NOT_WHOLE, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not whole: {error}") from error


def _understood(path: Path, notes: Any) -> Part:
    rows = {}
    for number, (key, digest, size) in notes["frames"].items():
        stored = StoredFrame(int(number), bytes.fromhex(digest), int(size))
        rows[stored.index] = (bytes.fromhex(key), stored)
    return Part(
        path=path,
        number=int(notes["number"]),
        location=str(notes["location"]),
        seeds={str(row): int(seed) for row, seed in notes["seeds"].items()},
        rows=rows,
    )


def write_part(part: Part, frames: Path) -> Part:
    """Write a file whole or not at all; frames whose own file is damaged are left out.

    Args:
        part: what to write, and where.
        frames: the folder of the PNGs.

    Returns:
        What was written.

    Raises:
        OSError: it cannot be written; an older file is left as it was.
        RenderFailed: likewise.
    """
    rows: dict[int, Row] = {}
    # PNGs do not get any smaller; stored, they go as fast as the disk takes them.
    with replacing(part.path) as target, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as file:
        for index, row in part.rows.items():
            path = frame_path(frames, index)
            data = path.read_bytes() if path.exists() else b""
            if file_digest(data) == row[1].digest:
                file.writestr(path.name, data)
                rows[index] = row
        part = replace(part, rows=rows)
        file.writestr(NOTES, json.dumps(_notes(part)))
    return part


def pack(folder: Path, target: Path) -> None:
    """Put the files of a folder into one, the same bytes for the same files.

    Raises:
        OSError: it cannot be written.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as file:
        for path in sorted(folder.iterdir()):
            file.writestr(zipfile.ZipInfo(path.name), path.read_bytes())


def _notes(part: Part) -> dict[str, object]:
    return {
        "number": part.number,
        "location": part.location,
        "seeds": part.seeds,
        "frames": {
            index: [key.hex(), stored.digest.hex(), stored.size]
            for index, (key, stored) in part.rows.items()
        },
    }


def frames_in(part: Part, wanted: Iterable[int]) -> Iterator[tuple[Row, bytes]]:
    """Yield frames that are as they were noted; whatever else stands in the file is passed over.

    Raises:
        ValueError: the rest of the file cannot be read.
        OSError: likewise.
    """
    try:
        with zipfile.ZipFile(part.path) as file:
            for index in wanted:
                row = part.rows[index]
                name = frame_path(Path(), index).name
                if file.getinfo(name).file_size != row[1].size:
                    continue
                data = file.read(name)
                if file_digest(data) == row[1].digest:
                    yield row, data
    except _NOT_WHOLE as error:
        raise ValueError(f"{part.path} is not whole: {error}") from error
