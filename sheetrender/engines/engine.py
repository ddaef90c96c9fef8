"""The one thing that every engine can do, and the list of engines."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from sheetrender.model.errors import UsageError
from sheetrender.model.events import FetchProgress
from sheetrender.model.frames import FrameSpec, Size
from sheetrender.model.keyframes import (
    BlendBy,
    Border,
    ColorCoherence,
    Memory,
    MotionKind,
    Precision,
)
from sheetrender.model.motion import Motion
from sheetrender.model.timing import FrameRate

Image: TypeAlias = npt.NDArray[np.uint8]
"""A picture, shape (height, width, 3), channels blue, green, red, as OpenCV has them."""

Mask: TypeAlias = npt.NDArray[np.uint8]
"""White 255 where something is done, shape (height, width)."""

Depth: TypeAlias = npt.NDArray[np.float32]
"""How near each pixel is, 0.0 (far) to 1.0 (near), shape (height, width)."""

Picture: TypeAlias = Any
"""A picture where the engine's canvas keeps it: an `Image`, or the same in a device's memory."""


@dataclass(frozen=True, slots=True)
class DrawRequest:
    """One frame to draw.

    Attributes:
        spec: what to draw.
        prepared: the picture before, already moved, matched in colour and noised, where the
            engine's canvas keeps pictures; None where the frame starts from nothing.
    """

    spec: FrameSpec
    prepared: Picture | None


@dataclass(frozen=True, slots=True)
class Unusable:
    """Stands where a picture would be that came out black or of no numbers.

    Attributes:
        reason: one clause, such as ``came out black``.
    """

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """What an engine is told once, before its first frame.

    Attributes:
        size: of every picture.
        rate: frames per second, for what is written into pictures.
        start: the number that the timecode of frame 0 has.
        drop: timecode is written as drop-frame.
        caption: whether to write subject, frame and timecode into the picture.
        motion: what moves the pictures that frames are drawn over.
        model: name or path of the model, where the engine has one; may be empty.
        sampler: name of the sampler, where the engine has one; may be empty.
        vae: name or path of another picture decoder, or ``taesd``; may be empty.
        embeddings: names or paths of textual inversions.
        depth_model: name or path of the model that sees depth, for 3D motion; may be empty.
        folders: where models are looked for by name, the first one first.
        blend_by: the way from one prompt to the next that fades in, where the engine reads them as
            numbers.
        memory: size of the graphics card in GB that it is to make do with.
        precision: of the model's numbers.
        compile: compile the model before the first frame.
        in_step: how many segments are drawn in step; None lets the engine choose.
    """

    size: Size
    rate: FrameRate
    start: int = 0
    drop: bool = False
    caption: bool = True
    motion: MotionKind = "2d"
    model: str = ""
    sampler: str = ""
    vae: str = ""
    embeddings: tuple[str, ...] = ()
    depth_model: str = ""
    folders: tuple[Path, ...] = ()
    blend_by: BlendBy = "lerp"
    memory: Memory = "auto"
    precision: Precision = "auto"
    compile: bool = False
    in_step: int | None = None

    @property
    def identity(self) -> str:
        """What of the settings changes pixels; frames made with another identity are outdated."""
        made_by = (
            self.size, self.rate, self.start, self.drop, self.caption, self.model, self.sampler,
            self.vae, self.embeddings, self.depth_model, self.precision, self.blend_by,
        )  # fmt: skip
        return repr(made_by)


class Canvas(Protocol):
    """Moves, grades and noises pictures where they lie; every result is of whole levels 0..255.

    Implementations agree within one level (`tests/rendering/canvas_contract.py`).
    """

    def laid(self, image: Image) -> Picture:
        """Return the image where this canvas keeps pictures; the image is left as it is."""
        ...

    def lifted(self, picture: Picture) -> Image:
        """Return the picture in the host's memory. May be called from another thread."""
        ...

    def warped(self, picture: Picture, motion: Motion, border: Border) -> Picture:
        """Return the picture as it stands after a motion."""
        ...

    def reference(self, picture: Picture, space: ColorCoherence) -> object:
        """Return the colours of a picture, for `matched`."""
        ...

    def matched(self, picture: Picture, reference: object) -> Picture:
        """Return the picture with the colours of a reference."""
        ...

    def with_contrast(self, picture: Picture, factor: float) -> Picture:
        """Return the picture with its levels multiplied, clipped at white."""
        ...

    def sharpened(self, picture: Picture, amount: float, sigma: float) -> Picture:
        """Return the picture less what a blur of `sigma` pixels leaves of it, `amount` times."""
        ...

    def mixed(self, picture: Picture, other: Picture, share: float) -> Picture:
        """Return a mean of two pictures; `share` is that of `other`, 0.0 to 1.0."""
        ...

    def composed(self, picture: Picture, other: Picture, mask: Mask) -> Picture:
        """Return `picture` where the mask is white, `other` where it is black."""
        ...


