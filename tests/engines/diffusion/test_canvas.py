"""The canvas of a graphics card, on the processor."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from sheetrender.engines.diffusion.canvas import TorchCanvas
from sheetrender.engines.engine import Canvas
from sheetrender.model.errors import RenderFailed
from sheetrender.model.frames import Size
from sheetrender.rendering.canvas import Cv2Canvas
from tests.rendering.canvas_contract import CanvasContract, dusk, rough

_CANVAS = TorchCanvas(torch.device("cpu"))


class TestTorchCanvas(CanvasContract):
    def open(self) -> Canvas:
        # Its tables of colours take a second to make.
        return _CANVAS


@pytest.mark.parametrize("space", ["lab", "hsv", "rgb"])
def test_colours_are_matched_to_the_very_level(space: str) -> None:
    size = Size(96, 56)
    for picture, wanted in ((rough(size), dusk(size)), (dusk(size), rough(size))):
        expected = Cv2Canvas().matched(picture, Cv2Canvas().reference(wanted, space))
        reference = _CANVAS.reference(_CANVAS.laid(wanted), space)
        found = _CANVAS.lifted(_CANVAS.matched(_CANVAS.laid(picture), reference))
        np.testing.assert_array_equal(found, expected)


def test_a_card_that_is_full_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    picture = _CANVAS.laid(rough(Size(32, 24)))
    monkeypatch.setattr("torch.nn.functional.grid_sample", full)
    with pytest.raises(RenderFailed, match=r"too little memory to move .*Set memory.*kept"):
        _CANVAS.warped(picture, np.diag([2.0, 2.0, 1.0]), "wrap")
