"""The little of Drive v3 that tells whether a file changed and who has it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from tests.emulator.access import Access
from tests.emulator.book import Book
from tests.emulator.cells import Shape

MIME = "application/vnd.google-apps.spreadsheet"


def moment(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03}Z"


def file(book: Book, access: Access) -> Shape:
    """The File of the API, all of it that the emulator knows."""
    if book.told_by_drive is None or not book.is_slow_in_drive:
        book.told_by_drive = book.modified, book.version
    modified, version = book.told_by_drive
    return {
        "kind": "drive#file",
        "id": book.key,
        "name": book.title,
        "mimeType": MIME,
        "createdTime": moment(book.created),
        "modifiedTime": moment(modified),
        "version": str(version),
        "trashed": False,
        "capabilities": {"canEdit": access.may_write(book.key), "canDownload": True},
    }


def brief(shape: Shape) -> Shape:
    """What Drive answers when no fields are asked for."""
    return {name: shape[name] for name in ("kind", "id", "name", "mimeType")}


def files(books: Iterable[Book], access: Access, query: str) -> Shape:
    """The FileList of the API; of a query only the name is understood."""
    name = re.search(r"""name\s*=\s*(["'])(.*?)\1""", query)
    found = [file(book, access) for book in books if name is None or book.title == name[2]]
    return {"kind": "drive#fileList", "incompleteSearch": False, "files": found}


def permissions(book: Book, shared_with: Mapping[str, set[str]]) -> Shape:
    people = shared_with.get(book.key, {"anyone"})
    listed = [_permission(number, person) for number, person in enumerate(sorted(people))]
    return {"kind": "drive#permissionList", "permissions": listed}


def _permission(number: int, person: str) -> Shape:
    shape = {"kind": "drive#permission", "role": "writer"}
    if person == "anyone":
        return {**shape, "id": "anyoneWithLink", "type": "anyone"}
    return {**shape, "id": f"{number:020}", "type": "user", "emailAddress": person}


def not_found(key: str) -> dict[str, Any]:
    """Drive's own form of 404."""
    message = f"File not found: {key}."
    error = {
        "message": message,
        "domain": "global",
        "reason": "notFound",
        "location": "fileId",
        "locationType": "parameter",
    }
    return {"error": {"code": 404, "message": message, "errors": [error]}}
