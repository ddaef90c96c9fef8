"""Ways from one encoded prompt to another: straight, or along the arc between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor

from sheetrender.model.keyframes import BlendBy

Mix: TypeAlias = Callable[[Tensor, Tensor, float], Tensor]
"""Takes two tensors and the share of the second, 0.0 to 1.0."""


def mix_by(how: BlendBy) -> Mix:
    """Return the way of that name."""
    return torch.lerp if how == "lerp" else arc


def arc(first: Tensor, second: Tensor, share: float) -> Tensor:
    """Return what lies on the arc between two vectors, along the last axis; parallel ones lerp.

    Source: K. Shoemake, "Animating rotation with quaternion curves", spherical interpolation.
    """
    one, two = first.float(), second.float()
    lengths = one.norm(dim=-1, keepdim=True) * two.norm(dim=-1, keepdim=True)
    cosine = (one * two).sum(-1, keepdim=True) / lengths.clamp_min(1e-12)
    angle = torch.arccos(cosine.clamp(-1.0, 1.0))
    sine = torch.sin(angle)
    bent = (torch.sin((1 - share) * angle) * one + torch.sin(share * angle) * two) / sine
    return torch.where(sine.abs() < 1e-4, torch.lerp(one, two, share), bent).to(first.dtype)
