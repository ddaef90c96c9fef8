"""What was heard in a file is kept, by the file's contents, so that it is heard only once.

Nothing depends on it: what cannot be read is computed again, what cannot be written is not kept.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from sheetrender.model.user_cache import cache_folder, prune, used

Kept: TypeAlias = Mapping[str, npt.NDArray[Any]]
"""Arrays by name; none of them holds objects."""

_FORM = 2
"""Grows when an array comes to mean something else."""
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


def digest_of(path: Path) -> str:
    """Return a digest of a file's contents.

    Raises:
        OSError: it cannot be read.
    """
    state = path.stat()
    return _digest(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=64)
def _digest(path: Path, _size: int, _changed: int) -> str:
    # `watch` looks every few seconds: a song that was not touched is not read again.
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=20)).hexdigest()


def key_of(*parts: object) -> str:
    """Return the name of what was computed from these: the digest of a file, and parameters."""
    text = "\n".join(map(str, (_FORM, *parts)))
    return hashlib.blake2b(text.encode(), digest_size=20).hexdigest()


def kept(key: str) -> Kept | None:
    """Return what was kept under a key, or None."""
    try:
        with _file(key).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in arrays.files}
    except _UNREADABLE:
        return None
    used(_file(key))
    return found


def keep(key: str, arrays: Kept) -> None:
    """Keep arrays under a key, whole or not at all; a full or protected disk is no error."""
    target = _file(key)
    part = ""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=target.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]  # none is called allow_pickle
        Path(part).replace(target)
        prune(_folder())
    except OSError:
        if part:
            Path(part).unlink(missing_ok=True)


def _folder() -> Path:
    return cache_folder() / "sound"


def _file(key: str) -> Path:
    return _folder() / key[:2] / f"{key}.npz"
