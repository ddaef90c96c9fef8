"""Signing in with the browser, over real HTTP: the page of consent, the code, the tokens."""

from __future__ import annotations

import json
import os
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from sheetrender.model.errors import PartMissing, SheetUnavailable, UsageError
from sheetrender.sheets.google import GoogleStore
from sheetrender.sheets.google_auth import DRIVE_SCOPE, SCOPES, find_access, sign_in_file
from sheetrender.sheets.google_http import PatientClient
from sheetrender.sheets.google_login import client_file, forget, sign_in
from tests.emulator.server import SheetsEmulator


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[SheetsEmulator]:
    # The emulator speaks plain HTTP, which oauthlib else refuses to send a code over.
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    with SheetsEmulator() as running:
        yield running
        assert running.violations == []


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}


@pytest.fixture
def client(tmp_path: Path, emulator: SheetsEmulator) -> Path:
    return written(tmp_path / "client.json", emulator.oauth_client)


@pytest.fixture
def browser() -> Iterator[Callable[[str], None]]:
    """Somebody's browser: it opens the page and follows where it is sent."""
    visits: list[threading.Thread] = []

    def opened(address: str) -> None:
        visit = threading.Thread(target=visited, args=(address,))
        visit.start()
        visits.append(visit)

    yield opened
    for visit in visits:
        visit.join()


def visited(address: str) -> str:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(address, timeout=5).text


def written(path: Path, info: Any) -> Path:
    path.write_text(json.dumps(info))
    return path


def test_a_person_signs_in_and_reads_a_sheet(
    emulator: SheetsEmulator,
    client: Path,
    env: dict[str, str],
    browser: Callable[[str], None],
) -> None:
    emulator.add("KEY", {"Keyframes": [["frame", "subject"]]})
    emulator.shared_with = {"KEY": [emulator.consent.email]}
    emulator.expire_tokens()
    path = sign_in(client, browser, environment=env)
    assert path == sign_in_file(env)
    access = find_access(None, env)
    assert (access.identity.path, access.identity.email) == (path, "you")
    # google-auth asks Google itself, whatever the file says.
    access.credentials._token_uri = emulator.token_uri  # type: ignore[union-attr]
    with access.session() as session:
        store = GoogleStore("KEY", PatientClient(session, base=emulator.url), access.identity)
        assert store.read().grids[0].cells
        # google-auth leaves the session open with which it asked for tokens.
        session._auth_request_session.close()  # type: ignore[attr-defined]


def test_only_spreadsheets_are_asked_for_and_access_that_lasts(
    emulator: SheetsEmulator, client: Path, env: dict[str, str], browser: Callable[[str], None]
) -> None:
    sign_in(client, browser, environment=env)
    page = next(request for request in emulator.requests if request.path == "/auth")
    assert page.query["scope"] == list(SCOPES)
    assert page.query["access_type"] == ["offline"]
    assert page.query["redirect_uri"][0].startswith("http://127.0.0.1:")


def test_drive_is_asked_for_only_where_previews_are_to_go_there(
    emulator: SheetsEmulator, client: Path, env: dict[str, str], browser: Callable[[str], None]
) -> None:
    sign_in(client, browser, drive=True, environment=env)
    page = next(request for request in emulator.requests if request.path == "/auth")
    assert page.query["scope"] == [" ".join((*SCOPES, DRIVE_SCOPE))]
    access = find_access(None, env)
    assert tuple(access.credentials.scopes) == SCOPES  # type: ignore[union-attr]
    drive = access.with_scopes((*SCOPES, DRIVE_SCOPE))
    assert drive.identity == access.identity
    assert tuple(drive.credentials.scopes) == (*SCOPES, DRIVE_SCOPE)  # type: ignore[union-attr]


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_nobody_else_may_read_what_is_kept(
    client: Path, env: dict[str, str], browser: Callable[[str], None]
) -> None:
    before = os.umask(0)
    try:
        path = sign_in(client, browser, environment=env)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(client_file(env).stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "authorized_user.json",
        "oauth_client.json",
    ]
    assert "token" not in json.loads(path.read_text()), "what is good for an hour is not kept"


def test_the_client_is_remembered_for_the_next_time(
    client: Path, env: dict[str, str], browser: Callable[[str], None]
) -> None:
    sign_in(client, browser, environment=env)
    client.unlink()
    first = sign_in_file(env).read_text()
    sign_in(None, browser, environment=env)
    assert sign_in_file(env).read_text() != first


