"""Weights of transformers under the names that whoever made the family gave them.

Written from the models' own definitions: Black Forest Labs' ``flux/model.py``, Stability's
``mmditx.py`` and Tongyi's ``transformer.py`` (Z-Image), as single files hold them.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

Weights = dict[str, Tensor]


def flux(weights: Weights) -> Weights:
    """Return the weights of FLUX.1's transformer under its own names."""
    left = _Left(weights)
    for theirs, own in (
        ("x_embedder", "img_in"), ("context_embedder", "txt_in"),
        ("time_text_embed.timestep_embedder.linear_1", "time_in.in_layer"),
        ("time_text_embed.timestep_embedder.linear_2", "time_in.out_layer"),
        ("time_text_embed.text_embedder.linear_1", "vector_in.in_layer"),
        ("time_text_embed.text_embedder.linear_2", "vector_in.out_layer"),
        ("time_text_embed.guidance_embedder.linear_1", "guidance_in.in_layer"),
        ("time_text_embed.guidance_embedder.linear_2", "guidance_in.out_layer"),
        ("proj_out", "final_layer.linear"),
    ):  # fmt: skip
        left.move(theirs, own)
    left.join(["norm_out.linear"], "final_layer.adaLN_modulation.1", halves_swapped=True)
    for block in left.blocks("transformer_blocks"):
        old, new = f"transformer_blocks.{block}", f"double_blocks.{block}"
        for theirs, own in (("norm1", "img_mod"), ("norm1_context", "txt_mod")):
            left.move(f"{old}.{theirs}.linear", f"{new}.{own}.lin")
        attention = {"img": ("to_q", "to_k", "to_v"), "txt": _ADDED}
        for side, names in attention.items():
            left.join([f"{old}.attn.{name}" for name in names], f"{new}.{side}_attn.qkv")
        for theirs, own in (
            ("norm_q", "img_attn.norm.query_norm"), ("norm_k", "img_attn.norm.key_norm"),
            ("norm_added_q", "txt_attn.norm.query_norm"),
            ("norm_added_k", "txt_attn.norm.key_norm"),
        ):  # fmt: skip
            left.scale(f"{old}.attn.{theirs}", f"{new}.{own}")
        for theirs, own in (
            ("attn.to_out.0", "img_attn.proj"), ("attn.to_add_out", "txt_attn.proj"),
            ("ff.net.0.proj", "img_mlp.0"), ("ff.net.2", "img_mlp.2"),
            ("ff_context.net.0.proj", "txt_mlp.0"), ("ff_context.net.2", "txt_mlp.2"),
        ):  # fmt: skip
            left.move(f"{old}.{theirs}", f"{new}.{own}")
    for block in left.blocks("single_transformer_blocks"):
        old, new = f"single_transformer_blocks.{block}", f"single_blocks.{block}"
        left.move(f"{old}.norm.linear", f"{new}.modulation.lin")
        names = ("attn.to_q", "attn.to_k", "attn.to_v", "proj_mlp")
        left.join([f"{old}.{name}" for name in names], f"{new}.linear1")
        left.move(f"{old}.proj_out", f"{new}.linear2")
        left.scale(f"{old}.attn.norm_q", f"{new}.norm.query_norm")
        left.scale(f"{old}.attn.norm_k", f"{new}.norm.key_norm")
    return left.moved()


