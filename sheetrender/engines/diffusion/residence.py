"""Where the parts of a model rest: on the card, or in the host's memory until they work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal, get_args

import torch
from torch import Tensor, nn

Residence = Literal["whole", "turns", "parts", "pieces"]
"""What lies on the card: all that paints, and the text encoders beside it while prompts are new;
either what paints or the text encoders; each part while it works; each piece while it works."""

_BESIDE = 1.25
"""What a part takes with the numbers that flow through it, by its own size."""

_PIECE = 256 * 2**20
"""Bytes that a piece has at most, unless it is a single layer."""


def fitting(painting: Sequence[nn.Module], texts: Sequence[nn.Module], room: int) -> Residence:
    """Return what is quickest of what fits into so many bytes.

    Args:
        painting: the parts that paint.
        texts: the text encoders.
        room: on the card.
    """
    sizes = [_size(part) for part in painting]
    reading = sum(_size(part) for part in texts)
    needed: dict[Residence, int] = {
        "whole": sum(sizes) + reading,
        "turns": max(sum(sizes), reading),
        "parts": max([*sizes, reading]),
    }
    return next((name for name, size in needed.items() if size * _BESIDE <= room), "pieces")


def below(residence: Residence) -> Residence | None:
    """Return what takes less room; None where nothing does."""
    order: tuple[Residence, ...] = get_args(Residence)
    place = order.index(residence) + 1
    return order[place] if place < len(order) else None


def lower_of(first: Residence, second: Residence) -> Residence:
    """Return which of two takes less room."""
    return max(first, second, key=get_args(Residence).index)


class _Loan:
    """Weights that lie on the device for a while.

    Weights do not change, so that giving them back copies nothing.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._lent: list[tuple[Tensor, Tensor]] = []

    @property
    def bytes_laid(self) -> int:
        """How much lies on the device just now."""
        return sum(own.nbytes for _, own in self._lent)

    def lay(self, part: nn.Module) -> None:
        for tensor in (*part.parameters(), *part.buffers()):
            self._lent.append((tensor, tensor.data))
            tensor.data = tensor.data.to(self._device, non_blocking=True)

    def lift(self) -> None:
        for tensor, own in self._lent:
            tensor.data = own
        self._lent.clear()


class Visitors:
    """Parts that rest in the host's memory and lie on the device while they are needed.

    Attributes:
        stay: they may stay for as long as each turn needs them; else they leave after use.
    """

    def __init__(self, parts: Iterable[nn.Module], device: torch.device, *, stay: bool) -> None:
        """Take parts that lie in the host's memory."""
        self._parts = list(parts)
        self._loan = _Loan(device)
        self._needed = False
        self.stay = stay

    @property
    def bytes_laid(self) -> int:
        """How much of them lies on the device just now."""
        return self._loan.bytes_laid

    @contextmanager
    def here(self) -> Iterator[None]:
        """Lay them on the device for what is done inside, and longer if they may stay."""
        self._needed = True
        try:
            self.come()
            yield
        except BaseException:
            self.leave()
            raise
        if not self.stay:
            self.leave()

    def come(self) -> None:
        """Lay them on the device until they leave."""
        if not self._loan.bytes_laid:
            for part in self._parts:
                self._loan.lay(part)

    def turn(self) -> None:
        """End a turn: those that it did not need leave."""
        if not self._needed:
            self.leave()
        self._needed = False

    def leave(self) -> None:
        """Give back what they take on the device."""
        self._loan.lift()


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
        self._loan = _Loan(device)
        self.pieces = list(_pieces(part, most))
        self._hooks = [piece.register_forward_pre_hook(self._lay) for piece in self.pieces]
        self._hooks += [
            piece.register_forward_hook(self._lift, always_call=True) for piece in self.pieces
        ]

    @property
    def bytes_laid(self) -> int:
        """How much lies on the device just now."""
        return self._loan.bytes_laid

    def undone(self) -> None:
        """Leave the part alone from now on, in the host's memory."""
        for hook in self._hooks:
            hook.remove()
        self._loan.lift()

    def _lay(self, piece: nn.Module, *_: object) -> None:
        self._loan.lay(piece)

    def _lift(self, *_: object) -> None:
        self._loan.lift()


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
