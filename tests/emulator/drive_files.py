"""Files that a program puts into Drive: folders, uploads, and who may see them."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass, field
from typing import Any

from tests.emulator import discovery
from tests.emulator.call import Call
from tests.emulator.cells import Shape
from tests.emulator.errors import ApiError


@dataclass(slots=True)
class DriveFile:
    """A file or folder; `seen_by` counts what it has of its own."""

    shape: Shape
    content: bytes = b""
    seen_by: set[str] = field(default_factory=set)


class DriveFiles:
    """Everything that was made through the API; it knows `files.create`, uploads and sharing."""

    def __init__(self) -> None:
        self.files: dict[str, DriveFile] = {}
        self.refusal = ""
        """The reason with which Drive refuses everything, such as `storageQuotaExceeded`."""
        self._numbers = itertools.count(1)

    def owns(self, call: Call) -> bool:
        if call.method.id in ("drive.files.create", "drive.files.update"):
            return True
        return call.method.id in ("drive.permissions.create", "drive.about.get")

    def answer(self, call: Call) -> Shape:
        if self.refusal:
            raise ApiError.drive(self.refusal)
        if call.method.id == "drive.about.get":
            user = {"kind": "drive#user", "emailAddress": call.email or "me@example.com"}
            return {"kind": "drive#about", "user": user}
        if call.method.id == "drive.permissions.create":
            return self._shared(call)
        if call.method.id == "drive.files.update":
            found = self._found(call.path["fileId"])
            assert call.option("uploadType") == "media"
            found.content = call.body
            return found.shape
        if isinstance(call.body, bytes):
            assert call.option("uploadType") == "multipart"
            return self._added(*parted(call.body))
        return self._added(call.body, b"")

    def pictures(self) -> dict[str, bytes]:
        """Names and contents of the files that everyone with the link may see."""
        return {
            one.shape["name"]: one.content
            for one in self.files.values()
            if one.content and self._is_public(one)
        }

    def _is_public(self, one: DriveFile) -> bool:
        parents = [self.files[key] for key in one.shape.get("parents", ()) if key in self.files]
        return "anyone" in one.seen_by or any(self._is_public(parent) for parent in parents)

    def _found(self, key: str) -> DriveFile:
        if key not in self.files:
            raise ApiError(404)
        return self.files[key]

    def _added(self, shape: Shape, content: bytes) -> Shape:
        for parent in shape.get("parents", ()):
            self._found(parent)
        if wrongs := discovery.drive().check(shape, "File"):
            raise ApiError.invalid(str(wrongs[0]))
        key = f"1drive-file-{next(self._numbers):08}"
        self.files[key] = DriveFile({"kind": "drive#file", **shape, "id": key}, content)
        return self.files[key].shape

    def _shared(self, call: Call) -> Shape:
        found = self._found(call.path["fileId"])
        if call.body.get("role") != "reader" or call.body.get("type") != "anyone":
            raise ApiError.invalid("The emulator knows readers with the link only.")
        found.seen_by.add("anyone")
        return {"kind": "drive#permission", "id": "anyoneWithLink", **call.body}


def parted(body: bytes) -> tuple[Any, bytes]:
    """Take a multipart/related body apart: the JSON of a file, and what it holds."""
    mark = re.match(rb"--([\w-]+)\r\n", body)
    assert mark, "no multipart body"
    _, head, content, _ = body.split(b"--" + mark[1])
    shape = json.loads(head.partition(b"\r\n\r\n")[2])
    return shape, content.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
