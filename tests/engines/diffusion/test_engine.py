"""The diffusion engine: the contract of all engines, on tiny models from their folders."""

from __future__ import annotations

import subprocess
import sys
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from sheetrender.engines.diffusion import engine as engine_module
from sheetrender.engines.diffusion.engine import DiffusionEngine
from sheetrender.engines.diffusion.loading import LoadedModel, open_model
from sheetrender.engines.diffusion.placement import parts_of
from sheetrender.engines.diffusion.unet_painter import UnetPainter
from sheetrender.engines.engine import (
    DrawRequest,
    Engine,
    EngineSettings,
    Unusable,
    open_engine,
)
from sheetrender.model.collector import collector_paused
from sheetrender.model.errors import PartMissing, UsageError

from ..contract import EngineContract
from ..requests import SPEC, drawn, settings, some_picture, spec

Folder = Callable[[str], Path]


@pytest.fixture(autouse=True)
def _few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.engines.requests.SPEC", replace(SPEC, steps=2))


class TestDiffusion(EngineContract):
    @pytest.fixture(autouse=True)
    def _folder(self, model_folder: Folder) -> None:
        self.folder = model_folder("sd15")

    def open(self, given: EngineSettings) -> Engine:
        return DiffusionEngine(replace(given, model=str(self.folder)))


class TestDiffusionInStep(TestDiffusion):
    def open(self, given: EngineSettings) -> Engine:
        return DiffusionEngine(replace(given, model=str(self.folder), in_step=3))


@pytest.fixture
def given(model_folder: Folder) -> EngineSettings:
    return replace(settings(), model=str(model_folder("sd15")))


def test_it_is_opened_by_its_name(given: EngineSettings) -> None:
    engine = open_engine("diffusion", given)
    assert isinstance(engine, DiffusionEngine)
    assert {"strength", "steps", "scale"} <= engine.reads
    assert "zoom" not in engine.reads


def test_it_is_opened_without_importing_torch_and_without_a_model() -> None:
    script = (
        "import sys; from fractions import Fraction;"
        "from sheetrender.engines.engine import EngineSettings, open_engine;"
        "from sheetrender.model.frames import Size; from sheetrender.model.timing import FrameRate;"
        "engine = open_engine('diffusion', EngineSettings(size=Size(64, 64),"
        " rate=FrameRate(Fraction(30)), model='nowhere'));"
        "engine.name, engine.version, engine.reads, engine.grades, engine.reads_weights;"
        "assert not {'torch', 'diffusers', 'transformers', 'compel'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_on_a_processor_pictures_stay_in_the_hosts_memory(given: EngineSettings) -> None:
    engine = open_engine("diffusion", given)
    assert engine.canvas is None
    assert engine.width == 1
    assert open_engine("diffusion", replace(given, in_step=4)).width == 4


def test_a_model_that_is_not_there_is_missing_at_the_first_picture(given: EngineSettings) -> None:
    engine = open_engine("diffusion", replace(given, model="/nowhere/model.safetensors"))
    with pytest.raises(PartMissing, match=r"nowhere"):
        drawn(engine, spec())


def test_a_row_may_have_its_own_model_and_sampler(
    given: EngineSettings, model_folder: Folder
) -> None:
    engine = open_engine("diffusion", given)
    other = str(model_folder("sdxl"))
    plain, large, euler, wrong = spec(), spec(model=other), spec(sampler="euler a"), spec()
    requests = [DrawRequest(each, None) for each in (plain, large, euler, wrong)]
    pictures = engine.draw(requests)
    alone = open_engine("diffusion", replace(given, model=other))
    assert np.array_equal(pictures[1], drawn(alone, spec()))
    assert np.array_equal(pictures[0], pictures[3])
    assert not np.array_equal(pictures[0], pictures[2])


def test_the_sampler_of_the_settings_counts_where_the_row_has_none(given: EngineSettings) -> None:
    euler = open_engine("diffusion", replace(given, sampler="euler a"))
    plain = open_engine("diffusion", given)
    assert np.array_equal(drawn(euler, spec()), drawn(plain, spec(sampler="euler a")))
    with pytest.raises(UsageError, match="Did you mean 'euler'"):
        drawn(open_engine("diffusion", replace(given, sampler="eulr")), spec())


def test_the_prompt_before_the_negative_and_the_scale_change_the_picture(
    given: EngineSettings,
) -> None:
    engine = open_engine("diffusion", given)
    found = [
        drawn(engine, each).tobytes()
        for each in (
            spec("fox"), spec("(fox:1.4)"), spec("fox", negative="ugly"), spec("fox", scale=3.0),
            replace(spec("fox"), previous_prompt="wolf", prompt_weight=0.5),
        )
    ]  # fmt: skip
    assert len(set(found)) == len(found)


def test_a_picture_that_may_not_be_written_to_is_drawn_over_as_well(given: EngineSettings) -> None:
    picture = some_picture()
    picture.flags.writeable = False
    assert drawn(open_engine("diffusion", given), spec(), picture).shape == picture.shape


def test_a_black_picture_is_unusable(given: EngineSettings) -> None:
    engine = DiffusionEngine(given)
    drawn(engine, spec())
    (painter,) = engine._painters.values()
    with torch.no_grad():
        painter._pipeline.vae.decoder.conv_out.weight.zero_()  # type: ignore[attr-defined]
        painter._pipeline.vae.decoder.conv_out.bias.fill_(-5)  # type: ignore[attr-defined]
    assert isinstance(drawn(engine, spec()), Unusable)


def test_without_a_depth_model_it_sees_no_depth(given: EngineSettings) -> None:
    assert open_engine("diffusion", given).depth(some_picture()) is None


def test_text_encoders_leave_when_another_model_paints(
    given: EngineSettings, model_folder: Folder
) -> None:
    engine = DiffusionEngine(given)
    drawn(engine, spec())
    (first,) = engine._painters.values()
    assert isinstance(first, UnetPainter)
    assert first.book.readers.bytes_laid
    drawn(engine, spec(model=str(model_folder("sdxl"))))
    assert not first.book.readers.bytes_laid


@pytest.mark.parametrize("name", ["sd15", "flux"])
def test_a_model_that_makes_room_for_others_is_gone_before_they_come(
    name: str, given: EngineSettings, model_folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = DiffusionEngine(given)
    weights: list[weakref.ref[object]] = []
    alive = []

    def opened(wanted: str, settings: EngineSettings) -> LoadedModel:
        alive.append([one() is not None for one in weights])
        model = open_model(wanted, settings)
        painting, _ = parts_of(model.pipeline)
        weights.append(weakref.ref(next(iter(painting.values()))))
        return model

    monkeypatch.setattr(engine_module, "open_model", opened)
    with collector_paused():
        for one in (name, "sdxl", "sd2v"):
            drawn(engine, spec(model=str(model_folder(one))))
    assert alive == [[], [True], [False, True]]
