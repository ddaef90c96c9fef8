"""The loop over pictures that lie in torch's memory, against the same in the host's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from sheetrender.engines.diffusion.canvas import TorchCanvas
from sheetrender.engines.engine import DrawRequest, Image
from sheetrender.model.plan import RenderPlan
from sheetrender.model.sources import SourceFile
from tests.rendering.plans import SIZE, SparingEngine, plan
from tests.rendering.workshop import Workshop


class Kept(SparingEngine):
    """Keeps pictures on torch's device."""

    canvas = TorchCanvas(torch.device("cpu"))  # type: ignore[assignment]

    def _draw(self, request: DrawRequest) -> Image:
        before = request.prepared
        if before is not None:
            assert isinstance(before, torch.Tensor)
            before = self.canvas.lifted(before)
        return self.canvas.laid(super()._draw(DrawRequest(request.spec, before)))


def a_plan(folder: Path, motion: str) -> RenderPlan:
    mask = np.full((SIZE.height, SIZE.width), 255, np.uint8)
    mask[:6] = 100
    cv2.imwrite(str(folder / "mask.png"), mask)
    moving = {"translation_z": 12.0, "rotation_3d_y": 0.7, "contrast": 1.02, "sharpen": 0.2}
    found = plan("a", "b", "c", frames=14, cuts=[2], cadence=3.0, **moving)
    return replace(found, motion=motion, mask=SourceFile(folder / "mask.png", b"1"))


@pytest.mark.parametrize("motion", ["2d", "3d"])
def test_frames_are_those_of_the_host_within_little(tmp_path: Path, motion: str) -> None:
    host = Workshop(tmp_path / "host", SparingEngine())
    device = Workshop(tmp_path / "device", Kept())
    for place in (host, device):
        place.render(a_plan(tmp_path, motion))
    for index in range(14):
        apart = np.abs(host.picture(index).astype(int) - device.picture(index))
        # A level here and there grows where contrast and sharpening work on it.
        assert apart.mean() < 0.5
        assert np.percentile(apart, 99) <= 3


def test_a_run_on_the_device_goes_on_byte_for_byte(tmp_path: Path) -> None:
    whole, broken = Workshop(tmp_path / "a", Kept()), Workshop(tmp_path / "b", Kept(), width=2)
    whole.render(a_plan(tmp_path, "3d"))
    for stop in (2, 5, 9, 14):
        broken.render(a_plan(tmp_path, "3d"), stop_after=stop)
    assert broken.bytes() == whole.bytes()
