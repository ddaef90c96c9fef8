"""Fetches a model from the Hugging Face hub, and tells how far that is; without torch.

Only what paints is fetched: of several forms of the same weights one, and no safety checker.
"""

from __future__ import annotations

import json
import os
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from logging import CRITICAL
from pathlib import Path, PurePosixPath

from sheetrender.engines.diffusion.companions import (
    TRANSFORMER,
    class_of_companion,
    companion_of,
    lone_in,
)
from sheetrender.engines.diffusion.families import family_of
from sheetrender.engines.diffusion.hub import class_at_hub, network_errors
from sheetrender.engines.diffusion.located import hub_folder, is_cached, is_offline, located
from sheetrender.model.events import FetchProgress

SAFETY = "safety_checker"
"""A part of old models that blackens pictures; it is never used."""

_WEIGHTS = (".safetensors", ".bin")
"""Endings of weights, the better one first."""
_TORCH_NAMES = ("diffusion_pytorch_model", "pytorch_model", "model")
_BESIDE = (".json", ".txt", ".model", ".jinja")
_GLANCE = 0.25
"""Seconds."""


def fetching(name: str, folders: Sequence[Path]) -> Iterator[FetchProgress]:
    """Fetch a model that is not here, or not whole; yield how far it is.

    What goes wrong with a file is left to whoever loads the model: what is here by then is kept.

    Raises:
        PartMissing: the model is not to be found, or the hub does not have it or give it.
    """
    found = located(name, folders, os.environ)
    file, lone = found.path, lone_in(found)
    if file is not None and lone is not None:
        found = companion_of(file, lone, folders, os.environ)
    less = () if lone is None else (TRANSFORMER,)
    if found.path is not None and not (
        is_cached(found, os.environ) and _is_begun(found.path, less)
    ):
        return
    if is_offline(os.environ):
        return
    if file is not None and lone is not None:
        class_of_companion(file, lone, found, folders)
    elif family_of(class_at_hub(found.name, folders)) is None:
        return
    yield from _fetched(found.name, less)


def _is_begun(snapshot: Path, less: Sequence[str]) -> bool:
    """Say whether parts of a model are missing whose fetching was stopped.

    Args:
        snapshot: the folder of the model.
        less: parts whose weights are not needed.
    """
    try:
        parts = _parts(json.loads((snapshot / "model_index.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, AttributeError):
        return True
    return not all(_is_there(snapshot / part) for part in parts if part not in less)


def _is_there(part: Path) -> bool:
    # Of what has weights the description is called so, of what has none otherwise.
    has_weights = not (part / "config.json").exists() or any(
        path.suffix in _WEIGHTS for path in part.glob("*")
    )
    return part.is_dir() and has_weights


def _parts(index: Mapping[str, object]) -> list[str]:
    return [
        name
        for name, kind in index.items()
        if isinstance(kind, list) and kind[:1] != [None] and name != SAFETY
    ]


def _fetched(name: str, less: Sequence[str]) -> Iterator[FetchProgress]:
    from huggingface_hub import HfApi, try_to_load_from_cache

    try:
        sizes = {
            file.path: int(file.size)
            for file in HfApi().list_repo_tree(name, recursive=True)
            if hasattr(file, "size")
        }
    except network_errors():
        return
    missing = {
        path: sizes[path]
        for path in wanted(list(sizes), less)
        if not isinstance(try_to_load_from_cache(name, path), str)
    }
    blobs = hub_folder(os.environ) / f"models--{name.replace('/', '--')}" / "blobs"
    before = _bytes(blobs, begun=False)
    total = sum(missing.values())
    # It ends with the program: Ctrl-C waits for no file, and what is here is not fetched twice.
    thread = threading.Thread(target=_fetch, args=(name, list(missing)), daemon=True)
    with _hub_quiet():
        thread.start()
        while thread.is_alive():
            thread.join(_GLANCE)
            yield FetchProgress(name, min(total, max(0, _bytes(blobs) - before)), total)


@contextmanager
def _hub_quiet() -> Iterator[None]:
    """Hide the hub's own progress bars, and what it says of each new attempt."""
    from huggingface_hub.utils import logging
    from huggingface_hub.utils.tqdm import (
        are_progress_bars_disabled,
        disable_progress_bars,
        enable_progress_bars,
    )

    level, had_bars = logging.get_verbosity(), not are_progress_bars_disabled()
    logging.set_verbosity(CRITICAL)
    disable_progress_bars()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if had_bars:
            enable_progress_bars()


def _fetch(name: str, paths: Sequence[str]) -> None:
    from huggingface_hub import hf_hub_download

    for path in paths:
        try:
            hf_hub_download(name, path)
        except network_errors():
            return


def _bytes(folder: Path, *, begun: bool = True) -> int:
    """Return how much lies in a folder, with or without files that are not whole yet."""
    total = 0
    for path in folder.glob("*"):
        try:
            if begun or path.suffix != ".incomplete":
                total += path.stat().st_size
        except OSError:  # It was just finished, and has another name.
            continue
    return total


def wanted(paths: Sequence[str], less: Sequence[str] = ()) -> list[str]:
    """Return which files of a repository make up its model, in the form that diffusers loads.

    Args:
        paths: of all of its files.
        less: parts of which only the description is needed.
    """
    weights: dict[tuple[str, str], list[str]] = defaultdict(list)
    chosen = []
    for path in paths:
        place = PurePosixPath(path)
        folder = "/".join(place.parts[:-1])
        if path == "model_index.json":
            chosen.append(path)
        elif len(place.parts) != 2 or folder == SAFETY:
            continue
        elif folder in less:
            chosen += [path] if place.name == "config.json" else []
        elif place.suffix in _WEIGHTS and _is_plain(place):
            weights[folder, place.suffix].append(path)
        elif place.suffix in _BESIDE:
            chosen.append(path)
    for folder in {folder for folder, _ in weights}:
        chosen += next(weights[folder, end] for end in _WEIGHTS if weights.get((folder, end)))
    return sorted(chosen)


def _is_plain(weights: PurePosixPath) -> bool:
    """Say whether weights are torch's, and of no special form as ``….fp16.safetensors`` are."""
    return "." not in weights.stem and weights.stem.startswith(_TORCH_NAMES)
