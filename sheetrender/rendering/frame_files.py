"""Frames on disk: lossless PNGs that appear whole or not at all."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np

from sheetrender.engines.engine import Image

Buffer: TypeAlias = bytes | memoryview

# Frames are working material: level 1 is three times faster than the default and a tenth larger,
# and one fixed filter, where OpenCV has the choice, a third faster than trying all of them.
_PNG: tuple[int, ...] = (cv2.IMWRITE_PNG_COMPRESSION, 1)
if hasattr(cv2, "IMWRITE_PNG_FILTER"):
    _PNG += (cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_SUB)
_HEADER_END = 33
"""Bytes of a PNG's signature and of its first chunk, IHDR, behind which texts may stand."""


@dataclass(frozen=True, slots=True)
class StoredFrame:
    """A frame that is on disk.

    Attributes:
        index: its number, 0-based.
        digest: of the file's bytes, 16 bytes.
        size: of the file, bytes.
    """

    index: int
    digest: bytes
    size: int


def frame_path(folder: Path, index: int) -> Path:
    """Return where a frame stands: ``000122.png``."""
    return folder / f"{index:06d}.png"


def file_digest(data: bytes) -> bytes:
    """Return the digest that the journal keeps of a file's bytes."""
    return _new_digest(data).digest()


def _new_digest(data: bytes = b"") -> hashlib.blake2b:
    return hashlib.blake2b(data, digest_size=16)


def write_frame(folder: Path, index: int, picture: Image, text: str = "") -> StoredFrame:
    """Store a picture without loss.

    Args:
        folder: of the frames.
        index: the frame's number.
        picture: as it is.
        text: how it was made, for viewers to show; empty for none.

    Raises:
        OSError: the disk took only a part; nothing of the frame is left.
    """
    _, encoded = cv2.imencode(".png", picture, _PNG)
    return _store(folder, index, with_text(encoded.data, text))


def with_text(png: Buffer, text: str) -> list[Buffer]:
    """Return the parts of a PNG that says a text under the name ``parameters``.

    Its picture stays as it is. The parts are not joined: copying a picture costs more than all
    the rest.

    Latin-1 stands in a ``tEXt`` chunk, which every viewer reads; else ``iTXt`` holds UTF-8.

    Args:
        png: without such a text.
        text: without NUL; empty for none.
    """
    if not text:
        return [png]
    whole = memoryview(png).cast("B")
    try:
        kind, body = b"tEXt", b"parameters\0" + text.encode("latin-1")
    except UnicodeEncodeError:
        # Behind the name: not compressed, by no method, of no language, under no other name.
        kind, body = b"iTXt", b"parameters\0" + b"\0\0" + b"\0" + b"\0" + text.encode("utf-8")
    size, check = len(body).to_bytes(4, "big"), zlib.crc32(kind + body).to_bytes(4, "big")
    return [whole[:_HEADER_END], size + kind + body + check, whole[_HEADER_END:]]


def copy_text(source: Path, target: Path) -> None:
    """Let a finished PNG say what the frame says that it was made from.

    Raises:
        OSError: one of them cannot be read, or the disk is full.
    """
    with source.open("rb") as file:
        file.seek(_HEADER_END)
        size, kind = int.from_bytes(file.read(4), "big"), file.read(4)
        rest = file.read(size + 4) if kind in (b"tEXt", b"iTXt") else b""
    if rest.startswith(b"parameters\0"):
        whole = memoryview(target.read_bytes())
        chunk = size.to_bytes(4, "big") + kind + rest
        with target.open("wb") as file:
            file.writelines([whole[:_HEADER_END], chunk, whole[_HEADER_END:]])


def store_bytes(folder: Path, index: int, data: bytes) -> StoredFrame:
    """Store a frame that is encoded already.

    Raises:
        OSError: the disk took only a part; nothing of the frame is left.
    """
    return _store(folder, index, [data])


def _store(folder: Path, index: int, parts: Sequence[Buffer]) -> StoredFrame:
    path = frame_path(folder, index)
    temporary = path.with_suffix(".tmp")
    state = _new_digest()
    try:
        with temporary.open("wb") as file:
            for part in parts:
                file.write(part)
                state.update(part)
            size = file.tell()
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return StoredFrame(index, state.digest(), size)


def read_frame(folder: Path, index: int) -> Image | None:
    """Return a stored picture, or None where it is missing or cannot be decoded."""
    try:
        data = frame_path(folder, index).read_bytes()
    except FileNotFoundError:
        return None
    picture = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_COLOR) if data else None
    return None if picture is None else np.asarray(picture, dtype=np.uint8)


def is_whole(folder: Path, stored: StoredFrame) -> bool:
    """Say whether a frame's file still has the bytes that were written."""
    path = frame_path(folder, stored.index)
    try:
        if path.stat().st_size != stored.size:
            return False
        return file_digest(path.read_bytes()) == stored.digest
    except FileNotFoundError:
        return False
