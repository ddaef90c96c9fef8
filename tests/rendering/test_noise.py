from __future__ import annotations

import numpy as np

from sheetrender.rendering.noise import with_noise

GREY = np.full((100, 120, 3), 128, np.uint8)


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
