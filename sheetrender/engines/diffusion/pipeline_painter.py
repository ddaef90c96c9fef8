"""Paints with families that have no UNet (SD 3, FLUX, Qwen-Image, Z-Image), through diffusers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from sheetrender.engines.diffusion.loras import LoraRack
from sheetrender.engines.diffusion.painter import Job
from sheetrender.engines.diffusion.pipeline_prompts import (
    EncodedPrompts,
    blended,
    negated,
)
from sheetrender.engines.diffusion.placement import Placement
from sheetrender.engines.diffusion.quiet import quiet
from sheetrender.engines.diffusion.residence import Residence
from sheetrender.engines.diffusion.sampling import steps_to_do
from sheetrender.engines.engine import EngineSettings, Unusable
from sheetrender.model.errors import RenderFailed
from sheetrender.model.frames import Lora
from sheetrender.model.prompts import plain_words

if TYPE_CHECKING:
    from sheetrender.engines.diffusion.loading import LoadedModel

_SEEDS = 2**32


class PipelinePainter:
    """Paints one picture after the other with diffusers' own pipelines.

    Attributes:
        width: 1; these models fill a card with one picture.
    """

    width = 1

    def __init__(
        self,
        model: LoadedModel,
        settings: EngineSettings,
        device: torch.device,
        *,
        residence: Residence = "whole",
    ) -> None:
        """Put the model on its device.

        Args:
            model: to paint with.
            settings: of the engine.
            device: that paints.
            residence: where the model's parts rest, as long as the memory lasts.

        Raises:
            RenderFailed: the graphics card's memory is too small, even piece by piece.
        """
        import diffusers

        self._family = model.family
        self._size = settings.size
        self._blend_by = settings.blend_by
        anew = getattr(diffusers, model.family.pipelines[0])
        self._placement = Placement(model.pipeline, anew, device, residence)
        self._arrange()
        self._loras = LoraRack(model.pipeline, settings.folders)
        self._prompts = EncodedPrompts(
            model.pipeline, model.family.key, self._placement.reading, device
        )

    def paint(self, jobs: Sequence[Job]) -> list[Tensor | Unusable]:
        """Return a picture for each job.

        Raises:
            PartMissing: a LoRA is not to be found or does not fit.
            RenderFailed: the graphics card's memory is too small, even piece by piece.
        """
        while True:
            try:
                with torch.no_grad(), quiet():
                    pictures = [self._painted(job) for job in jobs]
            except torch.OutOfMemoryError as error:
                if not self._placement.go_down():
                    raise self._too_small() from error
            else:
                self._placement.readers.turn()
                return pictures
            # Only here is what the refused work held given back.
            self._arrange()

    def _arrange(self) -> None:
        try:
            self._placement.arrange()
        except torch.OutOfMemoryError as error:
            raise self._too_small() from error

    def _too_small(self) -> RenderFailed:
        return RenderFailed(
            f"The memory is too small for {self._family.name} at {self._size}, even piece by "
            "piece. Choose a smaller size or a smaller model. Finished frames are kept."
        )

    def _painted(self, job: Job) -> Tensor | Unusable:
        steps = job.steps if job.before is None else steps_to_do(job.steps, job.strength)
        if steps == 0:
            assert job.before is not None
            return job.before
        self._use(job.loras)
        call = self._words(job) | {
            "num_inference_steps": job.steps,
            "width": self._size.width,
            "height": self._size.height,
            "output_type": "pt",
            "generator": torch.Generator("cpu").manual_seed(job.seed),
        }
        self._placement.lay_painters()
        with _Arc(job.seed, job.seed_share):
            if job.before is None:
                picture = self._placement.anew(**call).images
            else:
                share = strength_for(steps, job.steps)
                over = self._placement.over
                picture = over(image=_laid(job.before), strength=share, **call).images
        return _judged(picture)

    def _use(self, loras: Sequence[Lora]) -> None:
        if self._placement.residence != "parts" or not self._loras.lacks(loras):
            self._loras.use(loras)
            return
        # diffusers would load under its hooks, lay them anew for one of the two pipelines only,
        # and on a device of its own choice.
        with self._placement.unhooked():
            self._loras.use(loras)

    def _words(self, job: Job) -> dict[str, Any]:
        guided = self._family.negative and job.scale > self._family.guided_above
        texts = [job.prompt]
        if job.prompt_weight < 1.0:
            texts.append(job.previous_prompt)
        if guided:
            texts.append(job.negative)
        given = {text: text if self._family.weights else plain_words(text) for text in texts}
        pages = self._prompts.pages(given.values(), job.loras)
        words = pages[given[job.prompt]]
        if job.prompt_weight < 1.0:
            before = pages[given[job.previous_prompt]]
            words = blended(before, words, job.prompt_weight, self._blend_by)
        words = words | {self._family.scale_argument: job.scale}
        if guided:
            words |= negated(pages[given[job.negative]])
        return words


def strength_for(done: int, steps: int) -> float:
    """Return diffusers' strength that does exactly so many of the steps.

    These families skip int(steps - steps · strength) steps; half a step stays away from rounding.
    """
    return (done - 0.5) / steps


def _laid(before: Tensor) -> Tensor:
    """Return a picture as diffusers takes it: red, green, blue, 0.0 to 1.0, shape (1, 3, h, w)."""
    return before.flip(-1).permute(2, 0, 1)[None].float() / 255


def _judged(pictures: Tensor) -> Tensor | Unusable:
    """Return the picture in whole levels, or why it is none."""
    picture = pictures[0].float()
    if not bool(torch.isfinite(picture).all()):
        return Unusable("the model gave no numbers (NaN)")
    levels = (picture.clamp(0, 1) * 255).round().to(torch.uint8)
    if not bool(levels.any()):
        return Unusable("came out black")
    return levels.permute(1, 2, 0).flip(-1).contiguous()


class _Arc(TorchFunctionMode):
    """Inside it, noise goes a share of the way along the arc to that of the next seed."""

    def __init__(self, seed: int, share: float) -> None:
        super().__init__()
        self._share = share
        self._there = torch.Generator("cpu").manual_seed((seed + 1) % _SEEDS)

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Mix what `torch.randn` returns; let all others pass."""
        kwargs = kwargs or {}
        here = func(*args, **kwargs)
        if func is not torch.randn or self._share <= 0.0 or "generator" not in kwargs:
            return here
        there = func(*args, **{**kwargs, "generator": self._there})
        angle = self._share * math.pi / 2
        return math.cos(angle) * here + math.sin(angle) * there
