"""What a Stable Diffusion 2 without a description predicts, told by a trial."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from sheetrender.engines.diffusion.loading import open_model
from sheetrender.engines.diffusion.located import is_untold, located
from sheetrender.engines.diffusion.prediction import likeness_to_noise

from . import tiny_models
from .painting import settings
from .tiny_files import save_checkpoint, save_yaml


def taught_to_give_noise_back(pipeline: Any) -> Any:
    """Train a tiny UNet for what all that predict noise do at the last step."""
    unet = pipeline.unet
    words = torch.zeros(2, 77, unet.config.cross_attention_dim)
    made = torch.Generator().manual_seed(1)
    steps = torch.optim.Adam(unet.parameters(), lr=1e-2)
    for _ in range(120):
        noise = torch.randn(2, 4, 16, 16, generator=made)
        loss = (unet(noise, 999, encoder_hidden_states=words).sample - noise).square().mean()
        steps.zero_grad()
        loss.backward()
        steps.step()
    return pipeline


@pytest.mark.slow
def test_a_trial_tells_what_predicts_noise_from_what_does_not(tmp_path: Path) -> None:
    other = tiny_models.sd2v()
    assert likeness_to_noise(other.unet) < 0.3
    noise = taught_to_give_noise_back(tiny_models.sd2v())
    assert likeness_to_noise(noise.unet) > 0.7
    for name, pipeline, said in (("a", other, "v_prediction"), ("b", noise, "epsilon")):
        path = save_checkpoint(pipeline, tmp_path / f"{name}.safetensors")
        assert is_untold(located(str(path), [], {}))
        loaded = open_model(str(path), settings()).pipeline
        assert loaded.scheduler.config.prediction_type == said


def test_a_yaml_is_believed_without_a_trial(tmp_path: Path) -> None:
    path = save_checkpoint(tiny_models.sd2v(), tmp_path / "a.ckpt")
    save_yaml(tmp_path / "a.yaml", velocities=False, heads=1)
    assert not is_untold(located(str(path), [], {}))
    loaded = open_model(str(path), settings()).pipeline
    assert loaded.scheduler.config.prediction_type == "epsilon"


def test_the_first_stable_diffusion_is_never_in_doubt(tmp_path: Path) -> None:
    path = save_checkpoint(tiny_models.sd15(), tmp_path / "a.safetensors")
    assert not is_untold(located(str(path), [], {}))
