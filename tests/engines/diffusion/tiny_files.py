"""Tiny models as the files that people download: single checkpoints, LoRAs, textual inversions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import torch
from diffusers import DiffusionPipeline
from safetensors.torch import save_file
from torch import Tensor

_RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
_ENDS = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0",
    "add_embedding.linear_2": "label_emb.0.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}
_ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}
_OPEN_CLIP = {
    "layer_norm1": "ln_1",
    "layer_norm2": "ln_2",
    "mlp.fc1": "mlp.c_fc",
    "mlp.fc2": "mlp.c_proj",
    "self_attn.out_proj": "attn.out_proj",
}


def _swapped(key: str, names: dict[str, str]) -> str:
    for ours, theirs in names.items():
        key = re.sub(rf"(^|\.){re.escape(ours)}(?=\.)", rf"\g<1>{theirs}", key)
    return key


def _unet_key(key: str, layers: int, levels_with_attention: set[int]) -> str:
    for ours, theirs in _ENDS.items():
        if key.startswith(f"{ours}."):
            return key.replace(ours, theirs, 1)
    mid = re.match(r"mid_block\.(resnets|attentions)\.(\d)\.(.*)", key)
    if mid:
        if mid[1] == "attentions":
            return f"middle_block.1.{mid[3]}"
        return f"middle_block.{2 * int(mid[2])}.{_swapped(mid[3], _RESNET)}"
    found = re.match(r"(down|up)_blocks\.(\d)\.(\w+?)s\.(\d)\.(.*)", key)
    assert found, key
    side, level, kind, number, rest = found[1], int(found[2]), found[3], int(found[4]), found[5]
    first = level * (layers + 1) + (side == "down")
    stem = "input_blocks" if side == "down" else "output_blocks"
    if kind == "downsampler":
        return f"input_blocks.{first + layers}.0.{rest.replace('conv', 'op', 1)}"
    if kind == "upsampler":
        return f"output_blocks.{first + layers}.{1 + (level in levels_with_attention)}.{rest}"
    part = 1 if kind == "attention" else 0
    rest = rest if part else _swapped(rest, _RESNET)
    return f"{stem}.{first + number}.{part}.{rest}"


def _vae_key(key: str, levels: int) -> str:
    if found := re.match(r"(.*)mid_block\.resnets\.(\d)\.(.*)", key):
        key = f"{found[1]}mid.block_{int(found[2]) + 1}.{found[3]}"
    elif found := re.match(r"(.*)mid_block\.attentions\.0\.(.*)", key):
        key = f"{found[1]}mid.attn_1.{_swapped(found[2], _ATTENTION)}"
    elif found := re.match(r"(encoder|decoder)\.(down|up)_blocks\.(\d)\.(\w+)s\.(\d)\.(.*)", key):
        level = int(found[3]) if found[2] == "down" else levels - 1 - int(found[3])
        part = f"block.{found[5]}" if found[4] == "resnet" else f"{found[2]}sample"
        key = f"{found[1]}.{found[2]}.{level}.{part}.{found[6]}"
    key = key.replace("conv_norm_out", "norm_out")
    return key.replace("conv_shortcut", "nin_shortcut")


def _clip(encoder: Any) -> dict[str, Tensor]:
    """Return weights with the prefix that newer versions of transformers leave out."""
    weights = encoder.state_dict()
    return {
        key if key.startswith(("text_model.", "text_projection")) else f"text_model.{key}": value
        for key, value in weights.items()
    }


def _open_clip(encoder: Any) -> dict[str, Tensor]:
    """Return a text encoder's weights under the names that OpenCLIP gives them."""
    weights = {key.removeprefix("text_model."): value for key, value in _clip(encoder).items()}
    named = {
        "token_embedding.weight": weights["embeddings.token_embedding.weight"],
        "positional_embedding": weights["embeddings.position_embedding.weight"],
        "ln_final.weight": weights["final_layer_norm.weight"],
        "ln_final.bias": weights["final_layer_norm.bias"],
        "logit_scale": torch.tensor(4.6),
    }
    width = weights["final_layer_norm.weight"].shape[0]
    projection = weights.get("text_projection.weight", torch.eye(width))
    named["text_projection"] = projection.T.contiguous()
    for key, value in weights.items():
        found = re.match(r"encoder\.layers\.(\d+)\.(.*)", key)
        if found and not re.match(r"self_attn\.[qkv]_proj", found[2]):
            named[f"transformer.resblocks.{found[1]}.{_swapped(found[2], _OPEN_CLIP)}"] = value
    for layer in range(encoder.config.num_hidden_layers):
        for end in ("weight", "bias"):
            parts = [weights[f"encoder.layers.{layer}.self_attn.{p}_proj.{end}"] for p in "qkv"]
            named[f"transformer.resblocks.{layer}.attn.in_proj_{end}"] = torch.cat(parts)
    return named


