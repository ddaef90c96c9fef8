"""The table of families says what the installed diffusers does."""

from __future__ import annotations

import inspect
import subprocess
import sys

import diffusers
import pytest

from sheetrender.engines.diffusion.families import (
    FAMILIES,
    Family,
    family_of,
    refusal,
    size_that_fits,
)
from sheetrender.engines.diffusion.loading import capabilities

_IDS = [family.key for family in FAMILIES]


@pytest.mark.parametrize("family", FAMILIES, ids=_IDS)
def test_every_family_paints_over_pictures_with_a_strength(family: Family) -> None:
    can = capabilities(inspect.signature(getattr(diffusers, family.to_image).__call__).parameters)
    assert can["strength"]
    assert can["embeds"]
    assert can["scale"]
    assert can["negative"] or not family.negative


@pytest.mark.parametrize("family", FAMILIES, ids=_IDS)
def test_the_scale_is_a_parameter_of_both_calls(family: Family) -> None:
    for name in (family.to_image, family.pipelines[0]):
        call = inspect.signature(getattr(diffusers, name).__call__)
        assert family.scale_argument in call.parameters


@pytest.mark.parametrize("family", FAMILIES, ids=_IDS)
def test_loras_and_textual_inversions_are_taken_where_the_table_says_so(family: Family) -> None:
    pipeline = getattr(diffusers, family.to_image)
    assert hasattr(pipeline, "load_lora_weights") == family.loras
    assert hasattr(pipeline, "load_textual_inversion") >= family.embeddings


@pytest.mark.parametrize("family", FAMILIES, ids=_IDS)
def test_every_name_that_leads_to_a_family_is_a_class(family: Family) -> None:
    for name in family.pipelines:
        assert hasattr(diffusers, name)
        assert family_of(name) is family


@pytest.mark.parametrize(
    "name", ["Flux2Pipeline", "Flux2KleinPipeline", "FluxKontextPipeline", "QwenImageEditPipeline"]
)
def test_what_is_refused_has_no_strength_indeed(name: str) -> None:
    call = inspect.signature(getattr(diffusers, name).__call__)
    assert "strength" not in call.parameters
    assert family_of(name) is None
    assert "cannot be told how much of it to keep" in refusal(name)


def test_sizes_go_to_the_nearest_multiple() -> None:
    flux = next(family for family in FAMILIES if family.key == "flux")
    assert size_that_fits(768, 432, flux) == (768, 432)
    assert size_that_fits(1000, 562, flux) == (992, 560)
    assert size_that_fits(4, 4, flux) == (16, 16)


def test_neither_torch_nor_diffusers_is_needed_to_tell_a_family() -> None:
    code = (
        "import sys\n"
        "import sheetrender.engines.diffusion.located, sheetrender.engines.diffusion.lora_kinds\n"
        "sys.exit(any(name in sys.modules for name in ('torch', 'diffusers', 'transformers')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
