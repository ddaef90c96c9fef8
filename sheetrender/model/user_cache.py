"""Where work that can be done again is kept between runs."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

MOST_BYTES = 2_000_000_000
"""That are kept: what has not been used for longest goes first."""
MOST_DAYS = 90
"""For which something is kept that nobody uses."""
_PART_DAYS = 1
"""After which a file was left behind half written."""
_DAY = 86_400


def cache_folder() -> Path:
    """Return the folder of what may be thrown away at any time; it need not exist.

    ``SHEETRENDER_CACHE`` where that is set, else where the system keeps such things.
    """
    wanted = os.environ.get("SHEETRENDER_CACHE", "")
    if wanted:
        return Path(wanted).expanduser().absolute()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", "")
        return (Path(local) if local else Path.home() / "AppData/Local") / "sheetrender/Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/sheetrender"
    given = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(given) if given else Path.home() / ".cache") / "sheetrender"


def used(file: Path) -> None:
    """Note that something kept was of use, so that it stays longer."""
    with suppress(OSError):
        os.utime(file)


def prune(folder: Path, most_bytes: int = MOST_BYTES) -> None:
    """Throw away what nobody has used for long, and the oldest of what is too much.

    Args:
        folder: all below it is ours.
        most_bytes: that may stay.
    """
    now, total = time.time(), 0
    for age, size, file in sorted(_files(folder, now)):
        total += size
        most_days = _PART_DAYS if file.suffix == ".part" else MOST_DAYS
        if total > most_bytes or age > most_days * _DAY:
            total -= size
            # Somebody else may be reading or removing it at this moment.
            with suppress(OSError):
                file.unlink()


def _files(folder: Path, now: float) -> list[tuple[float, int, Path]]:
    """Return the files below a folder with the seconds since their last use and their bytes."""
    found = []
    for file in folder.rglob("*"):
        with suppress(OSError):
            state = file.lstat()
            if file.is_file():
                found.append((now - state.st_mtime, state.st_size, file))
    return found