class Engine(Protocol):
    """Draws frames; keeps no memory of frames that it drew.

    Every implementation passes ``tests/engines/contract.py``.

    Attributes:
        name: as people write it in a sheet.
        version: changes whenever the same request would give other pixels.
        reads: the attributes of `FrameSpec` that change what this engine draws, beside prompt and
            seed: channels, and `model`, `sampler` and `loras` where it has them. An engine that
            reads `cadence` draws only every so manieth frame, and the loop makes those between;
            others draw every frame.
        grades: it gives its pictures their colours itself, so that matching them to the
            segment's first picture beforehand would be undone; the loop then leaves it out.
        reads_weights: it understands ``(word:1.2)`` and ``[a|b]`` in prompts; others are given the
            plain words.
        canvas: where it keeps pictures; None for the host's memory.
        width: how many segments it draws best in step, >= 1.
    """

    name: str
    version: str
    reads: frozenset[str]
    grades: bool
    reads_weights: bool
    canvas: Canvas | None
    width: int

    def draw(self, requests: Sequence[DrawRequest]) -> list[Picture | Unusable]:
        """Return one picture for each request, in their order; `prepared` is left as it is.

        The same request gives the same bytes, whatever was drawn before and beside it (on a
        graphics card: the same picture within what its arithmetic allows).
        """
        ...

    def depth(self, picture: Picture) -> Depth | None:
        """Return how near each pixel is; None where the engine cannot see depth."""
        ...

    def fetch(self, models: Collection[str]) -> Iterator[FetchProgress]:
        """Fetch what is not on this machine before anything is drawn; yield how far it is.

        Args:
            models: that frames name; empty for the settings' own.
        """
        ...


_REGISTRY = {
    "animatic": "sheetrender.engines.animatic:AnimaticEngine",
    "diffusion": "sheetrender.engines.diffusion.engine:DiffusionEngine",
}
ENGINE_NAMES = tuple(_REGISTRY)


class Engines:
    """Opens engines; the last one is given again to who asks for the same, its model loaded."""

    def __init__(self) -> None:
        self._asked: tuple[str, EngineSettings] | None = None
        self._engine: Engine | None = None

    def __call__(self, name: str, settings: EngineSettings) -> Engine:
        """Return the engine of that name, ready to draw.

        Raises:
            UsageError: no engine is called so.
        """
        if self._engine is None or self._asked != (name, settings):
            # Two models at once would not fit into a memory that takes either.
            self._engine = None
            self._engine = open_engine(name, settings)
            self._asked = (name, settings)
        return self._engine


def open_engine(name: str, settings: EngineSettings) -> Engine:
    """Return the engine of that name, ready to draw.

    Raises:
        UsageError: no engine is called so.
    """
    target = _REGISTRY.get(name)
    if target is None:
        close = difflib.get_close_matches(name, _REGISTRY, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else f" Engines: {', '.join(_REGISTRY)}."
        raise UsageError(f"No engine is called {name!r}.{hint}")
    module, _, attribute = target.partition(":")
    return cast(Engine, getattr(importlib.import_module(module), attribute)(settings))
