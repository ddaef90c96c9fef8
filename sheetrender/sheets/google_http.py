"""The connection to Google Sheets under gspread: patient, paced, and never careless with writes.

gspread's own ``BackOffHTTPClient`` repeats some requests without an end, and others not at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import gspread
import requests
from google.auth.exceptions import RefreshError, TransportError
from gspread.http_client import FileType, ParamsType
from requests.exceptions import (
    ChunkedEncodingError,
    ConnectTimeout,
    ContentDecodingError,
    ProxyError,
    SSLError,
)
from urllib3.exceptions import MaxRetryError, NewConnectionError

from sheetrender.sheets.google_pace import Clockwork, MinuteLimit, Patience, asked_to_wait

READS_PER_MINUTE = 50
"""And as many writes: Google takes 60 of each from one person or service account."""

_GOOGLE = ("https://sheets.googleapis.com", "https://www.googleapis.com")
_API = "/v4/spreadsheets/"
_BUSY = 429
_PASSING = frozenset({_BUSY, 500, 502, 503, 504})
_READING_POST = re.compile(r":(getByDataFilter|batchGetByDataFilter|search)$")
_REPEATABLE_POST = re.compile(
    r"/values:(batchUpdate|batchClear|batchUpdateByDataFilter|batchClearByDataFilter)$"
    r"|/values/[^/]*:clear$"
)
_ONCE_SECONDS = (3.0, 5.0)
_UNSENT = (ConnectTimeout, ProxyError, TransportError, RefreshError)
_LOST = (requests.ConnectionError, requests.Timeout, ChunkedEncodingError, ContentDecodingError)


class PatientClient(gspread.HTTPClient):
    """Sends gspread's requests, and repeats those that failed in passing.

    A request whose repetition could do something twice, such as one that inserts rows, is repeated
    only where it is certain that the first one did nothing. Not for two threads at once.

    Attributes:
        reads: requests that were sent to read, repetitions included.
        writes: requests that were sent to write, repetitions included.
        repetitions: how many of both were repetitions.
    """

    def __init__(
        self,
        session: requests.Session,
        *,
        base: str = "",
        patience: Patience | None = None,
        clockwork: Clockwork | None = None,
        per_minute: int = READS_PER_MINUTE,
    ) -> None:
        """Take a session that signs its requests.

        Args:
            session: used for everything.
            base: takes the place of Google's hosts, such as ``http://127.0.0.1:8080``.
            patience: how long is waited for what.
            clockwork: time and chance.
            per_minute: how many reads, and how many writes, may be sent in any minute.
        """
        # gspread takes no credentials where it gets a session, but its types do not say so.
        super().__init__(None, session)  # type: ignore[arg-type]
        self.reads = self.writes = self.repetitions = 0
        self._base = base
        self._patience = patience or Patience()
        self._clockwork = clockwork or Clockwork()
        self._read_limit = MinuteLimit(per_minute, self._clockwork)
        self._write_limit = MinuteLimit(per_minute, self._clockwork)
        self._was_answered = False
        self._check: Callable[[], None] | None = None
        self.set_timeout((self._patience.connect, self._patience.answer))

    def now(self) -> float:
        """Return seconds on the clock that everything in here goes by."""
        return self._clockwork.now()

    @contextmanager
    def asking_first(self, check: Callable[[], None]) -> Iterator[None]:
        """Have something checked right before each write goes out, repetitions included.

        Args:
            check: may read; it holds the write back by raising.
        """
        self._check = check
        try:
            yield
        finally:
            self._check = None

    def pause(self, seconds: float) -> None:
        """Wait on the same clock as everything in here."""
        self._clockwork.sleep(seconds)

    def request(
        self,
        method: str,
        endpoint: str,
        params: ParamsType | None = None,
        data: bytes | None = None,
        json: Mapping[str, Any] | None = None,
        files: FileType = None,
        headers: Any = None,
    ) -> requests.Response:
        """Send a request until it is answered, cannot be, or took too long.

        Raises:
            gspread.exceptions.APIError: Google refused it, or is still busy.
            requests.RequestException: there is no connection, or the answer is not whole.
            google.auth.exceptions.GoogleAuthError: the credentials are no longer good.
        """
        began = self._clockwork.now()
        url = self._located(endpoint)
        attempt = 1
        while True:
            self._take_turn(method, url)
            if self._check and not is_read(method, url):
                self._check()
            try:
                response = super().request(method, url, params, data, json, files, headers)
                self._was_answered = True
                _refuse_torn(response)
                return response
            except gspread.exceptions.APIError as error:
                self._was_answered = True
                passing = _is_passing(error.response.status_code, method, url)
                asked = asked_to_wait(error.response.headers)
                self._rest(error, passing, attempt, began, asked)
            except (requests.RequestException, TransportError, RefreshError) as error:
                self._rest(error, _may_repeat(error, method, url), attempt, began)
            attempt += 1
            self.repetitions += 1

    def ask_once(self, url: str, params: Mapping[str, str]) -> requests.Response:
        """Read something that is not worth waiting for; whatever the answer is, it counts.

        Raises:
            requests.RequestException: there is no connection, or no answer in time.
            google.auth.exceptions.GoogleAuthError: the credentials are no longer good.
        """
        located = self._located(url)
        self._take_turn("get", located)
        return self.session.get(located, params=params, timeout=_ONCE_SECONDS)

    def _located(self, endpoint: str) -> str:
        if self._base:
            for host in _GOOGLE:
                if endpoint.startswith(host):
                    return self._base + endpoint.removeprefix(host)
        return endpoint

    def _take_turn(self, method: str, url: str) -> None:
        if is_read(method, url):
            self._read_limit.wait()
            self.reads += 1
        else:
            self._write_limit.wait()
            self.writes += 1

    def _rest(
        self, error: Exception, passing: bool, attempt: int, began: float, asked: float = 0.0
    ) -> None:
        """Wait before the next attempt, or raise `error` where there is to be none."""
        wait = self._patience.wait(attempt, self._clockwork.chance(), asked)
        end = began + (self._patience.total if self._was_answered else self._patience.first)
        if not passing or self._clockwork.now() + wait > end:
            raise error
        self._clockwork.sleep(wait)


def is_read(method: str, url: str) -> bool:
    """Say whether Google counts a request as a read."""
    return method.lower() == "get" or bool(_READING_POST.search(_path(url)))


def is_repeatable(method: str, url: str) -> bool:
    """Say whether doing a request twice is the same as doing it once."""
    if is_read(method, url) or method.lower() in {"put", "patch"}:
        return True
    return method.lower() == "post" and bool(_REPEATABLE_POST.search(_path(url)))


def _path(url: str) -> str:
    return url.partition("?")[0]


def _is_passing(status: int, method: str, url: str) -> bool:
    # Whoever is told to come back later has not been served; the others may have been.
    return status == _BUSY or (status in _PASSING and is_repeatable(method, url))


def _may_repeat(error: Exception, method: str, url: str) -> bool:
    if isinstance(error, RefreshError):
        return bool(error.retryable)
    if isinstance(error, SSLError) and "certificate" in str(error).lower():
        return False
    if isinstance(error, _UNSENT) or _never_connected(error):
        return True
    return isinstance(error, _LOST) and is_repeatable(method, url)


def _never_connected(error: Exception) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def _refuse_torn(response: requests.Response) -> None:
    """Raise where an answer that came with the status for success is not whole.

    Raises:
        ContentDecodingError: it is no JSON.
    """
    if not response.content or _API not in response.url:
        return
    try:
        response.json()
    except requests.exceptions.JSONDecodeError as error:
        raise ContentDecodingError("The answer is not whole", response=response) from error
