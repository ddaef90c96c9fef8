"""The way from noise to a picture, or the last part of it: diffusers' schedulers, begun half-way.

A scheduler of diffusers is made to walk from its first step to its last. Begun later, some go
wrong unless they are told: what stands here makes a part of the way as right as the whole.
"""

from __future__ import annotations

import copy
import inspect
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import diffusers
import torch
from torch import Tensor

from sheetrender.engines.diffusion.noise import NoiseFrom, NoiseSource
from sheetrender.engines.diffusion.samplers import Sampler, sampler_named

_HELD = 64
_LMS_ORDER = 4
_ROUNDING = 1e-9


def steps_to_do(steps: int, strength: float) -> int:
    """Return how many of `steps` are done over a picture of which `strength` is kept.

    Source: Deforum, where a strength of 1.0 keeps all; diffusers counts the other way round.
    """
    kept = int(min(max(strength, 0.0), 1.0) * steps + _ROUNDING)
    return steps - kept


class Course:
    """One walk, for pictures that walk alike; its state is its own.

    Attributes:
        timesteps: one for each call of the model, on the CPU.
    """

    def __init__(self, scheduler: Any, timesteps: Tensor, *, stochastic: bool) -> None:
        self._scheduler = scheduler
        self._stochastic = stochastic
        self.timesteps = timesteps

    def __len__(self) -> int:
        return len(self.timesteps)

    def from_noise(self, noise: Tensor) -> Tensor:
        """Return where a picture from nothing begins."""
        start: Tensor = noise * self._scheduler.init_noise_sigma
        return start

    def from_picture(self, latents: Tensor, noise: Tensor) -> Tensor:
        """Return the picture with as much noise as there is at the beginning of this walk."""
        begin = self.timesteps[:1].repeat(len(latents))
        noised: Tensor = self._scheduler.add_noise(latents, noise, begin.to(latents.device))
        return noised

    def scaled(self, latents: Tensor, call: int) -> Tensor:
        """Return what the model is to be given at a call."""
        given: Tensor = self._scheduler.scale_model_input(latents, self.timesteps[call])
        return given

    def stepped(
        self, predicted: Tensor, latents: Tensor, call: int, sources: Sequence[NoiseSource]
    ) -> Tensor:
        """Return the latents one step nearer to the picture.

        Args:
            predicted: what the model said, shape of `latents`.
            latents: float32, shape (pictures, channels, height, width).
            call: 0-based.
            sources: of noise, one for each picture.
        """
        more = {}
        if hasattr(self._scheduler, "get_lms_coefficient"):
            # It takes the number of the step for the length of its memory.
            more["order"] = min(_LMS_ORDER, call + 1)
        noises = NoiseFrom(sources, latents.device) if self._stochastic else nullcontext()
        with noises:
            (after, *_) = self._scheduler.step(
                predicted, self.timesteps[call], latents, return_dict=False, **more
            )
        nearer: Tensor = after
        return nearer


class Schedules:
    """The schedulers of one model, each made ready once for each number of steps."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = config
        self._ready: OrderedDict[tuple[str, int], tuple[Sampler, Any]] = OrderedDict()

    def course(self, sampler: str, steps: int, done: int) -> Course:
        """Return a walk of the last `done` of `steps` steps.

        Args:
            sampler: its name.
            steps: of the whole way, >= 1.
            done: 1 <= done <= steps.
        """
        kind, scheduler = self._made_ready(sampler, steps)
        walked = _copied(scheduler)
        if hasattr(walked, "step_plms"):
            return Course(walked, _plms_timesteps(walked, done), stochastic=False)
        first = (steps - done) * walked.order
        if hasattr(walked, "set_begin_index"):
            walked.set_begin_index(first)
        return Course(walked, walked.timesteps[first:], stochastic=kind.stochastic)

    def _made_ready(self, name: str, steps: int) -> tuple[Sampler, Any]:
        key = (name, steps)
        found = self._ready.get(key)
        if found is None:
            sampler = sampler_named(name)
            found = self._ready[key] = (sampler, _scheduler(sampler, self._config, steps))
            if len(self._ready) > _HELD:
                self._ready.popitem(last=False)
        self._ready.move_to_end(key)
        return found


def _scheduler(sampler: Sampler, config: Mapping[str, Any], steps: int) -> Any:
    made = getattr(diffusers, sampler.scheduler)
    known = inspect.signature(made.__init__).parameters
    # A model's configuration is that of one scheduler; others complain of what they do not know.
    understood = {
        name: value for name, value in config.items() if name in known or name.startswith("_")
    }
    scheduler = made.from_config(understood, **sampler.options)
    _set_steps(scheduler, steps)
    return scheduler


def _set_steps(scheduler: Any, steps: int) -> None:
    if "original_inference_steps" in scheduler.config:
        known = int(scheduler.config.original_inference_steps)
        scheduler.set_timesteps(steps, original_inference_steps=max(known, steps))
    else:
        scheduler.set_timesteps(steps)


def _copied(scheduler: Any) -> Any:
    """Return a scheduler that can be walked while this one stays as it is.

    Their state is in numbers and in lists; tensors are replaced by them, not written to.
    """
    copied = copy.copy(scheduler)
    for name, value in vars(scheduler).items():
        if isinstance(value, list):
            setattr(copied, name, list(value))
    return copied


def _plms_timesteps(scheduler: Any, done: int) -> Tensor:
    """Return the last steps, the second of them twice: PLMS does its first step two times over."""
    single = torch.unique(scheduler.timesteps).flip(0)[-done:]
    return torch.cat([single[:2], single[1:]])
