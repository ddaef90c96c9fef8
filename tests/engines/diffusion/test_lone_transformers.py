"""A transformer is known by its weights' names, in every form in which people have it."""

from __future__ import annotations

import pytest

from sheetrender.engines.diffusion.lone_transformers import bare_names, lone_transformer

_FLUX = ["double_blocks.18.img_mod.lin.weight", "single_blocks.37.linear1.weight"]
_FLUX += ["double_blocks.0.img_mod.lin.weight", "single_blocks.0.linear1.weight"]
_FLUX += ["vector_in.in_layer.weight", "img_in.weight"]
_SD3 = ["pos_embed", "joint_blocks.0.x_block.attn.qkv.weight", "y_embedder.mlp.0.weight"]
_Z_IMAGE = ["x_embedder.weight", "x_pad_token", "noise_refiner.0.attention.qkv.weight"]
_QWEN = ["transformer_blocks.0.img_mod.1.weight", "txt_norm.weight", "img_in.weight"]


@pytest.mark.parametrize("prefix", ["", "model.diffusion_model."])
@pytest.mark.parametrize(
    ("names", "hub"),
    [
        ([*_FLUX, "guidance_in.in_layer.weight"], "black-forest-labs/FLUX.1-dev"),
        (_FLUX, "black-forest-labs/FLUX.1-schnell"),
        (
            [*_SD3, "joint_blocks.37.x_block.attn.qkv.weight"],
            "stabilityai/stable-diffusion-3.5-large",
        ),
        (
            [*_SD3, "joint_blocks.0.x_block.attn2.qkv.weight"],
            "stabilityai/stable-diffusion-3.5-medium",
        ),
        (_SD3, "stabilityai/stable-diffusion-3-medium-diffusers"),
        (_Z_IMAGE, "Tongyi-MAI/Z-Image-Turbo"),
        (_QWEN, "Qwen/Qwen-Image"),
    ],
)
def test_a_file_is_completed_by_the_model_that_it_was_made_from(
    names: list[str], hub: str, prefix: str
) -> None:
    lone = lone_transformer([prefix + name for name in names])
    assert lone is not None
    assert lone.hub == hub


def test_the_build_of_a_transformer_is_counted() -> None:
    lone = lone_transformer(_FLUX)
    assert lone is not None
    assert lone.is_original
    assert lone.facts == {"num_layers": 19, "num_single_layers": 38, "guidance_embeds": False}


@pytest.mark.parametrize(
    "names",
    [
        ["double_blocks.0.img_attn.qkv.weight", "double_stream_modulation_img.lin.weight"],
        ["double_blocks.0.img_mod.linear.weight", "single_blocks.0.linear1.weight"],
        ["noise_refiner.0.attention.qkv.weight", "x_embedder.weight", "cap_embedder.0.weight"],
        [*_FLUX, "double_blocks.0.img_mod.lin.scale_weight"],
        [*_FLUX, "scaled_fp8"],
        [],
    ],
)
def test_other_families_and_rounded_weights_are_none_of_ours(names: list[str]) -> None:
    assert lone_transformer(names) is None


def test_of_a_whole_checkpoint_only_the_transformer_counts() -> None:
    names = ["model.diffusion_model.a.weight", "text_encoders.t5.b.weight", "vae.c.weight"]
    assert bare_names(names) == ["a.weight"]
