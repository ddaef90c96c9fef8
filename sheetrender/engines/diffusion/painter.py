"""What draws for one model: the one thing that every family of models can do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sheetrender.engines.engine import Unusable
from sheetrender.model.frames import Lora

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One picture to paint.

    Attributes:
        before: the picture to paint over, uint8 of shape (height, width, 3), blue, green, red, on
            the painter's device; None to begin from nothing.
        prompt: full text, weights in brackets as written.
        negative: the negative prompt.
        previous_prompt: the prompt that this one fades in from.
        prompt_weight: share of `prompt` against `previous_prompt`, 0.0 to 1.0.
        seed: of the noise.
        seed_share: how far the noise goes towards that of the next seed, 0.0 <= share < 1.0.
        steps: of a picture from nothing, >= 1.
        strength: share of `before` that is kept, as Deforum means it; of no use without one.
        scale: guidance scale.
        sampler: as the sheet names it.
        loras: small changes to the model.
    """

    before: Tensor | None
    prompt: str
    negative: str
    previous_prompt: str
    prompt_weight: float
    seed: int
    seed_share: float
    steps: int
    strength: float
    scale: float
    sampler: str
    loras: tuple[Lora, ...]


class Painter(Protocol):
    """Paints with one loaded model.

    Attributes:
        width: how many pictures it paints best at once, >= 1.
    """

    width: int

    def paint(self, jobs: Sequence[Job]) -> list[Tensor | Unusable]:
        """Return a picture for each job, of the form of `Job.before`.

        With a picture before, `steps` - int(`strength` · `steps`) steps are done; where that is
        none, the picture before is returned as it is.
        """
        ...

    def rest(self) -> None:
        """Take less of the device until the next pictures, which another painter may be after."""
        ...
