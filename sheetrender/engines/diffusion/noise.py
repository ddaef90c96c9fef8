"""Noise from seeds, the same on every device: where a picture starts, and what samplers add."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

_SEEDS = 2**32


class NoiseSource:
    """The noises of one picture, one after the other.

    The first is where the picture starts, the others are for samplers that add noise at each step;
    no two are alike. All go along the arc to the noises of the next seed, on which their spread
    stays what it is, so that a seed with a fraction fades to the next one.
    """

    def __init__(self, seed: int, share: float, shape: tuple[int, ...]) -> None:
        self._shape = (1, *shape)
        self._here = torch.Generator("cpu").manual_seed(seed)
        self._there = torch.Generator("cpu").manual_seed((seed + 1) % _SEEDS) if share > 0 else None
        self._weights = math.cos(share * math.pi / 2), math.sin(share * math.pi / 2)

    def next(self) -> Tensor:
        """Return the next noise, float32 on the CPU, shape (1, *shape)."""
        noise = torch.randn(self._shape, generator=self._here)
        if self._there is None:
            return noise
        here, there = self._weights
        return here * noise + there * torch.randn(self._shape, generator=self._there)


def drawn_noise(sources: Sequence[NoiseSource], device: torch.device) -> Tensor:
    """Return the next noise of each source, shape (sources, *shape)."""
    return torch.cat([source.next() for source in sources]).to(device)


class NoiseFrom(TorchFunctionMode):
    """Inside it, a scheduler that asks torch for noise is given that of the pictures' own sources.

    Schedulers take generators, which can neither go along an arc nor differ between pictures that
    are drawn in step.
    """

    def __init__(self, sources: Sequence[NoiseSource], device: torch.device) -> None:
        super().__init__()
        self._sources = sources
        self._device = device

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Answer calls of `torch.randn`; let all others pass."""
        if func is torch.randn:
            return drawn_noise(self._sources, self._device)
        return func(*args, **(kwargs or {}))
