"""The real gspread, sent to the emulator instead of to Google."""

from __future__ import annotations

from typing import Any

import gspread
import requests

from tests.emulator.server import SheetsEmulator

GOOGLE = (
    "https://sheets.googleapis.com",
    "https://www.googleapis.com",
)


def redirected(
    emulator: SheetsEmulator, session: requests.Session, timeout: float = 30
) -> gspread.Client:
    """Make a client of gspread over a session; an AuthorizedSession brings its credentials."""

    class Redirected(gspread.HTTPClient):
        def request(self, method: str, endpoint: str, *rest: Any, **options: Any) -> Any:
            for base in GOOGLE:
                endpoint = endpoint.replace(base, emulator.url, 1)
            return super().request(method, endpoint, *rest, **options)

    client = gspread.Client(auth=None, session=session, http_client=Redirected)
    client.set_timeout(timeout)
    return client
