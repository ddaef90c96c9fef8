"""Families without a UNet paint frames as Deforum means them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import torch

from sheetrender.engines.diffusion.loading import open_model
from sheetrender.engines.diffusion.painter import Job
from sheetrender.engines.diffusion.pipeline_painter import (
    PipelinePainter,
    strength_for,
)
from sheetrender.engines.engine import EngineSettings, Unusable
from sheetrender.model.errors import PartMissing
from sheetrender.model.frames import Lora, Size
from sheetrender.model.timing import FrameRate
from tests.engines.diffusion.tiny_files import save_lora

FAMILIES = ("sd3", "flux", "qwen_image", "z_image")
_SIZE = Size(128, 64)

Opened = Callable[[str], PipelinePainter]


@pytest.fixture(scope="module")
def painter(model_folder: Callable[[str], Path]) -> Opened:
    made: dict[str, PipelinePainter] = {}

    def opened(name: str) -> PipelinePainter:
        if name not in made:
            settings = EngineSettings(size=_SIZE, rate=FrameRate(Fraction(24)))
            model = open_model(str(model_folder(name)), settings)
            made[name] = PipelinePainter(model, settings, torch.device("cpu"))
        return made[name]

    return opened


def _job(**more: Any) -> Job:
    wanted: dict[str, Any] = {
        "before": None,
        "prompt": "a red fox",
        "negative": "",
        "previous_prompt": "",
        "prompt_weight": 1.0,
        "seed": 7,
        "seed_share": 0.0,
        "steps": 5,
        "strength": 0.6,
        "scale": 3.0,
        "sampler": "",
        "loras": (),
    }
    return Job(**(wanted | more))


def _before() -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    return torch.randint(0, 256, (64, 128, 3), generator=generator, dtype=torch.uint8)


def _painted(painter: PipelinePainter, job: Job) -> torch.Tensor:
    (picture,) = painter.paint([job])
    assert isinstance(picture, torch.Tensor)
    return picture


def _calls(painter: PipelinePainter, job: Job) -> int:
    """Return how often the model was asked for one picture."""
    count = 0

    def counted(*_: Any) -> None:
        nonlocal count
        count += 1

    hook = painter._placement.over.transformer.register_forward_hook(counted)
    try:
        painter.paint([job])
    finally:
        hook.remove()
    return count


@pytest.mark.parametrize("name", FAMILIES)
def test_a_picture_from_nothing_has_the_size_and_form_of_a_frame(
    name: str, painter: Opened
) -> None:
    picture = _painted(painter(name), _job())
    assert picture.shape == (64, 128, 3)
    assert picture.dtype == torch.uint8
    assert len(picture.unique()) > 10


@pytest.mark.parametrize("name", FAMILIES)
def test_the_same_job_gives_the_same_bytes_whatever_was_painted_between(
    name: str, painter: Opened
) -> None:
    job = _job(before=_before())
    first = _painted(painter(name), job)
    _painted(painter(name), _job(seed=8, prompt="the sea"))
    assert torch.equal(first, _painted(painter(name), job))


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize(
    ("strength", "steps"), [(0.0, 5), (0.2, 4), (0.6, 2), (0.65, 2), (0.79, 2), (0.8, 1)]
)
def test_over_a_picture_as_many_steps_are_done_as_deforum_does(
    name: str, strength: float, steps: int, painter: Opened
) -> None:
    unguided = 0.0 if name == "z_image" else 1.0
    calls = _calls(painter(name), _job(before=_before(), strength=strength, scale=unguided))
    assert calls == steps
    assert steps == 5 - int(strength * 5 + 1e-9)


@pytest.mark.parametrize("name", FAMILIES)
def test_below_one_step_the_picture_stands(name: str, painter: Opened) -> None:
    before = _before()
    job = _job(before=before, strength=1.0)
    assert _calls(painter(name), job) == 0
    assert torch.equal(_painted(painter(name), job), before)


@pytest.mark.parametrize("name", FAMILIES)
def test_more_strength_keeps_more_of_the_picture(name: str, painter: Opened) -> None:
    before = torch.zeros(64, 128, 3, dtype=torch.uint8)
    before[:, :64] = 255
    one = _painted(painter(name), _job(before=before, strength=0.8))
    other = _painted(painter(name), _job(before=255 - before, strength=0.8))
    fresh = _painted(painter(name), _job(before=before, strength=0.0))
    again = _painted(painter(name), _job(before=255 - before, strength=0.0))
    kept = (one.float() - other.float()).abs().mean()
    drawn = (fresh.float() - again.float()).abs().mean()
    assert kept > drawn


@pytest.mark.parametrize("name", FAMILIES)
def test_seeds_fade_to_the_next_one(name: str, painter: Opened) -> None:
    whole = _painted(painter(name), _job()).float()
    near = _painted(painter(name), _job(seed_share=0.001)).float()
    half = _painted(painter(name), _job(seed_share=0.5)).float()
    nearly = _painted(painter(name), _job(seed_share=0.999)).float()
    following = _painted(painter(name), _job(seed=8)).float()
    assert (near - whole).abs().mean() < 2
    assert (nearly - following).abs().mean() < 2
    assert (half - whole).abs().mean() > 2


@pytest.mark.parametrize("name", FAMILIES)
def test_prompts_blend_from_the_last_to_this_one(name: str, painter: Opened) -> None:
    last = "the deep blue sea at night"
    before = _painted(painter(name), _job(prompt=last)).float()
    after = _painted(painter(name), _job()).float()
    between = [
        _painted(painter(name), _job(previous_prompt=last, prompt_weight=share)).float()
        for share in (0.0, 0.5)
    ]
    assert torch.equal(between[0], before)
    assert not torch.equal(before, after)
    assert not torch.equal(between[1], before)
    assert not torch.equal(between[1], after)


@pytest.mark.parametrize("name", ["sd3", "qwen_image", "z_image"])
def test_a_negative_prompt_counts_where_the_family_has_it(name: str, painter: Opened) -> None:
    plain = _painted(painter(name), _job())
    assert not torch.equal(plain, _painted(painter(name), _job(negative="blurry, dark")))


def test_flux_heeds_the_scale_but_no_negative_prompt(painter: Opened) -> None:
    plain = _painted(painter("flux"), _job())
    assert torch.equal(plain, _painted(painter("flux"), _job(negative="blurry, dark")))
    assert not torch.equal(plain, _painted(painter("flux"), _job(scale=9.0)))


def test_numbers_that_are_none_and_black_are_told_and_not_shown(painter: Opened) -> None:
    from sheetrender.engines.diffusion.pipeline_painter import _judged

    assert _judged(torch.full((1, 3, 8, 8), float("nan"))) == Unusable(
        "the model gave no numbers (NaN)"
    )
    assert _judged(torch.zeros(1, 3, 8, 8)) == Unusable("came out black")


@pytest.mark.parametrize("name", ["sd3", "flux"])
def test_a_lora_changes_the_picture_by_its_weight(
    name: str, model_folder: Callable[[str], Path], tiny_model: Callable[[str], Any], tmp_path: Path
) -> None:
    save_lora(tiny_model(name), tmp_path / "style.safetensors")
    settings = EngineSettings(size=_SIZE, rate=FrameRate(Fraction(24)), folders=(tmp_path,))
    own = PipelinePainter(
        open_model(str(model_folder(name)), settings), settings, torch.device("cpu")
    )
    plain = _painted(own, _job())
    full = _painted(own, _job(loras=(Lora("style", 1.0),)))
    assert not torch.equal(plain, full)
    assert torch.equal(plain, _painted(own, _job(loras=(Lora("style", 0.0),))))


def test_a_lora_of_a_unet_is_refused_by_flux(
    model_folder: Callable[[str], Path], tiny_model: Callable[[str], Any], tmp_path: Path
) -> None:
    save_lora(tiny_model("sd15"), tmp_path / "style.safetensors")
    settings = EngineSettings(size=_SIZE, rate=FrameRate(Fraction(24)), folders=(tmp_path,))
    model = open_model(str(model_folder("flux")), settings)
    own = PipelinePainter(model, settings, torch.device("cpu"))
    with pytest.raises(PartMissing, match="made for another family: for a UNet"):
        own.paint([replace(_job(), loras=(Lora("style", 1.0),))])


def test_there_is_a_strength_for_every_number_of_steps() -> None:
    for steps in range(1, 201):
        for done in range(1, steps + 1):
            share = strength_for(done, steps)
            assert 0 < share < 1
            assert int(max(steps - min(steps * share, steps), 0)) == steps - done


def test_weights_in_brackets_are_left_out_where_the_family_does_not_read_them(
    painter: Opened,
) -> None:
    plain = _painted(painter("sd3"), _job(prompt="a red fox"))
    assert torch.equal(plain, _painted(painter("sd3"), _job(prompt="a (red:1.4) fox")))


def test_flux_reads_weights_and_choices_and_weight_one_is_the_plain_prompt(
    tiny_model: Callable[[str], Any],
) -> None:
    from sheetrender.engines.diffusion.pipeline_prompts import EncodedPrompts

    prompts = EncodedPrompts(tiny_model("flux"), "flux", nullcontext, torch.device("cpu"))
    with torch.no_grad():
        own, _, _ = tiny_model("flux").encode_prompt("a red fox", None, device="cpu")
        pages = {
            text: prompts.pages([text])[text]["prompt_embeds"]
            for text in (
                "a red fox", "a (red:1.0) fox", "a (red:1.3) fox", "a (red:0.5) fox", "a blue fox",
                "a [red|blue] fox",
            )
        }  # fmt: skip
    plain, same, more, less, blue, either = pages.values()
    assert torch.equal(plain, own)
    assert torch.equal(same, own)
    assert {page.shape for page in pages.values()} == {own.shape}
    assert float((more - plain).abs().max()) > 1e-3
    assert float((less - plain).abs().max()) > 1e-3
    assert torch.allclose(either, (plain + blue) / 2, atol=1e-6)


def test_a_weight_changes_the_picture_of_flux_and_fades_in(painter: Opened) -> None:
    plain, weighed = "a red fox", "a (red:1.6) fox"
    own = painter("flux")
    first = _painted(own, _job(prompt=plain))
    last = _painted(own, _job(prompt=weighed))
    assert not torch.equal(first, last)
    fading = {
        share: _painted(own, _job(prompt=weighed, previous_prompt=plain, prompt_weight=share))
        for share in (0.0, 0.5, 1.0)
    }
    assert torch.equal(fading[0.0], first)
    assert torch.equal(fading[1.0], last)
    assert not torch.equal(fading[0.5], first)
    assert not torch.equal(fading[0.5], last)
