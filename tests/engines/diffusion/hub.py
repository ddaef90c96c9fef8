"""A hub of models on this machine, with the addresses and headers of Hugging Face's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass(slots=True)
class Hub:
    """What is offered, and what was asked for.

    Attributes:
        models: the folder of each model, by its name.
        gated: names of models that nobody may fetch without a licence.
        breaks: endings of files in whose midst the connection breaks off.
        asked: method and path of each request, in their order.
        address: of the server.
    """

    models: dict[str, Path] = field(default_factory=dict)
    gated: set[str] = field(default_factory=set)
    breaks: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)
    address: str = ""


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Serve on a port of this machine as long as the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Asked", (_Handler,), {"hub": hub}))
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    """Answers what huggingface_hub asks to find and fetch a model."""

    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        """Answer without the content."""
        self._answer()

    def do_GET(self) -> None:
        """Answer a question, or a file."""
        self._answer()

    def _answer(self) -> None:
        path = urlsplit(self.path).path
        self.hub.asked.append(f"{self.command} {path}")
        parts = path.strip("/").removeprefix("api/models/").split("/")
        name, rest = "/".join(parts[:2]), parts[2:]
        folder = self.hub.models.get(name)
        if name in self.hub.gated:
            self._refuse(401, "GatedRepo", f"Access to model {name} is restricted.")
        elif folder is None:
            self._refuse(404, "RepoNotFound", "Repository not found")
        elif path.startswith("/api/"):
            self._about(name, folder, rest)
        else:
            self._file(folder.joinpath(*rest[2:]))

    def _about(self, name: str, folder: Path, rest: list[str]) -> None:
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        if rest[:1] == ["tree"]:
            answer: object = [
                {
                    "type": "file",
                    "oid": _tag(path),
                    "size": path.stat().st_size,
                    "path": path.relative_to(folder).as_posix(),
                }
                for path in files
            ]
        else:
            siblings = [{"rfilename": path.relative_to(folder).as_posix()} for path in files]
            answer = {
                "_id": "1",
                "id": name,
                "modelId": name,
                "sha": COMMIT,
                "private": False,
                "gated": False,
                "tags": [],
                "downloads": 0,
                "likes": 0,
                "siblings": siblings,
            }
        content = json.dumps(answer).encode()
        self._send(200, content, {"Content-Type": "application/json"})

    def _file(self, path: Path) -> None:
        if not path.is_file():
            self._refuse(404, "EntryNotFound", "Entry not found")
            return
        self._send(200, path.read_bytes(), {"ETag": f'"{_tag(path)}"', "X-Repo-Commit": COMMIT})

    def _refuse(self, status: int, code: str, message: str) -> None:
        self._send(status, b"", {"X-Error-Code": code, "X-Error-Message": message})

    def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            is_broken = self.path.endswith(self.hub.breaks)
            self.wfile.write(content[: len(content) // 2] if is_broken else content)
            self.close_connection = is_broken


def _tag(path: Path) -> str:
    return hashlib.sha1(path.read_bytes()).hexdigest()
