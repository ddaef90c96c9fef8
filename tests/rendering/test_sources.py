"""Pictures to begin from, videos to paint over and masks: what is drawn over what."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from sheetrender.engines.engine import DrawRequest, Image
from sheetrender.model.errors import RenderFailed
from sheetrender.model.frames import Size
from sheetrender.model.plan import RenderPlan
from sheetrender.model.sources import SourceFile
from sheetrender.model.timing import FrameRate
from sheetrender.rendering.in_step import every_frame
from sheetrender.rendering.keys import frame_keys
from sheetrender.rendering.sources import SourceVideo, read_mask, read_picture
from tests.rendering.plans import SIZE, BlendEngine, SparingEngine, plan
from tests.rendering.workshop import SETTINGS, Workshop

STILL = {"zoom": 1.0, "angle": 0.0, "noise": 0.0}


class Watched(SparingEngine):
    """Remembers what it drew over."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[int, Image | None] = {}

    def _draw(self, request: DrawRequest) -> Image:
        self.seen[request.spec.index] = request.prepared
        return super()._draw(request)


def picture_file(path: Path, picture: Image, digest: bytes = b"1") -> SourceFile:
    assert cv2.imwrite(str(path), picture)
    return SourceFile(path, digest)


def greys(path: Path, levels: list[int], rate: float = 10.0) -> SourceFile:
    """Write a video of plain greys."""
    form = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path), form, rate, (SIZE.width, SIZE.height))
    assert writer.isOpened()
    for level in levels:
        writer.write(np.full((SIZE.height, SIZE.width, 3), level, np.uint8))
    writer.release()
    return SourceFile(path, b"1")


def rough(seed: int = 1) -> Image:
    generator = np.random.default_rng(seed)
    return generator.integers(0, 256, (SIZE.height, SIZE.width, 3), dtype=np.uint8)


def test_a_picture_is_sized_to_cover_and_cut_in_the_middle(tmp_path: Path) -> None:
    wide = np.zeros((10, 40, 3), np.uint8)
    wide[:, 10:30] = 200
    path = picture_file(tmp_path / "ä wide.png", wide).path
    found = read_picture(path, Size(40, 20))
    assert found.shape == (20, 40, 3)
    assert (found[:, 3:-3] > 190).all()
    assert read_picture(path, Size(8, 8)).shape == (8, 8, 3)
    assert read_mask(path, Size(40, 20)).shape == (20, 40)


def test_no_picture_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("hello")
    with pytest.raises(ValueError, match=r"a\.png is no picture"):
        read_picture(tmp_path / "a.png", SIZE)
    with pytest.raises(ValueError, match="no pictures"):
        SourceVideo(tmp_path / "a.png", FrameRate.parse("30"), SIZE)


def level(picture: Image) -> int:
    return round(float(picture.mean()) / 10) * 10


def test_a_video_is_read_by_time_and_its_last_picture_stands(tmp_path: Path) -> None:
    path = greys(tmp_path / "a.avi", [0, 40, 80, 120]).path
    video = SourceVideo(path, FrameRate.parse("30"), SIZE)
    found = [level(video.picture(index)) for index in range(15)]
    assert found == [0] * 3 + [40] * 3 + [80] * 3 + [120] * 6
    slow = SourceVideo(path, FrameRate.parse("5"), SIZE)
    assert [level(slow.picture(index)) for index in range(4)] == [0, 80, 120, 120]


def test_a_video_shows_the_same_picture_wherever_one_begins(tmp_path: Path) -> None:
    path = greys(tmp_path / "a.avi", list(range(0, 250, 10)), rate=29.97).path
    rate = FrameRate.parse("24")
    once = SourceVideo(path, rate, SIZE)
    wanted = [once.picture(index) for index in range(22)]
    for first in (21, 7, 13, 0):
        np.testing.assert_array_equal(SourceVideo(path, rate, SIZE).picture(first), wanted[first])
        np.testing.assert_array_equal(once.picture(first), wanted[first])


def test_a_segment_begins_from_its_picture(tmp_path: Path) -> None:
    first, second = rough(), rough(2)
    begins = {
        0: picture_file(tmp_path / "a.png", first),
        5: picture_file(tmp_path / "b.png", second),
    }
    engine = Watched()
    a_plan = replace(plan("a", "b", frames=10, cuts=[1]), begins=begins)
    shown = dict(every_frame(a_plan, engine))
    np.testing.assert_array_equal(engine.seen[0], first)
    np.testing.assert_array_equal(engine.seen[5], second)
    # Strength counts: 0.65 of the picture is kept.
    (nothing,) = engine.draw([DrawRequest(a_plan.frame(0), None)])
    assert np.abs(shown[0] - (0.65 * first + 0.35 * nothing)).max() <= 1


def test_over_a_video_frames_are_drawn_without_the_one_before(tmp_path: Path) -> None:
    video = greys(tmp_path / "a.avi", [0, 40, 80, 120], rate=30.0)
    engine = Watched()
    a_plan = replace(plan(frames=4, noise=0.3, zoom=2.0), video=video)
    shown = dict(every_frame(a_plan, engine))
    found = [level(seen) for seen in engine.seen.values() if seen is not None]
    assert found == [0, 40, 80, 120]
    assert all(a_plan.frame(index).starts_segment for index in range(4))
    (alone,) = BlendEngine().draw([DrawRequest(a_plan.frame(2), engine.seen[2])])
    np.testing.assert_array_equal(shown[2], alone)


