"""Files appear whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from sheetrender.model.errors import DiskFull, RenderFailed
from sheetrender.output.whole_files import replacing


def write_and_fail(target: Path) -> None:
    with replacing(target) as part:
        part.write_text("half")
        raise OSError("the block's own trouble")


def test_a_finished_file_takes_its_place(tmp_path: Path) -> None:
    with replacing(tmp_path / "new" / "a.txt") as part:
        part.write_text("whole")
        assert not (tmp_path / "new" / "a.txt").exists()
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.txt"]


def test_a_failed_file_leaves_the_older_one(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("older")
    with pytest.raises(OSError, match="the block's own trouble"):
        write_and_fail(tmp_path / "a.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "older"


@pytest.mark.parametrize("kind", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disc_is_called_a_full_disc(tmp_path: Path, kind: int) -> None:
    def fill(target: Path) -> None:
        with replacing(target):
            raise OSError(kind, "No space left on device")

    with pytest.raises(DiskFull, match="Make room"):
        fill(tmp_path / "a.txt")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(RenderFailed, match=r"a\.txt cannot be written"),
        replacing(tmp_path / "file" / "a.txt"),
    ):
        pass
