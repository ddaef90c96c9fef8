"""Tiny models for all tests of this room, made once, and no network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.utils import logging as diffusers_logging
from transformers.utils import logging as transformers_logging

from tests.engines.diffusion import tiny_models


@pytest.fixture(autouse=True, scope="session")
def _one_quiet_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()
    yield
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.delenv("SHEETRENDER_MODELS", raising=False)


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return the diffusers folder of a family's tiny model; tests leave it as it is."""
    root = tmp_path_factory.mktemp("models")

    def folder(name: str) -> Path:
        made = root / name
        return made if made.exists() else tiny_models.saved(name, root)

    return folder


@pytest.fixture(scope="session")
def tiny_model() -> Callable[[str], Any]:
    """Return a family's tiny pipeline, built once; tests leave it as it is."""
    built: dict[str, Any] = {}

    def model(name: str) -> Any:
        if name not in built:
            built[name] = tiny_models.BUILDERS[name]()
        return built[name]

    return model
