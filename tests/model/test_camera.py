"""Deforum's 3D motion, by the facts that are known of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.model.camera import camera_places, seen_in_plane
from sheetrender.model.frames import Size
from sheetrender.model.motion import motion_matrix
from tests.rendering.plans import spec

SIZE = Size(640, 360)
MIDDLE = (180, 320)


def drift(**moves: float) -> np.ndarray:
    """Return how far each pixel goes, x and y."""
    rows, columns = np.mgrid[0:360, 0:640]
    return np.stack([columns, rows], axis=-1) - camera_places(spec(**moves), SIZE, None)


def test_no_move_is_no_motion() -> None:
    np.testing.assert_array_equal(camera_places(spec(), SIZE, None), np.eye(3))


def test_deforums_usual_push_scales_by_about_one_point_oh_one_three() -> None:
    ways = drift(translation_z=1.75, fov=70)
    scale = 1 / (1 - (ways[180, 639, 0] - ways[180, 0, 0]) / 639)
    assert scale == pytest.approx(1.0128, abs=2e-4)
    # The mesh reaches from edge to edge: a width more than its pixels have centres.
    exact = (1 / (1 - 1.75 / 200) - 1) / np.tan(np.radians(35))
    assert ways[180, 639, 0] == pytest.approx(exact * 320, rel=1e-4)


def test_to_the_right_moves_the_picture_left_and_downwards_moves_it_down() -> None:
    right = drift(translation_x=10, fov=70)
    assert right[MIDDLE] == pytest.approx([-10 / 200 / np.tan(np.radians(35)) * 320, 0], abs=1e-3)
    down = drift(translation_y=10, fov=70)
    assert down[MIDDLE] == pytest.approx([0, 10 / 200 / np.tan(np.radians(35)) * 180], abs=1e-3)


def test_a_narrower_view_moves_more() -> None:
    narrow, wide = (abs(drift(translation_x=5, fov=fov)[MIDDLE][0]) for fov in (40, 70))
    assert narrow / wide == pytest.approx(np.tan(np.radians(35)) / np.tan(np.radians(20)), rel=1e-4)


def test_a_roll_is_not_true_and_sheared_on_wide_pictures() -> None:
    ways = drift(rotation_3d_z=5, fov=70)
    turn = np.sin(np.radians(5)) / np.tan(np.radians(35))
    # A point on the right edge goes by a share of the height, one at the bottom of the width.
    assert abs(ways[180, 639, 1]) == pytest.approx(turn * 180, rel=0.02)
    assert abs(ways[359, 320, 0]) == pytest.approx(turn * 320, rel=0.02)


def test_tilt_and_pan_move_the_middle_one_way_each() -> None:
    tilt, pan = drift(rotation_3d_x=3)[MIDDLE], drift(rotation_3d_y=3)[MIDDLE]
    assert abs(tilt[0]) < 0.5 < abs(tilt[1])
    assert abs(pan[1]) < 0.5 < abs(pan[0])


def test_near_points_move_more_than_far_ones() -> None:
    away = np.ones((360, 640))
    away[:, 320:] = 2.0
    places = camera_places(spec(translation_x=10), SIZE, away)
    near, far = 100 - places[180, 100, 0], 500 - places[180, 500, 0]
    assert near / far == pytest.approx(2.0, rel=1e-3)


@given(st.floats(-180, 180), st.floats(-5e4, 5e4), st.floats(-9e3, 9e3))
def test_every_place_is_a_number(fov: float, way: float, turn: float) -> None:
    frame = spec(fov=fov, translation_z=way, translation_x=way, rotation_3d_x=turn)
    assert np.isfinite(camera_places(frame, Size(16, 8), None)).all()


@pytest.mark.parametrize(
    "moves",
    [
        {"translation_z": 5.0},
        {"translation_x": 4.0, "translation_y": -3.0},
        {"translation_x": 4.0, "translation_z": 5.0},
        {"rotation_3d_y": 1.0},
    ],
    ids=str,
)
def test_what_is_seen_in_the_plane_is_near_in_the_middle(moves: dict[str, float]) -> None:
    frame = spec(**moves)
    places = camera_places(frame, SIZE, None)
    matrix = motion_matrix(seen_in_plane(frame, SIZE), SIZE)
    for y, x in (MIDDLE, (150, 280), (220, 360)):
        moved = matrix @ [*places[y, x], 1.0]
        assert moved[:2] == pytest.approx([x, y], abs=0.6)
