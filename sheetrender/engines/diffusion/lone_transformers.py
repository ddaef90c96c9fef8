"""Files that hold a transformer without what reads prompts, told by their names of weights."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sheetrender.engines.diffusion.families import FamilyKey

PREFIX = "model.diffusion_model."
"""Stands before the transformer's weights where a file has been saved by ComfyUI, or holds more."""

# What other programs lay beside weights that they have rounded: the numbers mean nothing alone.
_ROUNDED = re.compile(
    r"scaled_fp8$|\.(scale_weight|scale_input|weight_scale\w*|input_scale|comfy_quant|absmax"
    r"|qweight|wscales|SCB)$|quant_state|quant_map$"
)


@dataclass(frozen=True, slots=True)
class LoneTransformer:
    """What such a file holds.

    Attributes:
        family: that it belongs to.
        is_original: its weights are called as whoever made the family called them, not as diffusers
            does.
        facts: what the description of a transformer of the same build says.
        hub: the model of the Hugging Face hub that has the rest.
    """

    family: FamilyKey
    is_original: bool
    facts: Mapping[str, int | bool]
    hub: str


@dataclass(frozen=True, slots=True)
class _Form:
    family: FamilyKey
    is_original: bool
    marks: tuple[str, ...]
    blocks: Mapping[str, str]


_FORMS = (
    _Form(
        "flux",
        False,
        (
            "single_transformer_blocks.0.proj_mlp.weight",
            "transformer_blocks.0.norm1_context.linear.weight",
            "time_text_embed.text_embedder.linear_1.weight",
        ),
        {"num_layers": "transformer_blocks", "num_single_layers": "single_transformer_blocks"},
    ),
    _Form(
        "flux",
        True,
        (
            "double_blocks.0.img_mod.lin.weight",
            "single_blocks.0.linear1.weight",
            "vector_in.in_layer.weight",
        ),
        {"num_layers": "double_blocks", "num_single_layers": "single_blocks"},
    ),
    _Form(
        "sd3",
        False,
        (
            "pos_embed.pos_embed",
            "transformer_blocks.0.attn.add_q_proj.weight",
            "time_text_embed.text_embedder.linear_1.weight",
        ),
        {"num_layers": "transformer_blocks"},
    ),
    _Form(
        "sd3",
        True,
        ("pos_embed", "joint_blocks.0.x_block.attn.qkv.weight", "y_embedder.mlp.0.weight"),
        {"num_layers": "joint_blocks"},
    ),
    _Form(
        "qwen",
        False,
        ("transformer_blocks.0.img_mod.1.weight", "txt_norm.weight", "img_in.weight"),
        {"num_layers": "transformer_blocks"},
    ),
    _Form(
        "z-image",
        False,
        ("all_x_embedder.2-1.weight", "x_pad_token", "noise_refiner.0.attention.to_q.weight"),
        {"n_layers": "layers"},
    ),
    _Form(
        "z-image",
        True,
        ("x_embedder.weight", "x_pad_token", "noise_refiner.0.attention.qkv.weight"),
        {"n_layers": "layers"},
    ),
)
"""By what weights each is known. Chroma, FLUX.2, HunyuanVideo and Lumina 2 lack one of them."""


def bare_names(names: Iterable[str]) -> list[str]:
    """Return the names of the transformer's weights alone, without a prefix."""
    names = list(names)
    inside = [name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX)]
    return inside or names


def lone_transformer(names: Iterable[str]) -> LoneTransformer | None:
    """Return which transformer weights of these names are; None where they are none of ours."""
    bare = set(bare_names(names))
    if is_rounded(bare):
        return None
    form = next((form for form in _FORMS if bare.issuperset(form.marks)), None)
    if form is None:
        return None
    facts: dict[str, int | bool] = {fact: _blocks(bare, stem) for fact, stem in form.blocks.items()}
    if form.family == "flux":
        facts["guidance_embeds"] = any("guidance" in name for name in bare)
    return LoneTransformer(form.family, form.is_original, facts, _hub(form.family, facts, bare))


def is_rounded(names: Iterable[str]) -> bool:
    """Say whether another program has rounded weights in a way of its own."""
    return any(_ROUNDED.search(name) for name in names)


def _blocks(names: Iterable[str], stem: str) -> int:
    found = (re.match(rf"{stem}\.(\d+)\.", name) for name in names)
    return 1 + max((int(block[1]) for block in found if block), default=-1)


def _hub(family: FamilyKey, facts: Mapping[str, int | bool], names: Iterable[str]) -> str:
    if family == "flux":
        kind = "dev" if facts["guidance_embeds"] else "schnell"
        return f"black-forest-labs/FLUX.1-{kind}"
    if family == "sd3":
        if facts["num_layers"] > 24:
            return "stabilityai/stable-diffusion-3.5-large"
        if any(".attn2." in name for name in names):
            return "stabilityai/stable-diffusion-3.5-medium"
        return "stabilityai/stable-diffusion-3-medium-diffusers"
    return "Qwen/Qwen-Image" if family == "qwen" else "Tongyi-MAI/Z-Image-Turbo"
