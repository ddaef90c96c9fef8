"""How near things are, as a tiny model with random weights sees it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import (
    DepthAnythingConfig,
    DepthAnythingForDepthEstimation,
    Dinov2Config,
    DPTImageProcessor,
)

from sheetrender.engines.diffusion.depth import DepthSight
from sheetrender.engines.engine import open_engine
from sheetrender.model.errors import PartMissing

from ..requests import settings, some_picture

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model of the form of Depth Anything."""
    torch.manual_seed(0)
    backbone = Dinov2Config(
        hidden_size=16, num_hidden_layers=4, num_attention_heads=2, image_size=28, patch_size=14,
        out_features=["stage1", "stage2", "stage3", "stage4"], reshape_hidden_states=False,
        apply_layernorm=True,
    )  # fmt: skip
    config = DepthAnythingConfig(
        backbone_config=backbone, patch_size=14, reassemble_hidden_size=16,
        neck_hidden_sizes=[8, 8, 8, 8], fusion_hidden_size=8, head_hidden_size=8,
    )  # fmt: skip
    made = tmp_path_factory.mktemp("models") / "depth-tiny"
    model = DepthAnythingForDepthEstimation(config)
    with torch.no_grad():
        # Random weights say next to nothing, and below zero the model cuts off.
        for each in (model.neck, model.head):
            for weights in each.parameters():
                weights.mul_(4.0)
        model.head.conv3.bias.fill_(5.0)
    model.save_pretrained(made)
    DPTImageProcessor(
        size={"height": 70, "width": 126}, keep_aspect_ratio=True, ensure_multiple_of=14
    ).save_pretrained(made)
    return made


def test_depth_has_the_pictures_size_and_goes_from_far_to_near(folder: Path) -> None:
    engine = open_engine("diffusion", replace(settings(), depth_model=str(folder)))
    picture = some_picture()
    depth = engine.depth(picture)
    assert depth is not None
    assert depth.shape == (144, 256)
    assert depth.dtype == np.float32
    assert float(depth.min()) == 0.0
    assert float(depth.max()) == 1.0
    assert np.array_equal(engine.depth(picture), depth)
    assert not np.array_equal(engine.depth(picture[:, ::-1].copy()), depth)


def test_a_depth_model_is_found_by_name_in_the_folders(folder: Path) -> None:
    named = DepthSight("depth-tiny", (folder.parent,), CPU)
    direct = DepthSight(str(folder), (), CPU)
    picture = torch.from_numpy(some_picture())
    assert np.array_equal(named.depth(picture), direct.depth(picture))


def test_metric_models_are_turned_round(folder: Path) -> None:
    sight = DepthSight(str(folder), (), CPU)
    picture = torch.from_numpy(some_picture())
    near = sight.depth(picture)
    sight._is_distance = True
    assert np.allclose(sight.depth(picture), 1 - near, atol=1e-5)


def test_what_is_no_depth_model_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(PartMissing, match=r"depth model .* cannot be loaded.*flat plane"):
        DepthSight(str(tmp_path), (), CPU)
