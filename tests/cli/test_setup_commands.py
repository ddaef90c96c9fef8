"""The commands before the first render, as a person types them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sheetrender.workflow.init import about_templates
from tests.cli.test_main import call
from tests.emulator.server import SheetsEmulator
from tests.workflow.sheets import make_sheet

KEY = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
BOT = "bot@studio.iam.gserviceaccount.com"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep away from the credentials of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "APPDATA", "XDG_CONFIG_HOME", "CLOUDSDK_CONFIG"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("SHEETRENDER_CREDENTIALS", "SHEETRENDER_CREDENTIALS_JSON", "K_SERVICE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "SHEETS_EMULATOR_HOST"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def service_account(tmp_path: Path) -> Path:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    key = made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    info = {
        "type": "service_account",
        "client_email": BOT,
        "private_key": key.decode(),
        "token_uri": "http://127.0.0.1:9/token",
    }
    path = tmp_path / "bot.json"
    path.write_text(json.dumps(info))
    return path


class TestLogin:
    def test_a_person_signs_in_and_out(self, emulator: SheetsEmulator, tmp_path: Path) -> None:
        client = tmp_path / "client.json"
        client.write_text(json.dumps(emulator.oauth_client))
        command = [sys.executable, "-m", "sheetrender", "login", "--client", str(client)]
        quiet = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "BROWSER": ""}
        plain = {"OAUTHLIB_INSECURE_TRANSPORT": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
        with subprocess.Popen(
            command, env={**os.environ, **quiet, **plain}, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr is not None
            assert "Sign in at this address" in process.stderr.readline()
            with requests.Session() as session:
                session.trust_env = False
                page = session.get(process.stderr.readline().strip(), timeout=5)
            assert "go back to the terminal" in page.text
            said = process.stderr.read()
        kept = tmp_path / "sheetrender" / "authorized_user.json"
        assert process.returncode == 0, said
        assert said == f"You are signed in ({kept}).\n"
        assert call("login", "--forget") == (0, "", f"{kept} is gone.\n")
        assert call("login", "--forget") == (0, "", "There was no sign-in.\n")

    def test_without_a_client_there_is_none(self) -> None:
        status, out, err = call("login")
        assert (status, out) == (4, "")
        assert "Desktop app" in err

    def test_signing_in_and_out_at_once_is_refused(self) -> None:
        assert call("login", "--forget", "--client", "x.json")[0] == 2


class TestInit:
    def test_help_names_every_template_in_one_line(self) -> None:
        lines = [line.strip() for line in call("init", "--help")[1].splitlines()]
        for name, about in about_templates().items():
            assert any(re.fullmatch(rf"{name} +{re.escape(about)}", line) for line in lines), name

    def test_it_says_what_comes_first(self) -> None:
        said = "my.xlsx is ready. Put your song beside it as song.mp3, then: "
        assert call("init", "my.xlsx", "--template", "music-video") == (
            0,
            "",
            f"{said}sheetrender run my.xlsx\n",
        )
        assert "Fill in its rows" in call("init", "loop.xlsx", "--template", "loop")[2]

    def test_an_unknown_template_is_a_slip_of_usage(self) -> None:
        status, out, err = call("init", "my.xlsx", "--template", "moodbord")
        assert (status, out) == (2, "")
        assert "Did you mean moodboard?" in err


class TestInitGoogle:
    def test_a_shared_sheet_is_filled_and_checked(
        self, emulator: SheetsEmulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SHEETS_EMULATOR_HOST", emulator.host)
        emulator.add(KEY, {"Sheet1": []}, title="My video")
        address = f"https://docs.google.com/spreadsheets/d/{KEY}"
        said = f"My video is ready. Fill in its rows, then: sheetrender run {address}\n"
        assert call("init", "--google", address) == (0, "", said)
        assert call("check", address) == (0, "", "6 rows are ready: 300 frames.\n")
        status, out, err = call("init", "--google", address)
        assert (status, out) == (2, "")
        assert "Keyframes!A1" in err

    def test_without_an_address_it_says_whom_to_share_with(self, service_account: Path) -> None:
        status, out, err = call("init", "--google", "--credentials", service_account)
        assert (status, out) == (0, "")
        lines = err.splitlines()
        assert [line[:3] for line in lines] == ["1. ", "2. ", "3. "]
        assert f"add {BOT} as Editor" in lines[1]

    def test_without_credentials_it_says_how_to_get_some(self) -> None:
        status, _, err = call("init", "--google")
        assert status == 4
        assert "sheetrender login" in err

    @pytest.mark.parametrize("words", [(), ("my.xlsx", "--google", KEY)])
    def test_a_file_or_a_sheet_but_not_both(self, words: tuple[str, ...]) -> None:
        assert call("init", *words)[0] == 2


class TestDoctor:
    def test_one_line_each(self, service_account: Path) -> None:
        status, out, err = call("doctor", "--credentials", service_account)
        assert (status, err) == (0, "")
        lines = out.splitlines()
        assert all(line.split()[0] in {"ok", "note"} for line in lines)
        (line,) = (line for line in lines if "credentials " in line)
        assert f"add {BOT} as Editor" in line

    def test_a_sheet_and_json(self, tmp_path: Path) -> None:
        make_sheet(tmp_path / "my.xlsx")
        status, out, _ = call("doctor", tmp_path / "my.xlsx", "--json")
        found = json.loads(out)
        assert status == 0
        assert found["ok"] is True
        assert {"topic", "state", "says", "cure"} == set(found["findings"][0])
        assert {one["topic"]: one["state"] for one in found["findings"]}["rows"] == "ok"

    def test_what_is_wrong_decides_the_status(self) -> None:
        status, out, _ = call("doctor", "nowhere.xlsx", "--json")
        assert status == 3
        assert json.loads(out)["ok"] is False