def sd3(weights: Weights) -> Weights:
    """Return the weights of the transformer of Stable Diffusion 3 and 3.5 under its own names."""
    left = _Left(weights)
    left.renamed["pos_embed"] = left.take("pos_embed.pos_embed")
    for theirs, own in (
        ("pos_embed.proj", "x_embedder.proj"), ("context_embedder", "context_embedder"),
        ("time_text_embed.timestep_embedder.linear_1", "t_embedder.mlp.0"),
        ("time_text_embed.timestep_embedder.linear_2", "t_embedder.mlp.2"),
        ("time_text_embed.text_embedder.linear_1", "y_embedder.mlp.0"),
        ("time_text_embed.text_embedder.linear_2", "y_embedder.mlp.2"),
        ("proj_out", "final_layer.linear"),
    ):  # fmt: skip
        left.move(theirs, own)
    left.join(["norm_out.linear"], "final_layer.adaLN_modulation.1", halves_swapped=True)
    blocks = left.blocks("transformer_blocks")
    for block in blocks:
        old, new = f"transformer_blocks.{block}", f"joint_blocks.{block}"
        for names, own in (
            (("attn.to_q", "attn.to_k", "attn.to_v"), "x_block.attn.qkv"),
            (tuple(f"attn.{name}" for name in _ADDED), "context_block.attn.qkv"),
            (("attn2.to_q", "attn2.to_k", "attn2.to_v"), "x_block.attn2.qkv"),
        ):
            left.join([f"{old}.{name}" for name in names], f"{new}.{own}")
        for theirs, own in (
            ("attn.norm_q", "x_block.attn.ln_q"), ("attn.norm_k", "x_block.attn.ln_k"),
            ("attn.norm_added_q", "context_block.attn.ln_q"),
            ("attn.norm_added_k", "context_block.attn.ln_k"),
            ("attn2.norm_q", "x_block.attn2.ln_q"), ("attn2.norm_k", "x_block.attn2.ln_k"),
            ("attn.to_out.0", "x_block.attn.proj"), ("attn2.to_out.0", "x_block.attn2.proj"),
            ("attn.to_add_out", "context_block.attn.proj"),
            ("norm1.linear", "x_block.adaLN_modulation.1"),
            ("ff.net.0.proj", "x_block.mlp.fc1"), ("ff.net.2", "x_block.mlp.fc2"),
            ("ff_context.net.0.proj", "context_block.mlp.fc1"),
            ("ff_context.net.2", "context_block.mlp.fc2"),
        ):  # fmt: skip
            left.move(f"{old}.{theirs}", f"{new}.{own}")
        # The last block only shifts and scales what it was told, and in the other order.
        left.join(
            [f"{old}.norm1_context.linear"], f"{new}.context_block.adaLN_modulation.1",
            halves_swapped=block == blocks[-1],
        )  # fmt: skip
    return left.moved()


def z_image(weights: Weights) -> Weights:
    """Return the weights of Z-Image's transformer under its own names."""
    left = _Left(weights)
    attentions = {name.rpartition(".to_q.")[0] for name in weights if ".attention.to_q." in name}
    for attention in attentions:
        names = [f"{attention}.{name}" for name in ("to_q", "to_k", "to_v")]
        left.join(names, f"{attention}.qkv")
        left.move(f"{attention}.to_out.0", f"{attention}.out")
        left.move(f"{attention}.norm_q", f"{attention}.q_norm")
        left.move(f"{attention}.norm_k", f"{attention}.k_norm")
    for name in list(left.weights):
        own = name.replace("all_final_layer.2-1.", "final_layer.")
        left.renamed[own.replace("all_x_embedder.2-1.", "x_embedder.")] = left.take(name)
    return left.moved()


_ADDED = ("add_q_proj", "add_k_proj", "add_v_proj")


class _Left:
    """Weights that are renamed one after the other."""

    def __init__(self, weights: Weights) -> None:
        self.weights = dict(weights)
        self.renamed: Weights = {}

    def take(self, name: str) -> Tensor:
        return self.weights.pop(name)

    def blocks(self, stem: str) -> list[int]:
        found = {int(name.split(".")[1]) for name in self.weights if name.startswith(f"{stem}.")}
        return sorted(found)

    def move(self, old: str, new: str) -> None:
        for kind in ("weight", "bias"):
            if f"{old}.{kind}" in self.weights:
                self.renamed[f"{new}.{kind}"] = self.take(f"{old}.{kind}")

    def scale(self, old: str, new: str) -> None:
        self.renamed[f"{new}.scale"] = self.take(f"{old}.weight")

    def join(self, names: Iterable[str], new: str, *, halves_swapped: bool = False) -> None:
        names = list(names)
        for kind in ("weight", "bias"):
            if f"{names[0]}.{kind}" not in self.weights:
                continue
            whole = torch.cat([self.take(f"{name}.{kind}") for name in names])
            if halves_swapped:
                whole = torch.cat(whole.chunk(2)[::-1])
            self.renamed[f"{new}.{kind}"] = whole

    def moved(self) -> Weights:
        assert not self.weights, f"no name is known for {sorted(self.weights)}"
        return self.renamed
