"""Pictures that are written one by one become a video."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from sheetrender.model.errors import DiskFull, EncodingFailed
from sheetrender.model.frames import Size
from sheetrender.model.timing import FrameRate
from sheetrender.output.encode import Song
from sheetrender.output.tracks import picture_track, sound_track
from sheetrender.output.video_pipe import Picture, video_pipe

THIRTY = FrameRate(Fraction(30))
SMALL = Size(64, 48)

Draw = Callable[[int], Picture]


def make(target: Path, pictures: Iterable[Picture], *, count: int, size: Size = SMALL) -> None:
    """Write some pictures to a pipe that waits for `count`."""
    with video_pipe(target, size=size, count=count, rate=THIRTY) as pipe:
        for one in pictures:
            pipe.write(one)


@pytest.mark.parametrize("rate", ["30", "29.97", "23.976"])
def test_every_written_picture_is_in_the_video(tmp_path: Path, picture: Draw, rate: str) -> None:
    exact = FrameRate.parse(rate)
    target = tmp_path / "new folder" / "preview.mp4"
    with video_pipe(target, size=SMALL, count=24, rate=exact) as pipe:
        for number in range(24):
            pipe.write(picture(number))
    track = picture_track(target)
    assert (track.packets, track.seconds) == (24, 24 / exact.per_second)


def test_the_song_is_heard_with_it(
    tmp_path: Path, picture: Draw, song_of: Callable[[float], Path]
) -> None:
    target = tmp_path / "preview.mp4"
    with video_pipe(target, size=SMALL, count=15, rate=THIRTY, song=Song(song_of(2))) as pipe:
        for number in range(15):
            pipe.write(picture(number))
    assert pipe.report.unheard == Fraction(3, 2)
    assert sound_track(target).seconds == pytest.approx(0.5, abs=0.03)


def test_a_view_of_a_larger_picture_can_be_written(tmp_path: Path) -> None:
    wide = np.zeros((48, 128, 3), np.uint8)
    with video_pipe(tmp_path / "preview.mp4", size=SMALL, count=1, rate=THIRTY) as pipe:
        pipe.write(wide[:, ::2])
    assert picture_track(tmp_path / "preview.mp4").packets == 1


def test_too_few_pictures_make_no_video(tmp_path: Path, picture: Draw) -> None:
    (tmp_path / "preview.mp4").write_bytes(b"older")
    with pytest.raises(EncodingFailed, match="Only 2 of 3 pictures"):
        make(tmp_path / "preview.mp4", [picture(0), picture(1)], count=3)
    assert [path.name for path in tmp_path.iterdir()] == ["preview.mp4"]
    assert (tmp_path / "preview.mp4").read_bytes() == b"older"


def test_a_picture_too_many_is_refused(tmp_path: Path, picture: Draw) -> None:
    with pytest.raises(ValueError, match="more than the 1"):
        make(tmp_path / "preview.mp4", [picture(0), picture(1)], count=1)
    assert not list(tmp_path.iterdir())


def test_a_picture_of_another_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a picture of"):
        make(tmp_path / "preview.mp4", [np.zeros((64, 48, 3), np.uint8)], count=1)


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, RuntimeError])
def test_an_error_while_drawing_leaves_the_older_video(
    tmp_path: Path, picture: Draw, interrupt: type[BaseException]
) -> None:
    def drawing() -> Iterator[Picture]:
        yield picture(0)
        raise interrupt

    (tmp_path / "preview.mp4").write_bytes(b"older")
    with pytest.raises(interrupt):
        make(tmp_path / "preview.mp4", drawing(), count=3)
    assert [path.name for path in tmp_path.iterdir()] == ["preview.mp4"]
    assert (tmp_path / "preview.mp4").read_bytes() == b"older"


def test_drawing_stops_soon_after_ffmpeg_has_died(
    tmp_path: Path,
    picture: Draw,
    monkeypatch: pytest.MonkeyPatch,
    ffmpeg_that: Callable[[Path, str], str],
) -> None:
    drawn = 0

    def drawing() -> Iterator[Picture]:
        nonlocal drawn
        for number in range(10_000):
            drawn += 1
            time.sleep(0.002)
            yield picture(number)

    line = "head -c 100000 > /dev/null; echo 'No space left on device' >&2; exit 1"
    monkeypatch.setenv("SHEETRENDER_FFMPEG", ffmpeg_that(tmp_path, line))
    with pytest.raises(DiskFull):
        make(tmp_path / "preview.mp4", drawing(), count=10_000)
    assert drawn < 1000


def test_a_slow_ffmpeg_makes_the_drawing_wait_and_not_the_memory_grow(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ffmpeg_that: Callable[[Path, str], str],
) -> None:
    monkeypatch.setenv("SHEETRENDER_FFMPEG", ffmpeg_that(tmp_path, "sleep 0.5; exit 1"))
    still = np.zeros((432, 768, 3), np.uint8)
    began = time.monotonic()
    with pytest.raises(EncodingFailed):
        make(tmp_path / "preview.mp4", [still] * 40, count=40, size=Size(768, 432))
    assert time.monotonic() - began > 0.4
