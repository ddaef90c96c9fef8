"""What works on a card works on one device: run by ``test_simulated_card.py``, on its own.

Each picture is that of the processor within a level, for the same kernels compute it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from sheetrender.engines.diffusion import engine as engine_module
from sheetrender.engines.diffusion import graphs, placement, unet_painter, unet_parts
from sheetrender.engines.diffusion.canvas import TorchCanvas
from sheetrender.engines.diffusion.depth import DepthSight
from sheetrender.engines.diffusion.engine import DiffusionEngine
from sheetrender.engines.diffusion.loading import open_model
from sheetrender.engines.diffusion.memory import TIERS, Tier
from sheetrender.engines.diffusion.painter import Job
from sheetrender.engines.diffusion.pipeline_painter import PipelinePainter
from sheetrender.engines.diffusion.residence import Residence
from sheetrender.engines.diffusion.unet_painter import UnetPainter
from sheetrender.engines.engine import Canvas, EngineSettings, Unusable
from sheetrender.model.frames import Lora, Size
from sheetrender.model.timing import FrameRate
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.frame_files import read_frame
from sheetrender.rendering.keys import frame_keys
from sheetrender.rendering.render import find_work, render
from tests.engines.diffusion import tiny_models
from tests.engines.diffusion.painting import Loaded, before, job, settings
from tests.engines.diffusion.tiny_files import save_lora
from tests.rendering.canvas_contract import CanvasContract
from tests.rendering.plans import plan

HOST = torch.device("cpu")
SMALL = Size(64, 64)


def apart(pictures: list[Tensor | Unusable], others: list[Tensor | Unusable]) -> int:
    """Return by how many levels two rows of pictures differ at most."""
    most = 0
    for one, other in zip(pictures, others, strict=True):
        assert isinstance(one, Tensor)
        assert isinstance(other, Tensor)
        most = max(most, int((one.cpu().int() - other.cpu().int()).abs().max()))
    return most


def devices(part: nn.Module) -> set[str]:
    """Return the kinds of devices that the weights of a part lie on."""
    return {tensor.device.type for tensor in (*part.parameters(), *part.buffers())}


def laid(wanted: Job, device: torch.device) -> Job:
    return replace(wanted, before=None if wanted.before is None else wanted.before.to(device))


def test_it_refuses_what_a_card_refuses(card: torch.device) -> None:
    there, here = torch.ones(3, 3, device=card), torch.ones(3, 3)
    assert torch.equal((there + 1).cpu(), here + 1)
    for mixed in (lambda: there + here, lambda: there @ here, lambda: torch.cat([there, here])):
        with pytest.raises(RuntimeError, match=r"two devices|same device"):
            mixed()


@pytest.mark.parametrize("tier", [TIERS[0], TIERS[3], TIERS[4]], ids=["24", "6", "4"])
@pytest.mark.parametrize("family", ["sd15", "sdxl"])
def test_a_unet_paints(family: str, tier: Tier, card: torch.device, tmp_path: Path) -> None:
    save_lora(tiny_models.BUILDERS[family](), tmp_path / "style.safetensors")
    wanted = [
        job(steps=3),
        job(steps=4, before=before(), seed=3, seed_share=0.4, negative="dark", prompt_weight=0.5,
            previous_prompt="a (big:1.3) [owl|fox]"),
        job(steps=3, loras=(Lora("style", 1.0),)),
        job(steps=2, scale=1.0),
        *(job(steps=4, sampler=name, strength=0.4, before=before(), seed=5)
          for name in ("euler a", "dpm++ 2m karras", "dpm++ sde", "lcm", "heun")),
    ]  # fmt: skip
    made = []
    for device in (HOST, card):
        own = settings(folders=(tmp_path,))
        model = Loaded(tiny_models.BUILDERS[family]())
        one = UnetPainter(model, own, device, replace(tier, width=2))  # type: ignore[arg-type]
        made.append(one.paint([laid(each, device) for each in wanted]))
    assert {picture.device.type for picture in made[1]} == {"card"}  # type: ignore[union-attr]
    assert apart(*made) <= 1


@pytest.mark.parametrize("residence", ["whole", "turns", "parts", "pieces"])
@pytest.mark.parametrize("family", ["sd3", "flux", "qwen_image", "z_image"])
def test_families_without_a_unet_paint(
    family: str,
    residence: Residence,
    card: torch.device,
    model_folder: Callable[[str], Path],
    tiny_model: Callable[[str], Any],
    tmp_path: Path,
) -> None:
    save_lora(tiny_model(family), tmp_path / "style.safetensors")
    given = settings(SMALL, folders=(tmp_path,))
    plain = job(steps=2, sampler="", scale=3.0, negative="dark")
    wanted = [
        plain,
        replace(plain, before=before()[:64, :64], steps=3, seed_share=0.4, prompt_weight=0.5,
                previous_prompt="a (big:1.3) owl"),
        replace(plain, loras=(Lora("style", 1.0),)),
        replace(plain, prompt="the sea"),
    ]  # fmt: skip
    made: list[list[Tensor | Unusable]] = []
    for device in (HOST, card):
        model = open_model(str(model_folder(family)), given)
        one = PipelinePainter(model, given, device, residence=residence)
        # One after the other, so that text encoders come and go.
        made.append([one.paint([laid(each, device)])[0] for each in (*wanted, plain, plain)])
    assert {picture.device.type for picture in made[1]} == {"card"}  # type: ignore[union-attr]
    assert apart(*made) <= 1


def test_depth_is_seen(card: torch.device, tmp_path: Path) -> None:
    folder = str(tiny_models.depth_anything(tmp_path / "depth"))
    here, there = (DepthSight(folder, [], device) for device in (HOST, card))
    np.testing.assert_allclose(
        there.depth(before().to(card)), here.depth(before()), rtol=0, atol=1e-3
    )


def test_depth_is_seen_from_the_host_where_the_card_is_full(
    card: torch.device, tmp_path: Path
) -> None:
    folder = str(tiny_models.depth_anything(tmp_path / "depth"))
    here, there = (DepthSight(folder, [], device) for device in (HOST, card))
    full = iter([torch.OutOfMemoryError("CUDA out of memory.")])

    def refuse(*_: object) -> None:
        for error in full:
            raise error

    there._model.register_forward_pre_hook(refuse)
    for _ in range(2):
        np.testing.assert_array_equal(there.depth(before().to(card)), here.depth(before()))
    assert devices(there._model) == {"cpu"}


def test_a_lora_that_comes_while_text_encoders_are_there_leaves_with_them(
    card: torch.device, tmp_path: Path
) -> None:
    pipeline = tiny_models.sd15()
    for name in ("style", "other"):
        save_lora(pipeline, tmp_path / f"{name}.safetensors", reads=True)
    own = settings(folders=(tmp_path,))
    one = UnetPainter(Loaded(pipeline), own, card, TIERS[0])  # type: ignore[arg-type]
    for loras in ((), (Lora("style", 1.0),), (Lora("style", 1.0), Lora("other", 0.5))):
        one.paint([job(steps=2, loras=loras)])
        assert devices(pipeline.text_encoder) == {"card"}
    one.rest()
    assert devices(pipeline.text_encoder) == {"cpu"}


def test_a_tier_with_one_part_at_a_time_begins_with_an_empty_card(card: torch.device) -> None:
    pipeline = tiny_models.sd15()
    one = UnetPainter(Loaded(pipeline), settings(), card, TIERS[2])  # type: ignore[arg-type]
    assert devices(pipeline.unet) == devices(pipeline.vae) == {"card"}
    one._go_down()
    one._arrange()
    assert devices(pipeline.unet) == devices(pipeline.vae) == {"cpu"}


class TestCanvas(CanvasContract):
    @pytest.fixture(autouse=True)
    def _card(self, card: torch.device) -> None:
        self.card = card

    def open(self) -> Canvas:
        return TorchCanvas(self.card)


@pytest.fixture
def as_cuda(card: torch.device, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the engine take the simulated card for a graphics card of 24 GB."""
    for module in (engine_module, placement, unet_painter, unet_parts):
        monkeypatch.setattr(module, "is_card", lambda device: device.type == "card")
    monkeypatch.setattr(engine_module, "device_of", lambda: card)
    monkeypatch.setattr("torch.cuda.mem_get_info", lambda _: (24 * 2**30, 24 * 2**30))
    # Recording is CUDA's own; calls are made as they are while nothing is recorded.
    monkeypatch.setattr(graphs, "_recorded", _Recorded)


