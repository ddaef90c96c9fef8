"""CLIP's tokenizer, made from the merges that are shipped with the program."""

from __future__ import annotations

import gzip
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import CLIPTokenizer

WORDS = 49408
"""Size of its vocabulary."""

_END = "<|endoftext|>"


def clip_tokenizer(pad: str = _END) -> CLIPTokenizer:
    """Return the tokenizer of all Stable Diffusion checkpoints.

    Args:
        pad: what fills short prompts up; OpenCLIP's models were trained with ``!``.

    Source: Radford et al., Learning Transferable Visual Models From Natural Language Supervision.
    """
    from transformers import CLIPTokenizer

    packed = files("sheetrender.engines.diffusion.words").joinpath("clip_merges.txt.gz")
    lines = gzip.decompress(packed.read_bytes()).decode().splitlines()
    merges = [(first, second) for first, second in (line.split(" ") for line in lines)]
    letters = _byte_letters()
    words = [*letters, *(f"{letter}</w>" for letter in letters)]
    words += [first + second for first, second in merges]
    words += ["<|startoftext|>", _END]
    vocabulary = {word: number for number, word in enumerate(words)}
    words_of_clip: Any = {"vocab": vocabulary, "merges": merges}
    return CLIPTokenizer(**words_of_clip, model_max_length=77, pad_token=pad)


def _byte_letters() -> list[str]:
    """Return the letter that stands for each byte: printable ones for themselves, they first."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    return [*map(chr, plain), *(chr(256 + number) for number in range(len(others)))]
