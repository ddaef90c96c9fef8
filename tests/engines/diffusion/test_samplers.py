"""Samplers by name."""

from __future__ import annotations

import subprocess
import sys

import diffusers
import pytest

from sheetrender.engines.diffusion.samplers import SAMPLER_NAMES, sampler_named
from sheetrender.model.errors import UsageError


@pytest.mark.parametrize(
    ("name", "scheduler"),
    [
        ("", "DDIMScheduler"), ("DDIM", "DDIMScheduler"), ("plms", "PNDMScheduler"),
        ("k_euler_ancestral", "EulerAncestralDiscreteScheduler"), ("klms", "LMSDiscreteScheduler"),
        ("Euler a", "EulerAncestralDiscreteScheduler"), ("dpm2", "KDPM2DiscreteScheduler"),
        ("dpm2_ancestral", "KDPM2AncestralDiscreteScheduler"), ("UniPC", "UniPCMultistepScheduler"),
        ("DPM++ 2M Karras", "DPMSolverMultistepScheduler"), ("LCM", "LCMScheduler"),
        ("k_dpmpp_2m", "DPMSolverMultistepScheduler"), ("heun", "HeunDiscreteScheduler"),
        ("DPMSolverMultistepScheduler", "DPMSolverMultistepScheduler"),
        ("  dpm++  sde ", "DPMSolverSinglestepScheduler"),
    ],
)  # fmt: skip
def test_deforums_the_web_uis_and_diffusers_names_are_understood(name: str, scheduler: str) -> None:
    assert sampler_named(name).scheduler == scheduler


def test_every_sampler_is_one_that_diffusers_has() -> None:
    assert all(hasattr(diffusers, sampler_named(name).scheduler) for name in SAMPLER_NAMES)


def test_karras_spacing_is_asked_for_by_a_last_word() -> None:
    assert sampler_named("dpm++ 2m karras").options["use_karras_sigmas"] is True
    assert "use_karras_sigmas" not in sampler_named("dpm++ 2m").options


def test_a_misspelt_sampler_is_refused_with_the_closest_name() -> None:
    with pytest.raises(UsageError, match=r"No sampler is called 'eulr'\. Did you mean 'euler'\?"):
        sampler_named("eulr")


def test_what_is_like_none_is_refused_with_all_names() -> None:
    with pytest.raises(UsageError, match=r"Samplers: ddim, euler, "):
        sampler_named("xyzzy")


def test_a_spacing_that_a_sampler_cannot_have_is_refused() -> None:
    with pytest.raises(UsageError, match="ddim karras"):
        sampler_named("ddim karras")


def test_names_and_keys_are_looked_up_without_importing_torch() -> None:
    script = (
        "import sys; from sheetrender.engines.diffusion.samplers import sampler_named;"
        "from sheetrender.engines.diffusion.engine import DiffusionEngine; sampler_named('lcm');"
        "assert not {'torch', 'diffusers', 'transformers', 'compel'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
