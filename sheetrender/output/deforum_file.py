"""A settings file of Deforum, which its web interface and its notebook load."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from sheetrender.output.whole_files import replacing


def write_deforum(target: Path, settings: Mapping[str, object]) -> None:
    """Write settings, by key of Deforum, as Deforum writes them itself.

    Raises:
        DiskFull: no room is left; an older file is left as it was.
        RenderFailed: the folder cannot be written, or another program holds `target`.
    """
    text = json.dumps(settings, ensure_ascii=False, indent=4)
    with replacing(target) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="backslashreplace")
