"""Ways from one encoded prompt to another, in numbers."""

from __future__ import annotations

from typing import Literal

import pytest
import torch
from torch import Tensor

from sheetrender.engines.diffusion.blending import arc, mix_by
from sheetrender.engines.diffusion.pipeline_prompts import blended

from . import tiny_models
from .painting import job, painter


def test_on_the_arc_the_length_stays() -> None:
    one, two = torch.tensor([[3.0, 0.0]]), torch.tensor([[0.0, 3.0]])
    assert torch.allclose(arc(one, two, 1 / 3), torch.tensor([[2.5981, 1.5]]), atol=1e-4)
    assert torch.allclose(arc(one, 2 * one, 0.5), 1.5 * one)
    assert torch.allclose(arc(one, one, 0.5), one)
    assert bool(arc(one, 0 * one, 0.5).isfinite().all())


def test_half_way_the_straight_line_is_shorter_and_the_arc_is_not() -> None:
    one, two = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])
    assert float(mix_by("lerp")(one, two, 0.5).norm()) == pytest.approx(0.5**0.5)
    assert float(mix_by("slerp")(one, two, 0.5).norm()) == pytest.approx(1.0)


@pytest.mark.parametrize(("how", "middle"), [("lerp", 0.5), ("slerp", 0.5**0.5)])
def test_families_without_a_unet_blend_the_same_two_ways(
    how: Literal["lerp", "slerp"], middle: float
) -> None:
    first = {"prompt_embeds": torch.tensor([[[1.0, 0.0]]])}
    second = {"prompt_embeds": torch.tensor([[[0.0, 1.0]]])}
    found = blended(first, second, 0.5, how)["prompt_embeds"]
    assert torch.allclose(found, torch.tensor([[[middle, middle]]]), atol=1e-6)


@pytest.mark.parametrize("how", ["lerp", "slerp"])
def test_the_setting_says_what_the_model_is_given_between_two_prompts(
    how: Literal["lerp", "slerp"],
) -> None:
    pipeline = tiny_models.sd15()
    given: list[Tensor] = []
    pipeline.unet.register_forward_pre_hook(
        lambda _, args, kwargs: given.append(kwargs["encoder_hidden_states"]), with_kwargs=True
    )
    one = painter(pipeline, blend_by=how)
    fade = {"prompt": "zebra", "previous_prompt": "q", "steps": 1, "scale": 1.0}
    for share in (0.0, 0.25, 1.0):
        one.paint([job(**fade, prompt_weight=share)])
    before, between, after = given
    assert not torch.allclose(before, after)
    assert torch.allclose(between, mix_by(how)(before, after, 0.25), atol=1e-6)
    assert not torch.allclose(mix_by("lerp")(before, after, 0.25), arc(before, after, 0.25))