class _Recorded:
    """Stands in for a recording: makes the call anew, over what was copied in."""

    def __init__(self, call: graphs.Call, given: tuple[Tensor | None, ...]) -> None:
        self.given = tuple(None if each is None else each.clone() for each in given)
        self.made: tuple[Tensor, ...] = ()
        self.graph = self
        self._call = call

    def replay(self) -> None:
        self.made = self._call(*self.given)


@pytest.mark.usefixtures("as_cuda")
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("family", ["sd15", "sdxl", "flux"])
def test_the_loop_runs(
    family: str,
    precision: str,
    model_folder: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = EngineSettings(
        size=SMALL, rate=FrameRate.parse("24"), model=str(model_folder(family)),
        precision=precision,  # type: ignore[arg-type]
    )  # fmt: skip
    wanted = plan(
        "a red fox",
        "the sea",
        frames=6,
        cuts=[1],
        size=SMALL,
        steps=3,
        strength=0.4,
        cadence=2.0,
        scale=3.0,
        noise=0.03,
        contrast=1.02,
        sharpen=0.2,
    )
    there = _frames(DiffusionEngine(given), given, wanted, tmp_path / "card")
    monkeypatch.setattr(engine_module, "device_of", lambda: HOST)
    monkeypatch.setattr(engine_module, "is_card", lambda _: False)
    here = _frames(DiffusionEngine(given), given, wanted, tmp_path / "host")
    # A level here and there grows from frame to frame, where contrast and sharpening work on it.
    assert np.abs(there.astype(int) - here).mean() < (1.0 if precision == "fp32" else 4.0)


def _frames(engine: Any, given: EngineSettings, wanted: Any, folder: Path) -> Any:
    output = OutputFolder(folder)
    keys = frame_keys(wanted, engine, given)
    with output.opened("sheet") as journal:
        work = find_work(output.frames, journal, keys)
        list(
            render(
                wanted, engine, keys=keys, journal=journal, folder=output.frames, work=work,
                width=engine.width, more_seeds=0,
            )
        )  # fmt: skip
    return np.stack([read_frame(output.frames, index) for index in range(6)])
