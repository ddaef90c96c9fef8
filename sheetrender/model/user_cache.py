"""Where work that can be done again is kept between runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path


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
