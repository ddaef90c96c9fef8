"""Which texts name a Google Sheet."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetrender.model.errors import PartMissing, UsageError
from sheetrender.sheets.google_address import is_address, is_key, key_of
from sheetrender.sheets.store import open_store

KEY = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"


@pytest.mark.parametrize(
    "address",
    [
        f"https://docs.google.com/spreadsheets/d/{KEY}/edit#gid=0",
        f"https://docs.google.com/spreadsheets/d/{KEY}/edit?usp=sharing",
        f"https://docs.google.com/spreadsheets/d/{KEY}",
        f"http://docs.google.com/spreadsheets/u/1/d/{KEY}/edit",
        f"https://docs.google.com/a/studio.example/spreadsheets/d/{KEY}/edit",
        f"docs.google.com/spreadsheets/d/{KEY}/edit",
        f"https://drive.google.com/open?id={KEY}&usp=drive_copy",
        f"https://drive.google.com/file/d/{KEY}/view",
        f"https://spreadsheets.google.com/ccc?key={KEY}&hl=en",
    ],
)
def test_the_key_is_found_in_every_form_of_the_address(address: str) -> None:
    assert is_address(address)
    assert key_of(address) == KEY


@pytest.mark.parametrize(
    ("address", "says"),
    [
        (f"https://docs.google.com/document/d/{KEY}/edit", "Google Docs text"),
        (f"https://docs.google.com/forms/d/{KEY}/edit", "Google Form"),
        (f"https://docs.google.com/forms/d/e/{KEY}/viewform", "Google Form"),
        (f"https://docs.google.com/presentation/d/{KEY}/edit", "presentation"),
        (f"https://docs.google.com/drawings/d/{KEY}/edit", "drawing"),
        (f"https://drive.google.com/drive/folders/{KEY}", "folder of Google Drive"),
        (f"https://drive.google.com/drive/u/0/folders/{KEY}", "folder of Google Drive"),
        ("https://drive.google.com/drive/my-drive", "folder of Google Drive"),
        ("https://docs.google.com/spreadsheets/d/e/2PACX-1vT/pubhtml", "published copy"),
        ("https://docs.google.com/spreadsheets/u/0/", "which Google Sheet"),
        ("https://example.org/shots.xlsx", "none of a Google Sheet"),
        (f"https://docs.google.com.example.org/spreadsheets/d/{KEY}", "none of a Google Sheet"),
        ("https://[broken", "no web address"),
    ],
)
def test_what_is_no_spreadsheet_is_named(address: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as refusal:
        open_store(address)
    assert address in str(refusal.value)


def test_a_bare_key_is_told_from_a_file_name() -> None:
    assert is_key(KEY)
    assert not is_key("shots.xlsx")
    assert not is_key("shots")
    assert not is_address("docs/google.com/shots.xlsx")


def test_a_file_with_the_name_of_a_key_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / KEY).touch()
    with pytest.raises(UsageError, match=r"\.xlsx or \.csv"):
        open_store(KEY)


@pytest.mark.parametrize("sheet", [KEY, f"https://docs.google.com/spreadsheets/d/{KEY}/edit"])
def test_a_google_sheet_needs_credentials_or_an_emulator(
    sheet: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("SHEETRENDER_CREDENTIALS", "SHEETRENDER_CREDENTIALS_JSON", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "K_SERVICE", "CLOUDSDK_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path))
    with pytest.raises(PartMissing, match="sheetrender login"):
        open_store(sheet)
    monkeypatch.setenv("SHEETS_EMULATOR_HOST", "127.0.0.1:1")
    store = open_store(sheet)
    assert store.location == f"google:{KEY}"
    assert store.folder == tmp_path
