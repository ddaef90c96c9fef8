"""Frames between frames, for a higher rate: crossed, or moved along their optical flow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from sheetrender.engines.engine import Image
from sheetrender.model.errors import FramesMissing
from sheetrender.rendering.frame_files import frame_path, read_frame

Flow: TypeAlias = npt.NDArray[np.float32]
Way: TypeAlias = Literal["blend", "flow"]


def pictures_at(
    folder: Path, positions: Iterable[Fraction], *, last: int, starts: frozenset[int], way: Way
) -> Iterator[Image]:
    """Yield the picture at each position of a video.

    Across a cut nothing is mixed: the older picture stands until the newer one comes.

    Args:
        folder: of the frames.
        positions: in frames, rising; 3.5 is half-way between frames 3 and 4.
        last: number of the last frame, behind which it stands still.
        starts: numbers of the frames that begin a segment.
        way: how two pictures become one between them.

    Raises:
        FramesMissing: a frame is not there or cannot be decoded.
    """
    read = lru_cache(maxsize=2)(lambda index: _read(folder, index))
    flows = lru_cache(maxsize=1)(lambda index: _flows(read(index), read(index + 1)))
    for position in positions:
        index = min(last, position.__floor__())
        share = float(position - index)
        if share == 0 or index == last or index + 1 in starts:
            yield read(index)
        elif way == "blend":
            yield blended(read(index), read(index + 1), share)
        else:
            yield moved(read(index), read(index + 1), flows(index), share)


def _read(folder: Path, index: int) -> Image:
    picture = read_frame(folder, index)
    if picture is None:
        raise FramesMissing(
            f"{frame_path(folder, index)} cannot be read; no video was made. "
            "Remove it, and run again to render it."
        )
    return picture


def blended(before: Image, after: Image, share: float) -> Image:
    """Return `share` of the one over the rest of the other, shape (height, width, 3)."""
    return np.asarray(cv2.addWeighted(before, 1 - share, after, share, 0), np.uint8)


def moved(before: Image, after: Image, flows: tuple[Flow, Flow], share: float) -> Image:
    """Return both pictures, each moved along its flow to the moment between, one over the other.

    Args:
        before: shape (height, width, 3).
        after: likewise.
        flows: where pixels go from the one to the other, and back, pixels.
        share: the moment, 0.0 at `before` to 1.0 at `after`.
    """
    there, back = flows
    return blended(_warped(before, there, share), _warped(after, back, 1 - share), share)


def _flows(before: Image, after: Image) -> tuple[Flow, Flow]:
    """Return the flow from one picture to the other and back, each of shape (height, width, 2).

    Source: Kroeger et al., "Fast Optical Flow using Dense Inverse Search", ECCV 2016.
    """
    grey = [np.asarray(cv2.cvtColor(p, cv2.COLOR_BGR2GRAY), np.uint8) for p in (before, after)]
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    nothing = np.zeros((*grey[0].shape, 2), np.float32)
    there = search.calc(grey[0], grey[1], nothing.copy())
    back = search.calc(grey[1], grey[0], nothing.copy())
    return np.asarray(there, np.float32), np.asarray(back, np.float32)


def _warped(picture: Image, flow: Flow, share: float) -> Image:
    height, width = picture.shape[:2]
    across, down = np.meshgrid(
        np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
    )
    x, y = across - share * flow[..., 0], down - share * flow[..., 1]
    warped = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.uint8)
