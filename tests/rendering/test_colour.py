from __future__ import annotations

import cv2
import numpy as np
import pytest

from sheetrender.engines.engine import Image
from sheetrender.model.keyframes import ColorCoherence
from sheetrender.rendering.colour import ColourReference, with_contrast

RNG = np.random.default_rng(3)


def scene(blue: int, green: int, red: int) -> Image:
    base = np.array([blue, green, red], dtype=np.float64)
    noise = RNG.normal(0, 20, (60, 80, 3))
    return np.clip(base + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("space", ["lab", "hsv", "rgb"])
def test_a_picture_takes_on_the_colours_of_the_reference(space: ColorCoherence) -> None:
    warm, cold = scene(40, 90, 200), scene(190, 120, 60)
    matched = ColourReference(warm, space).match(cold)
    assert np.abs(matched.mean((0, 1)) - warm.mean((0, 1))).max() < 6
    if space == "rgb":
        assert np.abs(matched.std((0, 1)) - warm.std((0, 1))).max() < 2


def test_channels_are_read_in_opencvs_order() -> None:
    """A reference in pure blue gives blue; taken for RGB, it would give red."""
    blue = np.zeros((20, 20, 3), np.uint8)
    blue[..., 0] = np.linspace(100, 255, 400).reshape(20, 20)
    matched = ColourReference(blue, "lab").match(scene(128, 128, 128)[:20, :20])
    assert matched[..., 0].mean() > matched[..., 2].mean() + 60


def test_matching_a_picture_to_itself_changes_next_to_nothing() -> None:
    picture = cv2.GaussianBlur(scene(90, 120, 160), (5, 5), 0).astype(np.uint8)
    matched = ColourReference(picture, "rgb").match(picture)
    np.testing.assert_array_equal(matched, picture)
    lab = ColourReference(picture, "lab").match(picture)
    assert np.abs(lab.astype(int) - picture).max() <= 4


def test_none_leaves_the_picture_alone() -> None:
    picture = scene(1, 2, 3)
    assert ColourReference(scene(200, 0, 0), "none").match(picture) is picture


def test_a_table_of_256_levels_agrees_with_sorting_all_pixels() -> None:
    reference, picture = scene(40, 90, 200), scene(190, 120, 60)
    matched = ColourReference(reference, "rgb").match(picture)
    for channel in range(3):
        own = np.sort(picture[..., channel].ravel())
        wanted = np.sort(reference[..., channel].ravel())
        rank = np.searchsorted(own, picture[..., channel].ravel(), side="right") - 1
        exact = wanted[rank].astype(int)
        assert np.abs(matched[..., channel].ravel() - exact).mean() < 1.5


def test_contrast_clips_at_white_instead_of_wrapping_to_black() -> None:
    picture = np.array([[[10, 100, 200]]], np.uint8)
    assert with_contrast(picture, 2.0).tolist() == [[[20, 200, 255]]]
    assert with_contrast(picture, 1.0) is picture
