"""Opens a model by name: its pipeline, ready to paint, and what its family can do."""

from __future__ import annotations

import importlib
import inspect
import os
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sheetrender.engines.diffusion.companions import companion_of, lacks, lone_in
from sheetrender.engines.diffusion.device import device_of, dtype_of
from sheetrender.engines.diffusion.families import Family, family_of, refusal
from sheetrender.engines.diffusion.fetching import SAFETY, fetching
from sheetrender.engines.diffusion.hub import class_at_hub, network_errors
from sheetrender.engines.diffusion.located import (
    Located,
    class_of,
    is_cached,
    is_offline,
    located,
)
from sheetrender.engines.diffusion.lone_transformers import LoneTransformer
from sheetrender.engines.diffusion.quiet import quiet
from sheetrender.engines.engine import EngineSettings
from sheetrender.model.errors import PartMissing, UsageError

_NEEDED = ("torch", "diffusers", "transformers", "accelerate", "safetensors", "peft")


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model in memory.

    Attributes:
        pipeline: diffusers' pipeline from picture to picture, on the CPU.
        family: what it is and can do, as its own pipeline's signature says.
        is_unet: our own loop can step it.
        found: where it came from.
    """

    pipeline: Any
    family: Family
    is_unet: bool
    found: Located


def open_model(name: str, settings: EngineSettings) -> LoadedModel:
    """Load a model with the decoder, and the textual inversions, that the settings name.

    Raises:
        PartMissing: it is not to be found, broken, of a kind that cannot be used, or the libraries
            do not work.
        UsageError: its family cannot paint the size of the frames.
    """
    require_libraries()
    found = located(name, settings.folders, os.environ)
    with quiet():
        dtype = dtype_of(settings, device_of(), overflows=_overflows(found))
        pipeline = _pipeline(found, settings.folders, dtype)
        family = _probed(type(pipeline), _family(type(pipeline).__name__, found))
        _refuse_size(settings, family)
        pipeline = _to_image(pipeline, family)
        _use_vae(pipeline, settings, dtype)
        from sheetrender.engines.diffusion.embeddings import load_embeddings

        load_embeddings(pipeline, settings.embeddings, settings.folders, family)
    pipeline.set_progress_bar_config(disable=True)
    return LoadedModel(pipeline, family, family.is_unet, found)


def require_libraries() -> None:
    """Import torch and diffusers.

    Raises:
        PartMissing: they are not installed, or do not fit together.
    """
    try:
        importlib.import_module("torch")
        with quiet():
            diffusers = importlib.import_module("diffusers")
            _ = diffusers.DiffusionPipeline, diffusers.StableDiffusionImg2ImgPipeline
    except (ImportError, RuntimeError, AttributeError) as error:
        raise PartMissing(_what_is_missing(error)) from error


def _what_is_missing(error: Exception) -> str:
    name = (getattr(error, "name", None) or "").partition(".")[0]
    if isinstance(error, ModuleNotFoundError) and name in _NEEDED:
        return (
            f"Engine diffusion needs {name}, which is not installed. "
            'Run `pip install "sheetrender[diffusion]"`, or use engine animatic.'
        )
    misfit = _torchvision_misfit()
    if misfit:
        return (
            f"The installed torchvision does not fit the installed torch ({misfit}), so diffusers "
            "cannot start. Run `pip uninstall torchvision`; sheetrender does without it."
        )
    return (
        f"diffusers cannot start: {_first_line(error)}. Run "
        '`pip install --upgrade "sheetrender[diffusion]"` in a fresh environment.'
    )


def _torchvision_misfit() -> str:
    """Return why torchvision does not start; empty where it does, or is not installed.

    It hides behind errors about classes that have nothing to do with it.
    """
    try:
        importlib.import_module("torchvision")
    except ModuleNotFoundError as error:
        return "" if error.name == "torchvision" else str(error)
    except (ImportError, RuntimeError, AttributeError) as error:
        return _first_line(error)
    return ""


def _overflows(found: Located) -> bool:
    """Say whether a model is made for bf16; the large ones without a UNet are."""
    if found.is_file:
        return lone_in(found) is not None
    family = family_of(class_of(found) or "")
    return family is not None and not family.is_unet


def _pipeline(found: Located, folders: Sequence[Path], dtype: Any) -> Any:
    lone = lone_in(found)
    if lone is not None:
        return _completed(found, lone, folders, dtype)
    if found.is_file:
        from sheetrender.engines.diffusion.single_file import load_single_file

        return load_single_file(found, dtype)
    return _from_anywhere(found, folders, dtype)


def _completed(found: Located, lone: LoneTransformer, folders: Sequence[Path], dtype: Any) -> Any:
    """Return the pipeline of a lone transformer and what another model lends it.

    Raises:
        PartMissing: the file is broken, or what it lacks is not to be had.
    """
    from sheetrender.engines.diffusion.transformer_loading import load_transformer

    assert found.path is not None
    companion = companion_of(found.path, lone, folders, os.environ)
    if companion.path is None:
        deque(fetching(found.name, folders), maxlen=0)
        companion = companion_of(found.path, lone, folders, os.environ)
    if companion.path is None:
        raise PartMissing(
            f"{lacks(found.path, lone)}, and that of {companion.name} could not be fetched, or "
            "does not fit. Look at the network and the room on the disk, and run again, or put a "
            "folder that fits beside the file."
        )
    transformer = load_transformer(found.path, lone, companion, dtype)
    return _from_anywhere(companion, folders, dtype, transformer=transformer)


def _from_anywhere(found: Located, folders: Sequence[Path], dtype: Any, **parts: Any) -> Any:
    """Return the pipeline of a folder, or of the hub, with parts that stand in for its own."""
    name = class_of(found) or class_at_hub(found.name, folders)
    if family_of(name) is None:
        raise PartMissing(f"Model {found.name!r} cannot be used. {refusal(name)}")
    try:
        return _from_folder(found, dtype, **parts)
    except PartMissing:
        if not is_cached(found, os.environ) or is_offline(os.environ):
            raise
    # The rest of a model whose fetching was stopped is fetched now.
    class_at_hub(found.name, folders)
    return _from_folder(Located(found.name, None), dtype, **parts)


def _from_folder(found: Located, dtype: Any, **parts: Any) -> Any:
    """Return the pipeline of a folder, or of the hub.

    Raises:
        PartMissing: a part is missing or broken, or the hub does not have it.
    """
    import diffusers
    from safetensors import SafetensorError

    source = str(found.path) if found.path is not None else found.name
    options: dict[str, Any] = {"local_files_only": found.path is not None, "torch_dtype": dtype}
    if found.path is not None and _has_safety_checker(found.path):
        options |= {SAFETY: None, "requires_safety_checker": False}
    loader: Any = diffusers.DiffusionPipeline
    broken: tuple[type[Exception], ...] = (
        RuntimeError, KeyError, SafetensorError, *network_errors(),
    )  # fmt: skip
    try:
        return loader.from_pretrained(source, **options, **parts)
    except broken as error:
        reason = _first_line(error)
        if found.path is None:
            raise PartMissing(
                f"Model {found.name!r} could not be fetched whole from the Hugging Face hub. Look "
                "at the network and the room on the disk, and run again: what is here already is "
                f"not fetched twice. ({reason})"
            ) from error
        raise PartMissing(
            f"{found.path} cannot be loaded; a part of it is missing or broken. Fetch the model "
            f"again. ({reason})"
        ) from error


def _has_safety_checker(folder: Path) -> bool:
    """Say whether a model was saved with one, be it here or not."""
    return f'"{SAFETY}"' in (folder / "model_index.json").read_text(encoding="utf-8")


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else repr(error)


def _family(pipeline: str, found: Located) -> Family:
    family = family_of(pipeline)
    if family is None:
        raise PartMissing(f"Model {found.name!r} cannot be used. {refusal(pipeline)}")
    return family


def _to_image(pipeline: Any, family: Family) -> Any:
    """Return the pipeline that paints over pictures, of the same parts."""
    import diffusers

    target = getattr(diffusers, family.to_image)
    if isinstance(pipeline, target):
        return pipeline
    if family.key == "sd":
        # `from_pipe` would ask for a safety checker.
        parts = {"safety_checker": None, "feature_extractor": None, "image_encoder": None}
        kept = {name: part for name, part in pipeline.components.items() if name not in parts}
        return target(**kept, **parts, requires_safety_checker=False)
    return target.from_pipe(pipeline)


def capabilities(signature: Mapping[str, Any] | Sequence[str]) -> dict[str, bool]:
    """Return what the parameters of a pipeline's call say that it can do."""
    names = set(signature)
    return {
        "strength": "strength" in names,
        "negative": "negative_prompt" in names,
        "scale": bool({"guidance_scale", "true_cfg_scale"} & names),
        "embeds": "prompt_embeds" in names,
    }


