"""What a model file is, told from its first bytes and its list of weights, without torch."""

from __future__ import annotations

import json
import pickletools
import re
import struct
import zipfile
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Literal, TypeAlias

from sheetrender.engines.diffusion.lone_transformers import is_rounded
from sheetrender.model.errors import PartMissing

Shapes: TypeAlias = Mapping[str, tuple[int, ...]]
"""The size of each weight by its name."""

Kind = Literal["sd", "sdxl", "part", "lora", "embedding", "vae", "unknown"]

_HEADER_LIMIT = 100_000_000
_PICKLE_LIMIT = 64_000_000
_LEGACY_PICKLES = 4
_AGAIN = "Download it again; a model has hundreds of MB or some GB."


def refuse_what_is_no_model(path: Path) -> None:
    """Stop where a file cannot be a model by its first bytes.

    Raises:
        PartMissing: it is a web page, a Git LFS pointer, empty, cut off or under a wrong ending.
    """
    wrong = _what_is_wrong(path)
    if wrong:
        raise PartMissing(f"{path}: it {wrong}")


def _what_is_wrong(path: Path) -> str:
    try:
        with path.open("rb") as file:
            begin = file.read(512)
    except OSError as error:
        return f"cannot be read ({error.strerror or error}). See to it that you may read the file."
    if not begin:
        return f"is empty. {_AGAIN}"
    if begin.startswith(b"GGUF"):
        return "is a GGUF file, which cannot be used. Use the same model's .safetensors file."
    if begin.startswith(b"version https://git-lfs"):
        return "is only a pointer of Git LFS to the model. Run `git lfs pull` in its folder."
    if re.match(rb"\s*(<!doctype|<html|<\?xml)", begin, re.IGNORECASE):
        return f"is a web page under the name of a model. {_AGAIN}"
    if path.suffix.casefold() == ".safetensors":
        return _wrong_with_safetensors(path, begin)
    return _wrong_with_pickle(path, begin)


def _wrong_with_safetensors(path: Path, begin: bytes) -> str:
    if begin.startswith(b"PK"):
        return f"is a .ckpt under another ending. Rename it to {path.stem}.ckpt."
    try:
        header = _header(path)
    except (ValueError, struct.error):
        return f"is not a safetensors file, or a broken one. {_AGAIN}"
    ends = [entry["data_offsets"][1] for key, entry in header.items() if key != "__metadata__"]
    (length,) = struct.unpack("<Q", begin[:8])
    whole = 8 + length + max(ends, default=0)
    size = path.stat().st_size
    if size < whole:
        return f"is cut off: {size:,} of {whole:,} bytes are there. {_AGAIN}"
    return ""


def _wrong_with_pickle(path: Path, begin: bytes) -> str:
    if begin.startswith(b"PK"):
        return "" if zipfile.is_zipfile(path) else f"is cut off or broken. {_AGAIN}"
    if begin[:1] == b"\x80":
        return ""
    if begin[8:9] == b"{":
        return f"is a safetensors file under another ending. Rename it to {path.stem}.safetensors."
    return f"is not a model. {_AGAIN}"


def _header(path: Path) -> dict[str, dict[str, list[int]]]:
    """Return the table of a safetensors file.

    Raises:
        ValueError: it is none.
    """
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        if not 2 <= length <= _HEADER_LIMIT:
            raise ValueError("no table")
        header = json.loads(file.read(length))
    if not isinstance(header, dict):
        raise ValueError("no table")
    return header


def shapes_of(path: Path) -> dict[str, tuple[int, ...]]:
    """Return the weights of a safetensors file.

    Raises:
        PartMissing: it is none, or broken.
    """
    refuse_what_is_no_model(path)
    return {
        key: tuple(entry["shape"]) for key, entry in _header(path).items() if key != "__metadata__"
    }


def names_of(path: Path) -> list[str]:
    """Return the names of the weights in a file; those of a `.ckpt` without running its pickle.

    Raises:
        PartMissing: it is no model, or broken.
    """
    if path.suffix.casefold() == ".safetensors":
        return list(shapes_of(path))
    refuse_what_is_no_model(path)
    if not zipfile.is_zipfile(path):
        return _names_of_legacy(path)
    with zipfile.ZipFile(path) as archive:
        pickles = [entry for entry in archive.infolist() if entry.filename.endswith("data.pkl")]
        if not pickles or pickles[0].file_size > _PICKLE_LIMIT:
            return []
        text = archive.read(pickles[0])
    found = re.findall(rb"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)+|string_to_param", text)
    return [name.decode() for name in dict.fromkeys(found)]


def _names_of_legacy(path: Path) -> list[str]:
    """Return the texts in the pickles that begin a `.ckpt` from before the summer of 2020.

    Four of them come before the weights' numbers: a magic number, a version, sizes of numbers and
    the table of weights. Their codes are read, and none is obeyed.
    """
    texts: dict[str, None] = {}
    try:
        with path.open("rb") as file:
            begin = BytesIO(file.read(_PICKLE_LIMIT))
        for _ in range(_LEGACY_PICKLES):
            for code, text, _place in pickletools.genops(begin):
                if isinstance(text, str) and code.name != "GLOBAL":
                    texts[text] = None
    except (ValueError, IndexError):
        # A pickle that is broken, or no older one; loading says which.
        return []
    return list(texts)


def kind_of(names: Iterable[str]) -> Kind:
    """Return what weights of these names are."""
    names = list(names)

    def any_starts(*beginnings: str) -> bool:
        return any(name.startswith(beginnings) for name in names)

    if any(re.search(r"lora_|\.lora\.|\.alpha$|hada_w|lokr_w", name) for name in names):
        return "lora"
    if any_starts("conditioner.embedders.1."):
        return "sdxl"
    if any_starts("cond_stage_model.") and any_starts("model.diffusion_model.input_blocks"):
        return "sd"
    if any(
        re.search(r"(double|joint|transformer|input)_blocks|noise_refiner", name) for name in names
    ):
        return "part"
    if {"emb_params", "string_to_param", "clip_l", "clip_g"} & set(names):
        return "embedding"
    if any(re.match(r"(first_stage_model\.)?decoder\.", name) for name in names):
        return "vae"
    return "unknown"


WHAT_IT_IS: Mapping[Kind, str] = {
    "part": "holds only a part of a model, and none that can be completed. Use a whole model, or "
    "the transformer of FLUX.1, Stable Diffusion 3, Qwen-Image or Z-Image as .safetensors",
    "lora": "is a LoRA, a small change to a model: write it into the column lora",
    "embedding": "is a textual inversion: write it into the setting embeddings",
    "vae": "is only a decoder: write it into the setting vae",
    "unknown": "is no Stable Diffusion checkpoint",
}
"""Why a file that is no whole model is none, by its kind."""

_ROUNDED = (
    "holds weights that were rounded in another program's way (fp8 with scales, nf4, int8). Use "
    "the same model's file in bf16 or fp16, or in plain fp8"
)


def why_no_model(names: Iterable[str]) -> str:
    """Return why weights of these names are no model that can be used; empty where they are one.

    The text goes on from the name of the file and ends without a full stop.
    """
    names = list(names)
    kind = kind_of(names)
    if kind in ("sd", "sdxl"):
        return ""
    if kind == "part" and is_rounded(names):
        return _ROUNDED
    return WHAT_IT_IS[kind]
