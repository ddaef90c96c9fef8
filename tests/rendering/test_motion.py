from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sheetrender.engines.engine import Image
from sheetrender.model.frames import FrameSpec, Size
from sheetrender.model.keyframes import Border
from sheetrender.model.motion import deforum_matrix, motion_matrix
from sheetrender.rendering.motion import warped
from tests.rendering.plans import spec

CASES = json.loads((Path(__file__).parents[1] / "data" / "deforum_warp2d.json").read_text("utf-8"))
NAMES = (
    "angle", "zoom", "translation_x", "translation_y", "transform_center_x", "transform_center_y",
    "perspective_flip_theta", "perspective_flip_phi", "perspective_flip_gamma",
    "perspective_flip_fv",
)  # fmt: skip
SIZE = Size(96, 54)
PICTURE = np.random.default_rng(1).integers(0, 256, (54, 96, 3), dtype=np.uint8)


def moved(picture: Image, frame: FrameSpec, border: Border) -> Image:
    return warped(picture, motion_matrix(frame, SIZE), border)


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["id"])
def test_the_matrix_is_deforums(case: dict) -> None:
    frame = spec(**{name: case[name] for name in NAMES})
    size = Size(case["W"], case["H"])
    matrix = deforum_matrix(frame, size, flip=case["enable_perspective_flip"])
    np.testing.assert_allclose(matrix, case["matrix_forward_src_to_dst"], rtol=0, atol=1e-6)


def test_motion_in_the_plane_is_deforums_too() -> None:
    frame = spec(angle=5, zoom=1.04, translation_x=3, translation_y=-2)
    np.testing.assert_array_equal(
        motion_matrix(frame, SIZE), deforum_matrix(frame, SIZE, flip=False)
    )


def test_a_perspective_flip_keeps_the_translation_and_begins_without_a_jump() -> None:
    still = motion_matrix(spec(perspective_flip_theta=1e-9), SIZE)
    np.testing.assert_allclose(still / still[2, 2], np.eye(3), atol=1e-4)
    tilted = spec(perspective_flip_phi=20)
    shifted = spec(perspective_flip_phi=20, translation_x=7)
    assert not np.allclose(motion_matrix(tilted, SIZE), motion_matrix(shifted, SIZE))


def test_zoom_above_one_pushes_in() -> None:
    matrix = motion_matrix(spec(zoom=2.0), SIZE)
    assert (matrix @ [0, 0, 1]).tolist() == [-48, -27, 1]


def test_a_positive_angle_turns_counter_clockwise() -> None:
    centre_right = motion_matrix(spec(angle=90), SIZE) @ [58, 27, 1]
    np.testing.assert_allclose(centre_right, [48, 17, 1], atol=1e-9)


def test_translation_goes_right_and_down() -> None:
    picture = moved(PICTURE, spec(translation_x=5, translation_y=3), "replicate")
    np.testing.assert_array_equal(picture[3:, 5:], PICTURE[:-3, :-5])
    assert (picture[:3, 5:] == PICTURE[0, :-5]).all()


def test_wrap_brings_back_what_leaves() -> None:
    picture = moved(PICTURE, spec(translation_x=5), "wrap")
    np.testing.assert_array_equal(picture, np.roll(PICTURE, 5, axis=1))


def test_reflect_mirrors_at_the_edge() -> None:
    picture = moved(PICTURE, spec(translation_x=3), "reflect")
    np.testing.assert_array_equal(picture[:, :3], PICTURE[:, 3:0:-1])


def test_a_frame_that_stands_still_is_not_resampled() -> None:
    assert moved(PICTURE, spec(), "replicate") is PICTURE
