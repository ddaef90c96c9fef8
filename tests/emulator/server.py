"""A Google Sheets for tests, over real HTTP on this machine."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from collections.abc import Iterable, Mapping, Set
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from tests.emulator.book import Book, Rows
from tests.emulator.consent import Consent
from tests.emulator.drive_files import DriveFiles
from tests.emulator.faults import Fault, Quota
from tests.emulator.guard import Guard
from tests.emulator.service import Action, Answer, Request, Service

__all__ = ["Fault", "Quota", "Request", "SheetsEmulator"]


class SheetsEmulator:
    """Answers as sheets.googleapis.com, www.googleapis.com/drive and oauth2.../token do.

    Faults, quota, sharing and collaborators are set at any time, between or during requests.
    What collaborators do runs while a request is held; it edits the book, it sends no request.
    """

    def __init__(self) -> None:
        self.latency = 0.0
        """Seconds before each answer."""
        self._service = Service()
        self._closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.emulator = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="emulator"
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()

    @property
    def host(self) -> str:
        """The address and port, as SHEETS_EMULATOR_HOST takes them."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @property
    def token_uri(self) -> str:
        """Where credentials refresh themselves."""
        return f"{self.url}/token"

    @property
    def oauth_client(self) -> dict[str, dict[str, str]]:
        """An OAuth client of the type Desktop app, as Google's console gives it for download."""
        client = {"client_id": "1-x.apps.googleusercontent.com", "client_secret": "GOCSPX-x"}
        addresses = {"auth_uri": f"{self.url}/auth", "token_uri": self.token_uri}
        return {"installed": {**client, **addresses}}

    @property
    def consent(self) -> Consent:
        """What the next person who is asked for consent does."""
        return self._service.access.consent

    def add(
        self,
        key: str,
        tabs: Mapping[str, Rows],
        *,
        locale: str = "en_US",
        title: str = "Untitled",
        time_zone: str = "Etc/GMT",
        row_count: int = 1000,
        column_count: int = 26,
    ) -> Book:
        """Add a spreadsheet; texts with = in front are formulas, everything else is as it is."""
        lock = self._service.lock
        book = Book(key, title=title, locale=locale, time_zone=time_zone, lock=lock)
        for name, rows in tabs.items():
            book.add_tab(name, rows, row_count=row_count, column_count=column_count)
        self._service.books[key] = book
        return book

    def remove(self, key: str) -> None:
        """Delete a spreadsheet; asking for it is 404 from now on."""
        del self._service.books[key]

    @property
    def requests(self) -> list[Request]:
        return self._service.requests

    @property
    def violations(self) -> list[str]:
        """What no request or answer may do; a test asserts that there is none."""
        return self._service.violations

    @property
    def faults(self) -> list[Fault]:
        """What the next requests get, one each."""
        return self._service.faults

    @faults.setter
    def faults(self, faults: list[Fault]) -> None:
        self._service.faults = faults

    @property
    def quota(self) -> Quota | None:
        return self._service.quota

    @quota.setter
    def quota(self, quota: Quota | None) -> None:
        self._service.quota = quota

    def before_write(self, n: int, action: Action) -> None:
        """Let somebody act right before the nth write from now on is applied; 1 is the next."""
        self._later("write", n, action)

    def before_read(self, n: int, action: Action) -> None:
        """Let somebody act right before the nth read from now on is answered."""
        self._later("read", n, action)

    def _later(self, kind: str, n: int, action: Action) -> None:
        if n < 1:
            raise ValueError("The next request is number 1.")
        with self._service.lock:
            self._service.script.later[kind].append((n, action))

    def between_requests(self, action: Action) -> None:
        """Let somebody act before every request for a spreadsheet."""
        self._service.script.always.append(action)

    def allow_writes_only(
        self,
        book: Book,
        *,
        headings: Iterable[str],
        tab: str,
        heading_row: int = 0,
        own_tabs: Set[str] = frozenset(),
        is_dragged: bool = False,
    ) -> None:
        """Refuse every write through the API to a cell that is not under one of these headings.

        Without a `heading_row` it is the one that holds `frame` and `subject` or `prompt` at the
        time of each write; cells above it may not be written. A heading itself may be written
        where the cell was empty or held one of them. Rows and columns with something in them may
        not be inserted into, deleted, moved or sorted. Where people drag the headings below rows of
        the table (`is_dragged`), those that were below at the last look may be written.
        """
        names = frozenset(heading.strip().casefold() for heading in headings)
        guard = Guard(book.tab(tab), names, heading_row, own_tabs, is_dragged)
        self._service.guards[book.key] = guard

    @property
    def shared_with(self) -> dict[str, set[str]]:
        """Keys, and who may open them; a key that is not here is open to everybody."""
        return self._service.access.shared_with

    @shared_with.setter
    def shared_with(self, people: Mapping[str, Iterable[str]]) -> None:
        shared = {key: set(names) for key, names in people.items()}
        self._service.access.shared_with = shared

    def forbid(self, key: str, *, writes_only: bool = False, reason: str = "") -> None:
        """Answer 403; `reason` may be `scope` or `disabled`."""
        what: Any = "writes" if writes_only else "all"
        self._service.access.forbidden[key] = (what, reason)

    def permit(self, key: str) -> None:
        """Take `forbid` back."""
        self._service.access.forbidden.pop(key, None)

    def expire_tokens(self) -> None:
        """Answer 401 to all tokens of before and to none at all, until `token_uri` gave another."""
        with self._service.lock:
            self._service.access.expire()

    def revoke(self) -> None:
        """Answer invalid_grant to whoever refreshes a token, too."""
        self._service.access.revoked = True
        self.expire_tokens()

    @property
    def drive(self) -> DriveFiles:
        """What a program put into Drive."""
        return self._service.drive

    @property
    def people(self) -> dict[str, str]:
        """Refresh tokens and whose they are; of others it is me@example.com."""
        return self._service.access.people

    def pause(self, seconds: float) -> None:
        """Wait, but not longer than the emulator lives."""
        if seconds > 0:
            self._closing.wait(seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # server_close waits for them, so that no socket is left open
    request_queue_size = 128
    emulator: SheetsEmulator

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Close the connections that clients keep alive."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError):
            self.emulator.violations.append(f"the emulator failed: {error!r}")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _serve(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        emulator = self.server.emulator
        headers = {"Authorization": self.headers.get("Authorization", "")}
        emulator.pause(emulator.latency)
        answer = emulator._service.answer(self.command, self.path, headers, content)
        emulator.pause(answer.seconds)
        self._send(answer)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _serve  # noqa: N815

    def _send(self, answer: Answer) -> None:
        if not answer.status:
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(answer.body)))
        if answer.location:
            self.send_header("Location", answer.location)
        if answer.retry_after is not None:
            self.send_header("Retry-After", f"{answer.retry_after:g}")
        self.end_headers()
        body = answer.body[: len(answer.body) // 2] if answer.truncated else answer.body
        self.wfile.write(body)
        self.close_connection |= answer.truncated

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet; `requests` of the emulator has them all."""
