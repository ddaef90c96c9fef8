"""A page on this machine to which Google sends the browser once a person has signed in."""

from __future__ import annotations

import secrets
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

_TURN_SECONDS = 0.5
_PAGE = (
    "<!doctype html><meta charset=utf-8><title>sheetrender</title>"
    "<body style='font:16px sans-serif;margin:4em'><p>{}</p>"
)
_DONE = "That is all. Close this page and go back to the terminal."


class Redirect:
    """Waits for one visit that knows `state`; all others are turned away.

    Attributes:
        state: what Google sends back, so that nobody else can answer.
        uri: where Google shall send the browser.
    """

    def __init__(self) -> None:
        self.state = secrets.token_urlsafe(24)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.state = self.state
        self._server.timeout = _TURN_SECONDS
        self.uri = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.server_close()

    def wait(self, seconds: float) -> dict[str, str]:
        """Return what Google sent along, or nothing when the time is over."""
        end = time.monotonic() + seconds
        while not self._server.brought and time.monotonic() < end:
            self._server.handle_request()
        return self._server.brought


class _Server(HTTPServer):
    allow_reuse_address = False
    state: str

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.brought: dict[str, str] = {}

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet about visitors who hang up."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 5
    """Seconds for a visitor who connects and then says nothing."""

    def do_GET(self) -> None:
        """Answer a visit."""
        query = {name: texts[0] for name, texts in parse_qs(urlsplit(self.path).query).items()}
        is_awaited = secrets.compare_digest(query.get("state", "").encode(), self._state)
        self.send_response(200 if is_awaited else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        if is_awaited:
            self.server.brought = query
            self.wfile.write(_PAGE.format(_DONE).encode())

    @property
    def _state(self) -> bytes:
        return self.server.state.encode()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""
