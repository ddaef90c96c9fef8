"""CUDA graphs: what a card does for one call, recorded once and replayed without Python.

The keys and what is copied in and out are tested; recording itself was never run on a card.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import Tensor

from sheetrender.engines.diffusion.device import is_out_of_memory

Call: TypeAlias = Callable[..., tuple[Tensor, ...]]
Key: TypeAlias = tuple[object, ...]

_LOG = logging.getLogger(__name__)
_HELD = 12
_WARM_UPS = 3


@dataclass(frozen=True, slots=True)
class _Recording:
    graph: Any
    given: tuple[Tensor | None, ...]
    made: tuple[Tensor, ...]


def graph_key(name: str, given: tuple[Tensor | None, ...]) -> Key:
    """Return what a recording is good for: a call by name, and the shapes and types given to it.

    What changes from frame to frame (strength, scale, timestep) is a number in a tensor or a
    count of calls, so that it never asks for a new recording.
    """
    forms = [None if each is None else (tuple(each.shape), each.dtype) for each in given]
    return (name, *forms)


class Graphs:
    """Recordings by key, the oldest forgotten; off, calls are simply made.

    Attributes:
        on: calls are recorded, unless the card has shown that it cannot.
    """

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self._unable = False
        self._held: OrderedDict[Key, _Recording] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def forget(self) -> None:
        """Give back the memory of all recordings."""
        self._held.clear()

    def made(
        self,
        name: str,
        call: Call,
        *given: Tensor | None,
        variant: object = None,
        worth: bool = True,
    ) -> tuple[Tensor, ...]:
        """Return what the call makes of what is given; the results are the caller's own.

        Args:
            name: of the call, which always does the same.
            call: takes and returns tensors on the card, and does not wait for it.
            given: tensors on the card.
            variant: what else the call depends on.
            worth: it is worth recording; else only an older recording is used.
        """
        if not self.on or self._unable:
            return call(*given)
        key = (*graph_key(name, given), variant)
        recording = self._held.get(key)
        if recording is None:
            if not worth:
                return call(*given)
            try:
                recording = _recorded(call, given)
            except RuntimeError as error:
                if is_out_of_memory(error):
                    raise
                self._give_up(error)
                return call(*given)
            self._held[key] = recording
            if len(self._held) > _HELD:
                self._held.popitem(last=False)
        self._held.move_to_end(key)
        for held, new in zip(recording.given, given, strict=True):
            if held is not None and new is not None:
                held.copy_(new)
        recording.graph.replay()
        return tuple(each.clone() for each in recording.made)

    def _give_up(self, error: RuntimeError) -> None:
        """Go on without recordings: what a card cannot record it can still do.

        Raises:
            RuntimeError: for lack of memory it could not be recorded.
        """
        before = error.__context__
        if isinstance(before, RuntimeError) and is_out_of_memory(before):
            raise before
        self._unable = True
        self.forget()
        first = str(error).strip().partition("\n")[0]
        _LOG.warning("CUDA graphs are left out on this card, so frames take longer: %s", first)


def _recorded(call: Call, given: tuple[Tensor | None, ...]) -> _Recording:
    held = tuple(None if each is None else each.clone() for each in given)
    aside = torch.cuda.Stream()
    aside.wait_stream(torch.cuda.current_stream())
    graph = torch.cuda.CUDAGraph()
    # Left whatever happens inside: a recording that fails would leave its own stream in use.
    with torch.cuda.stream(aside):
        for _ in range(_WARM_UPS):
            call(*held)
        # Pictures are fetched by the threads that write files, meanwhile.
        with torch.cuda.graph(graph, stream=aside, capture_error_mode="thread_local"):
            made = call(*held)
    torch.cuda.current_stream().wait_stream(aside)
    return _Recording(graph, held, made)
