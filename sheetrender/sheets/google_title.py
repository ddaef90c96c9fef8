"""A Google Sheet's title as the name of a folder."""

from __future__ import annotations

import re

_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST_NAME = 80


def folder_name(title: str) -> str:
    """Return a title as the name of a folder on every system; may be empty."""
    name = _NOT_IN_NAMES.sub("-", title)[:_LONGEST_NAME].strip(" .")
    return f"{name}-" if _DEVICES.fullmatch(name) else name
