from __future__ import annotations

import numpy as np
import pytest

from sheetrender.model.frames import Size
from sheetrender.model.motion import Matrix, Motion, motion_matrix
from sheetrender.rendering.camera import equalised, frame_motion
from sheetrender.rendering.joined_motion import Joiner
from tests.rendering.plans import spec

SIZE = Size(160, 90)
JOINER = Joiner(SIZE)
TURN = motion_matrix(spec(zoom=1.05, angle=3.0, translation_x=4.0), SIZE)
TILT = motion_matrix(spec(perspective_flip_phi=3.0, zoom=0.97), SIZE)
PUSH = frame_motion(spec(translation_z=8.0, rotation_3d_y=0.5), "3d", SIZE, None)
ROLL = frame_motion(spec(rotation_3d_z=2.0, translation_x=6.0), "3d", SIZE, None)


def as_places(motion: Motion) -> Motion:
    return JOINER.places(motion)


def far_apart(one: Motion, other: Motion) -> float:
    """Return how many pixels two motions differ by, away from the edge."""
    return float(np.abs(as_places(one) - as_places(other))[12:-12, 20:-20].max())


def test_matrices_are_joined_as_matrices() -> None:
    joined = JOINER.both(TURN, TILT)
    np.testing.assert_allclose(joined, TILT @ TURN)


@pytest.mark.parametrize("first", [TURN, TILT], ids=["turn", "tilt"])
@pytest.mark.parametrize("second", [TURN, TILT], ids=["turn", "tilt"])
def test_places_are_joined_as_their_matrices_would_be(first: Matrix, second: Matrix) -> None:
    wanted = as_places(second @ first)
    assert far_apart(JOINER.both(as_places(first), as_places(second)), wanted) < 0.02
    assert far_apart(JOINER.both(first, as_places(second)), wanted) < 0.02
    assert far_apart(JOINER.both(as_places(first), second), wanted) < 0.02


@pytest.mark.parametrize("motion", [TURN, TILT, PUSH, ROLL], ids=["turn", "tilt", "push", "roll"])
def test_a_motion_and_its_inverse_leave_all_in_place(motion: Motion) -> None:
    back = JOINER.inverse(as_places(motion))
    assert far_apart(JOINER.both(as_places(motion), back), np.eye(3)) < 0.03
    assert far_apart(JOINER.both(back, as_places(motion)), np.eye(3)) < 0.03


def test_onward_and_remaining_motions_make_up_the_whole() -> None:
    motions = [PUSH, ROLL, PUSH, TURN]
    onward, remaining = JOINER.onward(motions), JOINER.remaining(motions)
    assert len(onward) == len(remaining) == 4
    for step in (1, 2, 3):
        assert far_apart(JOINER.both(onward[step - 1], remaining[step]), onward[-1]) < 0.05
    assert far_apart(remaining[0], onward[-1]) < 0.05


def test_what_a_motion_uncovers_is_black_in_its_mask() -> None:
    right = motion_matrix(spec(translation_x=10.0), SIZE)
    for motion in (right, as_places(right)):
        mask = JOINER.covered(motion)
        assert mask is not None
        assert (mask[:, :10] == 0).all()
        assert (mask[:, 10:] == 255).all()
    assert JOINER.covered(np.eye(3)) is None
    assert JOINER.covered(motion_matrix(spec(zoom=1.1), SIZE)) is None


def test_the_flip_comes_before_the_camera() -> None:
    both = frame_motion(spec(perspective_flip_phi=3.0, translation_x=6.0), "3d", SIZE, None)
    flip = frame_motion(spec(perspective_flip_phi=3.0), "3d", SIZE, None)
    move = frame_motion(spec(translation_x=6.0), "3d", SIZE, None)
    assert flip.ndim == 2
    np.testing.assert_array_equal(both, JOINER.both(flip, move))


def test_zoom_and_angle_move_nothing_in_3d() -> None:
    assert frame_motion(spec(zoom=2.0, angle=9.0), "3d", SIZE, None).tolist() == np.eye(3).tolist()


def test_depth_is_spread_out_evenly() -> None:
    depth = np.linspace(0, 1, SIZE.width * SIZE.height, dtype=np.float32) ** 4
    spread = equalised(depth.reshape(SIZE.height, SIZE.width))
    assert (spread.min(), spread.max()) == (0.0, 1.0)
    shares = [(spread < level).mean() for level in (0.25, 0.5, 0.75)]
    # The darkest of the 1024 levels holds a sixth of the pixels, and cannot be taken apart.
    assert shares[1:] == pytest.approx([0.5, 0.75], abs=0.1)
    assert equalised(np.full((4, 4), 0.3, np.float32)).max() == 0.0


def test_near_things_move_more_than_far_ones_with_a_depth() -> None:
    depth = np.zeros((SIZE.height, SIZE.width), np.float32)
    depth[:, 80:] = 1.0
    places = frame_motion(spec(translation_x=5.0), "3d", SIZE, depth)
    far, near = places[45, 40, 0] - 40, places[45, 120, 0] - 120
    assert near / far == pytest.approx(2.0, rel=1e-3)
