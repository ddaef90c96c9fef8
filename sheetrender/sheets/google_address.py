"""Which texts name a Google Sheet, and what the others name."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qs, urlsplit

from sheetrender.model.errors import UsageError

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]{30,}")
_KEY = re.compile(r"[A-Za-z0-9_-]+")
_IN_PATH = re.compile(r"/spreadsheets/(?:u/\d+/)?d/([A-Za-z0-9_-]+)")
_PUBLISHED = re.compile(r"/spreadsheets/(?:u/\d+/)?d/e/")
_DRIVE_FILE = re.compile(r"/file/(?:u/\d+/)?d/([A-Za-z0-9_-]+)")
_WITHOUT_SCHEME = re.compile(r"(?:docs|drive|sheets)\.google\.com/", re.IGNORECASE)
_HOSTS = frozenset({"docs.google.com", "drive.google.com", "spreadsheets.google.com"})

_OTHERS = (
    ("/document/", "a Google Docs text"),
    ("/forms/", "a Google Form; its answers are in a sheet of their own"),
    ("/presentation/", "a Google Slides presentation"),
    ("/drawings/", "a Google drawing"),
    ("/folders/", "a folder of Google Drive"),
    ("/my-drive", "a folder of Google Drive"),
)
_COPY = "Open the sheet in the browser and copy the address from there."


def is_address(text: str) -> bool:
    """Say whether a text is a web address rather than a path."""
    return text.startswith(("http://", "https://")) or bool(_WITHOUT_SCHEME.match(text))


def is_key(text: str) -> bool:
    """Say whether a text has the form of a Google Sheet's key."""
    return bool(_BARE_KEY.fullmatch(text))


def key_of(address: str) -> str:
    """Return the key of the Google Sheet at a web address.

    Raises:
        UsageError: the address is another thing's; the message says what it is.
    """
    parts = _split(address)
    host = (parts.hostname or "").removeprefix("www.")
    if host not in _HOSTS:
        raise UsageError(
            f"{address} is a web address, and none of a Google Sheet "
            "(https://docs.google.com/spreadsheets/d/…). "
            "Give one, or the path of an .xlsx or .csv file."
        )
    if _PUBLISHED.search(parts.path):
        raise UsageError(
            f"{address} is a published copy, which can only be looked at. "
            "Give the address of the sheet itself, from File > Share > Copy link."
        )
    found = _IN_PATH.search(parts.path) or _DRIVE_FILE.search(parts.path)
    if found:
        return found[1]
    query = parse_qs(parts.query)
    for name in ("key", "id"):
        if name in query and _KEY.fullmatch(query[name][0]):
            return query[name][0]
    for part, what in _OTHERS:
        if part in parts.path:
            raise UsageError(f"{address} is {what}, and no spreadsheet. {_COPY}")
    raise UsageError(f"{address} does not say which Google Sheet is meant. {_COPY}")


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address if "://" in address else f"https://{address}")
    except ValueError as error:
        raise UsageError(f"{address} is no web address. {_COPY}") from error
