"""Files appear whole or not at all."""

from __future__ import annotations

import errno
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sheetrender.model.errors import DiskFull, RenderFailed, UsageError

_NUMBERED = re.compile(r"\d{6}\.png")


def require_folder(target: Path) -> None:
    """Stop where a file that a person names would stand in no folder: it is likely misspelt.

    Raises:
        UsageError: its folder is not there.
    """
    if not target.absolute().parent.is_dir():
        raise UsageError(f"The folder {target.parent} is not there. Make it, or name another.")


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield a temporary path beside `target`, which takes its place when the block ends well.

    The folder is made where it is missing. When the block fails, the temporary file is removed
    and an older `target` is left as it was.

    Raises:
        DiskFull: no room is left.
        RenderFailed: the folder cannot be written, or another program holds `target`.
    """
    with _refusals_of(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    # One fixed name, so that what a killed run left behind is overwritten by the next.
    part = target.with_name(f".{target.name}.part")
    try:
        with no_room(target):
            yield part
        with _refusals_of(target):
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def replacing_folder(target: Path) -> Iterator[Path]:
    """Yield an empty folder beside `target`, which takes its place when the block ends well.

    Raises:
        UsageError: something else is there than a folder of numbered pictures; nothing was changed.
        DiskFull: no room is left; an older folder is left as it was.
        RenderFailed: it cannot be written; likewise.
    """
    part, older = (target.with_name(f".{target.name}.{end}") for end in ("part", "older"))
    with _refusals_of(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        if older.exists() and not target.exists():  # killed between two renames
            older.replace(target)
        _refuse_strangers(target)
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
    try:
        with no_room(target):
            yield part
        with _refusals_of(target):
            _exchange(target, part, older)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _refuse_strangers(target: Path) -> None:
    names = [target.name] if target.exists() else []
    if target.is_dir():
        names = [path.name for path in target.iterdir() if not _NUMBERED.fullmatch(path.name)]
    if names:
        raise UsageError(
            f"{target} holds {names[0]}, which would be lost: the pictures need a folder of their "
            "own. Give another name with -o."
        )


def _exchange(target: Path, part: Path, older: Path) -> None:
    """Put `part` into the place of `target`; where that fails, `target` is there again."""
    shutil.rmtree(older, ignore_errors=True)
    if target.exists():
        target.replace(older)
    try:
        part.replace(target)
    except OSError:
        if older.exists():
            older.replace(target)
        raise
    shutil.rmtree(older, ignore_errors=True)


@contextmanager
def no_room(target: Path) -> Iterator[None]:
    """Say in a sentence where the block found no room on the disk.

    Raises:
        DiskFull: it did.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(f"The disk is full: {target} was not written. Make room.") from error
        raise


@contextmanager
def _refusals_of(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RenderFailed(
            f"{target} cannot be written: {error.strerror}. "
            "Close the program that shows it, or give another place."
        ) from error
