"""The pictures that a video is made of: all there, whole, and of one size."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from pathlib import Path

from sheetrender.model.errors import EncodingFailed, FramesMissing
from sheetrender.model.frames import Size

_NAMED_RANGES = 12
_PNG_BEGIN = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"
_HEAD = struct.Struct(">8s4x4sII")
"""Signature, length and name of the first chunk, width, height."""


def require_frames(folder: Path, frames: range) -> Size:
    """Return the size of the pictures ``000000.png`` and up.

    Raises:
        FramesMissing: some picture is not there or cut short, or they are of several sizes.
    """
    sizes = {frame: _size(folder / f"{frame:06d}.png") for frame in frames}
    missing = [frame for frame, size in sizes.items() if size is None]
    if missing:
        raise FramesMissing(
            f"No video was made: {folder} lacks {len(missing)} of {len(frames)} frames, or they "
            f"are damaged: frames {_ranges(missing)}. Run again to render them."
        )
    numbers: dict[Size, list[int]] = {}
    for frame, size in sizes.items():
        numbers.setdefault(size or Size(0, 0), []).append(frame)
    usual, *others = sorted(numbers, key=lambda size: -len(numbers[size]))
    if others:
        odd = [frame for size in others for frame in numbers[size]]
        raise FramesMissing(
            f"No video was made: {folder} holds pictures of {usual}, but of another size at frames "
            f"{_ranges(sorted(odd))}. Remove those, and run again to render them."
        )
    return usual


def require_count(folder: Path, count: int) -> None:
    """Look through pictures that ffmpeg wrote.

    Raises:
        EncodingFailed: they are not just ``000000.png`` and up, as many as that.
    """
    whole = sum(_size(folder / f"{frame:06d}.png") is not None for frame in range(count))
    found = sum(1 for _ in folder.iterdir())
    if whole != count or found != count:
        raise EncodingFailed(
            f"ffmpeg made {whole} pictures instead of {count}; they were thrown away. "
            "A picture may be damaged: remove it and run again."
        )


def _size(picture: Path) -> Size | None:
    """Return the size of a PNG that has its beginning and its end; it is not decoded."""
    try:
        with picture.open("rb") as file:
            begin, chunk, width, height = _HEAD.unpack(file.read(_HEAD.size))
            file.seek(-len(_PNG_END), os.SEEK_END)
            is_whole = begin == _PNG_BEGIN and chunk == b"IHDR" and file.read() == _PNG_END
            return Size(width, height) if is_whole else None
    except (OSError, struct.error):  # not there, unreadable, or shorter than it should be
        return None


def _ranges(numbers: Iterable[int]) -> str:
    """Write rising numbers as people do: ``12–15, 40``."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    named = [f"{a}–{b}" if a < b else f"{a}" for a, b in runs[:_NAMED_RANGES]]
    return ", ".join(named) + (" …" if len(runs) > _NAMED_RANGES else "")
