"""The way from noise to a picture, whole and in part, held to numbers."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from diffusers import DDIMScheduler, EulerDiscreteScheduler, PNDMScheduler
from torch import Tensor

from sheetrender.engines.diffusion.noise import NoiseSource
from sheetrender.engines.diffusion.samplers import SAMPLER_NAMES, sampler_named
from sheetrender.engines.diffusion.sampling import Course, Schedules, steps_to_do

SHAPE = (4, 9, 16)
CONFIG = PNDMScheduler(
    beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", skip_prk_steps=True,
    steps_offset=1, set_alpha_to_one=False,
).config  # fmt: skip
SPACED = ["dpm++ 2m karras", "euler karras", "unipc beta", "lms exponential", "heun karras"]


@pytest.mark.parametrize(
    ("steps", "strength", "done"),
    [(20, 0.65, 7), (20, 0.0, 20), (20, 1.0, 0), (20, 0.95, 1), (20, 0.96, 1), (50, 0.58, 21),
     (25, 0.65, 9), (4, 0.8, 1), (1, 0.5, 1), (20, 1.7, 0), (20, -0.3, 20)],
)  # fmt: skip
def test_strength_counts_the_steps_that_are_left_out(
    steps: int, strength: float, done: int
) -> None:
    assert steps_to_do(steps, strength) == done


class Oracle:
    """A model that always knows the picture: it sees the noise in what it is given."""

    def __init__(self, target: Tensor) -> None:
        self._target = target
        betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
        shares = torch.cumprod(1 - betas, 0)
        self._levels = torch.log((1 - shares) / shares)
        self.calls = 0

    def __call__(self, given: Tensor, time: float) -> Tensor:
        self.calls += 1
        below, part = int(time), time - int(time)
        above = min(below + 1, 999)
        level = torch.lerp(self._levels[below], self._levels[above], part)
        share = 1 / (1 + level.exp())
        noise = (given - share.sqrt() * self._target) / (1 - share).sqrt()
        return noise.float()


def walked(course: Course, target: Tensor, seed: int = 1) -> tuple[Tensor, Oracle]:
    sources = [NoiseSource(seed, 0.0, SHAPE)]
    oracle = Oracle(target)
    latents = course.from_picture(target, sources[0].next())
    for call, time in enumerate(course.timesteps):
        predicted = oracle(course.scaled(latents, call), float(time))
        latents = course.stepped(predicted, latents, call, sources)
    return latents, oracle


@pytest.mark.parametrize("name", [*SAMPLER_NAMES, *SPACED])
def test_every_sampler_arrives_at_the_picture_from_wherever_it_begins(name: str) -> None:
    target = torch.randn((1, *SHAPE), generator=torch.Generator().manual_seed(5))
    schedules = Schedules(CONFIG)
    twice = sampler_named(name).scheduler in (
        "HeunDiscreteScheduler", "KDPM2DiscreteScheduler", "KDPM2AncestralDiscreteScheduler",
    )  # fmt: skip
    for steps, done in ((20, 20), (20, 7), (20, 2), (20, 1), (5, 3), (1, 1)):
        found, oracle = walked(schedules.course(name, steps, done), target)
        # What is left is the noise of the model's first timestep, where its training began.
        left = (found - target).abs().mean()
        assert left < (0.2 if name == "ddpm" else 0.03), (steps, done)
        if twice:
            assert oracle.calls == 2 * done - 1
        elif sampler_named(name).scheduler == "PNDMScheduler":
            assert oracle.calls == done + (done > 1)
        else:
            assert oracle.calls == done


@pytest.mark.parametrize(
    ("name", "steps", "done", "time", "sigma"),
    [("ddim", 20, 7, 301, 0.8357), ("ddim", 20, 20, 951, 11.0283), ("ddim", 20, 1, 1, 0.0413),
     ("euler", 20, 7, 315.47, 0.8784), ("dpm++ 2m", 20, 7, 350, 0.9871),
     ("lms", 20, 7, 315.47, 0.8784)],
)  # fmt: skip
def test_a_part_of_the_way_begins_at_its_own_noise(
    name: str, steps: int, done: int, time: float, sigma: float
) -> None:
    course = Schedules(CONFIG).course(name, steps, done)
    assert float(course.timesteps[0]) == pytest.approx(time, abs=0.5)
    nothing, one = torch.zeros(1, *SHAPE), torch.ones(1, *SHAPE)
    noise = course.scaled(course.from_picture(nothing, one), 0)
    course = Schedules(CONFIG).course(name, steps, done)
    picture = course.scaled(course.from_picture(one, nothing), 0)
    assert float((noise / picture).mean()) == pytest.approx(sigma, rel=0.001)


def test_a_part_of_the_way_is_the_end_of_the_whole_way() -> None:
    for name in ("ddim", "euler", "dpm++ 2m karras", "heun"):
        whole = Schedules(CONFIG).course(name, 20, 20)
        part = Schedules(CONFIG).course(name, 20, 7)
        assert part.timesteps.tolist() == whole.timesteps[-len(part) :].tolist()


def test_plms_does_its_first_step_twice_wherever_it_begins() -> None:
    course = Schedules(CONFIG).course("plms", 20, 7)
    assert course.timesteps.tolist() == [301, 251, 251, 201, 151, 101, 51, 1]


def test_walking_leaves_no_trace_in_the_next_walk() -> None:
    target = torch.randn((1, *SHAPE), generator=torch.Generator().manual_seed(5))
    for name in SAMPLER_NAMES:
        schedules = Schedules(CONFIG)
        first, _ = walked(schedules.course(name, 20, 7), target)
        walked(schedules.course(name, 20, 20), -target)
        again, _ = walked(schedules.course(name, 20, 7), target)
        assert torch.equal(first, again), name


def test_latents_are_not_clipped_like_pixels() -> None:
    large = 5 * torch.ones(1, *SHAPE)
    for scheduler in (DDIMScheduler(), EulerDiscreteScheduler()):
        config: Any = scheduler.config
        found, _ = walked(Schedules({**config, **CONFIG}).course("ddim", 20, 7), large)
        assert float(found.mean()) == pytest.approx(5, abs=0.1)


def test_noise_of_a_seed_is_always_the_same_and_that_of_each_step_another() -> None:
    first, again = NoiseSource(7, 0.0, SHAPE), NoiseSource(7, 0.0, SHAPE)
    start, step = first.next(), first.next()
    assert torch.equal(start, again.next())
    assert torch.equal(step, again.next())
    assert abs(float((start * step).mean())) < 0.2
    reference = torch.randn((1, *SHAPE), generator=torch.Generator("cpu").manual_seed(7))
    assert torch.equal(start, reference)


def test_a_seed_with_a_fraction_goes_along_the_arc_to_the_next_seed() -> None:
    here, there = NoiseSource(7, 0.0, SHAPE).next(), NoiseSource(8, 0.0, SHAPE).next()
    near, half = NoiseSource(7, 1e-6, SHAPE).next(), NoiseSource(7, 0.5, SHAPE).next()
    assert float((near - here).abs().max()) < 1e-4
    assert torch.allclose(half, (here + there) / 2**0.5, atol=1e-5)
    assert float(half.std()) == pytest.approx(1.0, abs=0.1)
    last = NoiseSource(2**32 - 1, 0.999999, SHAPE).next()
    assert float((last - NoiseSource(0, 0.0, SHAPE).next()).abs().max()) < 1e-4


def test_samplers_with_noise_take_it_from_each_pictures_own_seed() -> None:
    target = torch.randn((1, *SHAPE), generator=torch.Generator().manual_seed(5))
    for name in ("euler a", "dpm++ 2m sde", "lcm"):

        def step(sources: list[NoiseSource], name: str = name) -> Tensor:
            course = Schedules(CONFIG).course(name, 20, 7)
            given = target.repeat(len(sources), 1, 1, 1)
            return course.stepped(given, given, 0, sources)

        together = step([NoiseSource(3, 0.0, SHAPE), NoiseSource(4, 0.25, SHAPE)])
        assert torch.equal(together[:1], step([NoiseSource(3, 0.0, SHAPE)])), name
        assert torch.equal(together[1:], step([NoiseSource(4, 0.25, SHAPE)])), name
        assert not torch.equal(together[:1], together[1:]), name
