"""Which numbers a card computes in, and how it says that it is full."""

from __future__ import annotations

import pytest
import torch

from sheetrender.engines.diffusion.device import dtype_of, is_out_of_memory

from .painting import settings


@pytest.mark.parametrize(
    ("capability", "overflows", "wanted"),
    [
        ((9, 0), False, torch.bfloat16),
        ((8, 0), True, torch.bfloat16),
        ((7, 5), False, torch.float16),
        ((7, 0), True, torch.bfloat16),
    ],
)
def test_a_card_before_ampere_computes_in_fp16_unless_the_model_would_overflow(
    capability: tuple[int, int],
    overflows: bool,
    wanted: torch.dtype,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("torch.cuda.get_device_capability", lambda _: capability)
    # It says so of every card for which there is a way round.
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda *_: True)
    found = dtype_of(settings(), torch.device("cuda"), overflows=overflows)
    assert found == wanted


def test_a_processor_computes_in_fp32_unless_the_settings_say_otherwise() -> None:
    assert dtype_of(settings(), torch.device("cpu")) == torch.float32
    assert dtype_of(settings(precision="bf16"), torch.device("cpu")) == torch.bfloat16


@pytest.mark.parametrize(
    ("error", "is_it"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."), True),
        (RuntimeError("CUDA error: out of memory"), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 9.00 GB)"), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
    ],
)
def test_a_lack_of_memory_is_known_however_it_is_said(error: RuntimeError, is_it: bool) -> None:
    assert is_out_of_memory(error) == is_it
