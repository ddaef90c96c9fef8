"""Builds the simulated card and plugs it into torch, for the whole of a process."""

from __future__ import annotations

import subprocess
from pathlib import Path

import torch
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

_SOURCE = Path(__file__).with_name("card.cpp")


def plugged_in(folder: Path) -> torch.device:
    """Return the simulated card; it is built into a folder.

    Raises:
        subprocess.CalledProcessError: the compiler refuses it; stderr says why.
    """
    library = folder / "card.so"
    torch_folder = Path(torch.__file__).parent
    subprocess.run(
        [
            "g++", "-std=c++20", "-O1", "-w", "-shared", "-fPIC", str(_SOURCE), "-o", str(library),
            f"-I{torch_folder / 'include'}", f"-L{torch_folder / 'lib'}", "-ltorch_cpu", "-lc10",
            f"-D_GLIBCXX_USE_CXX11_ABI={int(torch.compiled_with_cxx11_abi())}",
        ],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    _setup_privateuseone_for_python_backend("card")
    torch.ops.load_library(str(library))
    return torch.device("card", 0)
