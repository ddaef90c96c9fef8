"""Jobs for painters, and a painter over a tiny model."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sheetrender.engines.diffusion.memory import HOST, Tier
from sheetrender.engines.diffusion.painter import Job
from sheetrender.engines.diffusion.quiet import quiet
from sheetrender.engines.diffusion.unet_painter import UnetPainter
from sheetrender.engines.engine import EngineSettings
from sheetrender.model.frames import Size
from sheetrender.model.timing import FrameRate

from ..requests import some_picture

SIZE = Size(128, 72)

JOB = Job(
    before=None, prompt="a red desert", negative="", previous_prompt="a red desert",
    prompt_weight=1.0, seed=42, seed_share=0.0, steps=20, strength=0.65, scale=7.5,
    sampler="ddim", loras=(),
)  # fmt: skip


class Loaded:
    """What `open_model` returns, for a pipeline that is there already."""

    family = "sd"
    is_unet = True

    def __init__(self, pipeline: Any) -> None:
        self.pipeline = pipeline


def settings(size: Size = SIZE, **more: Any) -> EngineSettings:
    return EngineSettings(size=size, rate=FrameRate(Fraction(30)), **more)


def painter(pipeline: Any, width: int = 1, tier: Tier = HOST, **more: Any) -> UnetPainter:
    return UnetPainter(
        Loaded(pipeline), settings(**more), torch.device("cpu"), replace(tier, width=width)
    )


def before(turn: int = 0) -> Tensor:
    picture = np.roll(some_picture(SIZE.width, SIZE.height), 17 * turn, axis=1)
    return torch.from_numpy(np.ascontiguousarray(picture))


def job(**changes: Any) -> Job:
    return replace(JOB, **changes)


def painted(one: UnetPainter, **changes: Any) -> Tensor:
    (picture,) = one.paint([job(**changes)])
    assert isinstance(picture, Tensor), picture
    return picture


def drawn_over_grey(pipeline: Any) -> Tensor:
    """Return the picture that a pipeline paints over grey."""
    pipeline.set_progress_bar_config(disable=True)
    with quiet():
        return pipeline(
            "a red fox",
            image=torch.full((1, 3, 64, 128), 0.5),
            strength=0.8,
            num_inference_steps=4,
            generator=torch.Generator().manual_seed(1),
            output_type="pt",
        ).images