def single_file(pipeline: DiffusionPipeline) -> dict[str, Tensor]:
    """Return all weights under the names of the checkpoints of the first Stable Diffusion."""
    unet, vae = pipeline.unet, pipeline.vae
    blocks = unet.config.up_block_types
    attentive = {level for level, kind in enumerate(blocks) if kind.startswith("CrossAttn")}
    layers = unet.config.layers_per_block
    weights = {
        f"model.diffusion_model.{_unet_key(key, layers, attentive)}": value
        for key, value in unet.state_dict().items()
    }
    levels = len(vae.config.block_out_channels)
    for key, value in vae.state_dict().items():
        weights[f"first_stage_model.{_vae_key(key, levels)}"] = value
    if hasattr(pipeline, "text_encoder_2"):
        texts = {"conditioner.embedders.0.transformer.": _clip(pipeline.text_encoder)}
        texts["conditioner.embedders.1.model."] = _open_clip(pipeline.text_encoder_2)
    elif unet.config.use_linear_projection:
        texts = {"cond_stage_model.model.": _open_clip(pipeline.text_encoder)}
    else:
        texts = {"cond_stage_model.transformer.": _clip(pipeline.text_encoder)}
    for prefix, part in texts.items():
        weights |= {prefix + key: value for key, value in part.items()}
    return {key: value.detach().clone().contiguous() for key, value in weights.items()}


def save_checkpoint(pipeline: DiffusionPipeline, path: Path, *, tokenizer: bool = True) -> Path:
    """Write a `.safetensors`, or a `.ckpt` as the first releases had them; its words beside it."""
    weights = single_file(pipeline)
    if path.suffix == ".safetensors":
        save_file(weights, path)
    else:
        torch.save({"state_dict": weights, "global_step": 470000}, path)
    if tokenizer:
        pipeline.tokenizer.save_pretrained(path.parent / "tokenizer")
    return path


def save_yaml(path: Path, *, velocities: bool = False, heads: int = 8) -> Path:
    """Write the description that belongs to a checkpoint, as the first releases had them."""
    path.write_text(
        "model:\n"
        "  base_learning_rate: 1.0e-04\n"
        "  target: ldm.models.diffusion.ddpm.LatentDiffusion\n"
        "  params:\n"
        + ('    parameterization: "v"\n' if velocities else "")
        + "    linear_start: 0.00085\n"
        "    linear_end: 0.0120\n"
        "    timesteps: 1000\n"
        "    scale_factor: 0.18215\n"
        "    unet_config:\n"
        "      target: ldm.modules.diffusionmodules.openaimodel.UNetModel\n"
        "      params:\n"
        "        image_size: 32 # unused\n"
        f"        num_heads: {heads}\n",
        encoding="utf-8",
    )
    return path


def save_lora(
    pipeline: DiffusionPipeline,
    path: Path,
    *,
    seed: int = 1,
    size: float = 0.5,
    reads: bool = False,
) -> Path:
    """Write a LoRA for every attention of the model's UNet or transformer.

    With `reads` it has weights for the first text encoder, too.
    """
    torch.manual_seed(seed)
    name = "unet" if hasattr(pipeline, "unet") else "transformer"
    weights = {}
    for key, value in getattr(pipeline, name).state_dict().items():
        if re.search(r"(to_q|to_k|to_v|to_out\.0)\.weight$", key):
            stem = f"{name}.{key.removesuffix('.weight')}"
            weights[f"{stem}.lora_A.weight"] = torch.randn(2, value.shape[1]) * size
            weights[f"{stem}.lora_B.weight"] = torch.randn(value.shape[0], 2) * size
    for key, value in pipeline.text_encoder.state_dict().items() if reads else ():
        if key.endswith("q_proj.weight"):
            stem = f"text_encoder.{key.removesuffix('.weight')}"
            weights[f"{stem}.lora_A.weight"] = torch.randn(2, value.shape[1])
            weights[f"{stem}.lora_B.weight"] = torch.randn(value.shape[0], 2)
    save_file(weights, path)
    return path


def save_embedding(path: Path, width: int, *, vectors: int = 2, seed: int = 1) -> Path:
    """Write a textual inversion as the first web interfaces did, or as safetensors."""
    torch.manual_seed(seed)
    values = torch.randn(vectors, width)
    if path.suffix == ".safetensors":
        save_file({"emb_params": values}, path)
    else:
        torch.save({"string_to_param": {"*": values}, "name": path.stem}, path)
    return path


def save_transformer(pipeline: DiffusionPipeline, path: Path, *, prefix: str = "") -> Path:
    """Write the weights of a model's transformer alone, as ComfyUI has them."""
    weights = pipeline.transformer.state_dict()
    save_file({prefix + key: weight.contiguous() for key, weight in weights.items()}, path)
    return path
