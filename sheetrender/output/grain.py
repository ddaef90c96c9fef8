"""Film grain: one plate of noise, laid over every picture at another place.

ffmpeg's own noise has whole steps of strength that are no per cent, and works in 8 bits only. A
plate that is drawn here has exactly the deviation that was asked for, in as many bits as the video,
and costs less.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sheetrender.model.frames import Size
from sheetrender.output.pixels import PixelForm

_SPARE = 256
"""Pixels that the plate is wider and higher than the picture: room for other places."""
# Steps of the golden ratio and of its sister never come back to a place that was near before.
_STEPS = (0.618034, 0.754878)


def plate_size(picture: Size) -> Size:
    """Return the size of the plate for a picture."""
    return Size(picture.width + _SPARE, picture.height + _SPARE)


def place_of(axis: int) -> str:
    """Return the formula, of ffmpeg's, of the place of picture `n` on the plate."""
    step = round(_STEPS[axis] * _SPARE / 2)
    return f"2*mod(n*{step},{_SPARE // 2})"


def write_plate(path: Path, picture: Size, form: PixelForm, *, percent: float, seed: int) -> None:
    """Write the raw picture of a plate.

    Grain is grey: brightness varies, colours do not.

    Args:
        path: is written.
        picture: size of the pictures that it is for.
        form: theirs.
        percent: standard deviation, of full scale.
        seed: the same one gives the same plate.

    Raises:
        OSError: there is no room.
    """
    size = plate_size(picture)
    middle = 1 << (form.bits - 1)
    noise = np.random.default_rng(seed).standard_normal((size.height, size.width), np.float32)
    levels = np.rint(noise * np.float32(percent / 100 * form.scale) + middle)
    luma = np.clip(levels, 0, 2 * middle - 1).astype(form.dtype)
    with path.open("wb") as file:
        file.write(luma.tobytes())
        for shape in form.other_planes(size):
            plane = luma if form.is_rgb else np.full(shape, middle, form.dtype)
            file.write(plane.tobytes())
