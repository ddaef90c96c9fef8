"""Where the parts of a model rest: all on the card, one at a time, or one of their pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, get_args

import torch
from torch import Tensor, nn

Residence = Literal["whole", "parts", "pieces"]
"""All on the card; each part while it works; each piece of a part while it works."""

_BESIDE = 1.25
"""What a part takes with the numbers that flow through it, by its own size."""

_PIECE = 256 * 2**20
"""Bytes that a piece has at most, unless it is a single layer."""


def fitting(parts: Sequence[nn.Module], room: int) -> Residence:
    """Return what is quickest of what fits into so many bytes."""
    sizes = [_size(part) for part in parts]
    if sum(sizes) * _BESIDE <= room:
        return "whole"
    return "parts" if max(sizes, default=0) * _BESIDE <= room else "pieces"


def below(residence: Residence) -> Residence | None:
    """Return what takes less room; None where nothing does."""
    order: tuple[Residence, ...] = get_args(Residence)
    place = order.index(residence) + 1
    return order[place] if place < len(order) else None


def lower_of(first: Residence, second: Residence) -> Residence:
    """Return which of two takes less room."""
    return max(first, second, key=get_args(Residence).index)


def settle(pipelines: Sequence[Any], residence: Residence, device: torch.device) -> None:
    """Lay the parts that diffusers' pipelines share where they are to rest."""
    if residence == "pieces":
        for pipeline in pipelines:
            pipeline.remove_all_hooks()
        # The pipelines share their parts, and these take it only once.
        pipelines[0].to("cpu")
        pipelines[0].enable_group_offload(device, offload_type="leaf_level")
        return
    for pipeline in pipelines:
        if residence == "whole":
            pipeline.to(device)
        else:
            pipeline.enable_model_cpu_offload(device=device)


class PieceByPiece:
    """A part in the host's memory, of which each piece lies on the device while it works.

    Attributes:
        pieces: modules that are laid there one after the other; together they are the whole part.
    """

    def __init__(self, part: nn.Module, device: torch.device, *, most: int = _PIECE) -> None:
        """Take a part that lies in the host's memory.

        Args:
            part: whose pieces are called one after the other.
            device: that works.
            most: bytes of a piece, unless it is a single layer.
        """
        self._device = device
        self._rest: list[tuple[Tensor, Tensor]] = []
        self.pieces = list(_pieces(part, most))
        self._hooks = [piece.register_forward_pre_hook(self._lay) for piece in self.pieces]
        self._hooks += [
            piece.register_forward_hook(self._lift, always_call=True) for piece in self.pieces
        ]

    @property
    def bytes_laid(self) -> int:
        """How much lies on the device just now."""
        return sum(own.nbytes for _, own in self._rest)

    def undone(self) -> None:
        """Leave the part alone from now on, in the host's memory."""
        for hook in self._hooks:
            hook.remove()
        self._lift()

    def _lay(self, piece: nn.Module, *_: object) -> None:
        for tensor in (*piece.parameters(), *piece.buffers()):
            self._rest.append((tensor, tensor.data))
            tensor.data = tensor.data.to(self._device, non_blocking=True)

    def _lift(self, *_: object) -> None:
        # Weights do not change, so that nothing is copied back.
        for tensor, own in self._rest:
            tensor.data = own
        self._rest.clear()


def _size(part: nn.Module) -> int:
    return sum(tensor.nbytes for tensor in (*part.parameters(), *part.buffers()))


def _pieces(part: nn.Module, most: int) -> Iterator[nn.Module]:
    """Yield the largest modules that are no larger; a list of modules is never called itself."""
    children = list(part.children())
    has_own = any(True for _ in part.parameters(recurse=False))
    whole = not isinstance(part, nn.ModuleList | nn.ModuleDict) and _size(part) <= most
    if whole or has_own or not children:
        if _size(part):
            yield part
        return
    for child in children:
        yield from _pieces(child, most)
