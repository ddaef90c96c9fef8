"""Where the programs that we start are found."""

from __future__ import annotations

import importlib
import os
import shutil
from pathlib import Path

from sheetrender.model.errors import PartMissing


def find_ffmpeg() -> str:
    """Return the absolute path of ffmpeg.

    Looks at ``SHEETRENDER_FFMPEG`` (a path or a name), then for the system's, then for the one
    that the package imageio-ffmpeg brings along.

    Raises:
        PartMissing: there is none, or ``SHEETRENDER_FFMPEG`` names no program.
    """
    wanted = os.environ.get("SHEETRENDER_FFMPEG", "")
    found = shutil.which(wanted or "ffmpeg")
    if found is not None:
        return str(Path(found).absolute())
    if wanted:
        raise PartMissing(
            f"SHEETRENDER_FFMPEG is {wanted!r}, which is no program that can be started. "
            "Set it to the path of ffmpeg, or unset it to have ffmpeg found."
        )
    return _packaged_ffmpeg()


def _packaged_ffmpeg() -> str:
    try:
        return str(importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise PartMissing(
            "ffmpeg, which makes videos and reads songs, is not installed. "
            "Run `pip install imageio-ffmpeg`, or install ffmpeg with the system's packages."
        ) from error
