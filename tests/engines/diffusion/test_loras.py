"""LoRAs go on and off with the frames that ask for them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from sheetrender.engines.diffusion.loading import open_model
from sheetrender.engines.diffusion.loras import LoraRack
from sheetrender.engines.engine import EngineSettings
from sheetrender.model.errors import PartMissing
from sheetrender.model.frames import Lora, Size
from sheetrender.model.timing import FrameRate
from tests.engines.diffusion.painting import drawn_over_grey
from tests.engines.diffusion.tiny_files import save_lora

Model = Callable[[str], Any]


@pytest.fixture
def pipeline(model_folder: Callable[[str], Path]) -> Any:
    settings = EngineSettings(size=Size(128, 64), rate=FrameRate(Fraction(24)))
    return open_model(str(model_folder("sd15")), settings).pipeline


def test_a_weight_of_zero_is_off_and_other_weights_differ(
    pipeline: Any, tiny_model: Model, tmp_path: Path
) -> None:
    save_lora(tiny_model("sd15"), tmp_path / "style.safetensors")
    rack = LoraRack(pipeline, (tmp_path,))
    pictures = {}
    for weight in (0.0, 0.5, 1.0, 0.0):
        rack.use([Lora("style", weight)])
        picture = drawn_over_grey(pipeline)
        assert weight not in pictures or torch.equal(pictures[weight], picture)
        pictures[weight] = picture
    assert not torch.equal(pictures[0.0], pictures[0.5])
    assert not torch.equal(pictures[0.5], pictures[1.0])


def test_two_loras_at_once_are_neither_alone_and_come_back_to_nothing(
    pipeline: Any, tiny_model: Model, tmp_path: Path
) -> None:
    for seed, name in enumerate(("one", "two")):
        save_lora(tiny_model("sd15"), tmp_path / f"{name}.safetensors", seed=seed)
    rack = LoraRack(pipeline, (tmp_path,))
    plain = drawn_over_grey(pipeline)
    pictures = []
    for loras in ([Lora("one", 1.0)], [Lora("two", 1.0)], [Lora("one", 1.0), Lora("two", 1.0)]):
        rack.use(loras)
        pictures.append(drawn_over_grey(pipeline))
    assert not torch.equal(pictures[0], pictures[1])
    assert not torch.equal(pictures[2], pictures[0])
    assert not torch.equal(pictures[2], pictures[1])
    rack.use([Lora("one", 1.0)])
    assert torch.equal(drawn_over_grey(pipeline), pictures[0])
    rack.use([])
    assert torch.equal(drawn_over_grey(pipeline), plain)


def test_nothing_is_switched_while_the_weights_stay(
    pipeline: Any, tiny_model: Model, tmp_path: Path
) -> None:
    save_lora(tiny_model("sd15"), tmp_path / "style.safetensors")
    rack = LoraRack(pipeline, (tmp_path,))
    rack.use([])
    assert rack.switched == 0
    for _ in range(3):
        rack.use([Lora("style", 0.5)])
    assert rack.switched == 1
    rack.use([Lora("style", 0.25), Lora("style", 0.25)])
    assert rack.switched == 1


def test_a_lora_as_kohyas_trainer_writes_it_paints_the_same(
    pipeline: Any, tiny_model: Model, tmp_path: Path
) -> None:
    weights = load_file(save_lora(tiny_model("sd15"), tmp_path / "ours.safetensors"))
    theirs = {}
    for key, value in weights.items():
        stem, _, end = key.partition(".lora_")
        name = "lora_unet_" + stem.removeprefix("unet.").replace(".", "_")
        theirs[f"{name}.lora_{'down' if end.startswith('A') else 'up'}.weight"] = value
        theirs[f"{name}.alpha"] = torch.tensor(1.0)
    save_file(theirs, tmp_path / "theirs.safetensors")
    rack = LoraRack(pipeline, (tmp_path,))
    rack.use([Lora("ours", 0.5)])
    ours = drawn_over_grey(pipeline)
    # Its rank is 2, so that an alpha of 1 halves it.
    rack.use([Lora("theirs", 1.0)])
    assert torch.allclose(drawn_over_grey(pipeline), ours, atol=1e-5)


@pytest.mark.parametrize("other", ["sd2v", "sdxl", "flux", "sd3"])
def test_a_lora_of_another_family_is_refused_and_leaves_the_model_as_it_was(
    other: str, pipeline: Any, tiny_model: Model, tmp_path: Path
) -> None:
    save_lora(tiny_model(other), tmp_path / "style.safetensors")
    rack = LoraRack(pipeline, (tmp_path,))
    plain = drawn_over_grey(pipeline)
    with pytest.raises(PartMissing, match="made for another family") as caught:
        rack.use([Lora("style", 1.0)])
    assert "'style'" in str(caught.value)
    rack.use([])
    assert torch.equal(drawn_over_grey(pipeline), plain)


def test_a_lora_that_fits_nowhere_is_refused(pipeline: Any, tmp_path: Path) -> None:
    weights = {
        "unet.nowhere.to_q.lora_A.weight": torch.zeros(2, 4),
        "unet.nowhere.to_q.lora_B.weight": torch.zeros(4, 2),
    }
    save_file(weights, tmp_path / "style.safetensors")
    with pytest.raises(PartMissing, match="does not fit the model"):
        LoraRack(pipeline, (tmp_path,)).use([Lora("style", 1.0)])


def test_a_lora_that_is_nowhere_is_told_with_the_folder(pipeline: Any, tmp_path: Path) -> None:
    with pytest.raises(PartMissing, match="No LoRA 'style' is to be found") as caught:
        LoraRack(pipeline, (tmp_path,)).use([Lora("style", 1.0)])
    assert str(tmp_path) in str(caught.value)
