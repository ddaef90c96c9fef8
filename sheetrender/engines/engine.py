"""The one thing that every engine can do, and the list of engines."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from sheetrender.model.errors import PartMissing, UsageError
from sheetrender.model.frames import FrameSpec, Size
from sheetrender.model.timing import FrameRate

Image: TypeAlias = npt.NDArray[np.uint8]
"""A picture, shape (height, width, 3), channels blue, green, red, as OpenCV has them."""


@dataclass(frozen=True, slots=True)
class DrawRequest:
    """One frame to draw.

    Attributes:
        spec: what to draw.
        prepared: the picture before, already moved, matched in colour and noised; None where
            the frame starts a segment.
    """

    spec: FrameSpec
    prepared: Image | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """What an engine is told once, before its first frame.

    Attributes:
        size: of every picture.
        rate: frames per second, for what is written into pictures.
        start: the number that the timecode of frame 0 has.
        drop: timecode is written as drop-frame.
        caption: whether to write subject, frame and timecode into the picture.
        model: name or path of the model, where the engine has one; may be empty.
        sampler: name of the sampler, where the engine has one; may be empty.
    """

    size: Size
    rate: FrameRate
    start: int = 0
    drop: bool = False
    caption: bool = True
    model: str = ""
    sampler: str = ""


class Engine(Protocol):
    """Draws frames; keeps no memory of frames that it drew.

    Every implementation passes ``tests/engines/contract.py``.

    Attributes:
        name: as people write it in a sheet.
        version: changes whenever the same request would give other pixels.
        reads: the channels of `FrameSpec` that change what this engine draws.
        grades: it gives its pictures their colours itself, so that matching them to the
            segment's first picture beforehand would be undone; the loop then leaves it out.
        reads_weights: it understands ``(word:1.2)`` and ``[a|b]`` in prompts; others are given the
            plain words.
    """

    name: str
    version: str
    reads: frozenset[str]
    grades: bool
    reads_weights: bool

    def draw(self, requests: Sequence[DrawRequest]) -> list[Image]:
        """Return one picture for each request, in their order; `prepared` is left as it is.

        The same request gives the same bytes, whatever was drawn before and beside it.
        """
        ...


_REGISTRY = {
    "animatic": "sheetrender.engines.animatic:AnimaticEngine",
}
ENGINE_NAMES = tuple(_REGISTRY)


def open_engine(name: str, settings: EngineSettings) -> Engine:
    """Return the engine of that name, ready to draw.

    Raises:
        PartMissing: this installation has no such engine.
        UsageError: no engine is called so.
    """
    if name == "diffusion":
        raise PartMissing("Engine diffusion is not part of this version. Use engine animatic.")
    target = _REGISTRY.get(name)
    if target is None:
        close = difflib.get_close_matches(name, _REGISTRY, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else f" Engines: {', '.join(_REGISTRY)}."
        raise UsageError(f"No engine is called {name!r}.{hint}")
    module, _, attribute = target.partition(":")
    return cast(Engine, getattr(importlib.import_module(module), attribute)(settings))