def _probed(pipeline: type, family: Family) -> Family:
    """Return the family less what the installed diffusers cannot do of it.

    Raises:
        PartMissing: it has no strength there.
    """
    import diffusers

    target = getattr(diffusers, family.to_image, None)
    if target is None:
        raise PartMissing(
            f"The installed diffusers {diffusers.__version__} cannot paint over pictures with "
            f"{family.name}. Run `pip install --upgrade diffusers`."
        )
    can = capabilities(inspect.signature(target.__call__).parameters)
    if not can["strength"]:
        raise PartMissing(refusal(pipeline.__name__))
    return replace(family, negative=family.negative and can["negative"])


def _refuse_size(settings: EngineSettings, family: Family) -> None:
    from sheetrender.engines.diffusion.families import size_that_fits

    size = settings.size
    width, height = size_that_fits(size.width, size.height, family)
    if (width, height) != (size.width, size.height):
        raise UsageError(
            f"{family.name} cannot paint {size}: both sides must be multiples of "
            f"{family.multiple}. Write width {width} and height {height}."
        )


def _use_vae(pipeline: Any, settings: EngineSettings, dtype: Any) -> None:
    if settings.vae:
        from sheetrender.engines.diffusion.vae import open_vae

        pipeline.vae = open_vae(settings.vae, settings.folders, pipeline.vae, dtype)


def depth_model_at(name: str, folders: Sequence[Path]) -> str:
    """Return the folder or hub name of a model that sees depth.

    Raises:
        PartMissing: it leads nowhere.
    """
    found = located(name, folders, os.environ, what="depth model")
    return str(found.path) if found.path is not None else found.name
