"""Files appear whole or not at all."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sheetrender.model.errors import DiskFull, RenderFailed


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
        yield part
        with _refusals_of(target):
            part.replace(target)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(f"The disc is full: {target} was not written. Make room.") from error
        raise
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _refusals_of(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RenderFailed(
            f"{target} cannot be written: {error.strerror}. "
            "Close the program that shows it, or give another place."
        ) from error
