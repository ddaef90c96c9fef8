"""Loads the transformer of FLUX.1 and its kin from a single file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sheetrender.engines.diffusion.companions import TRANSFORMER
from sheetrender.engines.diffusion.families import FamilyKey
from sheetrender.engines.diffusion.located import Located
from sheetrender.engines.diffusion.lone_transformers import PREFIX, LoneTransformer
from sheetrender.engines.diffusion.single_file import load_weights, naming
from sheetrender.model.errors import PartMissing

_CLASSES: dict[FamilyKey, str] = {
    "flux": "FluxTransformer2DModel",
    "sd3": "SD3Transformer2DModel",
    "qwen": "QwenImageTransformer2DModel",
    "z-image": "ZImageTransformer2DModel",
}


def load_transformer(path: Path, lone: LoneTransformer, companion: Located, dtype: Any) -> Any:
    """Return diffusers' model of the weights in a file, on the CPU.

    Args:
        path: of the file.
        lone: what it holds.
        companion: describes a transformer of the same build; a folder, or a model of the hub.
        dtype: of the numbers that it is to work with.

    Raises:
        PartMissing: the file is broken, or does not fit the description.
    """
    import diffusers

    kind: Any = getattr(diffusers, _CLASSES[lone.family])
    source = {
        "subfolder": TRANSFORMER,
        "local_files_only": companion.path is not None,
    }
    name = str(companion.path or companion.name)
    with naming(path):
        weights = _bare(load_weights(path))
        if not lone.is_original:
            _refuse_misfit(path, weights, _wanted(kind, name, source), name)
        try:
            model = kind.from_single_file(weights, config=name, torch_dtype=dtype, **source)
        except (IndexError, AttributeError, TypeError) as error:
            # diffusers renames weights without looking whether they are there.
            raise PartMissing(
                f"{path} lacks some of its weights, or is not of the build of {name}. Download it "
                f"again, or use another model. ({error})"
            ) from error
        if any(weight.is_meta for weight in model.parameters()):
            raise PartMissing(f"{path} lacks some of its weights. Download it again.")
    return model


def _bare(weights: dict[str, Any]) -> dict[str, Any]:
    """Return the transformer's weights alone, without a prefix."""
    inside = {
        name.removeprefix(PREFIX): weight
        for name, weight in weights.items()
        if name.startswith(PREFIX)
    }
    return inside or weights


def _wanted(kind: Any, name: str, source: dict[str, Any]) -> set[str]:
    """Return the names of the weights that a description asks for."""
    import torch

    with torch.device("meta"):
        model = kind.from_config(kind.load_config(name, **source))
    return set(model.state_dict())


def _refuse_misfit(path: Path, here: Iterable[str], wanted: set[str], name: str) -> None:
    """Stop where a file has too few weights, or more than would be used.

    Raises:
        PartMissing: it has.
    """
    missing, more = sorted(wanted - set(here)), sorted(set(here) - wanted)
    if missing:
        raise PartMissing(
            f"{path} lacks {len(missing)} of its {len(wanted)} weights ({missing[0]}). Download it "
            "again."
        )
    if more:
        raise PartMissing(
            f"{path} is of another build than {name}: that has no {more[0]}. Put the diffusers "
            "folder of the model that it was made from beside it."
        )
