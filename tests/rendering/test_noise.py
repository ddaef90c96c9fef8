from __future__ import annotations

import numpy as np

from sheetrender.engines.engine import Image
from sheetrender.model.frames import Size
from sheetrender.rendering.canvas import Cv2Canvas
from sheetrender.rendering.noise import noise_picture

GREY = np.full((100, 120, 3), 128, np.uint8)


def with_noise(
    picture: Image, amount: float, *, seed: int, index: int, share: float = 0.0
) -> Image:
    size = Size(picture.shape[1], picture.shape[0])
    noise = noise_picture(size, seed=seed, index=index, share=share)
    return Cv2Canvas().mixed(picture, noise, amount)


def test_the_same_seed_and_frame_give_the_same_noise() -> None:
    first = with_noise(GREY, 0.1, seed=5, index=3)
    np.testing.assert_array_equal(first, with_noise(GREY, 0.1, seed=5, index=3))


def test_another_frame_or_seed_gives_other_noise() -> None:
    first = with_noise(GREY, 0.1, seed=5, index=3)
    assert (first != with_noise(GREY, 0.1, seed=5, index=4)).mean() > 0.5
    assert (first != with_noise(GREY, 0.1, seed=6, index=3)).mean() > 0.5


def test_noise_is_gaussian_around_grey_and_grows_with_its_share() -> None:
    for amount in (0.05, 0.2):
        noise = with_noise(GREY, amount, seed=1, index=1).astype(float) - 128
        # 255·clip(0.5 + 0.5·N, 0, 1) deviates by 0.359·255 around 127.5.
        assert abs(noise.std() - amount * 0.359 * 255) < 1
        assert abs(noise.mean()) < 0.5


def test_no_noise_leaves_the_picture_alone() -> None:
    assert with_noise(GREY, 0.0, seed=1, index=1) is GREY


def test_a_share_goes_from_one_seeds_noise_to_the_nexts_without_fading() -> None:
    here = with_noise(GREY, 0.2, seed=5, index=3).astype(float)
    there = with_noise(GREY, 0.2, seed=6, index=3).astype(float)
    before = here
    for share in (0.25, 0.5, 0.75, 0.999):
        between = with_noise(GREY, 0.2, seed=5, share=share, index=3).astype(float)
        assert np.abs(between - there).mean() < np.abs(before - there).mean()
        # The clipped ends make it a little less; on the chord it would be 0.71 half way.
        assert between.std() > 0.85 * here.std()
        assert abs(between.mean() - here.mean()) < 1
        before = between
    assert np.abs(before - there).max() <= 1


def test_the_last_seed_of_all_goes_on_to_the_first() -> None:
    end = with_noise(GREY, 0.2, seed=2**32 - 1, share=0.999, index=3).astype(float)
    assert np.abs(end - with_noise(GREY, 0.2, seed=0, index=3)).max() <= 1
