"""Larger pictures, by a network whose weights the person brings."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sheetrender.engines.diffusion.device import device_of
from sheetrender.engines.engine import Image
from sheetrender.model.errors import PartMissing, RenderFailed, UsageError

if TYPE_CHECKING:
    import torch

ENDINGS = (".safetensors", ".pth", ".pt", ".ckpt")
_TILE = 512
_SMALLEST_TILE = 64
_MARGIN = 32
"""Pixels around a tile that the network sees too, so that no seam is seen between two."""


class Upscaler:
    """Makes pictures larger.

    Attributes:
        times: how many times as wide and as high they become, >= 1.
    """

    def __init__(self, network: Any, device: torch.device) -> None:
        """Take a network of spandrel's, whose weights are on the device."""
        self.times = int(network.scale)
        self._network = network
        self._device = device
        self._tile = _TILE

    def __call__(self, picture: Image) -> Image:
        """Return the larger picture.

        Args:
            picture: shape (height, width, 3), channels blue, green, red.

        Raises:
            RenderFailed: the card has not even the memory for a small part of it.
        """
        import torch

        while True:
            try:
                return self._whole(picture)
            except torch.OutOfMemoryError as error:
                torch.cuda.empty_cache()
                if self._tile <= _SMALLEST_TILE:
                    raise RenderFailed(
                        "The graphics card has too little memory for the upscaler. "
                        "Close what else uses it, or leave upscaler empty."
                    ) from error
                self._tile //= 2

    def _whole(self, picture: Image) -> Image:
        height, width = picture.shape[:2]
        times = self.times
        large = np.empty((height * times, width * times, 3), np.uint8)
        for tile in _tiles(height, width, self._tile):
            seen = self._larger(picture[tile.outer])
            large[tile.scaled_inner(times)] = seen[tile.inner_of_outer(times)]
        return large

    def _larger(self, part: Image) -> Image:
        import torch

        network = self._network
        with torch.inference_mode():
            pixels = torch.from_numpy(np.ascontiguousarray(part[:, :, ::-1])).to(self._device)
            seen = pixels.permute(2, 0, 1)[None].to(network.dtype) / 255
            if network.input_channels == 1:
                # A network for grey pictures takes each colour for one of them.
                seen = seen.permute(1, 0, 2, 3)
            large = network(seen).float()
            if network.output_channels == 1:
                large = large.permute(1, 0, 2, 3)
            levels = (large[0].clamp(0, 1) * 255).round().to(torch.uint8)
            found: Image = levels.permute(1, 2, 0).cpu().numpy()[:, :, ::-1]
        return found


@dataclass(frozen=True, slots=True)
class _Tile:
    """A part of a picture, `top` to `bottom` and `left` to `right`, and what is seen around it."""

    top: int
    bottom: int
    left: int
    right: int
    outer: tuple[slice, slice]

    def scaled_inner(self, times: int) -> tuple[slice, slice]:
        """Return where the part stands in the larger picture."""
        return (
            slice(self.top * times, self.bottom * times),
            slice(self.left * times, self.right * times),
        )

    def inner_of_outer(self, times: int) -> tuple[slice, slice]:
        """Return where the part stands in what the network makes of it and what is around it."""
        down, across = self.outer
        return (
            slice((self.top - down.start) * times, (self.bottom - down.start) * times),
            slice((self.left - across.start) * times, (self.right - across.start) * times),
        )


def _tiles(height: int, width: int, size: int) -> Iterator[_Tile]:
    for top in range(0, height, size):
        for left in range(0, width, size):
            bottom, right = min(height, top + size), min(width, left + size)
            outer = (
                slice(max(0, top - _MARGIN), min(height, bottom + _MARGIN)),
                slice(max(0, left - _MARGIN), min(width, right + _MARGIN)),
            )
            yield _Tile(top, bottom, left, right, outer)


def load_upscaler(weights: Path) -> Upscaler:
    """Return the upscaler of a file; pickled code in it is never run.

    Args:
        weights: of any network that spandrel knows: ESRGAN, Real-ESRGAN, SwinIR, DAT, SPAN, …

    Raises:
        PartMissing: spandrel, torch or torchvision is not installed.
        UsageError: it is no such file, or its network does something else.
    """
    spandrel = _spandrel()
    device = device_of()
    try:
        network = spandrel.ModelLoader(device=device).load_from_file(weights)
    except Exception as error:  # whatever a damaged file makes of torch, pickle and spandrel
        raise UsageError(
            f"{weights} is no upscaler that can be read ({_first_line(error)}). Give a file of "
            "weights such as 4x-UltraSharp.safetensors."
        ) from error
    if not isinstance(network, spandrel.ImageModelDescriptor) or network.purpose != "SR":
        raise UsageError(
            f"{weights} does something else than making pictures larger. Give the weights of an "
            "upscaler."
        )
    if device.type == "cuda" and network.supports_half:
        network.half()
    return Upscaler(network.eval(), device)


def _spandrel() -> Any:
    try:
        return importlib.import_module("spandrel")
    except (ImportError, RuntimeError) as error:  # torchvision of another torch says the latter
        raise PartMissing(
            f"The setting upscaler needs spandrel with torch and torchvision ({error}). Install "
            'them: pip install "sheetrender[upscale]"; or leave upscaler empty.'
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
