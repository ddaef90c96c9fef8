"""The commands before the first render, as a person types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.cli.test_main import call
from tests.emulator.server import SheetsEmulator


@pytest.fixture
def emulator() -> Iterator[SheetsEmulator]:
    with SheetsEmulator() as running:
        yield running
        assert running.violations == []


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
