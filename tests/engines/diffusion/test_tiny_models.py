"""The tiny models are what they say: small, quick and with words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.engines.diffusion.tiny_models import BUILDERS


def test_the_sd15_like_one_stays_below_500_kilobytes(model_folder: Callable[[str], Path]) -> None:
    size = sum(path.stat().st_size for path in model_folder("sd15").rglob("*") if path.is_file())
    assert 100_000 < size < 500_000


def test_it_tells_prompts_apart(tiny_model: Callable[[str], Any]) -> None:
    tokenizer = tiny_model("sd15").tokenizer
    ids = [tokenizer(text).input_ids for text in ("a red fox", "a red fog")]
    assert len(ids[0]) == 9
    assert ids[0] != ids[1]


@pytest.mark.parametrize("name", BUILDERS)
def test_the_same_seed_builds_the_same_weights(name: str, tiny_model: Callable[[str], Any]) -> None:
    part = "unet" if hasattr(tiny_model(name), "unet") else "transformer"
    one, other = (
        getattr(model, part).state_dict() for model in (tiny_model(name), BUILDERS[name]())
    )
    assert all(torch.equal(one[key], other[key]) for key in one)
