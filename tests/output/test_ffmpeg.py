"""ffmpeg and its builder are found, or the cure is named."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from sheetrender.model.errors import PartMissing
from sheetrender.model.programs import find_ffmpeg
from sheetrender.output.ffmpeg import command_of, load_builder, started


def test_the_variable_beats_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEETRENDER_FFMPEG", "/bin/false")
    assert find_ffmpeg() == "/bin/false"


def test_a_variable_that_names_no_program_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHEETRENDER_FFMPEG", str(tmp_path / "ffmpeg"))
    with pytest.raises(PartMissing, match="no program that can be started"):
        find_ffmpeg()


def test_the_packaged_ffmpeg_serves_where_the_system_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged = ModuleType("imageio_ffmpeg")
    packaged.get_ffmpeg_exe = lambda: "/packaged/ffmpeg"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", packaged)
    monkeypatch.delenv("SHEETRENDER_FFMPEG", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_ffmpeg() == "/packaged/ffmpeg"


def test_without_any_ffmpeg_the_cure_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    monkeypatch.delenv("SHEETRENDER_FFMPEG", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PartMissing, match="pip install imageio-ffmpeg"):
        find_ffmpeg()


def test_another_package_of_the_same_module_name_is_recognised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "ffmpeg", ModuleType("ffmpeg"))
    with pytest.raises(PartMissing, match="pip install --force-reinstall ffmpeg-python"):
        load_builder()


def test_a_missing_builder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ffmpeg", None)
    with pytest.raises(PartMissing, match="pip install ffmpeg-python"):
        load_builder()


def test_no_shell_reads_a_name() -> None:
    node = load_builder().input("$(touch x); a b.wav").output("-c.mp4")
    command = command_of(node)
    assert "$(touch x); a b.wav" in command


def test_a_program_that_the_system_cannot_run_is_said(tmp_path: Path) -> None:
    broken = tmp_path / "ffmpeg"
    broken.write_bytes(b"\x7fELF nonsense")
    broken.chmod(0o755)
    with pytest.raises(PartMissing, match="cannot be started"), started([str(broken)]):
        pass
