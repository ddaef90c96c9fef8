"""The real google-auth gets its tokens here, and strangers are turned away."""

from __future__ import annotations

from collections.abc import Iterator

import gspread
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import AuthorizedSession
from google.oauth2 import credentials, service_account

from tests.emulator.book import Book
from tests.emulator.clients import redirected
from tests.emulator.conftest import Http
from tests.emulator.server import SheetsEmulator

ROBOT = "robot@project.iam.gserviceaccount.com"
SCOPES = ["https://www.googleapis.com/auth/spreadsheets"]


@pytest.fixture(scope="module")
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.fixture
def robot(emulator: SheetsEmulator, private_key: str) -> Iterator[AuthorizedSession]:
    """A service account's session."""
    facts = {"client_email": ROBOT, "private_key": private_key, "token_uri": emulator.token_uri}
    found = service_account.Credentials.from_service_account_info(facts, scopes=SCOPES)
    with AuthorizedSession(found) as session:
        yield session


@pytest.fixture
def person(emulator: SheetsEmulator) -> Iterator[AuthorizedSession]:
    """Somebody who logged in through the browser once."""
    found = credentials.Credentials(
        token="old",
        refresh_token="refresh",
        token_uri=emulator.token_uri,
        client_id="id",
        client_secret="secret",
    )
    with AuthorizedSession(found) as session:
        yield session


def test_a_service_account_opens_what_is_shared_with_it(
    emulator: SheetsEmulator, book: Book, robot: AuthorizedSession
) -> None:
    emulator.shared_with = {"KEY": {ROBOT}}
    assert redirected(emulator, robot).open_by_key("KEY").title == "My video"
    emulator.shared_with = {"KEY": {"me@example.com"}}
    with pytest.raises(PermissionError):
        redirected(emulator, robot).open_by_key("KEY")


def test_an_expired_token_is_refreshed_once_by_google_auth(
    emulator: SheetsEmulator, book: Book, person: AuthorizedSession
) -> None:
    emulator.shared_with = {"KEY": {"me@example.com"}}
    emulator.expire_tokens()
    assert redirected(emulator, person).open_by_key("KEY").title == "My video"
    assert [(one.kind, one.status) for one in emulator.requests] == [
        ("read", 401),
        ("token", 200),
        ("read", 200),
    ]
    emulator.expire_tokens()
    assert redirected(emulator, person).open_by_key("KEY").title == "My video"


def test_a_revoked_login_cannot_be_refreshed(
    emulator: SheetsEmulator, book: Book, person: AuthorizedSession
) -> None:
    emulator.revoke()
    with pytest.raises(RefreshError, match="invalid_grant"):
        redirected(emulator, person).open_by_key("KEY")


def test_without_credentials_an_expired_token_is_401(http: Http, emulator: SheetsEmulator) -> None:
    http.headers["Authorization"] = "Bearer made-up"
    assert http.ask("GET", "")[0] == 200
    emulator.expire_tokens()
    status, answer = http.ask("GET", "")
    assert (status, answer["error"]["status"]) == (401, "UNAUTHENTICATED")
    del http.headers["Authorization"]
    assert http.ask("GET", "")[0] == 401


def test_an_unknown_key_is_not_found(
    emulator: SheetsEmulator, book: Book, session: requests.Session
) -> None:
    client = redirected(emulator, session)
    with pytest.raises(gspread.exceptions.SpreadsheetNotFound):
        client.open_by_key("OTHER")
    emulator.remove("KEY")
    with pytest.raises(gspread.exceptions.SpreadsheetNotFound):
        client.open_by_key("KEY")


@pytest.mark.parametrize(
    ("reason", "detail"),
    [("scope", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), ("disabled", "SERVICE_DISABLED")],
)
def test_a_403_may_say_why(http: Http, emulator: SheetsEmulator, reason: str, detail: str) -> None:
    emulator.forbid("KEY", reason=reason)
    status, answer = http.ask("GET", "")
    assert (status, answer["error"]["status"]) == (403, "PERMISSION_DENIED")
    assert answer["error"]["details"][0]["reason"] == detail
    emulator.permit("KEY")
    assert http.ask("GET", "")[0] == 200


def test_a_viewer_reads_and_does_not_write(
    http: Http, book: Book, emulator: SheetsEmulator, sheet: gspread.Spreadsheet
) -> None:
    emulator.forbid("KEY", writes_only=True)
    assert http.ask("GET", "")[0] == 200
    status, answer = http.write("RAW", {"Keyframes!D2": [["x"]]})
    assert (status, answer["error"]["message"]) == (403, "The caller does not have permission")
    assert book.tab("Keyframes").value(2, 4) == "queued"
    capabilities = drive(emulator, http, "/KEY", fields="capabilities(canEdit)")
    assert capabilities == {"capabilities": {"canEdit": False}}


def test_an_api_key_alone_reads_only(http: Http) -> None:
    assert http.ask("GET", "", key="abc")[0] == 200
    status, answer = http.ask("POST", ":batchUpdate", {"requests": []}, key="abc")
    assert (status, answer["error"]["status"]) == (401, "UNAUTHENTICATED")


def drive(emulator: SheetsEmulator, http: Http, path: str, **query: str) -> object:
    url = f"{emulator.url}/drive/v3/files{path}"
    return http.session.get(url, params=query, timeout=5).json()


def test_drive_tells_when_a_file_changed(
    http: Http, book: Book, emulator: SheetsEmulator, sheet: gspread.Spreadsheet
) -> None:
    before = sheet.get_lastUpdateTime()
    version = drive(emulator, http, "/KEY", fields="version")
    http.get("")
    assert sheet.get_lastUpdateTime() == before
    book.set("Keyframes", 2, 2, "a city of water")
    assert sheet.get_lastUpdateTime() > before
    assert drive(emulator, http, "/KEY", fields="version") != version
    assert drive(emulator, http, "/KEY", fields="name") == {"name": "My video"}


def test_drive_finds_files_by_name_and_lists_who_has_them(
    emulator: SheetsEmulator, book: Book, session: requests.Session, http: Http
) -> None:
    emulator.add("OTHER", {"T": []}, title="Other")
    client = redirected(emulator, session)
    assert client.open("My video").id == "KEY"
    assert len(client.openall()) == 2
    emulator.shared_with = {"OTHER": {"me@example.com", "anyone"}}
    listed = client.open_by_key("OTHER").list_permissions()
    assert [one.get("emailAddress") for one in listed] == [None, "me@example.com"]
    answer = drive(emulator, http, "/NONE")
    assert isinstance(answer, dict)
    assert answer["error"]["errors"][0]["reason"] == "notFound"
