"""Where a model's parts rest, as far as it can be told without a card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from sheetrender.engines.diffusion.loading import open_model
from sheetrender.engines.diffusion.memory import HOST, TIERS
from sheetrender.engines.diffusion.pipeline_painter import PipelinePainter
from sheetrender.engines.diffusion.residence import (
    PieceByPiece,
    Residence,
    below,
    fitting,
    lower_of,
)
from sheetrender.engines.engine import EngineSettings
from sheetrender.model.errors import RenderFailed
from sheetrender.model.frames import Lora, Size

from . import tiny_models
from .painting import before, job, painted, painter, settings
from .tiny_files import save_lora

CPU = torch.device("cpu")
SIZE = Size(128, 64)


def test_the_quickest_that_fits_into_the_room_is_taken() -> None:
    large, small = nn.Linear(1000, 1000, bias=False), nn.Linear(100, 1000, bias=False)
    assert fitting([large], [small], 5_500_000) == "whole"
    assert fitting([large], [small], 5_400_000) == "turns"
    assert fitting([large, small], [], 5_500_000) == "whole"
    assert fitting([large, small], [], 5_400_000) == "parts"
    assert fitting([small, small], [large], 5_400_000) == "turns"
    assert fitting([large], [small], 4_900_000) == "pieces"
    order = [below(name) for name in ("whole", "turns", "parts", "pieces")]
    assert order == ["turns", "parts", "pieces", None]
    assert lower_of("parts", "whole") == "parts"


@pytest.mark.parametrize("family", ["sd15", "sdxl"])
def test_pieces_are_small_and_together_the_whole_unet(
    family: str, tiny_model: Callable[[str], Any]
) -> None:
    unet = tiny_models.BUILDERS[family]().unet
    pieces = PieceByPiece(unet, CPU, most=20_000).pieces
    held = [id(parameter) for piece in pieces for parameter in piece.parameters()]
    assert sorted(held) == sorted(id(parameter) for parameter in unet.parameters())
    assert len(pieces) > 10


def test_no_more_than_one_piece_lies_on_the_device_and_nothing_stays() -> None:
    unet = tiny_models.sd15().unet
    laid: list[int] = []
    pieces = PieceByPiece(unet, CPU, most=20_000)
    largest = max(sum(p.nbytes for p in piece.parameters()) for piece in pieces.pieces)
    for module in unet.modules():
        module.register_forward_hook(lambda *_: laid.append(pieces.bytes_laid))
    text = torch.zeros(1, 77, 16)
    with torch.inference_mode():
        unet(torch.ones(1, 4, 8, 8), torch.tensor(9.0), text)
    assert 0 < max(laid) <= largest
    assert pieces.bytes_laid == 0


def test_a_piece_that_fails_is_lifted_again() -> None:
    layer = nn.Sequential(nn.Linear(4, 4))
    pieces = PieceByPiece(layer, CPU, most=1)
    with pytest.raises(RuntimeError):
        layer(torch.ones(1, 5))
    assert pieces.bytes_laid == 0


@pytest.mark.parametrize("family", ["sd15", "sdxl"])
def test_piece_by_piece_gives_the_same_picture_also_with_a_lora(
    family: str, tiny_model: Callable[[str], Any], tmp_path: Path
) -> None:
    save_lora(tiny_model(family), tmp_path / "style.safetensors")
    frugal = replace(TIERS[-1], tiled=False)
    made = []
    for tier in (HOST, frugal):
        one = painter(tiny_models.BUILDERS[family](), 1, tier, folders=(tmp_path,))
        made.append(
            [
                painted(one, before=before(), steps=4, loras=loras)
                for loras in ((), (Lora("style", 1.0),), ())
            ]
        )
    for whole, pieces in zip(*made, strict=True):
        assert torch.equal(whole, pieces)
    assert not torch.equal(made[0][0], made[0][1])


@pytest.fixture(scope="module")
def sd3(model_folder: Callable[[str], Path]) -> Callable[[], tuple[Any, EngineSettings]]:
    def opened() -> tuple[Any, EngineSettings]:
        given = settings(SIZE)
        return open_model(str(model_folder("sd3")), given), given

    return opened


@pytest.mark.parametrize("residence", ["turns", "parts", "pieces"])
def test_families_without_a_unet_paint_the_same_wherever_their_parts_rest(
    residence: Residence, sd3: Callable[[], tuple[Any, EngineSettings]]
) -> None:
    whole = PipelinePainter(*sd3(), CPU)
    other = PipelinePainter(*sd3(), CPU, residence=residence)
    for wanted in (job(steps=3), job(steps=3, before=before()[:64])):
        (one,), (two,) = whole.paint([wanted]), other.paint([wanted])
        assert torch.equal(one, two)  # type: ignore[arg-type]


@pytest.mark.parametrize("residence", ["turns", "parts", "pieces"])
@pytest.mark.parametrize("family", ["sd3", "flux", "qwen_image", "z_image"])
def test_loras_load_and_switch_alike_wherever_the_parts_of_a_family_without_a_unet_rest(
    family: str,
    residence: Residence,
    model_folder: Callable[[str], Path],
    tiny_model: Callable[[str], Any],
    tmp_path: Path,
) -> None:
    save_lora(tiny_model(family), tmp_path / "style.safetensors")
    save_lora(tiny_model(family), tmp_path / "other.safetensors", seed=2)
    given = settings(SIZE, folders=(tmp_path,))
    style, weaker, other = Lora("style", 1.0), Lora("style", 0.4), Lora("other", 0.7)
    turns = ((), (style,), (weaker,), (style, other), (other,), ())
    made: list[list[Any]] = []
    for where in ("whole", residence):
        model = open_model(str(model_folder(family)), given)
        one = PipelinePainter(model, given, CPU, residence=where)
        made.append([one.paint([job(steps=2, loras=loras)])[0] for loras in turns])
    for whole, frugal in zip(*made, strict=True):
        # A sum may round to the next level: seen in one number of a picture.
        assert int((whole.int() - frugal.int()).abs().max()) <= 1
    plain, full, weak, *_, again = made[1]
    assert torch.equal(plain, again)
    assert not torch.equal(plain, full)
    assert not torch.equal(full, weak)


@pytest.mark.parametrize("residence", ["turns", "parts", "pieces"])
def test_weights_in_prompts_of_flux_are_read_alike_wherever_its_text_encoders_rest(
    residence: Residence, model_folder: Callable[[str], Path]
) -> None:
    given = settings(SIZE)
    prompts = ("a red fox", "a (red:1.6) fox")
    made: list[list[Any]] = []
    for where in ("whole", residence):
        model = open_model(str(model_folder("flux")), given)
        one = PipelinePainter(model, given, CPU, residence=where)
        made.append(one.paint([job(steps=2, prompt=prompt) for prompt in prompts]))
    for whole, frugal in zip(*made, strict=True):
        assert torch.equal(whole, frugal)
    assert not torch.equal(*made[1])


def refusing(times: int, module: nn.Module) -> None:
    """Make a module run out of memory, as a card does, so often."""
    left = iter(range(times))

    def refuse(*_: object) -> None:
        if next(left, None) is not None:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    module.register_forward_pre_hook(refuse)


def test_out_of_memory_paints_the_same_with_less_of_the_model_on_the_card(
    sd3: Callable[[], tuple[Any, EngineSettings]],
) -> None:
    jobs = [job(steps=3, seed=seed) for seed in (1, 2)]
    (model, given), patient = sd3(), PipelinePainter(*sd3(), CPU)
    refusing(3, model.pipeline.transformer)
    one = PipelinePainter(model, given, CPU)
    for found, wanted in zip(one.paint(jobs), patient.paint(jobs), strict=True):
        assert torch.equal(found, wanted)  # type: ignore[arg-type]


def test_out_of_memory_piece_by_piece_says_what_to_do(
    sd3: Callable[[], tuple[Any, EngineSettings]],
) -> None:
    model, given = sd3()
    refusing(4, model.pipeline.transformer)
    one = PipelinePainter(model, given, CPU)
    with pytest.raises(RenderFailed, match=r"too small for Stable Diffusion 3 at 128×64.*kept"):
        one.paint([job(steps=3)])
