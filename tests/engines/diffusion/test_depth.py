"""How near things are, as a tiny model with random weights sees it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from sheetrender.engines.diffusion.depth import DepthSight
from sheetrender.engines.engine import open_engine
from sheetrender.model.errors import PartMissing

from ..requests import settings, some_picture
from .tiny_models import depth_anything

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return depth_anything(tmp_path_factory.mktemp("models") / "depth-tiny")


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
