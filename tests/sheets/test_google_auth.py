"""Where credentials are looked for, and what is said of them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth.transport.requests import AuthorizedSession

from sheetrender.model.errors import PartMissing, SheetUnavailable, UsageError
from sheetrender.sheets import google_auth
from sheetrender.sheets.google import GoogleStore
from sheetrender.sheets.google_auth import SCOPES, Identity, find_access
from sheetrender.sheets.google_http import PatientClient
from tests.emulator.server import SheetsEmulator

EMAIL = "bot@studio.iam.gserviceaccount.com"


@pytest.fixture(scope="module")
def key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.fixture
def account(key: str) -> dict[str, str]:
    return {
        "type": "service_account",
        "client_email": EMAIL,
        "private_key": key,
        "token_uri": "https://oauth2.googleapis.com/token",
    }


PERSON = {"refresh_token": "r", "client_id": "i", "client_secret": "s"}


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr(google_auth, "_is_google_machine", lambda: False)
    return {"HOME": str(tmp_path), "APPDATA": str(tmp_path / ".config")}


def stored(path: Path, info: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(info))
    return path


def test_the_first_place_wins(
    tmp_path: Path, env: dict[str, str], account: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def named(email: str) -> dict[str, str]:
        return account | {"client_email": f"{email}@x.iam.gserviceaccount.com"}

    explicit = stored(tmp_path / "a.json", named("explicit"))
    env |= {
        "SHEETRENDER_CREDENTIALS": str(stored(tmp_path / "b.json", named("file"))),
        "SHEETRENDER_CREDENTIALS_JSON": json.dumps(named("text")),
        "GOOGLE_APPLICATION_CREDENTIALS": str(stored(tmp_path / "c.json", named("default"))),
    }
    stored(tmp_path / ".config/gspread/service_account.json", named("gspread"))
    stored(tmp_path / ".config/sheetrender/authorized_user.json", PERSON | {"account": "me@x.org"})
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", env["GOOGLE_APPLICATION_CREDENTIALS"])
    found = [find_access(explicit, env).identity]
    for name in ("SHEETRENDER_CREDENTIALS", "SHEETRENDER_CREDENTIALS_JSON"):
        found.append(find_access(None, env).identity)
        del env[name]
    for path in ("gspread/service_account.json", "sheetrender/authorized_user.json"):
        found.append(find_access(None, env).identity)
        (tmp_path / ".config" / path).unlink()
    found.append(find_access(None, env).identity)
    assert [identity.email.split("@")[0] for identity in found] == [
        "explicit",
        "file",
        "text",
        "gspread",
        "me",
        "default",
    ]
    assert found[0].path == explicit
    assert found[2].path is None
    assert len({identity.source for identity in found}) == 6


def test_only_the_right_to_spreadsheets_is_asked_for(
    env: dict[str, str], account: dict[str, str]
) -> None:
    for info in (account, PERSON):
        access = find_access(None, env | {"SHEETRENDER_CREDENTIALS_JSON": json.dumps(info)})
        assert access.credentials is not None
        assert tuple(access.credentials.scopes) == SCOPES  # type: ignore[attr-defined]
        with access.session() as session:
            assert isinstance(session, AuthorizedSession)


def test_a_person_without_a_known_address_is_you(env: dict[str, str]) -> None:
    access = find_access(None, env | {"SHEETRENDER_CREDENTIALS_JSON": json.dumps(PERSON)})
    assert access.identity == Identity("you", "SHEETRENDER_CREDENTIALS_JSON")
    assert not access.identity.has_email


def test_without_credentials_the_remedy_is_said(env: dict[str, str]) -> None:
    with pytest.raises(PartMissing, match=r"sheetrender login.*SHEETRENDER_CREDENTIALS.*Editor"):
        find_access(None, env)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "no JSON"),
        ("[]", "holds no credentials"),
        ("{}", "holds no credentials"),
        ('{"installed": {"client_id": "x"}}', "OAuth client"),
        ('{"type": "service_account"}', "not complete"),
        ('{"type": "service_account", "client_email": "a@b", "private_key": "x"}', "not complete"),
        ('{"refresh_token": "x"}', "not complete"),
        ('{"type": "service_account", "private_key": 5}', "not complete"),
    ],
)
def test_what_cannot_be_used_is_said_and_not_passed_over(
    env: dict[str, str], tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "key.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=says) as refusal:
        find_access(None, env | {"SHEETRENDER_CREDENTIALS": str(path)})
    assert str(path) in str(refusal.value)
    assert "SHEETRENDER_CREDENTIALS" in str(refusal.value)


def test_a_file_that_is_not_there_is_named(env: dict[str, str], tmp_path: Path) -> None:
    missing = tmp_path / "missing.json"
    with pytest.raises(UsageError, match=r"missing\.json .* cannot be read"):
        find_access(missing, env)
    binary = tmp_path / "binary.json"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="no text"):
        find_access(binary, env)


def test_the_sign_in_of_a_notebook_on_colab_is_asked_for(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(google_auth, "_default_credentials", lambda: "those of the machine")
    assert find_access(None, env | {"USE_AUTH_EPHEM": "1"}) == "those of the machine"
    with pytest.raises(PartMissing):
        find_access(None, env | {"USE_AUTH_EPHEM": "0"})


def test_default_credentials_that_are_broken_are_said(
    env: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = stored(tmp_path / "adc.json", {"type": "nonsense"})
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    with pytest.raises(UsageError, match="application-default login"):
        find_access(None, env | {"GOOGLE_APPLICATION_CREDENTIALS": str(path)})


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:9", "[::1]:8080", "127.9.9.9:80"])
def test_an_emulator_on_this_machine_needs_no_credentials(env: dict[str, str], host: str) -> None:
    access = find_access(None, env | {"SHEETS_EMULATOR_HOST": host})
    assert access.base == f"http://{host}"
    assert access.credentials is None
    assert access.identity.email == "anonymous"
    with access.session() as session:
        assert not isinstance(session, AuthorizedSession)
        assert not session.trust_env, "a proxy cannot reach this machine's loopback"


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1:8080",
        "example.org:80",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:99999",
        "127.0.0.1:80/x",
        "localhost.example.org:80",
        "http://127.0.0.1:80",
        "evil@127.0.0.1:80",
        "0.0.0.0:80",
    ],
)
def test_no_sheet_goes_unsigned_to_another_machine(env: dict[str, str], host: str) -> None:
    with pytest.raises(UsageError, match="SHEETS_EMULATOR_HOST"):
        find_access(None, env | {"SHEETS_EMULATOR_HOST": host})


def test_the_places_follow_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert google_auth.sign_in_file({"XDG_CONFIG_HOME": str(tmp_path)}) == (
        tmp_path / "sheetrender" / "authorized_user.json"
    )
    if os.name != "nt":
        assert google_auth.gspread_file({"HOME": str(tmp_path)}) == (
            tmp_path / ".config" / "gspread" / "service_account.json"
        )


def test_a_service_account_signs_in_anew_until_its_key_is_withdrawn(
    env: dict[str, str], account: dict[str, str]
) -> None:
    with SheetsEmulator() as emulator:
        emulator.add("KEY", {"Keyframes": [["frame", "subject"]]})
        emulator.shared_with = {"KEY": [EMAIL]}
        emulator.expire_tokens()
        text = json.dumps(account | {"token_uri": emulator.token_uri})
        access = find_access(None, env | {"SHEETRENDER_CREDENTIALS_JSON": text})
        with access.session() as session:
            store = GoogleStore("KEY", PatientClient(session, base=emulator.url), access.identity)
            assert store.read().grids[0].cells
            emulator.expire_tokens()
            assert store.read().grids[0].cells
            emulator.shared_with = {"KEY": ["director@studio.example"]}
            with pytest.raises(SheetUnavailable, match=f"add {EMAIL} as Editor"):
                store.read()
            emulator.revoke()
            with pytest.raises(SheetUnavailable, match="no longer takes the key"):
                store.read()
            # google-auth leaves the session open with which it asked for tokens.
            session._auth_request_session.close()  # type: ignore[attr-defined]
        assert emulator.violations == []
