"""Cadence in numbers: what is drawn, what tweens are made of, and that stopping is no matter."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from sheetrender.engines.engine import DrawRequest, Image
from sheetrender.model.motion import motion_matrix
from sheetrender.rendering.in_step import every_frame
from sheetrender.rendering.keys import frame_keys
from tests.rendering.plans import SIZE, SparingEngine, plan
from tests.rendering.workshop import SETTINGS, Workshop

STILL = {"zoom": 1.0, "angle": 0.0, "noise": 0.0}
A_PLAN = plan("a", "b", "c", frames=30, cuts=[2], cadence=4.0)
DRAWN = [0, 4, 8, 10, 14, 18, 19, 20, 24, 28, 29]


class Greys(SparingEngine):
    """Draws each frame in one grey, ten levels per frame."""

    def _draw(self, request: DrawRequest) -> Image:
        self.drawn.append(request.spec.index)
        return np.full((SIZE.height, SIZE.width, 3), request.spec.index * 10, np.uint8)


def workshop(path: Path, width: int = 1) -> Workshop:
    return Workshop(path, SparingEngine(), width=width)


def test_exactly_so_many_frames_are_made_and_only_some_are_drawn(tmp_path: Path) -> None:
    place = workshop(tmp_path / "out")
    place.render(A_PLAN)
    assert place.engine.drawn == DRAWN
    assert len(place.bytes()) == 30


def test_a_tween_is_a_mean_by_its_place_between_its_neighbours() -> None:
    a_plan = plan(frames=9, cadence=4.0, color_coherence="none", **STILL)
    greys = [int(picture[5, 5, 0]) for _, picture in every_frame(a_plan, Greys())]
    assert greys == [0, 10, 20, 30, 40, 50, 60, 70, 80]


def test_the_newer_picture_arrives_on_its_own_frame_unchanged() -> None:
    a_plan = plan(frames=9, cadence=4.0, color_coherence="none", **STILL)
    engine = SparingEngine()
    shown = dict(every_frame(a_plan, engine))
    (alone,) = engine.draw([DrawRequest(a_plan.frame(4), shown[0])])
    np.testing.assert_array_equal(shown[4], alone)


def test_tweens_are_moved_on_from_the_older_and_back_from_the_newer() -> None:
    shift = {**STILL, "translation_x": 2.0, "translation_y": 1.0}
    a_plan = plan(frames=5, cadence=4.0, color_coherence="none", border="wrap", **shift)
    shown = dict(every_frame(a_plan, SparingEngine()))
    for index in (1, 2, 3):
        on = np.roll(shown[0], (index, 2 * index), axis=(0, 1)).astype(float)
        back = np.roll(shown[4], (index - 4, 2 * (index - 4)), axis=(0, 1)).astype(float)
        wanted = on * (1 - index / 4) + back * index / 4
        # Away from the edges, where both have something to show.
        inside = np.s_[4:-4, 8:-8]
        assert np.abs(shown[index][inside] - wanted[inside]).max() <= 1


def test_where_one_of_two_pictures_shows_nothing_the_other_stands_alone() -> None:
    shift = {**STILL, "translation_x": 4.0}
    a_plan = plan(frames=5, cadence=4.0, color_coherence="none", **shift)
    shown = dict(every_frame(a_plan, SparingEngine()))
    # The older one leaves the left edge, the newer one has not brought the right edge yet.
    np.testing.assert_array_equal(shown[2][:, :8], shown[4][:, 8:16])
    np.testing.assert_array_equal(shown[2][:, -8:], shown[0][:, -16:-8])


def test_each_tween_is_resampled_once_from_each_side() -> None:
    a_plan = plan(frames=5, cadence=4.0, color_coherence="none", border="wrap", noise=0.0)
    shown = dict(every_frame(a_plan, SparingEngine()))
    one = motion_matrix(a_plan.frame(1), SIZE)
    for index in (1, 2, 3):
        there = np.linalg.matrix_power(one, index)
        back = np.linalg.inv(np.linalg.matrix_power(one, 4 - index))
        older, newer = (
            cv2.warpAffine(p, m[:2], (SIZE.width, SIZE.height), borderMode=cv2.BORDER_WRAP)
            for p, m in ((shown[0], there), (shown[4], back))
        )
        wanted = older * (1 - index / 4) + newer * (index / 4)
        inside = np.s_[3:-3, 3:-3]
        assert np.abs(shown[index][inside] - wanted[inside]).max() <= 1


def test_what_is_drawn_over_is_the_last_drawn_frame_moved_all_the_way() -> None:
    seen: dict[int, Image | None] = {}

    class Watched(SparingEngine):
        def _draw(self, request: DrawRequest) -> Image:
            seen[request.spec.index] = request.prepared
            return super()._draw(request)

    shift = {**STILL, "translation_x": 2.0}
    a_plan = plan(frames=9, cadence=4.0, color_coherence="none", border="wrap", **shift)
    shown = dict(every_frame(a_plan, Watched()))
    np.testing.assert_array_equal(seen[4], np.roll(shown[0], 8, axis=1))
    np.testing.assert_array_equal(seen[8], np.roll(shown[4], 8, axis=1))


@pytest.mark.parametrize("motion", ["2d", "3d"])
@pytest.mark.parametrize("width", [1, 3])
def test_a_run_stopped_at_random_moments_goes_on_byte_for_byte(
    tmp_path: Path, motion: str, width: int
) -> None:
    moving = {"translation_z": 20.0, "rotation_3d_y": 1.0}
    a_plan = plan("a", "b", "c", "d", "e", frames=41, cuts=[2, 3], cadence=4.0, **moving)
    a_plan = replace(a_plan, motion=motion)
    whole = workshop(tmp_path / "whole")
    whole.render(a_plan)
    chance = random.Random(7)
    for attempt in range(5):
        broken = workshop(tmp_path / f"broken{attempt}", width)
        while len(broken.bytes()) < 41:
            broken.render(a_plan, stop_after=chance.randint(1, 12))
        assert broken.bytes() == whole.bytes()


def test_a_damaged_tween_is_made_again_without_drawing(tmp_path: Path) -> None:
    place = workshop(tmp_path / "out")
    place.render(A_PLAN)
    before = place.bytes()
    place.damage(6, 11, 13)
    place.render(A_PLAN)
    assert place.engine.drawn == []
    assert place.bytes() == before


def test_a_damaged_drawn_frame_alone_is_drawn_again(tmp_path: Path) -> None:
    place = workshop(tmp_path / "out")
    place.render(A_PLAN)
    before = place.bytes()
    place.damage(0, 8)
    place.render(A_PLAN)
    assert place.engine.drawn == [0, 8]
    assert place.bytes() == before


def test_a_range_draws_what_its_tweens_lie_between(tmp_path: Path) -> None:
    place = workshop(tmp_path / "out")
    place.render(A_PLAN, wanted=range(5, 7))
    assert place.engine.drawn == [0, 4, 8]
    names = sorted(path.stem for path in place.output.frames.glob("*.png"))
    assert [int(name) for name in names] == [0, 4, 5, 6, 8]
    whole = workshop(tmp_path / "whole")
    whole.render(A_PLAN)
    place.render(A_PLAN)
    assert place.bytes() == whole.bytes()


def changed(before: float | Image, after: float | Image, name: str = "cadence") -> list[int]:
    plans = [plan("a", "b", frames=20, **{"cadence": 4.0, name: each}) for each in (before, after)]
    old, new = (frame_keys(each, SparingEngine(), SETTINGS) for each in plans)
    return [index for index in range(20) if old[index] != new[index]]


def test_another_cadence_makes_other_frames_after_the_first() -> None:
    assert changed(4.0, 2.0) == list(range(1, 20))
    assert changed(4.0, 4.0) == []
    # The rows begin at 0 and 10: beyond ten, a larger cadence draws nothing else.
    assert changed(10.0, 12.0) == []


def test_a_tween_is_outdated_with_the_newer_of_its_neighbours() -> None:
    strength = np.full(20, 0.65)
    strength[8] = 0.5
    assert changed(0.65, strength, "strength") == list(range(5, 20))
    strength[8], strength[6] = 0.65, 0.5
    # Nothing is drawn at 6, so nobody asks how strongly.
    assert changed(0.65, strength, "strength") == []


def test_a_motion_between_drawn_frames_counts_in_all_that_it_moves() -> None:
    zoom = np.full(20, 1.02)
    zoom[6] = 1.1
    assert changed(1.02, zoom, "zoom") == list(range(5, 20))
