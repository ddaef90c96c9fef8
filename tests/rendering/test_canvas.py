from __future__ import annotations

import numpy as np

from sheetrender.engines.engine import Canvas
from sheetrender.model.frames import Size
from sheetrender.rendering.canvas import Cv2Canvas
from tests.rendering.canvas_contract import CanvasContract, coarse, flat


class TestCv2Canvas(CanvasContract):
    def open(self) -> Canvas:
        return Cv2Canvas()


def test_sharpening_an_edge_overshoots_on_both_sides() -> None:
    picture = flat(Size(64, 16), 100)
    picture[:, 32:] = 150
    sharp = Cv2Canvas().sharpened(picture, 1.0, 1.0)
    assert sharp[8, 30:34, 0].tolist() == [97, 85, 165, 153]
    assert sharp[8, 5, 0] == 100


def test_sharpening_is_a_picture_less_its_blur() -> None:
    picture = coarse(Size(64, 32))
    weights = np.exp(-(np.arange(-3, 4) ** 2) / 2)
    weights /= weights.sum()
    padded = np.pad(picture.astype(np.float64), ((3, 3), (3, 3), (0, 0)), mode="reflect")
    down = sum(weight * padded[n : n + 32] for n, weight in enumerate(weights))
    blur = sum(weight * down[:, n : n + 64] for n, weight in enumerate(weights))
    wanted = np.clip(1.5 * picture - 0.5 * blur, 0, 255)
    assert np.abs(Cv2Canvas().sharpened(picture, 0.5, 1.0) - wanted).max() <= 0.501
