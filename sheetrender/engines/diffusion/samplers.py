"""Samplers by the names that people know them by; a table, which needs neither torch nor a model.

Deforum's names, those of the AUTOMATIC1111 web UI and the class names of diffusers are understood.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sheetrender.model.errors import UsageError


@dataclass(frozen=True, slots=True)
class Sampler:
    """How to get from noise to a picture.

    Attributes:
        scheduler: the class in diffusers.
        options: what it is told beyond the model's own configuration.
        stochastic: it adds noise of its own between steps.
    """

    scheduler: str
    options: Mapping[str, object] = field(default_factory=dict)
    stochastic: bool = False


_MULTISTEP = "DPMSolverMultistepScheduler"
_SINGLESTEP = "DPMSolverSinglestepScheduler"

# Latents are no pixels: what schedulers may clip to -1..1 goes as it is.
_UNCLIPPED = {"clip_sample": False}

_SAMPLERS = {
    "ddim": Sampler("DDIMScheduler", _UNCLIPPED),
    "euler": Sampler("EulerDiscreteScheduler"),
    "euler a": Sampler("EulerAncestralDiscreteScheduler", stochastic=True),
    "heun": Sampler("HeunDiscreteScheduler"),
    "lms": Sampler("LMSDiscreteScheduler"),
    "dpm2": Sampler("KDPM2DiscreteScheduler"),
    "dpm2 a": Sampler("KDPM2AncestralDiscreteScheduler", stochastic=True),
    "dpm++ 2m": Sampler(_MULTISTEP, {"algorithm_type": "dpmsolver++"}),
    "dpm++ 2m sde": Sampler(_MULTISTEP, {"algorithm_type": "sde-dpmsolver++"}, stochastic=True),
    "dpm++ 3m sde": Sampler(
        _MULTISTEP, {"algorithm_type": "sde-dpmsolver++", "solver_order": 3}, stochastic=True
    ),
    "dpm++ 2s": Sampler(_SINGLESTEP, {"algorithm_type": "dpmsolver++", "lower_order_final": True}),
    "dpm++ sde": Sampler(
        _SINGLESTEP,
        {"algorithm_type": "sde-dpmsolver++", "lower_order_final": True},
        stochastic=True,
    ),
    "deis": Sampler("DEISMultistepScheduler"),
    "unipc": Sampler("UniPCMultistepScheduler"),
    "pndm": Sampler("PNDMScheduler", {"skip_prk_steps": True}),
    "ddpm": Sampler("DDPMScheduler", _UNCLIPPED, stochastic=True),
    "lcm": Sampler("LCMScheduler", _UNCLIPPED, stochastic=True),
    "tcd": Sampler("TCDScheduler", _UNCLIPPED, stochastic=True),
}

_ALIASES = {
    "klms": "lms", "plms": "pndm", "euler ancestral": "euler a", "dpm2 ancestral": "dpm2 a",
    "dpm 2": "dpm2", "dpm 2 a": "dpm2 a", "dpm 2 ancestral": "dpm2 a", "dpmsolver++": "dpm++ 2m",
    "dpm++": "dpm++ 2m", "uni pc": "unipc",
}  # fmt: skip

_SPACINGS: dict[str, Mapping[str, object]] = {
    "karras": {"use_karras_sigmas": True},
    "exponential": {"use_exponential_sigmas": True},
    "beta": {"use_beta_sigmas": True},
}
_SPACED = frozenset(
    {
        "euler", "heun", "lms", "dpm2", "dpm2 a", "dpm++ 2m", "dpm++ 2m sde", "dpm++ 3m sde",
        "dpm++ 2s", "dpm++ sde", "deis", "unipc",
    }
)  # fmt: skip

SAMPLER_NAMES = tuple(_SAMPLERS)
"""The names that messages and drop-downs show; most may be followed by ``karras``."""


def sampler_named(name: str) -> Sampler:
    """Return the sampler of that name; an empty one means ddim, Deforum's first.

    Raises:
        UsageError: there is none; the text proposes one that is close.
    """
    words = _words(name) or "ddim"
    base, _, spacing = words.rpartition(" ")
    if spacing in _SPACINGS and _plain(base) in _SPACED:
        sampler = _SAMPLERS[_plain(base)]
        return replace(sampler, options={**sampler.options, **_SPACINGS[spacing]})
    found = _SAMPLERS.get(_plain(words))
    if found is None:
        raise UsageError(_refusal(name, words))
    return found


def _words(name: str) -> str:
    """Return a name in its plainest form: ``k_dpmpp_2m-Karras`` is ``dpm++ 2m karras``."""
    words = re.sub(r"[\s_-]+", " ", name.strip().lower())
    return re.sub(r"\bdpmpp\b", "dpm++", words).removeprefix("k ")


def _plain(words: str) -> str:
    """Return the name in the table for another one of it, a scheduler's class among them."""
    for name, sampler in _SAMPLERS.items():
        if words == sampler.scheduler.lower():
            return name
    return _ALIASES.get(words, words)


def _refusal(name: str, words: str) -> str:
    close = difflib.get_close_matches(words, [*_SAMPLERS, *_ALIASES], n=1)
    if close:
        return f"No sampler is called {name!r}. Did you mean {close[0]!r}?"
    return f"No sampler is called {name!r}. Samplers: {', '.join(SAMPLER_NAMES)}."
