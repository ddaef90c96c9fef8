"""The animatic: colours by word, a picture that lives for hundreds of frames, a clean caption."""

from __future__ import annotations

import hashlib
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from sheetrender.engines.animatic import AnimaticEngine
from sheetrender.engines.animatic_caption import block_of, counter_of
from sheetrender.engines.animatic_palette import palette_of
from sheetrender.engines.engine import Engine, EngineSettings, Image, open_engine
from sheetrender.model.frames import Size
from sheetrender.model.timing import FrameRate

from .contract import EngineContract
from .requests import drawn, looped, settings, some_picture, spec

DESERT = "a lone astronaut on a red desert, orange black and red tones"
SEA = "deep blue ocean, whale"
WEDDING = "wedding, white and pastel pink"


@pytest.fixture
def one_thread() -> Iterator[None]:
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    yield
    cv2.setNumThreads(before)


class TestAnimatic(EngineContract):
    def open(self, given: EngineSettings) -> Engine:
        return AnimaticEngine(given)


class TestAnimaticWithCaption(EngineContract):
    def open(self, given: EngineSettings) -> Engine:
        return AnimaticEngine(replace(given, caption=True))


def hues(picture: Image) -> npt.NDArray[np.float64]:
    """Return how much colour lies in each of 36 hues, 10 degrees each from red on; sum 1."""
    hue, saturation, value = cv2.split(cv2.cvtColor(picture, cv2.COLOR_BGR2HSV).astype(np.float64))
    found = np.bincount((hue // 5).astype(int).ravel(), (saturation * value).ravel(), 36)
    return np.asarray(found / found.sum())


def contrast(picture: Image) -> float:
    return float(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).std())


def crispness(picture: Image) -> float:
    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return float(np.abs(cv2.Laplacian(gray, cv2.CV_32F)).mean())


def saturation(picture: Image) -> float:
    return float(cv2.cvtColor(picture, cv2.COLOR_BGR2HSV)[..., 1].mean())


def tint(picture: Image) -> npt.NDArray[np.float64]:
    return cv2.cvtColor(picture, cv2.COLOR_BGR2LAB)[..., 1:].reshape(-1, 2).mean(axis=0)


def apart(first: Image, second: Image) -> float:
    return float(np.abs(first.astype(int) - second).mean())


class TestAnimaticInThreeDimensions(EngineContract):
    def open(self, given: EngineSettings) -> Engine:
        return AnimaticEngine(replace(given, caption=True, motion="3d"))


@pytest.mark.parametrize(
    ("prompt", "first", "last"),
    [
        ("orange black and red tones", 0, 40), ("a blue room", 200, 250),
        ("an emerald thing", 130, 180), ("yellow", 40, 60), ("purple haze", 260, 300),
        ("Ein Haus, blau", 200, 250), ("sunset", 0, 50),
    ],
)  # fmt: skip
def test_colour_words_dominate_the_picture(prompt: str, first: int, last: int) -> None:
    for seed in (0, 42, 4294967295):
        share = hues(drawn(AnimaticEngine(settings()), spec(prompt, seed=seed)))
        around = share[first // 10 : last // 10 + 1].sum() + (share[35] if first == 0 else 0.0)
        assert around > 0.7


def test_the_colour_named_first_dominates_the_second() -> None:
    engine = AnimaticEngine(settings())
    share = hues(drawn(engine, spec("red and blue cubes")))
    turned = hues(drawn(engine, spec("blue and red cubes")))
    red, blue = (share[:3].sum() + share[34:].sum()), share[20:26].sum()
    assert min(red, blue) > 0.1
    assert red > turned[:3].sum() + turned[34:].sum()
    assert turned[20:26].sum() > blue


def test_the_colour_named_first_has_the_larger_share_of_the_palette() -> None:
    blue, _, red = np.moveaxis(palette_of("red and blue cubes").table[:, 60], -1, 0)
    assert 0.5 < (red > blue).mean() < 0.75


def test_black_words_darken_and_white_words_lighten() -> None:
    engine = AnimaticEngine(settings())
    dark, plain, light = (
        drawn(engine, spec(f"a {word} cube")).mean() for word in ("black and red", "red", "white")
    )
    assert dark < plain < light


def test_a_prompt_without_colours_has_a_palette_of_its_own() -> None:
    engine = AnimaticEngine(settings())
    pictures = [drawn(engine, spec(f"thoughts about {what}")) for what in ("time", "Ann", "tea")]
    assert all(saturation(picture) > 40 for picture in pictures)
    assert all(apart(pictures[0], other) > 20 for other in pictures[1:])


def test_another_seed_draws_other_shapes_in_the_same_colours() -> None:
    engine = AnimaticEngine(settings())
    first, near, far = (drawn(engine, spec(DESERT, seed=seed)) for seed in (42, 43, 70000))
    assert apart(first, near) > 5
    assert apart(first, far) > 15
    assert np.abs(tint(first) - tint(far)).max() < 8


def test_a_seed_travels_to_the_next_one_step_by_step() -> None:
    engine = AnimaticEngine(settings())
    there = drawn(engine, spec(DESERT, seed=43))
    left = [
        apart(drawn(engine, spec(DESERT, seed=42, seed_share=share)), there)
        for share in (0.0, 0.25, 0.5, 0.75, 0.999)
    ]
    assert left == sorted(left, reverse=True)
    assert left[-1] < 0.1 * left[0]


def test_strength_0_draws_the_prompt_alone_and_strength_1_keeps_the_picture() -> None:
    engine = AnimaticEngine(settings())
    target = drawn(engine, spec(DESERT, index=5))
    picture = some_picture()
    assert np.array_equal(drawn(engine, spec(DESERT, index=5, strength=0.0), picture), target)
    assert np.array_equal(drawn(engine, spec(DESERT, index=5, strength=1.0), picture), picture)


def test_more_strength_keeps_more_of_the_picture() -> None:
    engine = AnimaticEngine(settings())
    picture = drawn(engine, spec(DESERT, seed=9000))
    target = drawn(engine, spec(DESERT, index=5))
    steps = [
        drawn(engine, spec(DESERT, index=5, strength=strength / 10), picture)
        for strength in range(11)
    ]
    from_picture = [apart(step, picture) for step in steps]
    from_target = [apart(step, target) for step in steps]
    assert from_picture == sorted(from_picture, reverse=True)
    assert from_target == sorted(from_target)


@pytest.mark.parametrize("strength", [0.4, 0.65, 0.85])
def test_a_new_prompt_wins_within_ten_frames_against_matched_colours(strength: float) -> None:
    engine = AnimaticEngine(settings())
    specs = [
        spec(DESERT if index < 20 else SEA, index, strength=strength, zoom=1.02)
        for index in range(30)
    ]
    frames = list(looped(engine, specs))
    old, new = (tint(drawn(engine, spec(prompt))) for prompt in (DESERT, SEA))
    assert np.linalg.norm(tint(frames[19]) - old) < 0.2 * np.linalg.norm(new - old)
    assert np.linalg.norm(tint(frames[29]) - new) < 0.2 * np.linalg.norm(new - old)


def test_a_fade_goes_from_one_prompt_to_the_other() -> None:
    engine = AnimaticEngine(settings())
    old, new = drawn(engine, spec(DESERT)), drawn(engine, spec(SEA))
    steps = [
        drawn(engine, replace(spec(SEA, prompt_weight=weight), previous_prompt=DESERT))
        for weight in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    away = [float(np.linalg.norm(tint(step) - tint(old))) for step in steps]
    assert apart(steps[0], old) < 1.0
    assert np.array_equal(steps[-1], new)
    assert away == sorted(away)


@pytest.mark.slow
@pytest.mark.parametrize(
    "motion",
    [{}, {"zoom": 1.02}, {"zoom": 0.98}, {"angle": 1.0}, {"translation_x": 2.0}, {"zoom": 1.08}],
    ids=str,
)
@pytest.mark.parametrize("prompt", [DESERT, "no words of colour at all"])
def test_pictures_stay_alive_over_200_frames(prompt: str, motion: dict[str, float]) -> None:
    engine = AnimaticEngine(settings(192, 108))
    frames = list(looped(engine, (spec(prompt, index, **motion) for index in range(200))))
    first, late = frames[0], frames[150::10]
    assert np.mean([contrast(frame) for frame in late]) == pytest.approx(contrast(first), rel=0.1)
    assert np.mean([saturation(frame) for frame in late]) == pytest.approx(
        saturation(first), rel=0.1
    )
    settled = np.mean([crispness(frame) for frame in frames[30:62:4]])
    assert np.mean([crispness(frame) for frame in late]) == pytest.approx(settled, rel=0.25)
    assert 0.4 < settled / crispness(first) < 2.0
    assert apart(frames[150], frames[199]) > (4 if motion else 0)


def test_what_is_drawn_moves_as_the_picture_does() -> None:
    engine = AnimaticEngine(settings(caption=False))
    frames = list(looped(engine, (spec(DESERT, i, translation_x=4.0) for i in range(60))))
    shifts = []
    for before, after in itertools.pairwise(frames[10:]):
        planes = [cv2.cvtColor(f, cv2.COLOR_BGR2GRAY).astype(np.float32) for f in (before, after)]
        window = cv2.createHanningWindow((256, 144), cv2.CV_32F)
        shifts.append(cv2.phaseCorrelate(planes[0], planes[1], window)[0][0])
    assert np.median(shifts) == pytest.approx(4.0, abs=0.5)


class TestCaption:
    def test_it_is_written_only_where_it_is_wanted(self) -> None:
        size = (768, 432)
        plain, written = (
            drawn(AnimaticEngine(settings(*size, caption=caption)), spec(WEDDING))
            for caption in (False, True)
        )
        block = block_of(Size(*size))
        assert block is not None
        inside = np.s_[block.top : block.top + block.height, block.left : block.left + block.width]
        assert apart(plain[inside], written[inside]) > 3
        plain[inside] = written[inside]
        assert np.array_equal(plain, written)

    @pytest.mark.parametrize("prompt", [WEDDING, "black night"])
    def test_it_is_legible_on_light_and_on_dark_ground(self, prompt: str) -> None:
        picture = drawn(AnimaticEngine(settings(768, 432, caption=True)), spec(prompt))
        block = block_of(Size(768, 432))
        assert block is not None
        place = picture[block.top : block.top + block.height, block.left : block.left + 100]
        gray = cv2.cvtColor(np.ascontiguousarray(place), cv2.COLOR_BGR2GRAY)
        assert np.percentile(gray, 99) - np.percentile(gray, 20) > 90

    @pytest.mark.parametrize(
        "motion",
        [{"zoom": 0.97}, {"translation_y": -3.0}, {"angle": 1.5}, {"translation_x": 4.0},
         {"zoom": 0.97, "strength": 0.95}, {"zoom": 1.02, "strength": 1.0}],
        ids=str,
    )  # fmt: skip
    def test_the_fed_back_picture_carries_no_trail_of_it(self, motion: dict[str, float]) -> None:
        size, frames = (384, 216), 12
        engine = AnimaticEngine(settings(*size, caption=True))
        # Digits are equally wide: nothing but the strokes themselves can tell the two apart.
        last = [
            list(looped(engine, (
                replace(spec("black night", index, **motion), caption=caption)
                for index in range(frames)
            )))[-1]
            for caption in ("8888888888", "1111111111")
        ]  # fmt: skip
        block = block_of(Size(*size))
        assert block is not None
        for picture in last:
            picture[block.top : block.top + block.height, : block.left + block.width] = 0
        # Feedback makes noise of every difference; a trail would be one that stays when blurred.
        trail = cv2.blur(last[0].astype(np.float32) - last[1], (9, 9))[block.top - 60 :]
        assert np.abs(trail).max() < 8

    def test_a_longer_caption_of_the_row_before_vanishes(self) -> None:
        size = (768, 432)
        engine = AnimaticEngine(settings(*size, caption=True))
        long = drawn(engine, replace(spec("black night"), caption="a long subject of many words"))
        short = replace(spec("black night", 1), caption="a")
        picture = drawn(engine, short, long)
        clean = drawn(engine, short, drawn(engine, replace(spec("black night"), caption="a")))
        rest = np.s_[370:, 150:400]
        assert np.abs(long[rest].astype(int) - clean[rest]).max() > 120
        assert np.abs(picture[rest].astype(int) - clean[rest]).max() < 60

    def test_the_counter_shows_frame_and_timecode(self) -> None:
        engine = AnimaticEngine(settings(768, 432, caption=True))
        first, same, later = (drawn(engine, spec(WEDDING, index)) for index in (3, 3, 4))
        assert np.array_equal(first, same)
        assert 0 < (first != later).any(axis=-1).sum() < 800

    @pytest.mark.parametrize(
        "caption",
        ["", "Straße über Ärger", "Одинокий космонавт", "孤独な宇宙飛行士", "שלום", "🎬🎵",
         "a\nb\tc\0d\x1b[31m", "x" * 5000, "word " * 400, "\ud800", "ﷺ", "e" + "\u0301" * 300],
        ids=lambda text: ascii(text[:12]),
    )  # fmt: skip
    @pytest.mark.parametrize("size", [(768, 432), (256, 64), (136, 256)])
    def test_any_text_can_be_a_caption(self, caption: str, size: tuple[int, int]) -> None:
        engine = AnimaticEngine(settings(*size, caption=True))
        wanted = replace(spec(WEDDING, 1), caption=caption)
        picture = drawn(engine, wanted, drawn(engine, wanted))
        assert picture.shape == (size[1], size[0], 3)

    def test_a_long_caption_stays_inside_its_block(self) -> None:
        plain, long = (
            drawn(
                AnimaticEngine(settings(768, 432, caption=caption)),
                replace(spec(WEDDING), caption="many words " * 50),
            )
            for caption in (False, True)
        )
        changed = np.flatnonzero((plain != long).any(axis=(0, 2)))
        assert changed.max() < 768 * 0.5


@pytest.mark.slow
@pytest.mark.parametrize(
    "size",
    [(256, 64), (64, 256), (8, 8), (2048, 64), (64, 2048), (8, 512), (1920, 1080), (136, 136)],
    ids=str,
)
def test_any_size_works(size: tuple[int, int]) -> None:
    engine = AnimaticEngine(settings(*size, caption=True))
    for prompt in (DESERT, "city in the rain", "forest", "stars", "a man"):
        frames = looped(engine, (spec(prompt, index, zoom=0.9, angle=3.0) for index in range(3)))
        assert all(frame.shape == (size[1], size[0], 3) for frame in frames)


@pytest.mark.parametrize(
    "motion",
    [{"zoom": 1e-3}, {"zoom": 50.0}, {"angle": 180.0}, {"translation_x": 1e6},
     {"perspective_flip_phi": 89.0}, {"perspective_flip_gamma": 90.0},
     {"transform_center_x": 40.0, "zoom": 3.0}],
    ids=str,
)  # fmt: skip
def test_any_motion_works(motion: dict[str, float]) -> None:
    for caption in (False, True):
        engine = AnimaticEngine(settings(caption=caption))
        for index in (1, 31, 10**6):
            frame = drawn(engine, spec(DESERT, index, **motion), some_picture())
            assert frame.shape == some_picture().shape


@pytest.mark.usefixtures("one_thread")
def test_the_number_of_threads_changes_no_byte() -> None:
    def frames() -> list[bytes]:
        engine = AnimaticEngine(settings(768, 432, caption=True))
        specs = (spec("city in the rain", index, zoom=1.02) for index in range(4))
        return [frame.tobytes() for frame in looped(engine, specs)]

    alone = frames()
    cv2.setNumThreads(2)
    assert frames() == alone


_ELSEWHERE = """
import hashlib, sys
from tests.engines.requests import looped, settings, spec
from sheetrender.engines.animatic import AnimaticEngine
engine = AnimaticEngine(settings(caption=True))
for frame in looped(engine, (spec("neon night", index, angle=1.0) for index in range(3))):
    print(hashlib.blake2b(frame.tobytes()).hexdigest())
"""


def test_another_process_draws_the_same_bytes() -> None:
    engine = AnimaticEngine(settings(caption=True))
    frames = looped(engine, (spec("neon night", index, angle=1.0) for index in range(3)))
    here = [hashlib.blake2b(frame.tobytes()).hexdigest() for frame in frames]
    run = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert run.stdout.split() == here


def test_the_registry_opens_it() -> None:
    assert open_engine("animatic", settings()).name == "animatic"


def test_the_caption_counts_from_the_start_timecode() -> None:
    plain = settings()
    assert counter_of(122, plain).endswith("00:00:04:02")
    late = replace(plain, start=107892, drop=True, rate=FrameRate.parse("29.97"))
    assert counter_of(2, late) == "000002   01:00:00;02"
