"""The engine that draws with Stable Diffusion and its kin."""

from __future__ import annotations

import gc
from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sheetrender.engines.diffusion.device import device_of, is_card
from sheetrender.engines.diffusion.fetching import fetching
from sheetrender.engines.diffusion.loading import open_model, require_libraries
from sheetrender.engines.diffusion.memory import HOST, Tier, tier_for
from sheetrender.engines.diffusion.painter import Job, Painter
from sheetrender.engines.engine import (
    Canvas,
    Depth,
    DrawRequest,
    EngineSettings,
    Picture,
    Unusable,
)
from sheetrender.model.errors import PartMissing
from sheetrender.model.events import FetchProgress

if TYPE_CHECKING:
    from torch import Tensor, device

    from sheetrender.engines.diffusion.depth import DepthSight
    from sheetrender.engines.diffusion.residence import Residence

_MODELS_HELD = 2


class DiffusionEngine:
    """Draws with the models that the settings and the rows name.

    Nothing heavy is imported, and no weights are looked for, before the first picture or the
    first question where pictures are kept; planning asks neither.

    Attributes:
        name: as people write it in a sheet.
        version: changes whenever the same request would give other pixels.
        reads: what changes pictures beside prompt and seed; motion is the loop's.
        grades: it leaves colours to the loop.
        reads_weights: prompts are given as they are written.
    """

    name = "diffusion"
    version = "1"
    reads = frozenset({"strength", "scale", "steps", "cadence", "model", "sampler", "loras"})
    grades = False
    reads_weights = True

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._painters: OrderedDict[str, Painter] = OrderedDict()

    @cached_property
    def canvas(self) -> Canvas | None:
        """Where pictures are kept: on a graphics card, or in the host's memory."""
        if not is_card(self._device):
            return None
        from sheetrender.engines.diffusion.canvas import TorchCanvas

        return TorchCanvas(self._device)

    @property
    def width(self) -> int:
        """How many segments it draws best in step."""
        return self._tier.width

    def draw(self, requests: Sequence[DrawRequest]) -> list[Picture | Unusable]:
        """Return one picture for each request, in their order.

        Raises:
            PartMissing: the extra is not installed, or a model is not there.
            RenderFailed: the graphics card's memory is too small.
        """
        by_model: dict[str, list[int]] = {}
        for place, request in enumerate(requests):
            by_model.setdefault(request.spec.model or self._settings.model, []).append(place)
        pictures: dict[int, Picture | Unusable] = {}
        for model, places in by_model.items():
            painted = self._painter(model).paint([self._job(requests[place]) for place in places])
            pictures |= zip(places, map(self._given, painted), strict=True)
        return [pictures[place] for place in range(len(requests))]

    def depth(self, picture: Picture) -> Depth | None:
        """Return how near each pixel is; None where the settings name no model for it.

        Raises:
            PartMissing: the extra is not installed, or the model is not there.
        """
        if not self._settings.depth_model:
            return None
        return self._sight.depth(self._held(picture))

    def fetch(self, models: Collection[str]) -> Iterator[FetchProgress]:
        """Fetch models of the Hugging Face hub that are not here; yield how far each is.

        Raises:
            PartMissing: the extra is not installed, or a model is not to be found.
        """
        require_libraries()
        for model in dict.fromkeys(model or self._settings.model for model in models):
            if model not in self._painters:
                yield from fetching(model, self._settings.folders)

    @cached_property
    def _device(self) -> device:
        require_libraries()
        return device_of()

    @cached_property
    def _tier(self) -> Tier:
        tier = HOST
        if is_card(self._device):
            import torch

            tier = tier_for(self._settings.memory, torch.cuda.mem_get_info(self._device)[0])
        return replace(tier, width=self._settings.in_step or tier.width)

    @cached_property
    def _sight(self) -> DepthSight:
        from sheetrender.engines.diffusion.depth import DepthSight

        return DepthSight(self._settings.depth_model, self._settings.folders, self._device)

    def _painter(self, model: str) -> Painter:
        painter = self._painters.get(model)
        if painter is None:
            self._make_room()
            painter = self._painters[model] = self._opened(model)
        self._painters.move_to_end(model)
        for other in self._painters.values():
            if other is not painter:
                other.rest()
        return painter

    def _make_room(self) -> None:
        """Let go of the models that were used least of late, down to what may be held."""
        if len(self._painters) < _MODELS_HELD:
            return
        while len(self._painters) >= _MODELS_HELD:
            self._painters.popitem(last=False)
        # Hooks and LoRAs lead in circles, so that parts could stay on the card until later.
        gc.collect()
        if is_card(self._device):
            import torch

            torch.cuda.empty_cache()

    def _opened(self, model: str) -> Painter:
        loaded = open_model(model, self._settings)
        if not loaded.is_unet:
            from sheetrender.engines.diffusion.pipeline_painter import PipelinePainter

            residence = self._residence(loaded.pipeline)
            return PipelinePainter(loaded, self._settings, self._device, residence=residence)
        try:
            from sheetrender.engines.diffusion.unet_painter import UnetPainter
        except ModuleNotFoundError as error:
            raise PartMissing(
                f"Engine diffusion needs {error.name}, which is not installed. "
                'Run `pip install "sheetrender[diffusion]"`, or use engine animatic.'
            ) from error
        return UnetPainter(loaded, self._settings, self._device, self._tier)

    def _residence(self, pipeline: Any) -> Residence:
        """Return where the parts of a model without a UNet are to rest."""
        import torch

        from sheetrender.engines.diffusion.placement import parts_of
        from sheetrender.engines.diffusion.residence import fitting, lower_of

        if not is_card(self._device):
            return "whole"
        painting, reading = (list(parts.values()) for parts in parts_of(pipeline))
        room = torch.cuda.mem_get_info(self._device)[0]
        if self._settings.memory != "auto":
            room = min(room, self._tier.gigabytes * 2**30)
        least: Residence = "parts" if self._tier.one_part else "whole"
        return lower_of(
            fitting(painting, reading, room), "pieces" if self._tier.in_pieces else least
        )

    def _job(self, request: DrawRequest) -> Job:
        spec = request.spec
        return Job(
            before=None if request.prepared is None else self._held(request.prepared),
            prompt=spec.prompt,
            negative=spec.negative,
            previous_prompt=spec.previous_prompt,
            prompt_weight=spec.prompt_weight,
            seed=spec.seed,
            seed_share=spec.seed_share,
            steps=spec.steps,
            strength=spec.strength,
            scale=spec.scale,
            sampler=spec.sampler or self._settings.sampler,
            loras=spec.loras,
        )

    def _held(self, picture: Picture) -> Tensor:
        """Return a picture of the loop's as a tensor."""
        if self.canvas is not None:
            return picture  # type: ignore[no-any-return]
        import torch

        # torch shares the memory, and warns of memory that it may not write to.
        shared: Any = picture if picture.flags.writeable else picture.copy()
        return torch.from_numpy(np.ascontiguousarray(shared))

    def _given(self, picture: Tensor | Unusable) -> Picture | Unusable:
        if self.canvas is not None or isinstance(picture, Unusable):
            return picture
        return picture.cpu().numpy()
