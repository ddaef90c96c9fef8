"""The architecture of a single checkpoint, read from the sizes of its weights; without torch."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sheetrender.engines.diffusion.checkpoints import Shapes
from sheetrender.model.errors import PartMissing

_UNET = "model.diffusion_model."
_VAE = "first_stage_model."
_CLIP = "cond_stage_model.transformer.text_model."
_OPEN_CLIP = "cond_stage_model.model."
_XL_CLIP = "conditioner.embedders.0.transformer.text_model."
_XL_OPEN_CLIP = "conditioner.embedders.1.model."


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a `.yaml` beside a checkpoint says that its weights do not tell.

    Attributes:
        velocities: it predicts velocities instead of noise; None where nothing is said.
        heads: of each attention of the UNet, or None.
        head_width: of each head instead, or None.
        scale_factor: of the latents, or None.
    """

    velocities: bool | None = None
    heads: int | None = None
    head_width: int | None = None
    scale_factor: float | None = None


def facts_of(description: Path | None) -> Facts:
    """Read what counts of a `.yaml`; nothing of it is run.

    Raises:
        PartMissing: it cannot be read.
    """
    if description is None:
        return Facts()
    try:
        text = description.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise PartMissing(
            f"{description} cannot be read. Fetch it again, or take it away: most models do "
            "without."
        ) from error

    def said(name: str) -> str | None:
        found = re.search(rf"^\s*{name}\s*:\s*[\"']?([^\s\"'#]+)", text, re.MULTILINE)
        return found[1] if found else None

    heads, width, factor = said("num_heads"), said("num_head_channels"), said("scale_factor")
    parameters = said("parameterization")
    # A description of a whole model that does not say it means noise, as its trainer does.
    velocities = None if parameters is None and said("target") is None else parameters == "v"
    try:
        return Facts(
            velocities=velocities,
            heads=int(heads) if heads and int(heads) > 0 else None,
            head_width=int(width) if width and int(width) > 0 else None,
            scale_factor=float(factor) if factor else None,
        )
    except ValueError as error:
        raise PartMissing(
            f"{description} holds no numbers where a model's description has them. Fetch it again, "
            "or take it away: most models do without."
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The configuration of each part, as diffusers and transformers write it.

    Attributes:
        is_xl: it is of the family of SDXL.
        is_sure: what it predicts is known; else `scheduler` has the likelier of the two.
        unet: of `UNet2DConditionModel`.
        vae: of `AutoencoderKL`.
        texts: of each text encoder, in their order.
        pads: what fills prompts up, for each text encoder.
        scheduler: of its scheduler.
    """

    is_xl: bool
    is_sure: bool
    unet: dict[str, Any]
    vae: dict[str, Any]
    texts: tuple[dict[str, Any], ...]
    pads: tuple[str, ...]
    scheduler: dict[str, Any]


def layout_of(shapes: Shapes, facts: Facts) -> Layout:
    """Return the architecture of a checkpoint of Stable Diffusion.

    Raises:
        KeyError: weights that every such checkpoint has are missing.
    """
    is_xl = any(key.startswith(_XL_OPEN_CLIP) for key in shapes)
    end, bang = "<|endoftext|>", "!"
    texts: tuple[dict[str, Any], ...]
    if is_xl:
        texts = (_clip(shapes, _XL_CLIP), _open_clip(shapes, _XL_OPEN_CLIP, spared=0))
        pads: tuple[str, ...] = (end, bang)
    elif any(key.startswith(_OPEN_CLIP) for key in shapes):
        texts, pads = (_open_clip(shapes, _OPEN_CLIP, spared=1),), (bang,)
    else:
        texts, pads = (_clip(shapes, _CLIP),), (end,)
    pooled = texts[-1]["projection_dim"]
    velocities = facts.velocities
    # Of SD 2 there are both, and no weight says which; velocities are the likelier.
    is_sure = velocities is not None or "v_pred" in shapes or pads != (bang,)
    if velocities is None:
        velocities = "v_pred" in shapes or pads == (bang,)
    return Layout(
        is_xl=is_xl,
        is_sure=is_sure,
        unet=_unet(shapes, facts, pooled),
        vae=_vae(shapes, facts, is_xl=is_xl),
        texts=texts,
        pads=pads,
        scheduler={
            "beta_start": 0.00085,
            "beta_end": 0.012,
            "beta_schedule": "scaled_linear",
            "num_train_timesteps": 1000,
            "steps_offset": 1,
            "prediction_type": "v_prediction" if velocities else "epsilon",
            "rescale_betas_zero_snr": "ztsnr" in shapes,
            **(
                {"timestep_spacing": "leading"}
                if is_xl
                else {"clip_sample": False, "set_alpha_to_one": False}
            ),
        },
    )


def _count(shapes: Shapes, pattern: str) -> int:
    """Return how many numbers stand in the first group of a pattern over all names."""
    found = (re.match(pattern, key) for key in shapes)
    return len({match[1] for match in found if match})


def _levels(shapes: Shapes) -> list[tuple[int, int, int]]:
    """Return channels, resnets and depth of attention of each level of the UNet."""
    levels: list[tuple[int, int, int]] = []
    channels, resnets, depth = 0, 0, 0
    for number in range(1, _count(shapes, re.escape(_UNET) + r"input_blocks\.(\d+)\.")):
        block = f"{_UNET}input_blocks.{number}"
        if f"{block}.0.op.weight" in shapes:
            levels.append((channels, resnets, depth))
            resnets, depth = 0, 0
            continue
        channels = shapes[f"{block}.0.out_layers.3.weight"][0]
        resnets += 1
        depth = max(depth, _count(shapes, re.escape(block) + r"\.1\.transformer_blocks\.(\d+)\."))
    return [*levels, (channels, resnets, depth)]


def _unet(shapes: Shapes, facts: Facts, pooled: int) -> dict[str, Any]:
    levels = _levels(shapes)
    channels = [level[0] for level in levels]
    attended = [level[2] > 0 for level in levels]
    middle = _count(shapes, re.escape(_UNET) + r"middle_block\.1\.transformer_blocks\.(\d+)\.")
    depths = [level[2] or middle for level in levels]
    texts = [key for key in shapes if key.startswith(_UNET) and key.endswith("attn2.to_k.weight")]
    linear = len(shapes[f"{_UNET}middle_block.1.proj_in.weight"]) == 2
    down = ["CrossAttnDownBlock2D" if has else "DownBlock2D" for has in attended]
    up = ["CrossAttnUpBlock2D" if has else "UpBlock2D" for has in reversed(attended)]
    config = {
        "_class_name": "UNet2DConditionModel",
        "sample_size": 64,
        "in_channels": shapes[f"{_UNET}input_blocks.0.0.weight"][1],
        "out_channels": shapes[f"{_UNET}out.2.weight"][0],
        "block_out_channels": channels,
        "layers_per_block": levels[0][1],
        "down_block_types": down,
        "up_block_types": up,
        "cross_attention_dim": shapes[texts[0]][1],
        "use_linear_projection": linear,
        "transformer_layers_per_block": depths,
        # So diffusers calls the number of heads.
        "attention_head_dim": _heads(channels, facts, linear=linear),
        "norm_num_groups": math.gcd(32, *channels),
    }
    labels = shapes.get(f"{_UNET}label_emb.0.0.weight")
    if labels is not None:
        config |= {
            "addition_embed_type": "text_time",
            "addition_time_embed_dim": (labels[1] - pooled) // 6,
            "projection_class_embeddings_input_dim": labels[1],
        }
    return config


def _heads(channels: list[int], facts: Facts, *, linear: bool) -> int | list[int]:
    """Return the number of heads: 8 in the first Stable Diffusion, 64 channels each since SD 2."""
    if facts.head_width is not None:
        return [max(1, width // facts.head_width) for width in channels]
    if facts.heads is not None:
        return facts.heads
    return [max(1, width // 64) for width in channels] if linear else 8


def _vae(shapes: Shapes, facts: Facts, *, is_xl: bool) -> dict[str, Any]:
    levels = _count(shapes, re.escape(_VAE) + r"encoder\.down\.(\d+)\.")
    stem = f"{_VAE}encoder.down"
    channels = [shapes[f"{stem}.{level}.block.0.conv1.weight"][0] for level in range(levels)]
    return {
        "_class_name": "AutoencoderKL",
        "sample_size": 512,
        "block_out_channels": channels,
        "down_block_types": ["DownEncoderBlock2D"] * levels,
        "up_block_types": ["UpDecoderBlock2D"] * levels,
        "layers_per_block": _count(shapes, re.escape(stem) + r"\.0\.block\.(\d+)\."),
        "latent_channels": shapes[f"{_VAE}decoder.conv_in.weight"][1],
        "norm_num_groups": math.gcd(32, *channels),
        "mid_block_add_attention": f"{_VAE}encoder.mid.attn_1.q.weight" in shapes,
        "scaling_factor": facts.scale_factor or (0.13025 if is_xl else 0.18215),
        "force_upcast": is_xl,
    }


def _text(words: int, width: int, *, inner: int, layers: int, places: int) -> dict[str, Any]:
    return {
        "model_type": "clip_text_model",
        "vocab_size": words,
        "hidden_size": width,
        "intermediate_size": inner,
        "num_hidden_layers": layers,
        "num_attention_heads": max(1, width // 64),
        "max_position_embeddings": places,
        "projection_dim": width,
        "bos_token_id": words - 2,
        "eos_token_id": words - 1,
    }


def _clip(shapes: Shapes, prefix: str) -> dict[str, Any]:
    layers = _count(shapes, re.escape(prefix) + r"encoder\.layers\.(\d+)\.")
    words, width = shapes[f"{prefix}embeddings.token_embedding.weight"]
    return _text(
        words,
        width,
        inner=shapes[f"{prefix}encoder.layers.0.mlp.fc1.weight"][0],
        layers=layers,
        places=shapes[f"{prefix}embeddings.position_embedding.weight"][0],
    ) | {"architectures": ["CLIPTextModel"], "hidden_act": "quick_gelu", "pad_token_id": words - 1}


def _open_clip(shapes: Shapes, prefix: str, *, spared: int) -> dict[str, Any]:
    """Return an OpenCLIP text encoder; SD 2 spares the last of its 24 layers."""
    layers = _count(shapes, re.escape(prefix) + r"transformer\.resblocks\.(\d+)\.")
    words, width = shapes[f"{prefix}token_embedding.weight"]
    return _text(
        words,
        width,
        inner=shapes[f"{prefix}transformer.resblocks.0.mlp.c_fc.weight"][0],
        layers=layers - spared if layers == 24 else layers,
        places=shapes[f"{prefix}positional_embedding"][0],
    ) | {
        "architectures": ["CLIPTextModel" if spared else "CLIPTextModelWithProjection"],
        "hidden_act": "gelu",
        "pad_token_id": 0,
    }
