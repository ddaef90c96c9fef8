"""The architecture of the real checkpoints is read right from the sizes of their weights."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from sheetrender.engines.diffusion.checkpoint_layout import Facts, Layout, facts_of, layout_of
from sheetrender.model.errors import PartMissing
from tests.engines.diffusion.tiny_files import save_yaml, single_file

_CLIP_L = {
    "vocab_size": 49408,
    "hidden_size": 768,
    "intermediate_size": 3072,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "projection_dim": 768,
}
_OPEN_CLIP_H = _CLIP_L | {
    "hidden_size": 1024,
    "intermediate_size": 4096,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "projection_dim": 1024,
}
_OPEN_CLIP_G = _CLIP_L | {
    "hidden_size": 1280,
    "intermediate_size": 5120,
    "num_hidden_layers": 32,
    "num_attention_heads": 20,
    "projection_dim": 1280,
}
_FOUR = {
    "block_out_channels": [320, 640, 1280, 1280],
    "down_block_types": ["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"],
    "up_block_types": ["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3,
    "layers_per_block": 2,
    "norm_num_groups": 32,
    "in_channels": 4,
    "out_channels": 4,
}
_SD1 = _FOUR | {
    "cross_attention_dim": 768,
    "attention_head_dim": 8,
    "use_linear_projection": False,
}
_SD2 = _FOUR | {
    "cross_attention_dim": 1024,
    "attention_head_dim": [5, 10, 20, 20],
    "use_linear_projection": True,
}
_XL = _FOUR | {
    "block_out_channels": [320, 640, 1280],
    "down_block_types": ["DownBlock2D"] + ["CrossAttnDownBlock2D"] * 2,
    "up_block_types": ["CrossAttnUpBlock2D"] * 2 + ["UpBlock2D"],
    "cross_attention_dim": 2048,
    "attention_head_dim": [5, 10, 20],
    "use_linear_projection": True,
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256,
    "projection_class_embeddings_input_dim": 2816,
    "transformer_layers_per_block": [1, 2, 10],
}
_VAE = {
    "block_out_channels": [128, 256, 512, 512],
    "down_block_types": ["DownEncoderBlock2D"] * 4,
    "up_block_types": ["UpDecoderBlock2D"] * 4,
    "layers_per_block": 2,
    "latent_channels": 4,
    "norm_num_groups": 32,
}


def _layout(unet: dict[str, Any], *texts: dict[str, Any], facts: Facts | None = None) -> Layout:
    """Return what is read from a checkpoint of these parts, built without memory."""
    with torch.device("meta"):
        parts: dict[str, Any] = {
            "unet": UNet2DConditionModel(**unet),
            "vae": AutoencoderKL(**_VAE),
            "text_encoder": CLIPTextModel(CLIPTextConfig(**texts[0])),
        }
        if len(texts) > 1:
            parts["text_encoder_2"] = CLIPTextModelWithProjection(CLIPTextConfig(**texts[1]))
        weights = single_file(SimpleNamespace(**parts))  # type: ignore[arg-type]
    shapes = {key: tuple(value.shape) for key, value in weights.items()}
    return layout_of(shapes, facts or Facts())


def _agree(read: dict[str, Any], true: dict[str, Any]) -> None:
    assert {key: read[key] for key in true if key in read} == {
        key: value for key, value in true.items() if key in read
    }
    assert len([key for key in true if key in read]) >= 6


def test_stable_diffusion_1() -> None:
    layout = _layout(_SD1, _CLIP_L)
    _agree(layout.unet, _SD1)
    _agree(layout.vae, _VAE)
    assert layout.vae["mid_block_add_attention"]
    assert layout.vae["scaling_factor"] == 0.18215
    _agree(layout.texts[0], _CLIP_L)
    assert layout.texts[0]["hidden_act"] == "quick_gelu"
    assert layout.scheduler["prediction_type"] == "epsilon"
    assert not layout.is_xl


def test_stable_diffusion_2_spares_the_last_layer_of_its_text_encoder() -> None:
    layout = _layout(_SD2, _OPEN_CLIP_H)
    _agree(layout.unet, _SD2)
    _agree(layout.texts[0], _OPEN_CLIP_H | {"num_hidden_layers": 23})
    assert layout.texts[0]["hidden_act"] == "gelu"
    assert layout.pads == ("!",)
    assert layout.scheduler["prediction_type"] == "v_prediction"
    base = _layout(_SD2, _OPEN_CLIP_H, facts=Facts(velocities=False))
    assert base.scheduler["prediction_type"] == "epsilon"


def test_stable_diffusion_xl() -> None:
    layout = _layout(_XL, _CLIP_L, _OPEN_CLIP_G)
    # A level without attention has no depth; what stands there is not read.
    depths = layout.unet["transformer_layers_per_block"]
    assert depths[1:] == [2, 10]
    _agree(layout.unet, _XL | {"transformer_layers_per_block": depths})
    _agree(layout.texts[0], _CLIP_L)
    _agree(layout.texts[1], _OPEN_CLIP_G)
    assert layout.vae["scaling_factor"] == 0.13025
    assert layout.scheduler["timestep_spacing"] == "leading"
    assert layout.is_xl


def test_a_yaml_says_what_weights_do_not(tmp_path: Path) -> None:
    facts = facts_of(save_yaml(tmp_path / "v.yaml", velocities=True, heads=5))
    assert facts == Facts(velocities=True, heads=5, scale_factor=0.18215)
    assert facts_of(None) == Facts()


@pytest.mark.parametrize("content", [b"num_heads: many\n", b"\xff\xfe\x00nonsense"])
def test_a_yaml_of_nonsense_is_told(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    path.write_bytes(content)
    with pytest.raises(PartMissing, match=r"model\.yaml"):
        facts_of(path)
