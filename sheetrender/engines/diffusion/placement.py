"""Where the parts of one of diffusers' models lie while it reads, while it paints, and between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from sheetrender.engines.diffusion.device import is_card, is_out_of_memory
from sheetrender.engines.diffusion.quiet import quiet
from sheetrender.engines.diffusion.residence import Residence, Visitors, below


class Placement:
    """The parts of one model and the pipelines that paint with them.

    The painting pipelines know nothing of the text encoders, so that these may lie elsewhere:
    diffusers takes the device of any of a pipeline's parts for that of all.

    Attributes:
        over: paints over a picture.
        anew: paints from nothing.
        readers: the text encoders.
    """

    def __init__(
        self, whole: Any, anew: type[Any], device: torch.device, residence: Residence
    ) -> None:
        """Take a pipeline that lies in the host's memory; `arrange` lays its parts.

        Args:
            whole: paints over pictures, and has the text encoders.
            anew: class of diffusers' that paints from nothing.
            device: that works.
            residence: where the parts are to lie, as long as the memory lasts.
        """
        painting, reading = parts_of(whole)
        parts = whole.components | dict.fromkeys(reading)
        self.over, self.anew = type(whole)(**parts), anew(**parts)
        for pipeline in (self.over, self.anew):
            pipeline.set_progress_bar_config(disable=True)
        self.readers = Visitors(reading.values(), device, stay=False)
        self._painters = Visitors(painting.values(), device, stay=True)
        self._whole = whole
        self._device = device
        self._residence = residence

    @property
    def residence(self) -> Residence:
        """Where the parts lie."""
        return self._residence

    def arrange(self) -> None:
        """Lay the parts where they are to rest, or where they take less room if they do not fit.

        Raises:
            RuntimeError: they do not fit, even piece by piece.
        """
        while True:
            try:
                with quiet():
                    self._settle()
            except RuntimeError as error:
                if not is_out_of_memory(error) or not self.go_down():
                    raise
            else:
                return

    def go_down(self) -> bool:
        """Choose what takes less room, for the next `arrange`; say whether there is anything."""
        lower = below(self._residence)
        self._residence = lower or self._residence
        return lower is not None

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Have the text encoders on the device for what is done inside."""
        if self._residence == "pieces":
            yield
            return
        if self._residence == "turns":
            self._painters.leave()
        with self.readers.here():
            yield

    def lay_painters(self) -> None:
        """Lay what paints on the device, where nothing else brings it there."""
        if self._residence == "turns":
            self.readers.leave()
            self._painters.come()

    @contextmanager
    def unhooked(self) -> Iterator[None]:
        """Have the parts without diffusers' hooks inside, and as they were afterwards."""
        for pipeline in (self.over, self.anew):
            pipeline.remove_all_hooks()
        try:
            yield
        finally:
            self.arrange()

    def _settle(self) -> None:
        self.readers.leave()
        self._painters.leave()
        if is_card(self._device):
            torch.cuda.empty_cache()
        self.readers.stay = self._residence == "whole"
        for pipeline in (self.over, self.anew):
            if self._residence == "parts":
                pipeline.enable_model_cpu_offload(device=self._device)
                continue
            pipeline.remove_all_hooks()
            # The pipelines share their parts.
            pipeline.to(self._device if self._residence == "whole" else "cpu")
        if self._residence == "pieces":
            self._whole.enable_group_offload(self._device, offload_type="leaf_level")


def parts_of(pipeline: Any) -> tuple[dict[str, nn.Module], dict[str, nn.Module]]:
    """Return a pipeline's parts that paint and its text encoders, by their names."""
    parts = {
        name: part for name, part in pipeline.components.items() if isinstance(part, nn.Module)
    }
    reading = {name: part for name, part in parts.items() if name.startswith("text_encoder")}
    return {name: part for name, part in parts.items() if name not in reading}, reading
