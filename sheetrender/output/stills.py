"""Stills on disk: one lossless picture for each row of a sheet, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from sheetrender.output.whole_files import replacing


def write_still(target: Path, picture: npt.NDArray[np.uint8]) -> None:
    """Store a picture without loss.

    Args:
        target: a ``.png``.
        picture: shape (height, width, 3), channels blue, green, red.

    Raises:
        RenderFailed: it cannot be written; nothing of it is left.
    """
    from PIL import Image

    with replacing(target) as part:
        Image.fromarray(np.ascontiguousarray(picture[..., ::-1])).save(
            part, format="png", compress_level=1
        )


def is_whole_still(path: Path, width: int, height: int) -> bool:
    """Say whether a file holds a picture of that size that can be read to its end."""
    from PIL import Image

    try:
        with Image.open(path) as picture:
            picture.load()
            return picture.size == (width, height)
    except (OSError, SyntaxError, ValueError):  # what Pillow says of files that are cut short
        return False
