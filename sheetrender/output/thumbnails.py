"""Small pictures of many frames in one file, as film editors and web pages like them."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sheetrender.model.frames import Size

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

COLUMNS = 16
_PIXELS = 192 * 108  # of one thumbnail
_QUALITY = 66
_READERS = 2


@dataclass(frozen=True, slots=True)
class Thumbnails:
    """A sheet of small pictures, `COLUMNS` in a line.

    Attributes:
        jpeg: the file; empty where there is no picture.
        size: of each picture.
        frames: which frame each is of, rising.
    """

    jpeg: bytes
    size: Size
    frames: tuple[int, ...]


def chosen_frames(wanted: Sequence[int], there: Iterable[int], most: int) -> list[int]:
    """Return which frames get a thumbnail: those that are wanted, and others evenly between.

    Args:
        wanted: first choice, rising.
        there: frames that have a picture.
        most: so many at most.
    """
    pictures = sorted(set(there))
    first = sorted(set(wanted).intersection(pictures))
    chosen = set(first if len(first) <= most else _evenly(first, most))
    return sorted(chosen | set(_evenly(pictures, most - len(chosen))))


def _evenly(numbers: Sequence[int], count: int) -> list[int]:
    if count <= 0 or not numbers:
        return []
    count = min(count, len(numbers))
    return [numbers[(2 * n + 1) * len(numbers) // (2 * count)] for n in range(count)]


def thumbnails(paths: Sequence[tuple[int, Path]], size: Size) -> Thumbnails:
    """Return the small pictures of frames; a file that cannot be read is left out.

    Args:
        paths: frame and picture, rising.
        size: of the pictures.
    """
    from PIL import Image

    small = small_size(size)
    with ThreadPoolExecutor(_READERS, thread_name_prefix="thumbnail") as readers:
        read = readers.map(lambda pair: (pair[0], _small(pair[1], small)), paths)
        found = [(frame, picture) for frame, picture in read if picture is not None]
    if not found:
        return Thumbnails(b"", small, ())
    lines = -(-len(found) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * small.width, lines * small.height))
    for number, (_, picture) in enumerate(found):
        line, column = divmod(number, COLUMNS)
        sheet.paste(picture, (column * small.width, line * small.height))
    stream = io.BytesIO()
    sheet.save(stream, format="jpeg", quality=_QUALITY, optimize=True)
    return Thumbnails(stream.getvalue(), small, tuple(frame for frame, _ in found))


def small_size(size: Size) -> Size:
    """Return the size of the small pictures of large ones."""
    share = math.sqrt(_PIXELS / (size.width * size.height))
    return Size(max(1, round(size.width * share)), max(1, round(size.height * share)))


def small_jpeg(path: Path) -> bytes:
    """Return the small picture of one file as JPEG, empty where it cannot be read."""
    from PIL import Image

    try:
        with Image.open(path) as picture:
            size = small_size(Size(*picture.size))
    except (OSError, SyntaxError, ValueError):
        return b""
    small = _small(path, size)
    if small is None:
        return b""
    stream = io.BytesIO()
    small.save(stream, format="jpeg", quality=_QUALITY)
    return stream.getvalue()


def _small(path: Path, size: Size) -> Picture | None:
    from PIL import Image

    try:
        with Image.open(path) as picture:
            return picture.convert("RGB").resize(
                (size.width, size.height), Image.Resampling.BOX, reducing_gap=1.0
            )
    except (OSError, SyntaxError, ValueError):  # what Pillow says of files that are cut short
        return None
