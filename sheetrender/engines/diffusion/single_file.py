"""Loads a `.safetensors` or `.ckpt` of Stable Diffusion without a network and without its code."""

from __future__ import annotations

import contextlib
import json
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from sheetrender.engines.diffusion.checkpoint_layout import Layout, facts_of, layout_of
from sheetrender.engines.diffusion.checkpoints import (
    refuse_what_is_no_model,
    shapes_of,
    why_no_model,
)
from sheetrender.engines.diffusion.located import Located
from sheetrender.engines.diffusion.prediction import predicts_velocities
from sheetrender.engines.diffusion.words.clip import WORDS, clip_tokenizer
from sheetrender.model.errors import PartMissing

# Checkpoints of 2022 name these in what they saved beside the weights; the names alone are let
# through, with nothing behind them.
_HARMLESS = (
    "pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint",
    "pytorch_lightning.callbacks.early_stopping.EarlyStopping",
)


def load_single_file(found: Located, dtype: Any) -> Any:
    """Return diffusers' pipeline of a single checkpoint, on the CPU.

    Raises:
        PartMissing: it is broken, holds code, or is no whole model.
    """
    import diffusers

    path = found.path
    assert path is not None
    refuse_what_is_no_model(path)
    with naming(path):
        shapes = _shapes(path)
        if wrong := why_no_model(shapes):
            raise PartMissing(f"{path} {wrong}.")
        try:
            layout = layout_of(shapes, facts_of(found.description))
        except (KeyError, IndexError) as error:
            raise PartMissing(f"{path} lacks the weights {error}. Download it again.") from error
        if layout.unet["in_channels"] != 4:
            raise PartMissing(
                f"{path} is made for filling holes in pictures, or the like: it wants "
                f"{layout.unet['in_channels']} channels instead of 4. Use the plain model."
            )
        name = "StableDiffusionXLPipeline" if layout.is_xl else "StableDiffusionPipeline"
        with tempfile.TemporaryDirectory(prefix="sheetrender-") as folder, _harmless_names():
            _describe(layout, Path(folder), path)
            pipeline = getattr(diffusers, name).from_single_file(
                str(path), config=folder, local_files_only=True, torch_dtype=dtype
            )
        if not layout.is_sure:
            kind = "v_prediction" if predicts_velocities(pipeline.unet) else "epsilon"
            pipeline.scheduler.register_to_config(prediction_type=kind)
        return pipeline


def load_weights(path: Path) -> dict[str, Any]:
    """Return the weights of a file by name; of a pickle only weights, never code.

    Raises:
        PartMissing: it is broken, or holds more than weights.
    """
    import torch

    refuse_what_is_no_model(path)
    with naming(path), _harmless_names():
        if path.suffix.casefold() == ".safetensors":
            from safetensors.torch import load_file

            return dict(load_file(path))
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Detected pickle protocol")
            weights = torch.load(path, weights_only=True, map_location="cpu")
        while isinstance(weights, dict) and isinstance(weights.get("state_dict"), dict):
            weights = weights["state_dict"]
        if not isinstance(weights, dict):
            raise PartMissing(f"{path} holds no weights. Download the model again.")
        return weights


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Turn what loading a broken file raises into one sentence.

    Raises:
        PartMissing: instead.
    """
    from safetensors import SafetensorError

    try:
        yield
    except PartMissing:
        raise
    except UnpicklingError as error:
        raise _pickled(path, error) from error
    except NotImplementedError as error:
        # So torch says that weights never arrived.
        raise PartMissing(f"{path} lacks some of its weights. Download it again.") from error
    except (OSError, RuntimeError, ValueError, KeyError, SafetensorError, EOFError) as error:
        if "weights_only" in str(error) or isinstance(error.__cause__, UnpicklingError):
            raise _pickled(path, error) from error
        reason = str(error).strip().splitlines()[0][:200] if str(error).strip() else repr(error)
        raise PartMissing(
            f"{path} cannot be loaded; it is broken or of another kind. Download it again, or use "
            f"another model. ({reason})"
        ) from error


def _pickled(path: Path, error: Exception) -> PartMissing:
    if "Unsupported" in str(error) or "GLOBAL" in str(error) or "weights_only" in str(error):
        return PartMissing(
            f"{path} holds more than weights: loading it would run code of whoever made it, so it "
            "is refused. Use the model's .safetensors file."
        )
    return PartMissing(f"{path} is broken. Download it again, or use its .safetensors file.")


@contextlib.contextmanager
def _harmless_names() -> Iterator[None]:
    import torch

    allowed = getattr(torch.serialization, "safe_globals", None)
    if allowed is None:
        yield
        return
    with allowed([(type("Nothing", (), {}), name) for name in _HARMLESS]):
        yield


def _shapes(path: Path) -> dict[str, tuple[int, ...]]:
    if path.suffix.casefold() == ".safetensors":
        return shapes_of(path)
    weights = load_weights(path)
    return {key: tuple(value.shape) for key, value in weights.items() if hasattr(value, "shape")}


def _describe(layout: Layout, folder: Path, path: Path) -> None:
    """Write what diffusers wants to know of a checkpoint, as the folder of a model has it."""
    scheduler = "EulerDiscreteScheduler" if layout.is_xl else "DDIMScheduler"
    index: dict[str, Any] = {
        "_class_name": "StableDiffusionXLPipeline" if layout.is_xl else "StableDiffusionPipeline",
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
        "scheduler": ["diffusers", scheduler],
    }
    if layout.is_xl:
        index["force_zeros_for_empty_prompt"] = True
    else:
        index |= {"safety_checker": [None, None], "feature_extractor": [None, None]}
        index["requires_safety_checker"] = False
    _write(folder / "unet" / "config.json", layout.unet)
    _write(folder / "vae" / "config.json", layout.vae)
    about = {"_class_name": scheduler} | layout.scheduler
    _write(folder / "scheduler" / "scheduler_config.json", about)
    for number, (text, pad) in enumerate(zip(layout.texts, layout.pads, strict=True)):
        suffix = f"_{number + 1}" if number else ""
        index[f"text_encoder{suffix}"] = ["transformers", text["architectures"][0]]
        index[f"tokenizer{suffix}"] = ["transformers", "CLIPTokenizer"]
        tokenizer = _tokenizer(path, suffix, pad, text["vocab_size"])
        tokenizer.save_pretrained(folder / f"tokenizer{suffix}")
        ends = {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id}
        _write(folder / f"text_encoder{suffix}" / "config.json", text | ends)
    _write(folder / "model_index.json", index)


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def _tokenizer(path: Path, suffix: str, pad: str, words: int) -> Any:
    """Return the tokenizer in the folder beside a checkpoint, or else CLIP's own.

    Raises:
        PartMissing: neither has as many words as the checkpoint.
    """
    from transformers import CLIPTokenizer

    for name in (f"tokenizer{suffix}", "tokenizer"):
        beside = path.parent / name
        if beside.is_dir():
            tokenizer = CLIPTokenizer.from_pretrained(beside, local_files_only=True)
            if 2 < len(tokenizer) <= words:
                tokenizer.pad_token = pad
                return tokenizer
    if words < WORDS:
        raise PartMissing(
            f"{path} was made with a vocabulary of its own, of {words} words. Put its folder "
            f"`tokenizer` into {path.parent}."
        )
    return clip_tokenizer(pad)