def test_over_a_video_all_frames_are_drawn_in_step_and_on_after_a_stop(tmp_path: Path) -> None:
    video = greys(tmp_path / "a.avi", list(range(0, 200, 10)), rate=30.0)
    a_plan = replace(plan(frames=20), video=video)
    whole, broken = Workshop(tmp_path / "whole"), Workshop(tmp_path / "broken", width=4)
    whole.render(a_plan)
    for stop in (3, 9, 20):
        broken.render(a_plan, stop_after=stop)
    assert broken.bytes() == whole.bytes()
    fresh = Workshop(tmp_path / "fresh", width=4)
    fresh.render(a_plan)
    assert fresh.engine.batches == [list(range(n, n + 4)) for n in range(0, 20, 4)]


def test_black_in_the_mask_stays_as_it_was(tmp_path: Path) -> None:
    mask = np.zeros((SIZE.height, SIZE.width), np.uint8)
    mask[:, 16:] = 255
    engine = Watched()
    a_plan = replace(
        plan(frames=3, **STILL, color_coherence="none"),
        mask=picture_file(tmp_path / "mask.png", mask),
        begins={0: picture_file(tmp_path / "a.png", rough())},
    )
    shown = dict(every_frame(a_plan, engine))
    for index in range(3):
        np.testing.assert_array_equal(shown[index][:, :16], rough()[:, :16])
        (whole,) = engine.draw([DrawRequest(a_plan.frame(index), engine.seen[index])])
        np.testing.assert_array_equal(shown[index][:, 16:], whole[:, 16:])


def test_an_inverted_mask_draws_where_it_is_black(tmp_path: Path) -> None:
    mask = np.zeros((SIZE.height, SIZE.width), np.uint8)
    mask[:, 16:] = 255
    plain = replace(
        plan(frames=3, **STILL, color_coherence="none"),
        mask=picture_file(tmp_path / "mask.png", 255 - mask),
        begins={0: picture_file(tmp_path / "a.png", rough())},
    )
    turned = replace(plain, mask=picture_file(tmp_path / "other.png", mask), mask_inverted=True)
    for (_, one), (_, other) in zip(
        every_frame(plain, BlendEngine()), every_frame(turned, BlendEngine()), strict=True
    ):
        np.testing.assert_array_equal(one, other)
        np.testing.assert_array_equal(one[:, 16:], rough()[:, 16:])
    keys = [
        frame_keys(each, BlendEngine(), SETTINGS)
        for each in (turned, replace(turned, mask_inverted=False))
    ]
    assert keys[0][2] != keys[1][2]


def test_what_a_mask_keeps_is_moved_but_gets_no_noise(tmp_path: Path) -> None:
    mask = np.zeros((SIZE.height, SIZE.width), np.uint8)
    a_plan = replace(
        plan(frames=3, zoom=1.0, angle=0.0, translation_x=1.0, noise=0.4, contrast=1.4),
        mask=picture_file(tmp_path / "mask.png", mask),
        border="wrap",
    )
    shown = dict(every_frame(a_plan, BlendEngine()))
    np.testing.assert_array_equal(shown[2], np.roll(shown[0], 2, axis=1))


def test_a_picture_that_is_gone_stops_the_work(tmp_path: Path) -> None:
    a_plan = replace(plan(frames=2), mask=SourceFile(tmp_path / "gone.png", b""))
    with pytest.raises(RenderFailed, match="Put it back"):
        list(every_frame(a_plan, BlendEngine()))


def changed(before: RenderPlan, after: RenderPlan) -> list[int]:
    old, new = (frame_keys(each, BlendEngine(), SETTINGS) for each in (before, after))
    return [index for index in range(before.frames) if old[index] != new[index]]


def test_another_file_outdates_the_frames_that_are_made_from_it() -> None:
    base = plan("a", "b", frames=10, cuts=[1])
    one, other = SourceFile(Path("a.png"), b"1"), SourceFile(Path("a.png"), b"2")
    assert changed(base, replace(base, begins={5: one})) == [5, 6, 7, 8, 9]
    assert changed(replace(base, begins={0: one}), replace(base, begins={0: other})) == [*range(5)]
    assert changed(replace(base, mask=one), replace(base, mask=other)) == [*range(10)]
    assert changed(replace(base, video=one), replace(base, video=other)) == [*range(10)]
    moved = replace(one, path=Path("elsewhere/a.png"))
    assert changed(replace(base, mask=one), replace(base, mask=moved)) == []


def test_over_a_video_an_edit_outdates_its_own_row_only() -> None:
    video = SourceFile(Path("a.mp4"), b"1")
    before, after = plan("a", "b", frames=10), plan("A", "b", frames=10)
    assert changed(replace(before, video=video), replace(after, video=video)) == [*range(5)]
