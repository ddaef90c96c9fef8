"""Small changes to a model, switched on with the weight that a frame asks for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sheetrender.engines.diffusion.located import Located, located
from sheetrender.engines.diffusion.lora_kinds import misfit
from sheetrender.engines.diffusion.quiet import quiet
from sheetrender.engines.diffusion.single_file import load_weights
from sheetrender.model.errors import PartMissing
from sheetrender.model.frames import Lora


class LoraRack:
    """The LoRAs of one pipeline: each is loaded once, and weighed anew only where that changes.

    Attributes:
        switched: how often the pipeline was changed.
    """

    def __init__(self, pipeline: Any, folders: Sequence[Path]) -> None:
        self._pipeline = pipeline
        self._folders = folders
        self._adapters: dict[str, str] = {}
        self._current: dict[str, float] = {}
        self._read: set[str] = set()
        self.switched = 0

    def lacks(self, loras: Sequence[Lora]) -> bool:
        """Return whether one of these has to be loaded before it can be switched on."""
        return any(lora.name not in self._adapters for lora in loras if lora.weight != 0.0)

    def read(self, loras: Sequence[Lora]) -> tuple[Lora, ...]:
        """Return those that change how prompts are read; all were in use before."""
        return tuple(lora for lora in loras if lora.name in self._read)

    def use(self, loras: Sequence[Lora]) -> None:
        """Switch the pipeline to these LoRAs; one of weight 0 is off, one twice counts twice.

        Raises:
            PartMissing: one is not to be found, broken, or made for another family.
        """
        wanted: dict[str, float] = {}
        for lora in loras:
            wanted[lora.name] = wanted.get(lora.name, 0.0) + lora.weight
        wanted = {name: weight for name, weight in wanted.items() if weight != 0.0}
        if wanted == self._current:
            return
        with quiet():
            for name in wanted:
                if name not in self._adapters:
                    self._adapters[name] = self._load(name)
            self._switch(wanted)
        self._current = wanted
        self.switched += 1

    def _switch(self, wanted: dict[str, float]) -> None:
        if not wanted:
            self._pipeline.disable_lora()
            return
        if not self._current:
            self._pipeline.enable_lora()
        names = [self._adapters[name] for name in wanted]
        self._pipeline.set_adapters(names, list(wanted.values()))

    def _load(self, name: str) -> str:
        adapter = f"lora_{len(self._adapters)}"
        found = located(name, self._folders, os.environ, what="LoRA")
        source = self._source(found)
        try:
            self._pipeline.load_lora_weights(source, adapter_name=adapter)
        except (OSError, ValueError, RuntimeError, KeyError, AttributeError, TypeError) as error:
            self._forget(adapter)
            raise PartMissing(_refused(name, str(error))) from error
        if not any(adapter in there for there in self._pipeline.get_list_adapters().values()):
            raise PartMissing(_refused(name, "none of its weights has a place in the model"))
        if any(
            adapter in there and part.startswith("text_encoder")
            for part, there in self._pipeline.get_list_adapters().items()
        ):
            self._read.add(name)
        # Loading switches a LoRA on; it is weighed next.
        self._current = {name: float("nan")}
        return adapter

    def _source(self, found: Located) -> Any:
        path = _file_of(found)
        if path is None:
            return found.name
        weights = load_weights(path)
        weights = {key: value for key, value in weights.items() if hasattr(value, "shape")}
        shapes = {key: tuple(value.shape) for key, value in weights.items()}
        unet = getattr(self._pipeline, "unet", None)
        width = unet.config.cross_attention_dim if unet is not None else None
        width = width if isinstance(width, int) else None
        wrong = misfit(shapes, width, unet=unet is not None)
        if wrong:
            raise PartMissing(
                f"LoRA {found.name!r} {wrong}. Use one that was made for this model, or take it "
                "out of the sheet."
            )
        return weights

    def _forget(self, adapter: str) -> None:
        """Take what was loaded of a LoRA out again."""
        loaded = self._pipeline.get_list_adapters().values()
        if any(adapter in there for there in loaded):
            self._pipeline.delete_adapters([adapter])


def _file_of(found: Located) -> Path | None:
    if found.path is None or found.path.is_file():
        return found.path
    files = sorted(found.path.glob("*.safetensors"))
    if not files:
        raise PartMissing(f"{found.path} holds no LoRA. Name its .safetensors file.")
    return files[0]


def _refused(name: str, reason: str) -> str:
    first = reason.strip().splitlines()[0][:200] if reason.strip() else "no reason given"
    return (
        f"LoRA {name!r} does not fit the model: it is made for another family, or broken. Use one "
        f"that was made for this model, or take it out of the sheet. ({first})"
    )
