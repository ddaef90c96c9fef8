"""Which device paints, and in which numbers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sheetrender.engines.engine import EngineSettings

if TYPE_CHECKING:
    import torch


def device_of() -> torch.device:
    """Return the best device of this machine: a graphics card, Apple's, or the processor.

    The processor keeps a core for the program's other work, unless OMP_NUM_THREADS says otherwise.
    """
    import torch

    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    if "OMP_NUM_THREADS" not in os.environ:
        # Threads that wait for each other on a busy core cost more than ten times what they win.
        torch.set_num_threads(max(1, (os.cpu_count() or 1) - 1))
    return torch.device("cpu")


def is_card(device: torch.device) -> bool:
    """Return whether it is a graphics card with memory of its own that CUDA drives."""
    return device.type == "cuda"


def is_out_of_memory(error: RuntimeError) -> bool:
    """Return whether a device had too little memory; not all of its libraries say so in one way."""
    return any(sign in str(error) for sign in ("out of memory", "CUBLAS_STATUS_ALLOC_FAILED"))


def dtype_of(
    settings: EngineSettings, device: torch.device, *, overflows: bool = False
) -> torch.dtype:
    """Return the numbers that the model is kept in.

    Half as many bits where a card computes with them; bf16 before fp16, because it does not
    overflow. A processor keeps fp32: it gains nothing from halves.

    Args:
        settings: of the engine.
        device: that computes.
        overflows: the model is made for bf16, so that it is taken even where it is slow.
    """
    import torch

    named = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}
    if settings.precision != "auto":
        return named[settings.precision]
    if is_card(device):
        # Before Ampere, torch says that bf16 is supported, and computes it in a roundabout way.
        is_quick = bool(torch.version.hip) or torch.cuda.get_device_capability(device) >= (8, 0)
        return torch.bfloat16 if is_quick or overflows else torch.float16
    return torch.float16 if device.type == "mps" else torch.float32


def slowness(device: torch.device, seconds_per_frame: float | None = None) -> str:
    """Return what to tell a person who has no graphics card; empty where there is one.

    Args:
        device: that paints.
        seconds_per_frame: as measured; None where nothing was painted yet.
    """
    if device.type != "cpu":
        return ""
    told = "No graphics card is in use, so frames are slow"
    if seconds_per_frame is not None:
        told += f": {seconds_per_frame:.1f} s each here"
    return (
        f"{told}. For a graphics card install its build of torch (pytorch.org), or rent one; a "
        "look at motion and timing is quick with engine animatic."
    )
