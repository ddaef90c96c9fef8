"""Textual inversions: words that a model learned afterwards."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sheetrender.engines.diffusion.families import Family
from sheetrender.engines.diffusion.located import located
from sheetrender.engines.diffusion.single_file import load_weights
from sheetrender.model.errors import PartMissing


def load_embeddings(
    pipeline: Any, names: Sequence[str], folders: Sequence[Path], family: Family
) -> None:
    """Teach the model's text encoders each word; it is called as its file is.

    Raises:
        PartMissing: a file is not to be found or broken, or made for another family.
    """
    if names and not family.embeddings:
        raise PartMissing(
            f"{family.name} takes no textual inversions. Leave the setting embeddings empty."
        )
    for name in names:
        found = located(name, folders, os.environ, what="textual inversion")
        if found.path is None or not found.path.is_file():
            raise PartMissing(
                f"Textual inversion {name!r} is no file. Fetch its file and put it into "
                f"{folders[0] if folders else Path.cwd()}."
            )
        vectors = _vectors(found.path)
        for encoder, tokenizer, values in _fitting(pipeline, vectors, name):
            _teach(encoder, tokenizer, found.path.stem, values)


def _vectors(path: Path) -> dict[str, Any]:
    """Return the vectors of a file, by the text encoder that they are for; shape (n, width)."""
    weights = load_weights(path)
    inner = weights.get("string_to_param")
    if isinstance(inner, dict):
        weights = {"emb_params": inner["*"] if "*" in inner else next(iter(inner.values()))}
    vectors = {key: value for key, value in weights.items() if getattr(value, "ndim", 0) in (1, 2)}
    if not vectors:
        raise PartMissing(f"{path} is no textual inversion. Fetch it again.")
    return {
        key: value.detach().reshape(-1, value.shape[-1]).float() for key, value in vectors.items()
    }


def _fitting(pipeline: Any, vectors: dict[str, Any], name: str) -> list[tuple[Any, Any, Any]]:
    """Return text encoder, tokenizer and vectors that belong together by their width."""
    pairs = [("text_encoder", "tokenizer"), ("text_encoder_2", "tokenizer_2")]
    found = []
    widths = []
    for encoder_name, tokenizer_name in pairs:
        encoder = getattr(pipeline, encoder_name, None)
        if encoder is None:
            continue
        width = encoder.get_input_embeddings().weight.shape[1]
        widths.append(width)
        values = next((v for v in vectors.values() if v.shape[1] == width), None)
        if values is not None:
            found.append((encoder, getattr(pipeline, tokenizer_name), values))
    if len(found) < len(widths):
        made_for = ", ".join(str(values.shape[1]) for values in vectors.values())
        raise PartMissing(
            f"Textual inversion {name!r} is made for another family: its words are {made_for} "
            f"numbers wide, the model's {' and '.join(map(str, widths))}. Take it out of the "
            "setting embeddings, or use the model that it was made for."
        )
    return found


def _teach(encoder: Any, tokenizer: Any, word: str, values: Any) -> None:
    """Add a word; one of several vectors becomes ``word word_1 word_2 …``, as diffusers has it."""
    import torch

    words = [word, *(f"{word}_{number}" for number in range(1, len(values)))]
    tokenizer.add_tokens(words)
    encoder.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    places = tokenizer.convert_tokens_to_ids(words)
    table = encoder.get_input_embeddings().weight
    with torch.no_grad():
        for place, value in zip(places, values, strict=True):
            table[place] = value.to(table)
