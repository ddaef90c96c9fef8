"""Painting with a UNet: held to diffusers' own pipeline, to counts of calls, and to bytes."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerDiscreteScheduler,
    StableDiffusionImg2ImgPipeline,
    StableDiffusionXLImg2ImgPipeline,
)
from torch import Tensor, nn

from sheetrender.engines.diffusion.memory import HOST, TIERS
from sheetrender.engines.diffusion.samplers import SAMPLER_NAMES
from sheetrender.engines.diffusion.unet_painter import UnetPainter
from sheetrender.engines.engine import Unusable
from sheetrender.model.errors import RenderFailed, UsageError

from . import tiny_models
from .painting import before, job, painted, painter

Model = Callable[[str], Any]
SCHEDULERS = {
    "ddim": (DDIMScheduler, {"clip_sample": False}),
    "euler": (EulerDiscreteScheduler, {}),
    "dpm++ 2m": (DPMSolverMultistepScheduler, {}),
    "dpm++ 2m karras": (DPMSolverMultistepScheduler, {"use_karras_sigmas": True}),
}
NEAR = 1.01
"""Levels: both round, and add in another order."""


@pytest.fixture
def sd(tiny_model: Model) -> UnetPainter:
    return painter(tiny_model("sd15"))


def peer(pipeline: Any, sampler: str, one: Any, mean: Tensor | None) -> Tensor:
    """Paint a job with diffusers' own pipeline, from the same latents and noise."""
    made, more = SCHEDULERS[sampler]
    kind = {"prompt": one.prompt, "negative_prompt": one.negative or None}
    generator = torch.Generator("cpu").manual_seed(one.seed)
    scheduler = made.from_config(pipeline.scheduler.config, **more)
    large = hasattr(pipeline, "text_encoder_2")
    shared = {**pipeline.components, "scheduler": scheduler}
    if mean is None:
        whole = type(pipeline)(**shared, **({} if large else {"requires_safety_checker": False}))
        kind |= {"height": 72, "width": 128}
    else:
        form = StableDiffusionXLImg2ImgPipeline if large else StableDiffusionImg2ImgPipeline
        whole = form(**shared, **({} if large else {"requires_safety_checker": False}))
        # strength is the other way round there; a picture of four channels is taken for latents.
        kind |= {"image": mean, "strength": 1 - one.strength}
        if large:
            kind |= {"original_size": (72, 128), "target_size": (72, 128)}
    whole.set_progress_bar_config(disable=True)
    found = whole(
        **kind, num_inference_steps=one.steps, guidance_scale=one.scale, generator=generator,
        output_type="pt",
    ).images[0]  # fmt: skip
    return (found * 255).round().permute(1, 2, 0).flip(-1)


@pytest.mark.slow
@pytest.mark.parametrize("sampler", SCHEDULERS)
@pytest.mark.parametrize("family", ["sd15", "sd2v", "sdxl"])
def test_pictures_are_those_of_diffusers_own_pipelines(
    tiny_model: Model, family: str, sampler: str
) -> None:
    pipeline = tiny_model(family)
    mine = painter(pipeline)
    for changes in ({}, {"scale": 1.0}, {"negative": "blue sea"}):
        first = job(sampler=sampler, strength=0.6, **changes)
        theirs = peer(pipeline, sampler, first, None)
        assert (painted_by(mine, first) - theirs).abs().max() < NEAR, changes
        later = replace(first, before=before())
        theirs = peer(pipeline, sampler, later, mine.parts.latents_of(before()[None]))
        assert (painted_by(mine, later) - theirs).abs().max() < NEAR, changes


def painted_by(one: UnetPainter, wanted: Any) -> Tensor:
    (picture,) = one.paint([wanted])
    assert isinstance(picture, Tensor)
    return picture.float()


@pytest.mark.parametrize(
    ("changes", "calls"),
    [
        ({}, 20), ({"steps": 5}, 5), ({"strength": 0.9}, 20), ({"sampler": "heun"}, 39),
        ({"before": 1}, 7), ({"before": 1, "strength": 0.0}, 20), ({"before": 1, "scale": 1.0}, 7),
        ({"before": 1, "strength": 0.95}, 1), ({"before": 1, "strength": 1.0}, 0),
        ({"before": 1, "sampler": "plms"}, 8), ({"before": 1, "steps": 10}, 4),
    ],
)  # fmt: skip
def test_the_unet_is_called_once_for_each_step(
    sd: UnetPainter, changes: dict[str, Any], calls: int
) -> None:
    given = {**changes, "before": before()} if "before" in changes else changes
    start = sd.parts.calls
    painted(sd, **given)
    assert sd.parts.calls - start == calls


