"""The emulated service: from a request, read from the wire, to its answer."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, unquote

from tests.emulator import (
    checks,
    drive_api,
    faults,
    guard,
    metadata,
    spreadsheet_api,
    values_read,
    values_write,
)
from tests.emulator.access import Access
from tests.emulator.book import Book
from tests.emulator.call import Call, kind_of
from tests.emulator.drive_files import DriveFiles
from tests.emulator.errors import ApiError
from tests.emulator.faults import HTML, Fault, Quota
from tests.emulator.guard import Guard

Action = Callable[[Book], object]
Handler = Callable[[Book, Call], dict[str, Any]]

SPREADSHEETS: Mapping[str, Handler] = {
    "get": spreadsheet_api.get,
    "getByDataFilter": spreadsheet_api.get_by_data_filter,
    "batchUpdate": spreadsheet_api.batch_update,
    "developerMetadata.get": metadata.get,
    "developerMetadata.search": metadata.search,
    "values.get": values_read.get,
    "values.batchGet": values_read.batch_get,
    "values.batchGetByDataFilter": values_read.batch_get_by_data_filter,
    "values.update": values_write.update,
    "values.batchUpdate": values_write.batch_update,
    "values.batchUpdateByDataFilter": values_write.batch_update_by_data_filter,
    "values.append": values_write.append,
    "values.clear": values_write.clear,
    "values.batchClear": values_write.batch_clear,
    "values.batchClearByDataFilter": values_write.batch_clear_by_data_filter,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request that arrived, for tests to look at."""

    method: str
    path: str
    """Decoded, without the query."""
    query: Mapping[str, list[str]]
    body: Any
    kind: str
    """read, write, drive or token."""
    status: int
    """0 where the connection was closed without an answer."""
    seconds_since_start: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent back; no status means nothing is."""

    status: int = 0
    body: bytes = b""
    type: str = "application/json; charset=UTF-8"
    retry_after: float | None = None
    seconds: float = 0
    truncated: bool = False
    location: str = ""


@dataclass(slots=True)
class Script:
    """What collaborators do at which request."""

    always: list[Action] = field(default_factory=list)
    later: dict[str, list[tuple[int, Action]]] = field(
        default_factory=lambda: {"read": [], "write": []}
    )

    def due(self, kind: str) -> list[Action]:
        """Count one request down; return what comes right before it."""
        waiting = [(n - 1, action) for n, action in self.later.get(kind, [])]
        self.later[kind] = [(n, action) for n, action in waiting if n]
        return [action for n, action in waiting if not n]


class Service:
    """Books, and everything that stands between them and a client."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.books: dict[str, Book] = {}
        self.access = Access()
        self.drive = DriveFiles()
        self.faults: list[Fault] = []
        self.quota: Quota | None = None
        self.script = Script()
        self.guards: dict[str, Guard] = {}
        self.violations: list[str] = []
        self.requests: list[Request] = []
        self.started = time.monotonic()

    def answer(self, verb: str, target: str, headers: Mapping[str, str], content: bytes) -> Answer:
        """Answer one request, and keep it in `requests`."""
        since = time.monotonic() - self.started
        path, _, query_text = target.partition("?")
        query = parse_qs(query_text, keep_blank_values=True)
        # What is uploaded is a file, and no JSON.
        body = content if path.startswith("/upload/") else _read(content)
        found = checks.find(verb, path)
        kind = "token" if path in ("/token", "/auth") else kind_of(found[0]) if found else "read"
        with self.lock:
            if path == "/token":
                status, shape = self.access.token(content)
                answer = _json(status, shape)
            elif path == "/auth":
                asked = {name: texts[0] for name, texts in query.items()}
                answer = Answer(status=302, location=self.access.consent.page(asked))
            elif found is None:
                answer = _page(404)
            else:
                parts = {name: unquote(text) for name, text in found[1].items()}
                call = Call(method=found[0], path=parts, query=query, body=body)
                answer = self._faulty(call, headers)
            request = Request(
                method=verb,
                path=unquote(path),
                query=query,
                body=body,
                kind=kind,
                status=answer.status,
                seconds_since_start=since,
            )
            self.requests.append(request)
        return answer

    def _faulty(self, call: Call, headers: Mapping[str, str]) -> Answer:
        """Answer a call, unless a fault of the script takes it."""
        self._act(call, self.script.always)
        fault = faults.take(self.faults, call.kind)
        if fault is None:
            return self._answered(call, headers)
        whole = self._answered(call, headers) if fault.applied else Answer()
        if fault.dropped:
            return Answer(seconds=fault.seconds)
        if fault.page:
            return replace(_page(fault.code or 502), retry_after=fault.retry_after)
        if fault.code:
            error = ApiError.quota(call.kind) if fault.code == 429 else ApiError(fault.code)
            return replace(_json(fault.code, error.body()), retry_after=fault.retry_after)
        return replace(whole, seconds=fault.seconds, truncated=fault.truncated)

    def _answered(self, call: Call, headers: Mapping[str, str]) -> Answer:
        try:
            return _json(200, self._result(call, headers))
        except ApiError as error:
            if call.kind == "drive" and error.code == 404:
                return _json(404, drive_api.not_found(call.path.get("fileId", ".")))
            return _json(error.code, error.body())

    def _result(self, call: Call, headers: Mapping[str, str]) -> Any:
        if self.quota and call.kind != "drive" and not self.quota.admits(call.kind):
            raise ApiError.quota(call.kind, self.quota.limit(call.kind))
        call = replace(call, email=self.access.caller(headers, call.query, call.kind))
        call = checks.understood(call, self.violations)
        if self.drive.owns(call):
            return checks.outgoing(call, self.drive.answer(call), self.violations)
        if call.method.id == "drive.files.list":
            query = call.option("q")
            result = drive_api.files(self.books.values(), self.access, query)
            return checks.outgoing(call, result, self.violations)
        key = call.path.get("spreadsheetId") or call.path.get("fileId", "")
        if key not in self.books:
            raise ApiError(404)
        self.access.check(key, call.email, call.kind)
        self._act(call, self.script.due(call.kind))
        return checks.outgoing(call, self._handled(self.books[key], call), self.violations)

    def _handled(self, book: Book, call: Call) -> Any:
        if call.method.id == "drive.files.get":
            if self.drive.refusal:
                raise ApiError.drive(self.drive.refusal)
            shape = drive_api.file(book, self.access)
            return shape if call.option("fields") else drive_api.brief(shape)
        if call.method.id == "drive.permissions.list":
            return drive_api.permissions(book, self.access.shared_with)
        handler = SPREADSHEETS.get(call.method.id.removeprefix("sheets.spreadsheets."))
        if handler is None:
            self.violations.append(f"{call.method.id} is not emulated")
            raise ApiError(501, f"The emulator does not know {call.method.id}.")
        if call.kind == "read":
            if book.key in self.guards and call.method.id.endswith("spreadsheets.get"):
                guard.remember_rows(book)
            return handler(book, call)
        with self._all_or_nothing(book, call):
            return handler(book, call)

    @contextmanager
    def _all_or_nothing(self, book: Book, call: Call) -> Any:
        """Take back whatever a refused write did."""
        before = book.snapshot()
        guard.forget_traces(book)
        try:
            yield
            guard.refuse_protected(book, call.email)
            self._refuse_strays(book, before, call)
        except BaseException:
            book.restore(before)
            raise
        with book.editing():
            guard.forget_traces(book)

    def _refuse_strays(self, book: Book, before: Any, call: Call) -> None:
        if book.key in self.guards and (wrongs := self.guards[book.key].wrongs(book, before)):
            self.violations += [f"{call.method.id}: {wrong}" for wrong in wrongs]
            raise ApiError.invalid("Not a cell of the program: " + "; ".join(wrongs[:5]))

    def _act(self, call: Call, actions: list[Action]) -> None:
        book = self.books.get(call.path.get("spreadsheetId") or call.path.get("fileId", ""))
        for action in list(actions):
            if book is not None:
                action(book)


def _read(content: bytes) -> Any:
    if not content:
        return {}
    try:
        return json.loads(content)
    except ValueError:
        return content.decode(errors="replace")


def _json(status: int, shape: Any) -> Answer:
    return Answer(status=status, body=json.dumps(shape, ensure_ascii=False).encode())


def _page(code: int) -> Answer:
    body = HTML.format(code=code).encode()
    return Answer(status=code, body=body, type="text/html; charset=UTF-8")
