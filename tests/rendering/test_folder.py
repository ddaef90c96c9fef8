from __future__ import annotations

import threading
from pathlib import Path

import pytest

from sheetrender.model.errors import FolderRefused
from sheetrender.rendering.folder import OutputFolder


def test_one_can_see_whether_a_run_is_alive(tmp_path: Path) -> None:
    folder = OutputFolder(tmp_path / "my")
    assert not folder.is_at_work
    assert not folder.path.exists()
    with folder.opened("my.xlsx"):
        assert folder.is_at_work
    assert not folder.is_at_work


def test_a_second_run_is_refused(tmp_path: Path) -> None:
    folder = OutputFolder(tmp_path)
    with folder.opened("my.xlsx"):
        refused = pytest.raises(FolderRefused, match="Another run works in")
        with refused, folder.opened("my.xlsx"):
            pass


def test_who_only_looks_never_keeps_a_run_out(tmp_path: Path) -> None:
    folder = OutputFolder(tmp_path)
    with folder.opened("my.xlsx"):
        pass
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            assert isinstance(folder.is_at_work, bool)
            ended.wait(0.001)

    lookers = [threading.Thread(target=look) for _ in range(2)]
    for looker in lookers:
        looker.start()
    try:
        for _ in range(30):
            with folder.opened("my.xlsx"):
                pass
    finally:
        ended.set()
        for looker in lookers:
            looker.join()
