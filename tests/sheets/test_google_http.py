"""The connection to Google Sheets when the network and Google misbehave, over real sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from google.auth.exceptions import RefreshError, TransportError
from gspread.exceptions import APIError

from sheetrender.sheets.google_http import (
    READS_PER_MINUTE,
    PatientClient,
    is_read,
    is_repeatable,
)
from sheetrender.sheets.google_pace import MinuteLimit, Patience, asked_to_wait

from .fake_time import FakeTime

Reply = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers each request with the next reply of its server's script."""

    server: ScriptedServer

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.append(f"{self.command} {self.path}")
        reply = self.server.script.pop(0) if self.server.script else answer("{}")
        reply(self)

    do_POST = do_PUT = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class ScriptedServer(ThreadingHTTPServer):
    """A server that says what it is told to, in turn, and then ``{}`` for ever."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[Reply] = []
        self.seen: list[str] = []

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


def answer(body: str, status: int = 200, **headers: str) -> Reply:
    def reply(handler: Handler) -> None:
        content = body.encode()
        handler.send_response_only(status)
        handler.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return reply


def status(code: int, **headers: str) -> Reply:
    return answer(f'{{"error": {{"code": {code}, "message": "no"}}}}', code, **headers)


def html(code: int) -> Reply:
    return answer("<html>Bad gateway</html>", code)


def torn(handler: Handler) -> None:
    """Send half of what was promised, and hang up."""
    handler.send_response_only(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b'{"spreadsheetId": ')
    handler.close_connection = True


def torn_without_length(handler: Handler) -> None:
    handler.send_response_only(200)
    handler.end_headers()
    handler.wfile.write(b'{"spreadsheetId": ')
    handler.close_connection = True


def hang_up(handler: Handler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def client(server: ScriptedServer, time: FakeTime) -> Iterator[PatientClient]:
    with requests.Session() as session:
        session.trust_env = False
        yield PatientClient(session, base=server.base, clockwork=time.clockwork())


def read(client: PatientClient) -> object:
    return client.fetch_sheet_metadata("KEY")


def write(client: PatientClient) -> object:
    return client.values_batch_update("KEY", {"data": []})


def change_the_grid(client: PatientClient) -> object:
    return client.batch_update("KEY", {"requests": []})


PASSING = [
    *(status(code) for code in (429, 500, 502, 503, 504)),
    html(502),
    torn,
    torn_without_length,
    hang_up,
]


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("call", [read, write])
def test_what_fails_in_passing_is_repeated(
    server: ScriptedServer,
    client: PatientClient,
    fault: Reply,
    call: Callable[[PatientClient], object],
) -> None:
    server.script += [fault, fault, answer('{"spreadsheetId": "KEY"}')]
    assert call(client) == {"spreadsheetId": "KEY"}
    assert len(server.seen) == 3
    assert client.repetitions == 2
    assert (client.reads, client.writes) == ((3, 0) if call is read else (0, 3))


@pytest.mark.parametrize("fault", PASSING[1:])
def test_what_may_have_been_done_already_is_not_done_again(
    server: ScriptedServer, client: PatientClient, fault: Reply
) -> None:
    server.script.append(fault)
    with pytest.raises((APIError, requests.RequestException)):
        change_the_grid(client)
    assert len(server.seen) == 1


def test_whoever_is_told_to_come_back_later_does_so_even_where_it_must_not_happen_twice(
    server: ScriptedServer, client: PatientClient
) -> None:
    server.script += [status(429), answer("{}")]
    change_the_grid(client)
    assert len(server.seen) == 2


@pytest.mark.parametrize("code", [400, 401, 403, 404, 409])
def test_a_refusal_is_final(server: ScriptedServer, client: PatientClient, code: int) -> None:
    server.script.append(status(code))
    with pytest.raises(APIError):
        read(client)
    assert len(server.seen) == 1


def test_the_waits_double_up_to_a_limit_and_end_with_the_deadline(
    server: ScriptedServer, client: PatientClient, time: FakeTime
) -> None:
    server.script += [status(503)] * 50
    with pytest.raises(APIError):
        read(client)
    assert time.slept == [1, 2, 4, 8, 16, 32, 32, 32]
    assert sum(time.slept) <= Patience().total


def test_the_waits_are_cut_by_chance(server: ScriptedServer, time: FakeTime) -> None:
    with requests.Session() as session:
        client = PatientClient(session, base=server.base, clockwork=time.clockwork(0.25))
        server.script += [status(503)] * 3
        read(client)
    assert time.slept == [0.25, 0.5, 1.0]


def test_a_server_that_asks_for_a_pause_gets_it(
    server: ScriptedServer, client: PatientClient, time: FakeTime
) -> None:
    server.script += [
        status(429, Retry_After="40"),
        status(
            503,
            Retry_After="Wed, 21 Oct 2026 07:28:30 GMT",
            Date="Wed, 21 Oct 2026 07:28:00 GMT",
        ),
    ]
    read(client)
    assert time.slept == [40, 30]


def test_a_pause_beyond_the_deadline_is_not_begun(
    server: ScriptedServer, client: PatientClient, time: FakeTime
) -> None:
    server.script.append(status(429, Retry_After="3600"))
    with pytest.raises(APIError):
        read(client)
    assert time.slept == []


@pytest.mark.parametrize("text", ["", "soon", "-5", "²", "Wed, 99 Oct 2026"])
def test_nonsense_asks_for_no_pause(text: str) -> None:
    assert asked_to_wait({"Retry-After": text}) == 0


def test_no_network_at_the_start_is_said_soon(time: FakeTime) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with requests.Session() as session:
            client = PatientClient(session, base=base, clockwork=time.clockwork())
            with pytest.raises(requests.ConnectionError):
                change_the_grid(client)
    assert client.repetitions == 3, "what never left may be sent again, whatever it is"
    assert sum(time.slept) < Patience().first


def test_a_network_that_goes_away_later_is_waited_for(
    server: ScriptedServer, client: PatientClient, time: FakeTime
) -> None:
    read(client)
    server.script += [hang_up] * 6
    read(client)
    assert sum(time.slept) > Patience().first


def test_an_answer_that_does_not_come_is_not_waited_for_without_end(
    server: ScriptedServer, time: FakeTime
) -> None:
    released = threading.Event()
    server.script.append(lambda _: released.wait(10) and None)
    with requests.Session() as session:
        client = PatientClient(
            session,
            base=server.base,
            patience=Patience(answer=0.05),
            clockwork=time.clockwork(),
        )
        assert read(client) == {}
    released.set()
    assert client.repetitions == 1


def test_connections_and_answers_have_a_time_limit() -> None:
    with requests.Session() as session:
        assert PatientClient(session).timeout == (5, 60)


class Signing(requests.Session):
    """A session whose credentials fail before anything is sent."""

    def __init__(self, *failures: Exception) -> None:
        super().__init__()
        self.failures = list(failures)

    def request(self, *args: object, **kwargs: object) -> requests.Response:  # type: ignore[override]
        if self.failures:
            raise self.failures.pop(0)
        return super().request(*args, **kwargs)  # type: ignore[arg-type]


def test_a_sign_in_that_fails_in_passing_is_repeated(
    server: ScriptedServer, time: FakeTime
) -> None:
    failures = TransportError("no route"), RefreshError("busy", retryable=True)
    with Signing(*failures) as session:
        client = PatientClient(session, base=server.base, clockwork=time.clockwork())
        change_the_grid(client)
    assert len(server.seen) == 1
    assert client.repetitions == 2


def test_a_sign_in_that_was_revoked_is_final(server: ScriptedServer, time: FakeTime) -> None:
    with Signing(RefreshError("invalid_grant: Token has been revoked.")) as session:
        client = PatientClient(session, base=server.base, clockwork=time.clockwork())
        with pytest.raises(RefreshError):
            read(client)
    assert server.seen == []


def test_a_certificate_of_somebody_else_is_final(server: ScriptedServer, time: FakeTime) -> None:
    error = requests.exceptions.SSLError("certificate verify failed: self-signed certificate")
    with Signing(error) as session:
        client = PatientClient(session, base=server.base, clockwork=time.clockwork())
        with pytest.raises(requests.exceptions.SSLError):
            read(client)
    assert time.slept == []


def test_no_minute_sees_more_requests_than_google_takes(
    server: ScriptedServer, client: PatientClient, time: FakeTime
) -> None:
    times = []
    for _ in range(3 * READS_PER_MINUTE):
        read(client)
        times.append(time.seconds)
        time.seconds += 0.1
    for first in times:
        assert sum(first <= moment < first + 60 for moment in times) <= READS_PER_MINUTE < 60
    assert times[READS_PER_MINUTE - 1] < times[0] + 60, "the first ones are not held back"


def test_reads_and_writes_are_counted_apart(client: PatientClient, time: FakeTime) -> None:
    for _ in range(READS_PER_MINUTE):
        read(client)
    for _ in range(READS_PER_MINUTE):
        write(client)
    assert time.slept == []
    write(client)
    assert sum(time.slept) == pytest.approx(60)


def test_a_limit_forgets_what_is_a_minute_old(time: FakeTime) -> None:
    limit = MinuteLimit(2, time.clockwork())
    limit.wait()
    time.seconds += 30
    limit.wait()
    limit.wait()
    assert time.slept == [30]


BOOK = "https://sheets.googleapis.com/v4/spreadsheets/KEY"


@pytest.mark.parametrize(
    ("method", "url", "reads", "repeatable"),
    [
        ("get", BOOK, True, True),
        ("post", f"{BOOK}:getByDataFilter", True, True),
        ("post", f"{BOOK}/values:batchGetByDataFilter", True, True),
        ("post", f"{BOOK}/developerMetadata:search", True, True),
        ("put", f"{BOOK}/values/A1", False, True),
        ("post", f"{BOOK}/values:batchUpdate", False, True),
        ("post", f"{BOOK}/values:batchUpdateByDataFilter", False, True),
        ("post", f"{BOOK}/values:batchClear", False, True),
        ("post", f"{BOOK}/values/A1:clear", False, True),
        ("post", f"{BOOK}/values/A1:append", False, False),
        ("post", f"{BOOK}/values/A1:append?x=/values:batchUpdate", False, False),
        ("post", f"{BOOK}:batchUpdate", False, False),
        ("post", f"{BOOK}/sheets/0:copyTo", False, False),
        ("delete", f"{BOOK}/x", False, False),
    ],
)
def test_what_may_be_done_twice_is_known(
    method: str, url: str, reads: bool, repeatable: bool
) -> None:
    assert is_read(method, url) is reads
    assert is_repeatable(method, url) is repeatable
