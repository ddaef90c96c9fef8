"""Demucs is used where it is ready, and its lack is told."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from sheetrender.audio.demucs_stems import separate, why_not
from sheetrender.model.errors import PartMissing

SONG = Path(__file__).parents[2] / "sample_sheets" / "song.flac"


def test_without_a_model_on_this_machine_the_cure_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHEETRENDER_DEMUCS", str(tmp_path))
    assert ". Run " in why_not()


@pytest.mark.skipif(importlib.util.find_spec("demucs") is not None, reason="demucs is installed")
def test_asked_for_and_not_installed_it_is_a_missing_part() -> None:
    with pytest.raises(PartMissing, match=r"pip install 'sheetrender\[stems\]'"):
        separate(SONG)


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("demucs") is None, reason="needs the extra stems")
def test_a_folder_without_a_model_is_a_missing_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHEETRENDER_DEMUCS", str(tmp_path))
    with pytest.raises(PartMissing, match="SHEETRENDER_DEMUCS"):
        separate(SONG)
