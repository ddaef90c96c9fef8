"""Everything that a graphics card does, on a card that is simulated.

Nobody who works on this has to own one: `simulated_card/` plugs the host's memory into torch as
another device, which refuses to work with tensors that lie elsewhere. It shows where a tensor was
left behind, and that the pictures are the same; not how quick a card is, nor its own kernels.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_CHECKS = Path(__file__).parent / "simulated_card" / "on_it.py"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="the simulated card is built with g++")
def test_all_of_it_works_on_one_device() -> None:
    # torch takes a device for its whole process.
    line = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(_CHECKS)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-20_000:]
    assert " passed" in done.stdout
