"""Where the page of a folder is found, kept so that it opens again after the server was ended."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from sheetrender.model.user_cache import cache_folder

_LETTERS = 43  # of 32 random bytes


@dataclass(frozen=True, slots=True)
class Address:
    """What the page's address is made of.

    Attributes:
        token: that lets in.
        port: where it was last, 0 where nobody knows.
    """

    token: str
    port: int = 0


def kept_address(folder: Path) -> Address:
    """Return the address that a folder's page had last, or a new token without a port.

    One that others on this machine could have read is not used again.
    """
    try:
        path = _path(folder)
        if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            return _new()
        found = json.loads(path.read_text("utf-8"))
        address = Address(str(found["token"]), int(found["port"]))
    except (OSError, ValueError, KeyError, TypeError):
        return _new()
    is_good = len(address.token) == _LETTERS and 0 <= address.port < 65536
    return address if is_good else _new()


def keep_address(folder: Path, address: Address) -> None:
    """Keep it where only this person can read it; without that it is a new one next time."""
    path = _path(folder)
    text = json.dumps({"token": address.token, "port": address.port})
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)


def _new() -> Address:
    return Address(secrets.token_urlsafe(32))


def _path(folder: Path) -> Path:
    name = hashlib.blake2b(str(folder.resolve()).encode("utf-8", "surrogateescape"), digest_size=12)
    return cache_folder() / "serve" / f"{name.hexdigest()}.json"
