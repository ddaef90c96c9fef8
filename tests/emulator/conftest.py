"""The emulator with one spreadsheet, the real gspread in front of it, and plain HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gspread
import pytest
import requests

from tests.emulator.book import Book
from tests.emulator.clients import redirected
from tests.emulator.server import SheetsEmulator

ROWS = [
    ["frame", "subject", "zoom", "status"],
    [0, "a city of glass", 1.5, "queued"],
    [122, "Straße, 東京", "=1+0.5", None],
    [244, None, True, None],
]


@pytest.fixture
def emulator() -> Iterator[SheetsEmulator]:
    with SheetsEmulator() as emulator:
        yield emulator


@pytest.fixture
def book(emulator: SheetsEmulator) -> Book:
    book = emulator.add("KEY", {"Keyframes": ROWS, "My notes": [["a"]]}, title="My video")
    book.give("Keyframes", 3, 3, 1.5)
    return book


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


@pytest.fixture
def sheet(emulator: SheetsEmulator, book: Book, session: requests.Session) -> gspread.Spreadsheet:
    return redirected(emulator, session).open_by_key("KEY")


class Http:
    """Plain requests for a spreadsheet: the path behind its key, the answer's status and JSON."""

    def __init__(self, emulator: SheetsEmulator, session: requests.Session) -> None:
        self.emulator = emulator
        self.session = session
        self.headers: dict[str, str] = {}

    def ask(self, verb: str, path: str, body: Any = None, **query: Any) -> tuple[int, Any]:
        url = f"{self.emulator.url}/v4/spreadsheets/KEY{path}"
        answer = self.session.request(
            verb, url, json=body, params=query, headers=self.headers, timeout=30
        )
        return answer.status_code, answer.json()

    def get(self, path: str, **query: Any) -> Any:
        status, answer = self.ask("GET", path, **query)
        assert status == 200, answer
        return answer

    def batch(self, *requests: dict[str, Any]) -> tuple[int, Any]:
        return self.ask("POST", ":batchUpdate", {"requests": list(requests)})

    def write(self, option: str, data: dict[str, Any], **more: Any) -> tuple[int, Any]:
        """Send one values:batchUpdate of ranges and their rows."""
        ranges = [{"range": name, "values": rows} for name, rows in data.items()]
        body = {"valueInputOption": option, "data": ranges, **more}
        return self.ask("POST", "/values:batchUpdate", body)


@pytest.fixture
def http(emulator: SheetsEmulator, book: Book, session: requests.Session) -> Http:
    return Http(emulator, session)
