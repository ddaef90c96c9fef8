"""A draft: the same video at half the size, with half the steps, every second picture drawn.

A look costs about a tenth: a quarter of the pixels, and about half of the steps of half the
frames. It stands in a folder of its own, beside the one of the finished video.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sheetrender.model.frames import Size
from sheetrender.model.plan import RenderPlan

_ENDING = "-draft"
_FEWEST_STEPS = 4


def draft_size(size: Size) -> Size:
    """Return half the size, in multiples of 8."""
    return Size(_half_side(size.width), _half_side(size.height))


def _half_side(pixels: int) -> int:
    return max(8, pixels // 2 // 8 * 8)


def draft_folder(folder: Path) -> Path:
    """Return the draft's folder, for the folder of the finished video."""
    return folder.with_name(folder.name + _ENDING)


def other_folder(folder: Path) -> Path:
    """Return the finished video's folder for the draft's, and the draft's for any other."""
    if folder.name.endswith(_ENDING):
        return folder.with_name(folder.name.removesuffix(_ENDING))
    return draft_folder(folder)


def as_draft(plan: RenderPlan, full: Size) -> RenderPlan:
    """Return a plan of the draft's size as it moves and is drawn in the draft.

    Args:
        plan: as the sheet says, but for its size.
        full: size of the finished video.
    """
    across, down = plan.size.width / full.width, plan.size.height / full.height
    channels = dict(plan.channels)
    if plan.motion == "2d":
        channels["translation_x"] = channels["translation_x"] * across
        channels["translation_y"] = channels["translation_y"] * down
    channels["sharpen_sigma"] = channels["sharpen_sigma"] * across
    channels["steps"] = _fewer_steps(channels["steps"])
    channels["cadence"] = channels["cadence"] * 2
    return replace(plan, channels=channels)


def _fewer_steps(steps: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.minimum(steps, np.maximum(_FEWEST_STEPS, np.ceil(steps / 2)))
