"""A song's stems from demucs, where the extra `stems` and a model's weights are on the machine."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import numpy as np

from sheetrender.audio.cache import digest_of, key_of
from sheetrender.audio.recording import Recording, record
from sheetrender.audio.sound_files import write_flac
from sheetrender.model.curves import StemName
from sheetrender.model.errors import PartMissing, RenderFailed
from sheetrender.model.user_cache import cache_folder, prune, used

MODEL = "htdemucs"
_STEMS: tuple[StemName, ...] = get_args(StemName)
_INSTALL = "Run pip install 'sheetrender[stems]'"
_FETCH = "Run sheetrender stems SONG --with demucs once, which fetches it"


def why_not() -> str:
    """Return why demucs cannot separate without fetching anything; empty where it can."""
    if importlib.util.find_spec("demucs") is None:
        return f"demucs is not installed. {_INSTALL}"
    if not _has_weights():
        return f"demucs has no model on this machine. {_FETCH}"
    return ""


def separate(song: Path) -> dict[StemName, Recording]:
    """Return a song's stems; where it has no model yet, demucs fetches it.

    They are kept beside what else was heard, so that a song is separated once.

    Raises:
        PartMissing: demucs is not installed, or has no model and cannot fetch it.
        SongUnreadable: the song holds no sound.
        RenderFailed: it broke off while separating.
    """
    folder = cache_folder() / "stems" / key_of("demucs", MODEL, digest_of(song))
    files = {stem: folder / f"{stem}.flac" for stem in _STEMS}
    if all(file.is_file() for file in files.values()):
        for file in files.values():
            used(file)
        return {stem: record(file) for stem, file in files.items()}
    with tempfile.TemporaryDirectory() as made:
        # Read back from files here too: the numbers are the same, whether they were kept or not.
        written = _separated(song, _separator(), Path(made))
        found = {stem: record(file) for stem, file in written.items()}
        _keep(folder, written)
    return found


def _has_weights() -> bool:
    repository = _repository()
    if repository is not None:
        return any(repository.glob(f"{MODEL}*"))
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    hub = Path(os.environ.get("HF_HUB_CACHE") or home / "hub")
    return any(hub.glob("models--adefossez--HTDemucs/snapshots/*/*.safetensors"))


def _repository() -> Path | None:
    """Return the folder of models that a person names, for machines without a network."""
    named = os.environ.get("SHEETRENDER_DEMUCS", "")
    return Path(named).expanduser() if named else None


def _separator() -> Any:
    try:
        module = importlib.import_module("demucs.api")
    except ImportError as error:
        raise PartMissing(
            f"demucs, which separates songs, is not installed. {_INSTALL}."
        ) from error
    try:
        # Shifts are drawn by chance; without them the same song gives the same stems.
        return module.Separator(model=MODEL, repo=_repository(), shifts=0, progress=False)
    except (Exception, SystemExit) as error:  # whatever a download ends in
        reason = str(error).rstrip(".")
        if _repository() is not None:
            raise PartMissing(
                f"demucs cannot load its model {MODEL} from {_repository()}, which "
                f"SHEETRENDER_DEMUCS names: {reason}. Put the model's files there, or unset it."
            ) from error
        raise PartMissing(
            f"demucs cannot load its model {MODEL}: {reason}. Connect to the network and try "
            "again, or set SHEETRENDER_DEMUCS to a folder that holds it."
        ) from error


def _separated(song: Path, separator: Any, folder: Path) -> dict[StemName, Path]:
    # Decoded here, so that the stems begin and end with the song as we hear it.
    wave = folder / "song.flac"
    write_flac(wave, record(song))
    try:
        _, stems = separator.separate_audio_file(wave)
    except (RuntimeError, ValueError, MemoryError) as error:
        raise RenderFailed(f"demucs could not separate {song}: {error}.") from error
    files = {stem: folder / f"{stem}.flac" for stem in _STEMS}
    for stem, file in files.items():
        samples = np.ascontiguousarray(stems[stem].cpu().numpy().T, np.float32)
        write_flac(file, Recording(samples, int(separator.samplerate)))
    return files


def _keep(folder: Path, files: Mapping[StemName, Path]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for stem, file in files.items():
            part = folder / f"{stem}.{os.getpid()}.part"
            shutil.copyfile(file, part)
            part.replace(folder / f"{stem}.flac")
        prune(folder.parent)
    except OSError:
        # What cannot be kept is separated again.
        return
