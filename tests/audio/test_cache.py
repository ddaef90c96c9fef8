"""What was heard is kept by contents, and nothing rests on it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from sheetrender.audio.cache import digest_of, keep, kept, key_of
from sheetrender.model.user_cache import cache_folder, prune


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHEETRENDER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_what_is_kept_comes_back_bit_for_bit() -> None:
    values = np.random.default_rng(1).normal(size=1000)
    keep(key_of("a", 1), {"values": values, "rate": np.array(44100)})
    found = kept(key_of("a", 1))
    assert found is not None
    assert found["values"].tobytes() == values.tobytes()
    assert int(found["rate"]) == 44100


def test_nothing_is_kept_under_another_key() -> None:
    keep(key_of("a", 1), {"values": np.zeros(3)})
    assert kept(key_of("a", 2)) is None


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 and then nothing", b"\0" * 4000])
def test_a_damaged_file_is_as_good_as_none(folder: Path, damage: bytes) -> None:
    keep(key_of("a"), {"values": np.zeros(3)})
    (file,) = folder.rglob("*.npz")
    file.write_bytes(damage)
    assert kept(key_of("a")) is None


def test_a_place_that_takes_no_files_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SHEETRENDER_CACHE", str(tmp_path / "file"))
    keep(key_of("a"), {"values": np.zeros(3)})
    assert kept(key_of("a")) is None


def test_no_half_written_file_stays(folder: Path) -> None:
    keep(key_of("a"), {"values": np.zeros(3)})
    assert [path.suffix for path in folder.rglob("*") if path.is_file()] == [".npz"]


def test_a_digest_is_of_the_contents(tmp_path: Path) -> None:
    one, other = tmp_path / "one.wav", tmp_path / "other.wav"
    one.write_bytes(b"la la la")
    other.write_bytes(b"la la la")
    assert digest_of(one) == digest_of(other)
    one.write_bytes(b"la la lu")
    os.utime(one, ns=(1, 1))
    assert digest_of(one) != digest_of(other)


def test_its_place_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert cache_folder() == tmp_path / "cache"
    monkeypatch.delenv("SHEETRENDER_CACHE")
    assert cache_folder().is_absolute()


def test_what_was_used_last_stays_when_it_becomes_too_much(folder: Path) -> None:
    for number in range(4):
        keep(key_of(number), {"values": np.zeros(10_000)})
        for file in folder.rglob("*.npz"):
            os.utime(file, (file.stat().st_mtime - 100,) * 2)
    assert kept(key_of(0)) is not None
    size = next(folder.rglob("*.npz")).stat().st_size
    prune(folder, most_bytes=2 * size)
    assert [kept(key_of(number)) is not None for number in range(4)] == [True, False, False, True]


def test_what_nobody_has_used_for_months_goes_when_something_new_is_kept(folder: Path) -> None:
    keep(key_of("old"), {"values": np.zeros(3)})
    (old,) = folder.rglob("*.npz")
    left = old.with_suffix(".part")
    left.write_bytes(b"half of it")
    os.utime(old, (old.stat().st_mtime - 91 * 86_400,) * 2)
    os.utime(left, (left.stat().st_mtime - 2 * 86_400,) * 2)
    keep(key_of("new"), {"values": np.zeros(3)})
    assert kept(key_of("old")) is None
    assert kept(key_of("new")) is not None
    assert not left.exists()