def test_guidance_takes_two_rows_and_none_takes_one(sd: UnetPainter, tiny_model: Model) -> None:
    rows = []
    hook = tiny_model("sd15").unet.register_forward_pre_hook(
        lambda module, given: rows.append(len(given[0]))
    )
    painted(sd, steps=1)
    painted(sd, steps=1, scale=1.0)
    hook.remove()
    assert rows == [2, 1]


def test_below_one_step_the_picture_before_is_returned_as_it_is(sd: UnetPainter) -> None:
    given = before()
    picture = painted(sd, before=given, strength=1.0)
    assert torch.equal(picture, given)
    assert picture.data_ptr() != given.data_ptr()


def test_more_strength_keeps_more_of_the_picture(sd: UnetPainter) -> None:
    given = before()
    coded, _ = sd.parts.pictures_of(sd.parts.latents_of(given[None]))
    away = [
        float((painted(sd, before=given, strength=strength).float() - coded[0]).abs().mean())
        for strength in (0.1, 0.4, 0.7, 0.95)
    ]
    assert away == sorted(away, reverse=True)


def test_a_seed_with_a_fraction_lies_between_its_neighbours(sd: UnetPainter) -> None:
    for sampler in ("ddim", "euler a"):
        here, there = painted(sd, sampler=sampler), painted(sd, sampler=sampler, seed=43)
        near = painted(sd, sampler=sampler, seed_share=0.001)
        late = painted(sd, sampler=sampler, seed_share=0.999)
        apart = (here.float() - there).abs().mean()
        assert (near.float() - here).abs().mean() < 0.05 * apart
        assert (late.float() - there).abs().mean() < 0.05 * apart


def test_a_prompt_fades_in_from_the_one_before(sd: UnetPainter) -> None:
    old, new = painted(sd, prompt="q"), painted(sd, prompt="zebra")
    fade = {"prompt": "zebra", "previous_prompt": "q"}
    assert torch.equal(painted(sd, **fade, prompt_weight=0.0), old)
    assert torch.equal(painted(sd, **fade, prompt_weight=1.0), new)
    assert not torch.equal(painted(sd, **fade, prompt_weight=0.5), new)


def mixed_jobs() -> list[Any]:
    kinds: list[dict[str, Any]] = [
        {"sampler": "euler a"}, {"strength": 0.3, "steps": 12}, {"strength": 1.0},
        {"steps": 10, "prompt": "(deep:1.3) sea"}, {"scale": 1.0}, {"scale": 2.0, "steps": 30},
        {"sampler": "dpm++ 2m karras", "strength": 0.8, "seed_share": 0.5},
    ]  # fmt: skip
    jobs = [job(before=before(turn), seed=turn, **kind) for turn, kind in enumerate(kinds)]
    return [*jobs, job(seed=3), job(prompt="long " * 90)]


@pytest.mark.slow
@pytest.mark.parametrize(("family", "width"), [("sd15", 1), ("sd15", 4), ("sdxl", 3)])
def test_a_job_gives_the_same_bytes_at_any_place_of_any_batch(
    tiny_model: Model, family: str, width: int
) -> None:
    one = painter(tiny_model(family), width)
    jobs = mixed_jobs()
    alone = [one.paint([each])[0] for each in jobs]
    for order in (range(len(jobs)), reversed(range(len(jobs))), (3, 0, 8, 7, 1, 6, 2, 5, 4)):
        places = list(order)
        together = one.paint([jobs[place] for place in places])
        for place, picture in zip(places, together, strict=True):
            assert torch.equal(picture, alone[place]), place


def test_in_step_the_unet_is_called_as_often_as_for_one(tiny_model: Model) -> None:
    one = painter(tiny_model("sd15"), 4)
    one.paint([job(before=before(turn), strength=0.5 + 0.1 * turn) for turn in range(4)])
    assert one.parts.calls == 10


