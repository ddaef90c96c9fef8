"""Frames on disk: lossless PNGs that appear whole or not at all."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from sheetrender.engines.engine import Image

# Frames are working material: level 1 is three times faster than the default and a tenth larger,
# and one fixed filter, where OpenCV has the choice, a third faster than trying all of them.
_PNG: tuple[int, ...] = (cv2.IMWRITE_PNG_COMPRESSION, 1)
if hasattr(cv2, "IMWRITE_PNG_FILTER"):
    _PNG += (cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_SUB)


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
    return hashlib.blake2b(data, digest_size=16).digest()


def write_frame(folder: Path, index: int, picture: Image) -> StoredFrame:
    """Store a picture without loss.

    Raises:
        OSError: the disk took only a part; nothing of the frame is left.
    """
    _, encoded = cv2.imencode(".png", picture, _PNG)
    return store_bytes(folder, index, encoded.tobytes())


def store_bytes(folder: Path, index: int, data: bytes) -> StoredFrame:
    """Store a frame that is encoded already.

    Raises:
        OSError: the disk took only a part; nothing of the frame is left.
    """
    path = frame_path(folder, index)
    temporary = path.with_suffix(".tmp")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return StoredFrame(index, file_digest(data), len(data))


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
