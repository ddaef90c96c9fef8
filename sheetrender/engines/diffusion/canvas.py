"""The canvas of a graphics card: pictures stay in its memory from frame to frame.

All operations are torch's and run on any device; on a processor OpenCV is quicker, so that the
engine uses this one on a card only. It was run on a simulated card, and on no real one yet.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from sheetrender.engines.diffusion.canvas_colours import Colours, Tables
from sheetrender.engines.diffusion.device import is_out_of_memory
from sheetrender.engines.engine import Image, Mask
from sheetrender.model.errors import RenderFailed
from sheetrender.model.keyframes import Border, ColorCoherence
from sheetrender.model.motion import Motion

P = ParamSpec("P")
R = TypeVar("R")


def _within_memory(method: Callable[P, R]) -> Callable[P, R]:
    """Tell a lack of memory as such: what paints may have left too little for this."""

    @functools.wraps(method)
    def told(*given: P.args, **named: P.kwargs) -> R:
        try:
            return method(*given, **named)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            raise RenderFailed(
                "The graphics card has too little memory to move pictures beside the model. Set "
                "memory to a smaller number, or choose a smaller size. Finished frames are kept."
            ) from error

    return told


class TorchCanvas:
    """Moves, grades and mixes pictures on a device: uint8 of shape (height, width, 3)."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._tables = Tables(device)

    @_within_memory
    def laid(self, image: Image) -> Tensor:
        """Return the image in the device's memory."""
        return torch.from_numpy(image.copy()).to(self._device)

    def lifted(self, picture: Tensor) -> Image:
        """Return the picture in the host's memory."""
        return np.asarray(picture.cpu().numpy().copy(), dtype=np.uint8)

    @_within_memory
    def warped(self, picture: Tensor, motion: Motion, border: Border) -> Tensor:
        """Return the picture as it stands after a motion, sampled bilinearly."""
        height, width = picture.shape[:2]
        if motion.shape == (3, 3):
            if np.array_equal(motion, np.eye(3)):
                return picture
            x, y = self._places(np.linalg.inv(motion), height, width)
        else:
            places = torch.from_numpy(np.ascontiguousarray(motion, np.float64)).to(self._device)
            x, y = places[..., 0], places[..., 1]
        levels = picture.permute(2, 0, 1)[None].float()
        if border == "wrap":
            # One more row and column, so that the last meet the first.
            levels = functional.pad(levels, (0, 1, 0, 1), mode="circular")
        across, down = levels.shape[3] - 1, levels.shape[2] - 1
        # Folded in double precision: far outside, single precision knows no single pixels.
        grid = torch.stack(
            [
                _folded(x, width, border) * (2 / across) - 1,
                _folded(y, height, border) * (2 / down) - 1,
            ],
            dim=-1,
        )
        moved = functional.grid_sample(
            levels, grid[None].float(), padding_mode="border", align_corners=True
        )
        return _levels(moved[0].permute(1, 2, 0))

    def _places(self, back: np.ndarray, height: int, width: int) -> tuple[Tensor, Tensor]:
        """Return the old place of each new pixel, by the matrix from new to old."""
        columns = torch.arange(width, dtype=torch.float64, device=self._device)
        rows = torch.arange(height, dtype=torch.float64, device=self._device)[:, None]
        x, y, scale = (a * columns + b * rows + c for a, b, c in back.tolist())
        return x / scale, y / scale

    @_within_memory
    def reference(self, picture: Tensor, space: ColorCoherence) -> Colours:
        """Return the colours of a picture, for `matched`."""
        return self._tables.colours(picture, space)

    @_within_memory
    def matched(self, picture: Tensor, reference: object) -> Tensor:
        """Return the picture with the colours of a reference."""
        return self._tables.matched(picture, cast(Colours, reference))

    @_within_memory
    def with_contrast(self, picture: Tensor, factor: float) -> Tensor:
        """Return the picture with its levels multiplied, clipped at white."""
        return picture if factor == 1.0 else _levels(picture.float() * factor)

    @_within_memory
    def sharpened(self, picture: Tensor, amount: float, sigma: float) -> Tensor:
        """Return (1 + amount) · picture - amount · blur, clipped.

        The blur is Gaussian, cut off behind three `sigma`, and mirrored at the edge.

        Source: Deforum's ``unsharp_mask``, without its threshold.
        """
        if amount <= 0 or sigma <= 0:
            return picture
        levels = picture.permute(2, 0, 1)[:, None].float()
        blur = _blurred(_blurred(levels, sigma).mT, sigma).mT
        return _levels(((1 + amount) * levels - amount * blur)[:, 0].permute(1, 2, 0))

    @_within_memory
    def mixed(self, picture: Tensor, other: Tensor, share: float) -> Tensor:
        """Return a mean of two pictures; `share` is that of `other`."""
        if share <= 0:
            return picture
        if share >= 1:
            return other
        return _levels(picture.float() * (1 - share) + other.float() * share)

    @_within_memory
    def composed(self, picture: Tensor, other: Tensor, mask: Mask) -> Tensor:
        """Return `picture` where the mask is white, `other` where it is black, a mean at greys."""
        here = torch.from_numpy(mask.astype(np.int32)).to(self._device)[..., None]
        return ((picture * here + other * (255 - here) + 127) // 255).to(torch.uint8)


def _levels(values: Tensor) -> Tensor:
    return values.round().clamp(0, 255).to(torch.uint8).contiguous()


def _folded(place: Tensor, length: int, border: Border) -> Tensor:
    """Return places brought back into 0 .. length - 1, or below `length` where edges meet."""
    if border == "replicate":
        return place.clamp(0, length - 1)
    if border == "wrap":
        return place % length
    there = place.abs() % (2 * length - 2)
    return torch.minimum(there, 2 * length - 2 - there)


def _blurred(levels: Tensor, sigma: float) -> Tensor:
    """Blur along the last axis; shape (channels, 1, rows, columns)."""
    reach = math.ceil(3 * sigma)
    kernel = cv2.getGaussianKernel(2 * reach + 1, sigma, cv2.CV_32F).ravel()
    length = levels.shape[3]
    places = _folded(torch.arange(-reach, length + reach, device=levels.device), length, "reflect")
    weights = torch.from_numpy(kernel).to(levels.device).view(1, 1, 1, -1)
    return functional.conv2d(levels[..., places], weights)
