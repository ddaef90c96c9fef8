"""What is told where torch or diffusers are not installed, or do not fit together."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sheetrender.engines.diffusion.device import slowness

_OPEN = """
import sys
{before}
from sheetrender.engines.diffusion.loading import require_libraries
from sheetrender.model.errors import PartMissing
try:
    require_libraries()
except PartMissing as error:
    print(error)
"""


def _told(before: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([environment.pop("path", ""), str(Path.cwd())])
    return subprocess.run(
        [sys.executable, "-c", _OPEN.format(before=before)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment, "PYTHONPATH": paths},
    )


@pytest.mark.slow
def test_the_libraries_start_in_silence() -> None:
    started = _told()
    assert (started.stdout, started.stderr) == ("", "")


def test_a_missing_library_is_told_with_the_command_that_installs_it() -> None:
    told = _told("sys.modules['torch'] = None").stdout
    assert "Engine diffusion needs torch, which is not installed" in told
    assert 'pip install "sheetrender[diffusion]"' in told


@pytest.mark.slow
def test_a_torchvision_that_does_not_fit_torch_is_named(tmp_path: Path) -> None:
    (tmp_path / "torchvision").mkdir()
    (tmp_path / "torchvision" / "__init__.py").write_text(
        "raise RuntimeError('operator torchvision::nms does not exist')\n"
    )
    about = tmp_path / "torchvision-0.28.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: torchvision\nVersion: 0.28.0\n")
    told = _told(path=str(tmp_path)).stdout
    assert "torchvision does not fit the installed torch" in told
    assert "operator torchvision::nms does not exist" in told
    assert "pip uninstall torchvision" in told


def test_a_machine_without_a_graphics_card_is_told_how_long_a_frame_takes() -> None:
    import torch

    assert slowness(torch.device("cuda")) == ""
    assert "12.5 s each here" in slowness(torch.device("cpu"), 12.5)
    assert "so frames are slow." in slowness(torch.device("cpu"))
