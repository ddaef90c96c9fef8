"""Which models a LoRA was made for, told from its list of weights; without torch."""

from __future__ import annotations

import json
import re
from pathlib import Path

from sheetrender.engines.diffusion.checkpoints import Shapes, shapes_of
from sheetrender.engines.diffusion.located import Located

_WIDTHS = {768: "Stable Diffusion 1", 1024: "Stable Diffusion 2", 2048: "Stable Diffusion XL"}
_CROSS = re.compile(r"attn2[._]to_k")
_DOWN = re.compile(r"(lora[._]down|lora_A)(\.\w+)?\.weight$")
_UNET = re.compile(r"(lora_unet_(input|output|down|up|mid|middle)|^unet\.|down_blocks|up_blocks)")
_TRANSFORMER = re.compile(
    r"(double_blocks|single_blocks|single_transformer_blocks|joint_blocks|^transformer\.|"
    r"diffusion_model\.(layers|transformer_blocks))"
)


def text_width(shapes: Shapes) -> int | None:
    """Return how wide the texts are that a LoRA of a UNet reads; None where it does not say."""
    for name, shape in shapes.items():
        if _CROSS.search(name) and _DOWN.search(name) and len(shape) >= 2:
            return shape[1]
    return None


def is_for_unet(shapes: Shapes) -> bool | None:
    """Return whether a LoRA is made for a UNet; None where it cannot be told."""
    if any(_TRANSFORMER.search(name) for name in shapes):
        return False
    return True if any(_UNET.search(name) for name in shapes) else None


def text_width_of(found: Located) -> int | None:
    """Return how wide the texts are that a model's UNet reads; None where it cannot be told."""
    if found.path is None:
        return None
    if found.is_file:
        if found.path.suffix.casefold() != ".safetensors":
            return None
        shapes = shapes_of(found.path)
        cross = (name for name in shapes if name.endswith("attn2.to_k.weight"))
        return next((shapes[name][1] for name in cross), None)
    try:
        config = json.loads((found.path / "unet" / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    width = config.get("cross_attention_dim") if isinstance(config, dict) else None
    return width if isinstance(width, int) else None


def misfit(lora: Shapes, width: int | None, *, unet: bool) -> str:
    """Return why a LoRA does not fit a model, as a clause; empty where it may.

    Args:
        lora: its weights.
        width: of the texts that the model's UNet reads, or None.
        unet: whether the model has a UNet.
    """
    made_for_unet = is_for_unet(lora)
    if made_for_unet is not None and made_for_unet != unet:
        return (
            "is made for another family: for a UNet, which the model does not have"
            if made_for_unet
            else "is made for another family: for FLUX and its kin, and the model has a UNet"
        )
    its = text_width(lora)
    if its is None or width is None or its == width:
        return ""
    return f"is made for another family: {_named(its)}, and the model is {_named(width)}"


def _named(width: int) -> str:
    return _WIDTHS.get(width, f"one that reads texts {width} numbers wide")


def lora_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Return the weights of a LoRA; empty where its file is no safetensors file.

    Raises:
        PartMissing: it is broken.
    """
    return shapes_of(path) if path.suffix.casefold() == ".safetensors" else {}
