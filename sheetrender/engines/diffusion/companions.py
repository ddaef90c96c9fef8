"""Which diffusers folder lends a lone transformer what it lacks, told without torch."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from sheetrender.engines.diffusion.checkpoints import names_of
from sheetrender.engines.diffusion.families import family_named, family_of
from sheetrender.engines.diffusion.hub import class_at_hub
from sheetrender.engines.diffusion.located import (
    Located,
    class_of,
    hub_folder,
    hub_snapshot,
    is_offline,
    offered,
)
from sheetrender.engines.diffusion.lone_transformers import LoneTransformer, lone_transformer
from sheetrender.model.errors import PartMissing

TRANSFORMER = "transformer"
"""The folder of a model that is not needed, but for its description."""


def lone_in(found: Located) -> LoneTransformer | None:
    """Return which lone transformer a file holds; None where it holds none.

    Raises:
        PartMissing: it is no model, or broken.
    """
    if found.path is None or not found.is_file or found.path.suffix.casefold() != ".safetensors":
        return None
    return lone_transformer(names_of(found.path))


def companion_of(
    path: Path, lone: LoneTransformer, folders: Sequence[Path], environment: Mapping[str, str]
) -> Located:
    """Return the model that has what a file lacks: a folder here, or else the hub's.

    Args:
        path: of the file; what lies beside it comes first.
        lone: what it holds.
        folders: where models are looked for.
        environment: says where the hub keeps models, and whether it may be asked.

    Raises:
        PartMissing: there is none here, and the hub must not be asked.
    """
    others: list[Path] = []
    for root in dict.fromkeys((path.parent, *(folder.absolute() for folder in folders))):
        for folder in offered(root, ()):
            if _is_of(folder, lone):
                if fits(folder, lone):
                    return Located(str(folder), folder.absolute())
                others.append(folder)
    cached = hub_snapshot(lone.hub, environment)
    if cached is not None and _is_of(cached, lone) and fits(cached, lone):
        return Located(lone.hub, cached)
    if is_offline(environment):
        raise PartMissing(_nowhere(path, lone, folders, environment, others))
    return Located(lone.hub, None)


def fits(folder: Path, lone: LoneTransformer) -> bool:
    """Say whether a folder describes a transformer of the same build."""
    try:
        text = (folder / TRANSFORMER / "config.json").read_text(encoding="utf-8")
        config = json.loads(text)
        return all(config.get(fact, value) == value for fact, value in lone.facts.items())
    except (OSError, ValueError, AttributeError):
        return False


def _is_of(folder: Path, lone: LoneTransformer) -> bool:
    try:
        name = class_of(Located(str(folder), folder))
    except PartMissing:
        return False
    family = family_of(name) if name else None
    return family is not None and family.key == lone.family


def lacks(path: Path, lone: LoneTransformer) -> str:
    """Return what a file lacks, as a sentence without its full stop."""
    name = family_named(lone.family).name
    return (
        f"{path} holds only the transformer of {name}; its text encoders, VAE and scheduler come "
        f"from a diffusers folder of {name}"
    )


def class_of_companion(
    path: Path, lone: LoneTransformer, companion: Located, folders: Sequence[Path]
) -> str:
    """Return the name of diffusers' class of what completes a file, asked of the hub if need be.

    Raises:
        PartMissing: the hub does not give it; names the file that wants it.
    """
    try:
        return class_of(companion) or class_at_hub(companion.name, folders)
    except PartMissing as error:
        raise PartMissing(f"{lacks(path, lone)}. {error}") from error


def _nowhere(
    path: Path,
    lone: LoneTransformer,
    folders: Sequence[Path],
    environment: Mapping[str, str],
    others: Sequence[Path],
) -> str:
    places = dict.fromkeys(map(str, (path.parent, *folders, hub_folder(environment))))
    of_others = f" {others[0]} is of another build." if others else ""
    return (
        f"{lacks(path, lone)}, and none that fits is here. Looked into {'; '.join(places)}."
        f"{of_others} Put the folder of {lone.hub} beside the file, or allow the network (unset "
        "HF_HUB_OFFLINE), and what is missing is fetched once."
    )
