"""Paints with families that have no UNet (SD 3, FLUX, Qwen-Image, Z-Image), through diffusers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from sheetrender.engines.diffusion.device import is_out_of_memory
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
                    pictures = self._all_painted(jobs)
            except RuntimeError as error:
                if not is_out_of_memory(error):
                    raise
                if not self._placement.go_down():
                    raise self._too_small() from error
            else:
                self._placement.readers.turn()
                return pictures
            # Only here is what the refused work held given back.
            self._arrange()

    def rest(self) -> None:
        """Let the text encoders leave the device."""
        self._placement.readers.leave()

    def _arrange(self) -> None:
        try:
            self._placement.arrange()
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            raise self._too_small() from error

    def _too_small(self) -> RenderFailed:
        return RenderFailed(
            f"The memory is too small for {self._family.name} at {self._size}, even piece by "
            "piece. Choose a smaller size or a smaller model. Finished frames are kept."
        )

    def _all_painted(self, jobs: Sequence[Job]) -> list[Tensor | Unusable]:
        pictures: dict[int, Tensor | Unusable] = {}
        by_loras: dict[tuple[Lora, ...], list[tuple[int, Job, int]]] = {}
        for place, job in enumerate(jobs):
            steps = job.steps if job.before is None else steps_to_do(job.steps, job.strength)
            if job.before is not None and steps == 0:
                pictures[place] = job.before
            else:
                by_loras.setdefault(job.loras, []).append((place, job, steps))
        for loras, group in by_loras.items():
            self._use(loras)
            # Read together, so that the text encoders come once.
            self._prompts.pages(
                [text for _, job, _ in group for text in self._texts(job)], self._loras.read(loras)
            )
            for place, job, steps in group:
                pictures[place] = self._painted(job, steps)
        return [pictures[place] for place in range(len(jobs))]

    def _painted(self, job: Job, steps: int) -> Tensor | Unusable:
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
        lacks = self._loras.lacks(loras)
        if lacks:
            # So that what is added to them lies where they rest.
            self._placement.readers.leave()
        if self._placement.residence != "parts" or not lacks:
            self._loras.use(loras)
            return
        # diffusers would load under its hooks, lay them anew for one of the two pipelines only,
        # and on a device of its own choice.
        with self._placement.unhooked():
            self._loras.use(loras)

    def _words(self, job: Job) -> dict[str, Any]:
        texts = self._texts(job)
        pages = self._prompts.pages(texts, self._loras.read(job.loras))
        words = pages[texts[0]]
        if job.prompt_weight < 1.0:
            words = blended(pages[texts[1]], words, job.prompt_weight, self._blend_by)
        words = words | {self._family.scale_argument: job.scale}
        if self._is_guided(job):
            words |= negated(pages[texts[-1]])
        return words

    def _texts(self, job: Job) -> list[str]:
        """Return the prompt, the one before where it still shows, and the negative where heeded."""
        texts = [job.prompt]
        if job.prompt_weight < 1.0:
            texts.append(job.previous_prompt)
        if self._is_guided(job):
            texts.append(job.negative)
        return texts if self._family.weights else [plain_words(text) for text in texts]

    def _is_guided(self, job: Job) -> bool:
        return self._family.negative and job.scale > self._family.guided_above


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
