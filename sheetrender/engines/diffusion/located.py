"""Where a model's name leads: to a file, a folder or the Hugging Face hub; without torch."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sheetrender.engines.diffusion.checkpoints import kind_of, names_of, why_no_model
from sheetrender.engines.diffusion.families import Family, family_named, family_of
from sheetrender.engines.diffusion.lone_transformers import lone_transformer
from sheetrender.model.errors import PartMissing

What = Literal["model", "LoRA", "textual inversion", "VAE", "depth model"]

ENDINGS = (".safetensors", ".ckpt")
"""Of single files that hold a model, the better one first."""

_PARTS_ENDINGS = (*ENDINGS, ".pt", ".bin", ".pth")
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_LOOKED_AT = 5000
"""Entries of a folder and its folders that are looked at, so that a huge one costs little."""


@dataclass(frozen=True, slots=True)
class Located:
    """What a name leads to.

    Attributes:
        name: as it was written.
        path: the file or folder; None where it has to be fetched from the hub.
        description: the `.yaml` beside a `.ckpt`, or None.
    """

    name: str
    path: Path | None
    description: Path | None = None

    @property
    def is_file(self) -> bool:
        """Whether it is a single file."""
        return self.path is not None and self.path.is_file()


def located(
    name: str,
    folders: Sequence[Path],
    environment: Mapping[str, str],
    *,
    what: What = "model",
) -> Located:
    """Return what a name leads to: a path, a name in one of the folders, or one of the hub's.

    Raises:
        PartMissing: it leads nowhere; says where was looked and how to get a model.
    """
    name = name.strip()
    if not name:
        raise PartMissing(
            f"Engine diffusion needs a model, and none is set. {ways_to_a_model(folders)}"
        )
    path = _path_of(name, folders, what)
    if path is not None:
        return _described(name, path)
    if _HUB_NAME.fullmatch(name):
        cached = hub_snapshot(name, environment)
        if cached is not None or not is_offline(environment):
            return Located(name, cached)
    raise PartMissing(_not_found(name, folders, environment, what))


def _described(name: str, path: Path) -> Located:
    for ending in (".yaml", ".yml"):
        description = path.with_suffix(ending)
        if path.is_file() and description.is_file():
            return Located(name, path, description)
    return Located(name, path)


def _path_of(name: str, folders: Sequence[Path], what: What) -> Path | None:
    endings = ENDINGS if what == "model" else _PARTS_ENDINGS
    try:
        given = Path(name).expanduser()
        for root in (Path(), *folders):
            for ending in ("", *endings):
                path = root / f"{given}{ending}"
                if path.is_file() or (path.is_dir() and not ending and _is_model(path)):
                    return path.absolute()
    except (OSError, ValueError, RuntimeError) as error:
        raise PartMissing(f"{name!r} is no name of a {what}. Write a name or a path.") from error
    wanted = _plain(name)
    for root in folders:
        found = [path for path in offered(root, endings) if wanted in _names_of(path, root)]
        if found:
            return min(found, key=lambda path: _rank(path, endings)).absolute()
    return None


def _plain(name: str) -> str:
    return name.replace("\\", "/").casefold().removeprefix("./")


def _names_of(path: Path, root: Path) -> set[str]:
    """Return all that a thing in a folder may be called: with and without folder and ending."""
    inside = path.relative_to(root)
    bare = inside if path.is_dir() else inside.with_suffix("")
    return {_plain(str(part)) for part in (inside, bare, inside.name, bare.name)}


def _rank(path: Path, endings: Sequence[str]) -> tuple[int, str]:
    ending = path.suffix.casefold()
    return (endings.index(ending) if ending in endings else -1), str(path)


def offered(root: Path, endings: Sequence[str]) -> Iterator[Path]:
    """Yield models in a folder and the folders in it: files of these endings, and folders."""
    seen = 0
    level = [root]
    for depth in range(3):
        below: list[Path] = []
        for folder in level:
            for path in _entries(folder):
                seen += 1
                if seen > _LOOKED_AT:
                    return
                if path.suffix.casefold() in endings or _is_model(path):
                    yield path
                elif depth < 2 and not path.suffix and path.is_dir():
                    below.append(path)
        level = below


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        return []


def _is_model(path: Path) -> bool:
    return (path / "model_index.json").is_file() or (path / "config.json").is_file()


def is_cached(found: Located, environment: Mapping[str, str]) -> bool:
    """Return whether this is what was fetched of a model of the hub, be it the whole or not."""
    return found.path is not None and found.path.is_relative_to(hub_folder(environment))


def is_offline(environment: Mapping[str, str]) -> bool:
    """Return whether the hub must not be asked."""
    yes = {"1", "on", "yes", "true"}
    names = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
    return any(environment.get(name, "").casefold() in yes for name in names)


def hub_folder(environment: Mapping[str, str]) -> Path:
    """Return where models of the hub are kept on this machine."""
    written = environment.get("HF_HUB_CACHE") or environment.get("HUGGINGFACE_HUB_CACHE")
    if written:
        return Path(written).expanduser()
    cache = environment.get("XDG_CACHE_HOME", "~/.cache")
    return Path(environment.get("HF_HOME") or f"{cache}/huggingface").expanduser() / "hub"


def hub_snapshot(name: str, environment: Mapping[str, str]) -> Path | None:
    """Return the folder of a model of the hub that was fetched before, or None."""
    folder = hub_folder(environment) / f"models--{name.replace('/', '--')}"
    try:
        commit = (folder / "refs" / "main").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    snapshot = folder / "snapshots" / commit
    whole = _is_model(snapshot) or any(snapshot.glob("*.safetensors"))
    return snapshot if whole else None


def _not_found(
    name: str, folders: Sequence[Path], environment: Mapping[str, str], what: What
) -> str:
    endings = ENDINGS if what == "model" else _PARTS_ENDINGS
    here = [path for root in folders for path in offered(root, endings)]
    by_name = {path.name.casefold(): path.name for path in here}
    by_name |= {path.stem.casefold(): path.name for path in here}
    close = difflib.get_close_matches(name.casefold(), by_name, n=1)
    hint = f" Did you mean {by_name[close[0]]!r}?" if close else ""
    places = [str(folder) for folder in folders] or [str(Path.cwd())]
    if _HUB_NAME.fullmatch(name):
        places.append(f"{hub_folder(environment)} (the network is switched off by HF_HUB_OFFLINE)")
    where = "; ".join(places)
    ways = ways_to_a_model(folders, what)
    return f"No {what} {name!r} is to be found.{hint} Looked into {where}. {ways}"


def ways_to_a_model(folders: Sequence[Path], what: What = "model") -> str:
    """Return what a person can do to get one, in one sentence."""
    folder = folders[0] if folders else Path.cwd()
    if what != "model":
        return f"Put the file into {folder} and write its name, or write its path."
    return (
        f"Three ways to get a model: put a .safetensors or .ckpt file into {folder} and write its "
        "name (SHEETRENDER_MODELS names another folder); write the path of a diffusers folder; or "
        "write a name of the Hugging Face hub, such as stable-diffusion-v1-5/stable-diffusion-v1-5,"
        " which is fetched once, with a network."
    )


def class_of(found: Located) -> str | None:
    """Return the name of diffusers' class that a folder was saved as.

    Returns:
        None where it cannot be told without fetching or loading it.

    Raises:
        PartMissing: the folder is no model, or its description is broken.
    """
    if found.path is None or found.is_file:
        return None
    index = found.path / "model_index.json"
    try:
        content = json.loads(index.read_text(encoding="utf-8"))
        return str(content["_class_name"])
    except FileNotFoundError as error:
        raise PartMissing(
            f"{found.path} has no model_index.json, so it is a part of a model at most. Name the "
            "folder above it."
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PartMissing(f"{index} cannot be read. Fetch the model again.") from error


def family_at(found: Located) -> Family | None:
    """Return the family of what was found, None where it is none or cannot be told yet.

    Raises:
        PartMissing: the file or folder is no model, or broken.
    """
    if found.is_file and found.path is not None:
        names = names_of(found.path)
        kind = kind_of(names)
        if kind == "sd" or kind == "sdxl":
            return family_named(kind)
        if kind == "unknown":
            return None
        lone = lone_transformer(names) if found.path.suffix.casefold() == ".safetensors" else None
        if kind == "part" and lone is not None:
            return family_named(lone.family)
        raise PartMissing(f"{found.path} {why_no_model(names)}.")
    name = class_of(found)
    return family_of(name) if name else None


def is_untold(found: Located) -> bool:
    """Return whether neither file nor `.yaml` says if a model predicts noise or velocities."""
    if found.path is None or not found.is_file or found.description is not None:
        return False
    names = names_of(found.path)
    is_second = any(name.startswith("cond_stage_model.model.") for name in names)
    return kind_of(names) == "sd" and is_second and "v_pred" not in names
