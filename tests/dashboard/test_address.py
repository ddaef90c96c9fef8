from __future__ import annotations

import os
from pathlib import Path

import pytest

from sheetrender.dashboard.address import Address, _path, keep_address, kept_address


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEETRENDER_CACHE", str(tmp_path / "cache"))


def test_the_same_folder_has_the_same_address_again(tmp_path: Path) -> None:
    address = Address(kept_address(tmp_path).token, 4711)
    keep_address(tmp_path, address)
    assert kept_address(tmp_path) == address
    assert kept_address(tmp_path / "other").token != address.token


def test_tokens_are_long_and_new(tmp_path: Path) -> None:
    tokens = {kept_address(tmp_path).token for _ in range(50)}
    assert len(tokens) == 50
    assert {len(token) for token in tokens} == {43}


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps others out of the folder itself")
def test_only_its_person_can_read_it_and_one_that_others_read_is_not_used_again(
    tmp_path: Path,
) -> None:
    address = Address(kept_address(tmp_path).token, 4711)
    keep_address(tmp_path, address)
    path = _path(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    assert kept_address(tmp_path).token != address.token


@pytest.mark.parametrize("text", ["", "[]", '{"token": "short", "port": 1}', '{"port": 1}'])
def test_what_cannot_be_used_is_replaced(tmp_path: Path, text: str) -> None:
    path = _path(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_text(text)
    path.chmod(0o600)
    found = kept_address(tmp_path)
    assert len(found.token) == 43
    assert found.port == 0
