"""Answers that fail do so as Google's do, and quotas are counted."""

from __future__ import annotations

import http.client
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import gspread
import pytest
import requests

from tests.emulator.book import Book
from tests.emulator.clients import redirected
from tests.emulator.conftest import Http
from tests.emulator.server import Fault, Quota, SheetsEmulator


def test_a_429_of_the_script_reads_as_googles(
    sheet: gspread.Spreadsheet, emulator: SheetsEmulator
) -> None:
    emulator.faults.append(Fault.quota(retry_after=1))
    with pytest.raises(gspread.exceptions.APIError) as refusal:
        sheet.worksheet("Keyframes")
    assert refusal.value.code == 429
    assert refusal.value.error["status"] == "RESOURCE_EXHAUSTED"
    assert "'Read requests per minute per user'" in refusal.value.error["message"]
    assert refusal.value.response.headers["Retry-After"] == "1"
    assert sheet.worksheet("Keyframes").title == "Keyframes"


@pytest.mark.parametrize(("code", "status"), [(500, "INTERNAL"), (503, "UNAVAILABLE")])
def test_a_server_error_has_googles_json(
    http: Http, emulator: SheetsEmulator, code: int, status: str
) -> None:
    emulator.faults.append(Fault.status(code))
    answered, answer = http.ask("GET", "")
    assert (answered, answer["error"]["code"]) == (code, code)
    assert answer["error"]["status"] == status


def test_a_page_instead_of_json_has_no_code_for_gspread(
    sheet: gspread.Spreadsheet, emulator: SheetsEmulator
) -> None:
    emulator.faults.append(Fault.html(502))
    with pytest.raises(gspread.exceptions.APIError) as refusal:
        sheet.worksheet("Keyframes")
    assert refusal.value.code == -1
    assert refusal.value.response.status_code == 502


@pytest.mark.parametrize("applied", [False, True])
def test_a_dropped_connection_may_or_may_not_have_written(
    http: Http, book: Book, emulator: SheetsEmulator, applied: bool
) -> None:
    emulator.faults.append(Fault.drop(applied=applied))
    with pytest.raises(requests.ConnectionError):
        http.write("RAW", {"Keyframes!D2": [["done"]]})
    assert book.tab("Keyframes").value(2, 4) == ("done" if applied else "queued")
    assert emulator.requests[-1].status == 0
    assert http.get("")["spreadsheetId"] == "KEY"


def test_half_an_answer_is_an_error_although_the_cell_is_written(
    http: Http, book: Book, emulator: SheetsEmulator
) -> None:
    emulator.faults.append(Fault.truncate())
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        http.write("RAW", {"Keyframes!D2": [["done"]]})
    assert book.tab("Keyframes").value(2, 4) == "done"


def test_a_stalled_answer_runs_into_the_clients_time_limit(
    emulator: SheetsEmulator, book: Book, session: requests.Session
) -> None:
    sheet = redirected(emulator, session, timeout=0.1).open_by_key("KEY")
    emulator.faults.append(Fault.stall(30))
    with pytest.raises(requests.Timeout):
        sheet.worksheet("Keyframes")


def test_faults_wait_for_requests_of_their_kind(http: Http, emulator: SheetsEmulator) -> None:
    emulator.faults += [Fault.status(503, kind="write"), Fault.status(500)]
    assert http.ask("GET", "")[0] == 500
    assert http.ask("GET", "")[0] == 200
    assert http.write("RAW", {})[0] == 503
    assert emulator.faults == []


def test_a_quota_refills_as_its_clock_goes(http: Http, emulator: SheetsEmulator) -> None:
    now = 0.0
    emulator.quota = Quota(reads=2, writes=1, per_seconds=60, clock=lambda: now)
    assert [http.ask("GET", "")[0] for _ in range(3)] == [200, 200, 429]
    assert [http.write("RAW", {})[0] for _ in range(2)] == [200, 429]
    now = 59.9
    status, answer = http.ask("GET", "")
    assert status == 429
    assert answer["error"]["details"][0]["metadata"]["quota_limit_value"] == "2"
    now = 60.0
    assert http.ask("GET", "")[0] == 200
    assert http.write("RAW", {})[0] == 200


def test_a_batch_counts_as_one_request(http: Http, emulator: SheetsEmulator) -> None:
    emulator.quota = Quota(reads=1, writes=1)
    ranges = {f"Keyframes!D{row}": [["x"]] for row in range(2, 5)}
    assert http.write("RAW", ranges)[0] == 200
    assert http.ask("GET", "/values:batchGet", ranges=list(ranges))[0] == 200


def test_latency_delays_every_answer(http: Http, emulator: SheetsEmulator) -> None:
    emulator.latency = 0.05
    since = time.monotonic()
    http.get("")
    assert time.monotonic() - since >= 0.05


def test_requests_are_kept_with_kind_query_body_and_status(
    http: Http, emulator: SheetsEmulator
) -> None:
    http.get("/values/'My notes'!A1", valueRenderOption="FORMULA")
    http.write("RAW", {"Gone!A1": [["x"]]})
    read, written = emulator.requests
    assert (read.method, read.kind, read.status) == ("GET", "read", 200)
    assert read.path == "/v4/spreadsheets/KEY/values/'My notes'!A1"
    assert read.query == {"valueRenderOption": ["FORMULA"]}
    assert (written.kind, written.status) == ("write", 400)
    assert written.body["data"][0]["range"] == "Gone!A1"
    assert 0 <= read.seconds_since_start <= written.seconds_since_start


def test_an_unknown_address_is_googles_page(emulator: SheetsEmulator) -> None:
    connection = http.client.HTTPConnection(emulator.host, timeout=5)
    connection.request("GET", "/v5/nothing")
    answer = connection.getresponse()
    assert (answer.status, b"<title>Error 404" in answer.read()) == (404, True)
    connection.close()


def test_closing_leaves_no_socket_open() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with requests.Session() as session:
            with SheetsEmulator() as emulator:
                emulator.add("KEY", {"T": []})
                Http(emulator, session).get("")
                emulator.faults.append(Fault.stall(30))
                with pytest.raises(requests.Timeout):
                    session.get(f"{emulator.url}/v4/spreadsheets/KEY", timeout=0.05)
            with pytest.raises(requests.ConnectionError):
                session.get(f"{emulator.url}/v4/spreadsheets/KEY", timeout=5)
    assert caught == []


def test_requests_at_once_wait_for_their_answers_together(
    http: Http, emulator: SheetsEmulator
) -> None:
    emulator.latency = 0.1
    url = f"{emulator.url}/v4/spreadsheets/KEY"
    since = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: requests.get(url, timeout=5).status_code, range(4)))
    assert answers == [200] * 4
    assert time.monotonic() - since < 0.39