@pytest.mark.parametrize("family", ["sd15", "sdxl"])
def test_another_number_in_step_rounds_otherwise_and_shows_no_seam(
    tiny_model: Model, family: str
) -> None:
    # So a run may go on with another `in_step`, and keeps what is done.
    alone, wide = painter(tiny_model(family), 1), painter(tiny_model(family), 4)
    last = painted(alone)
    for turn in range(3):
        kept, going_on = (painted(one, before=last, seed=turn) for one in (alone, wide))
        apart = (kept.int() - going_on.int()).abs()
        assert int(apart.max()) <= 1
        assert float((apart > 0).float().mean()) < 0.01
        last = kept


def test_prompts_are_encoded_once(sd: UnetPainter) -> None:
    start = sd.book.encodings
    for index in range(5):
        painted(sd, before=before(), prompt="a once encoded prompt", negative="ugly", seed=index)
    assert sd.book.encodings - start == 2


def spoilt(tiny: Any, value: float) -> Any:
    with torch.no_grad():
        tiny.vae.decoder.conv_out.weight.zero_()
        tiny.vae.decoder.conv_out.bias.fill_(value)
    return tiny


@pytest.mark.parametrize(
    ("value", "reason"), [(float("nan"), "no numbers"), (float("inf"), "no numbers"), (-5, "black")]
)
def test_no_numbers_and_black_are_unusable(value: float, reason: str) -> None:
    one = painter(spoilt(tiny_models.sd15(), value))
    kept, bad = one.paint([job(before=before(), strength=1.0), job(steps=1)])
    assert isinstance(kept, Tensor)
    assert isinstance(bad, Unusable)
    assert reason in bad.reason


class SmallCard:
    """Runs out of memory, as a card does, when a module is given more rows than it has room for."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.refusals = 0

    def __call__(self, module: nn.Module, given: Any) -> None:
        if len(given[0]) > self.rows:
            self.refusals += 1
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")


def test_out_of_memory_paints_the_same_jobs_one_tier_lower(tiny_model: Model) -> None:
    pipeline = tiny_models.sd15()
    card = SmallCard(4)
    pipeline.unet.register_forward_pre_hook(card)
    one = painter(pipeline, TIERS[0].width, TIERS[0])
    jobs = [job(before=before(turn), seed=turn, steps=4) for turn in range(5)]
    found = one.paint(jobs)
    assert card.refusals == 2
    assert one.width == 2
    patient = painter(tiny_model("sd15"), 2).paint(jobs)
    assert all(torch.equal(a, b) for a, b in zip(found, patient, strict=True))
    one.paint(jobs)
    assert card.refusals == 2


def test_out_of_memory_on_the_lowest_tier_says_what_to_do() -> None:
    pipeline = tiny_models.sd15()
    pipeline.unet.register_forward_pre_hook(SmallCard(0))
    for tier in (TIERS[-1], HOST):
        with pytest.raises(RenderFailed, match=r"too little memory .* 128×72.*smaller width"):
            painter(pipeline, 1, tier).paint([job()])


def test_part_by_part_gives_the_same_picture(tiny_model: Model, sd: UnetPainter) -> None:
    # In tiles it is another picture where they meet, and this one would be cut in many.
    frugal = painter(tiny_models.sd15(), 1, replace(TIERS[-1], tiled=False))
    assert torch.equal(painted(frugal, before=before()), painted(sd, before=before()))


@pytest.mark.parametrize("name", SAMPLER_NAMES)
def test_every_sampler_paints_from_nothing_and_over_a_picture(sd: UnetPainter, name: str) -> None:
    first = painted(sd, sampler=name, steps=4)
    assert first.float().std() > 5
    assert not torch.equal(painted(sd, sampler=name, steps=4, before=first), first)


def test_an_unknown_sampler_is_refused(sd: UnetPainter) -> None:
    with pytest.raises(UsageError, match="Did you mean 'euler'"):
        painted(sd, sampler="eulr")


@pytest.mark.slow
def test_painting_on_and_on_holds_no_more_tensors(sd: UnetPainter) -> None:
    def tensors() -> int:
        gc.collect()
        return sum(type(each) is Tensor for each in gc.get_objects())

    def few(start: int) -> None:
        for index in range(start, start + 40):
            painted(sd, before=before(), steps=1 + index % 5, strength=0.0, seed=index)

    few(0)
    held = tensors()
    few(40)
    assert tensors() <= held
