"""Colour tables in Adobe's and Iridas's .cube form, looked at before ffmpeg meets them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sheetrender.model.errors import UsageError

_MOST_BYTES = 200_000_000
_SIZES = range(2, 257)
"""Points along each edge that ffmpeg can hold."""


def require_cube(path: Path) -> int:
    """Return how many points a three-dimensional table has along each edge.

    Raises:
        UsageError: it is not there, is no such table, or is damaged.
    """
    size = 0
    rows: list[str] = []
    for number, line in enumerate(_text(path).splitlines(), start=1):
        words = line.split("#")[0].split()
        if not words:
            continue
        if words[0] == "LUT_3D_SIZE":
            size = _edge(path, number, words[1:])
        elif words[0] == "LUT_1D_SIZE":
            raise _refused(path, "holds curves, not a cube. Export it as a 3D table")
        elif words[0][0] in "-+.0123456789":
            rows.append(line.split("#")[0])
    _require_colours(path, size, rows)
    return size


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _refused(path, "is far larger than any such table")
        return path.read_bytes().decode("utf-8-sig", "replace")
    except OSError as error:
        raise UsageError(
            f"The colour table {path} cannot be read: {error.strerror}. Give a .cube file."
        ) from error


def _edge(path: Path, number: int, words: list[str]) -> int:
    if len(words) != 1 or not words[0].isdecimal() or int(words[0]) not in _SIZES:
        raise _refused(path, f"has no size from 2 to 256 in line {number}")
    return int(words[0])


def _require_colours(path: Path, size: int, rows: list[str]) -> None:
    if not size:
        raise _refused(path, "says nowhere LUT_3D_SIZE")
    if len(rows) != size**3:
        raise _refused(path, f"has {len(rows)} colours where {size}×{size}×{size} belong")
    try:
        colours = np.array("\n".join(rows).split(), dtype=np.float64)
    except ValueError as error:
        raise _refused(path, "has a colour that is no number") from error
    if colours.size != 3 * len(rows) or not np.isfinite(colours).all():
        raise _refused(path, "has a colour that is not of three numbers")


def _refused(path: Path, why: str) -> UsageError:
    return UsageError(f"{path} is no .cube colour table that can be used: it {why}.")