def test_the_client_of_gspread_will_do(
    emulator: SheetsEmulator, env: dict[str, str], browser: Callable[[str], None]
) -> None:
    folder = Path(env["HOME"]) / ".config" / "gspread"
    folder.mkdir(parents=True)
    written(folder / "credentials.json", emulator.oauth_client)
    assert sign_in(None, browser, environment=env).is_file()


def test_without_a_client_it_is_said_where_to_get_one(env: dict[str, str]) -> None:
    with pytest.raises(PartMissing, match=r"console\.cloud\.google\.com.*Desktop app.*--client"):
        sign_in(None, pytest.fail, environment=env)


def test_a_forgotten_sign_in_is_gone(
    client: Path, env: dict[str, str], browser: Callable[[str], None]
) -> None:
    path = sign_in(client, browser, environment=env)
    assert forget(env) == path
    assert not path.exists()
    assert forget(env) is None


def test_a_no_keeps_the_older_sign_in(
    emulator: SheetsEmulator, client: Path, env: dict[str, str], browser: Callable[[str], None]
) -> None:
    path = sign_in(client, browser, environment=env)
    before = path.read_text()
    emulator.consent.says_no = True
    with pytest.raises(UsageError, match=r"access_denied.*allow sheetrender.*test users"):
        sign_in(client, browser, environment=env)
    assert path.read_text() == before


def test_a_code_that_google_refuses_is_said(
    emulator: SheetsEmulator, client: Path, env: dict[str, str], browser: Callable[[str], None]
) -> None:
    emulator.revoke()
    with pytest.raises(UsageError, match=r"expired or revoked\. .*sheetrender login"):
        sign_in(client, browser, environment=env)
    assert not sign_in_file(env).exists()


def test_access_for_an_hour_is_not_kept(
    emulator: SheetsEmulator, client: Path, env: dict[str, str], browser: Callable[[str], None]
) -> None:
    emulator.consent.gives_refresh_token = False
    with pytest.raises(UsageError, match="for an hour only"):
        sign_in(client, browser, environment=env)
    assert not sign_in_file(env).exists()


def test_visitors_that_do_not_know_the_state_are_turned_away(
    client: Path, env: dict[str, str]
) -> None:
    pages: list[str] = []

    def several_visitors(address: str) -> None:
        uri = requests.utils.unquote(address.split("redirect_uri=")[1].split("&")[0])
        for visit in (f"{uri}favicon.ico", f"{uri}?code=stolen&state=guessed", uri, address):
            pages.append(visited(visit))

    visitors: list[threading.Thread] = []

    def arrive(address: str) -> None:
        visitors.append(threading.Thread(target=several_visitors, args=(address,)))
        visitors[0].start()

    sign_in(client, arrive, environment=env)
    visitors[0].join()
    assert pages[:3] == ["", "", ""]
    assert "go back to the terminal" in pages[3]


def test_nobody_is_waited_for_without_an_end(client: Path, env: dict[str, str]) -> None:
    shown: list[str] = []
    with pytest.raises(SheetUnavailable, match="Nobody signed in"):
        sign_in(client, shown.append, environment=env, wait=0.1)
    assert len(shown) == 1


def test_a_token_server_that_is_away_is_said(
    tmp_path: Path,
    emulator: SheetsEmulator,
    env: dict[str, str],
    browser: Callable[[str], None],
) -> None:
    config = emulator.oauth_client
    config["installed"]["token_uri"] = "http://127.0.0.1:9/token"
    with pytest.raises(SheetUnavailable, match="Check the network"):
        sign_in(written(tmp_path / "away.json", config), browser, environment=env)


@pytest.mark.parametrize(
    ("info", "says"),
    [
        ({"type": "service_account"}, "needs no sign-in"),
        ({"web": {}}, "no OAuth client of the type Desktop app"),
        ([], "no OAuth client"),
        ({"installed": {}}, "not complete"),
    ],
)
def test_what_is_no_client_is_refused(
    tmp_path: Path, env: dict[str, str], info: Any, says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        sign_in(written(tmp_path / "x.json", info), pytest.fail, environment=env)


def test_a_client_that_cannot_be_read_is_named(tmp_path: Path, env: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.json cannot be read"):
        sign_in(tmp_path / "nowhere.json", pytest.fail, environment=env)
    (tmp_path / "x.json").write_text("{")
    with pytest.raises(UsageError, match="no JSON"):
        sign_in(tmp_path / "x.json", pytest.fail, environment=env)
