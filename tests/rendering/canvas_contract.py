"""What every canvas promises: the pictures of the one in the host's memory, within one level."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, get_args

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from sheetrender.engines.engine import Canvas, Image
from sheetrender.model.frames import Size
from sheetrender.model.keyframes import Border, ColorCoherence
from sheetrender.model.motion import Matrix, Places, deforum_matrix
from sheetrender.rendering.canvas import Cv2Canvas
from tests.rendering.plans import spec

_WARPS = Path(__file__).parents[1] / "data" / "deforum_warp2d.json"
CASES = json.loads(_WARPS.read_text("utf-8"))["cases"]
CHANNELS = (
    "angle", "zoom", "translation_x", "translation_y", "transform_center_x", "transform_center_y",
    "perspective_flip_theta", "perspective_flip_phi", "perspective_flip_gamma",
    "perspective_flip_fv",
)  # fmt: skip
BORDERS: tuple[Border, ...] = get_args(Border)
SPACES: tuple[ColorCoherence, ...] = get_args(ColorCoherence)


def coarse(size: Size, seed: int = 7) -> Image:
    """Return a picture of soft blobs in all colours."""
    few = np.random.default_rng(seed).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    large = cv2.resize(few, (size.width, size.height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, dtype=np.uint8)


def rough(size: Size, seed: int = 1) -> Image:
    """Return a picture in which every pixel differs from its neighbours."""
    generator = np.random.default_rng(seed)
    return generator.integers(0, 256, (size.height, size.width, 3), dtype=np.uint8)


def dusk(size: Size, seed: int = 3) -> Image:
    """Return a dark picture of few colours, as films have them."""
    few = np.array([[40, 22, 12], [90, 60, 35], [30, 40, 110]], dtype=np.float64)
    shares = coarse(size, seed).astype(np.float64) / 255
    grain = np.random.default_rng(seed).normal(0, 4, shares.shape)
    return np.clip(shares @ few / 2 + 30 + grain, 0, 255).astype(np.uint8)


def flat(size: Size, level: int = 90) -> Image:
    """Return a picture of one grey."""
    return np.full((size.height, size.width, 3), level, dtype=np.uint8)


def places_of(matrix: Matrix, size: Size) -> Places:
    """Return where each new pixel of a motion comes from."""
    rows, columns = np.mgrid[0 : size.height, 0 : size.width].astype(np.float64)
    old = np.stack([columns, rows, np.ones_like(rows)], axis=-1) @ np.linalg.inv(matrix).T
    return (old[..., :2] / old[..., 2:]).astype(np.float32)


def waves(size: Size, reach: float) -> Places:
    """Return places that sway, and leave the picture on all sides."""
    rows, columns = np.mgrid[0 : size.height, 0 : size.width].astype(np.float32)
    x = columns + reach * np.sin(rows / 9) + 0.03 * reach * (columns - size.width / 2)
    y = rows + reach * np.cos(columns / 13) + 0.03 * reach * (rows - size.height / 2)
    return np.stack([x, y], axis=-1).astype(np.float32)


def sampled(picture: Image, places: Places, border: Border) -> npt.NDArray[np.float64]:
    """Return a picture sampled bilinearly, without rounding: the definition itself."""
    height, width = picture.shape[:2]
    corner = np.floor(places.astype(np.float64))
    x, y = corner[..., 0].astype(np.int64), corner[..., 1].astype(np.int64)
    part = places - corner
    across, down = part[..., :1], part[..., 1:]

    def at(down_by: int, right_by: int) -> npt.NDArray[np.float64]:
        inside = _inside(y + down_by, height, border), _inside(x + right_by, width, border)
        return picture[inside].astype(np.float64)

    top = at(0, 0) * (1 - across) + at(0, 1) * across
    bottom = at(1, 0) * (1 - across) + at(1, 1) * across
    return top * (1 - down) + bottom * down


def _inside(place: npt.NDArray[np.int64], length: int, border: Border) -> npt.NDArray[np.int64]:
    if border == "replicate":
        return np.clip(place, 0, length - 1)
    if border == "wrap":
        return place % length
    folded = np.abs(place) % (2 * length - 2)
    return np.where(folded >= length, 2 * length - 2 - folded, folded)


def apart(one: Any, other: Any) -> float:
    """Return the largest difference of two pictures, in levels."""
    return float(np.abs(one.astype(np.float64) - other).max())


class CanvasContract:
    """Subclasses override `open`: a canvas."""

    def open(self) -> Canvas:
        raise NotImplementedError

    @pytest.fixture
    def canvas(self) -> Canvas:
        return self.open()

    @pytest.mark.parametrize("size", [Size(8, 8), Size(96, 54), Size(72, 128)], ids=str)
    def test_a_picture_comes_back_as_it_was_laid(self, canvas: Canvas, size: Size) -> None:
        picture = rough(size)
        lifted = canvas.lifted(canvas.laid(picture))
        assert lifted.dtype == np.uint8
        assert lifted.flags.c_contiguous
        np.testing.assert_array_equal(lifted, picture)

    def test_a_picture_is_lifted_from_another_thread_too(self, canvas: Canvas) -> None:
        picture = rough(Size(96, 56))
        laid = canvas.laid(picture)
        with ThreadPoolExecutor(1) as thread:
            np.testing.assert_array_equal(thread.submit(canvas.lifted, laid).result(), picture)

    @pytest.mark.parametrize("border", BORDERS)
    @pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
    def test_motion_in_the_plane_is_bilinear(
        self, canvas: Canvas, case: dict[str, Any], border: Border
    ) -> None:
        size = Size(case["W"], case["H"])
        frame = spec(**{name: case[name] for name in CHANNELS})
        matrix = deforum_matrix(frame, size, flip=case["enable_perspective_flip"])
        for picture in (rough(size), coarse(size)):
            moved = canvas.lifted(canvas.warped(canvas.laid(picture), matrix, border))
            assert apart(moved, sampled(picture, places_of(matrix, size), border)) <= 1
            assert apart(moved, Cv2Canvas().warped(picture, matrix, border)) <= 1

    @pytest.mark.parametrize("border", BORDERS)
    @pytest.mark.parametrize("reach", [0.0, 0.7, 5.0, 40.0])
    def test_motion_by_places_is_bilinear(
        self, canvas: Canvas, reach: float, border: Border
    ) -> None:
        size = Size(96, 56)
        picture, places = rough(size), waves(size, reach)
        moved = canvas.lifted(canvas.warped(canvas.laid(picture), places, border))
        assert apart(moved, sampled(picture, places, border)) <= 1
        assert apart(moved, Cv2Canvas().warped(picture, places, border)) <= 1

    def test_no_motion_is_no_resampling(self, canvas: Canvas) -> None:
        picture = rough(Size(96, 56))
        for border in BORDERS:
            moved = canvas.warped(canvas.laid(picture), np.eye(3), border)
            np.testing.assert_array_equal(canvas.lifted(moved), picture)

    @pytest.mark.parametrize("space", SPACES)
    def test_colours_are_matched(self, canvas: Canvas, space: ColorCoherence) -> None:
        size = Size(96, 56)
        pictures = (rough(size), coarse(size), dusk(size), flat(size), flat(size, 0))
        for wanted in pictures:
            reference = canvas.reference(canvas.laid(wanted), space)
            expected = Cv2Canvas().reference(wanted, space)
            for picture in pictures:
                matched = canvas.lifted(canvas.matched(canvas.laid(picture), reference))
                assert apart(matched, Cv2Canvas().matched(picture, expected)) <= 1

    @pytest.mark.parametrize("factor", [0.0, 0.5, 0.98, 1.0, 1.02, 3.0])
    def test_contrast_multiplies_and_clips(self, canvas: Canvas, factor: float) -> None:
        picture = rough(Size(96, 56))
        found = canvas.lifted(canvas.with_contrast(canvas.laid(picture), factor))
        assert apart(found, np.minimum(picture * factor, 255)) <= 1

    @pytest.mark.parametrize(("amount", "sigma"), [(0.1, 1.0), (1.0, 0.6), (2.5, 3.0)])
    def test_a_picture_is_sharpened(self, canvas: Canvas, amount: float, sigma: float) -> None:
        for picture in (rough(Size(96, 56)), coarse(Size(96, 56)), flat(Size(8, 8))):
            found = canvas.lifted(canvas.sharpened(canvas.laid(picture), amount, sigma))
            assert apart(found, Cv2Canvas().sharpened(picture, amount, sigma)) <= 1

    def test_no_sharpening_leaves_the_picture(self, canvas: Canvas) -> None:
        picture = rough(Size(96, 56))
        found = canvas.lifted(canvas.sharpened(canvas.laid(picture), 0.0, 1.0))
        np.testing.assert_array_equal(found, picture)

    @pytest.mark.parametrize("share", [0.0, 0.02, 0.25, 0.5, 0.981, 1.0])
    def test_pictures_are_mixed(self, canvas: Canvas, share: float) -> None:
        one, other = rough(Size(96, 56)), rough(Size(96, 56), seed=2)
        found = canvas.lifted(canvas.mixed(canvas.laid(one), canvas.laid(other), share))
        assert apart(found, one * (1 - share) + other * share) <= 1

    def test_a_mask_chooses_between_pictures(self, canvas: Canvas) -> None:
        one, other = rough(Size(96, 56)), rough(Size(96, 56), seed=2)
        mask = np.tile(np.linspace(0, 255, 96).astype(np.uint8), (56, 1))
        found = canvas.lifted(canvas.composed(canvas.laid(one), canvas.laid(other), mask))
        share = mask[..., None] / 255
        assert apart(found, one * share + other * (1 - share)) <= 1
        np.testing.assert_array_equal(found[:, 0], other[:, 0])
        np.testing.assert_array_equal(found[:, -1], one[:, -1])

    def test_no_picture_is_changed_in_place(self, canvas: Canvas) -> None:
        size = Size(96, 56)
        one, other = canvas.laid(rough(size)), canvas.laid(rough(size, seed=2))
        canvas.warped(one, np.diag([1.1, 1.1, 1.0]), "replicate")
        canvas.warped(one, waves(size, 3.0), "wrap")
        canvas.matched(one, canvas.reference(other, "lab"))
        canvas.with_contrast(one, 1.5)
        canvas.sharpened(one, 1.0, 1.0)
        canvas.mixed(one, other, 0.5)
        canvas.composed(one, other, np.full((size.height, size.width), 128, np.uint8))
        np.testing.assert_array_equal(canvas.lifted(one), rough(size))
        np.testing.assert_array_equal(canvas.lifted(other), rough(size, seed=2))
