"""Stable Diffusion 1 with random weights, tiny or in its real size, for benchmarks."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, Literal

Scale = Literal["tiny", "sd15"]

_NOISE = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "clip_sample": False,
    "set_alpha_to_one": False,
    "steps_offset": 1,
}


def saved_model(folder: Path, scale: Scale) -> Path:
    """Build a model of seed 0, save it as diffusers does and return its folder."""
    import torch

    diffusers = _untyped("diffusers")
    torch.manual_seed(0)
    tokenizer = _tokenizer()
    pipeline = diffusers.StableDiffusionPipeline(
        unet=_unet(scale),
        vae=_vae(scale),
        text_encoder=_text_encoder(scale, tokenizer),
        tokenizer=tokenizer,
        scheduler=diffusers.DDIMScheduler(**_NOISE),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(folder)
    return folder


def _untyped(name: str) -> Any:
    # Half of what they hold is typed, and the halves do not fit together.
    return importlib.import_module(name)


def _tokenizer() -> Any:
    letters = [chr(code) for code in range(33, 127)]
    words = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    vocabulary = {word: number for number, word in enumerate(words)}
    return _untyped("transformers").CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=77)


def _unet(scale: Scale) -> Any:
    model = _untyped("diffusers").UNet2DConditionModel
    if scale == "sd15":
        return model(sample_size=64, cross_attention_dim=768, attention_head_dim=8).eval()
    return model(
        sample_size=16,
        block_out_channels=(16, 32, 32),
        layers_per_block=1,
        norm_num_groups=8,
        down_block_types=("DownBlock2D", "DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D", "UpBlock2D"),
        cross_attention_dim=32,
        attention_head_dim=4,
    ).eval()


def _vae(scale: Scale) -> Any:
    widths = (128, 256, 512, 512) if scale == "sd15" else (4, 4, 8, 8)
    return (
        _untyped("diffusers")
        .AutoencoderKL(
            block_out_channels=widths,
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=2 if scale == "sd15" else 1,
            latent_channels=4,
            norm_num_groups=32 if scale == "sd15" else 4,
            sample_size=512,
            mid_block_add_attention=scale == "sd15",
        )
        .eval()
    )


def _text_encoder(scale: Scale, tokenizer: Any) -> Any:
    transformers = _untyped("transformers")
    large = scale == "sd15"
    return transformers.CLIPTextModel(
        transformers.CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=768 if large else 32,
            intermediate_size=3072 if large else 64,
            num_hidden_layers=12 if large else 2,
            num_attention_heads=12 if large else 4,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    ).eval()
