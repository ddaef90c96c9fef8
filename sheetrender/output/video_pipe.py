"""Pictures become a video while they are drawn; none is kept on disk."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from sheetrender.model.errors import EncodingFailed
from sheetrender.model.frames import Size
from sheetrender.model.timing import FrameRate
from sheetrender.output.codecs import QUICK
from sheetrender.output.encode import Song, video_node
from sheetrender.output.ffmpeg import Child, command_of, load_builder, started
from sheetrender.output.finish import converted
from sheetrender.output.tracks import VideoReport, expected_video, require_tracks
from sheetrender.output.whole_files import replacing

Picture: TypeAlias = npt.NDArray[np.uint8]

_WAITING_PICTURES = 8  # 8 MB at 768×432: evens out a slow frame


@contextmanager
def video_pipe(
    target: Path, *, size: Size, count: int, rate: FrameRate, song: Song | None = None
) -> Iterator[VideoPipe]:
    """Make a video of the pictures that are written to the pipe inside the block.

    It is there, whole and counted, once the block has ended. Any error in the block, Ctrl-C
    too, kills ffmpeg and leaves an older video as it was.

    Args:
        target: ``.mp4``; replaced once the new one is whole.
        size: of each picture.
        count: pictures that will be written, >= 1.
        rate: frames per second.
        song: is cut to the picture.

    Raises:
        DiskFull: no room is left; an older video is left as it was.
        EncodingFailed: ffmpeg failed, or too few pictures came; likewise.
        PartMissing: there is no ffmpeg, or no ffmpeg-python; nothing was written.
        UsageError: the song cannot be read; nothing was written.
    """
    report = expected_video(count, rate, song)
    pictures = converted(piped(size, rate), QUICK)
    with replacing(target.absolute()) as part:
        output = video_node(pictures, part, QUICK, frames=count, seconds=report.seconds, song=song)
        with fed(output, report, size) as pipe:
            yield pipe
        require_tracks(part, report)


def piped(size: Size, rate: FrameRate) -> Any:
    """Return the node of ffmpeg-python for pictures that are written to it."""
    return load_builder().input(
        "pipe:0",
        f="rawvideo",
        pix_fmt="bgr24",
        s=f"{size.width}x{size.height}",
        framerate=str(rate),
    )["v:0"]


@contextmanager
def fed(output: object, report: VideoReport, size: Size) -> Iterator[VideoPipe]:
    """Run ffmpeg for as long as the block lasts, and write pictures to it.

    Args:
        output: node of ffmpeg-python, with `piped` among its inputs.
        report: what it will make of them.
        size: of each picture.

    Raises:
        DiskFull: no room is left.
        EncodingFailed: ffmpeg failed, or too few pictures came.
        PartMissing: there is no ffmpeg, or no ffmpeg-python.
    """
    with started(command_of(output), fed=True) as child:
        pipe = VideoPipe(child, report, size)
        try:
            yield pipe
            pipe.finish()
        finally:
            child.kill()  # before the feeder is waited for: it may hang in a full pipe
            pipe.release()


class VideoPipe:
    """Takes pictures one by one while ffmpeg encodes those before.

    Attributes:
        report: what the video will hold.
    """

    def __init__(self, child: Child, report: VideoReport, size: Size) -> None:
        self.report = report
        self._child = child
        self._shape = (size.height, size.width, 3)
        self._written = 0
        self._broken = threading.Event()
        self._waiting: queue.Queue[Picture | None] = queue.Queue(_WAITING_PICTURES)
        self._feeder = threading.Thread(target=self._feed, name="video-pipe", daemon=True)
        self._feeder.start()

    def write(self, picture: Picture) -> None:
        """Hand over the next picture; waits where ffmpeg is behind.

        Args:
            picture: shape (height, width, 3), uint8, channels blue, green, red. It is not copied:
                leave it as it is.

        Raises:
            DiskFull: no room is left.
            EncodingFailed: ffmpeg ended before its time.
            ValueError: another shape or type, or one picture too many.
        """
        if picture.shape != self._shape or picture.dtype != np.uint8:
            raise ValueError(f"a picture of {picture.shape} {picture.dtype}, not {self._shape}")
        if self._written == self.report.frames:
            raise ValueError(f"a picture more than the {self.report.frames} that were said")
        if self._broken.is_set():
            raise self._child.failure("encode the pictures")
        self._waiting.put(np.ascontiguousarray(picture))
        self._written += 1

    def finish(self) -> None:
        """Wait until ffmpeg has encoded every picture; called at the end of `video_pipe`.

        Raises:
            DiskFull: no room is left.
            EncodingFailed: ffmpeg failed, or too few pictures came.
        """
        if self._written != self.report.frames:
            raise EncodingFailed(
                f"Only {self._written} of {self.report.frames} pictures came; no video was made."
            )
        self.release()
        self._child.finish("encode the pictures")

    def release(self) -> None:
        """End the feeding thread, when all that waits is taken; does nothing a second time."""
        if self._feeder.is_alive():
            self._waiting.put(None)
            self._feeder.join()

    def _feed(self) -> None:
        # It takes what waits even when ffmpeg is gone, so that `write` never blocks for ever.
        while (picture := self._waiting.get()) is not None:
            if not self._broken.is_set():
                self._pass_on(picture)
        self._pass_on(None)

    def _pass_on(self, picture: Picture | None) -> None:
        """Write a picture to ffmpeg, or with None say that it was the last."""
        pipe = self._child.process.stdin
        assert pipe is not None
        try:
            pipe.close() if picture is None else pipe.write(picture.data)
        except OSError:  # ffmpeg is gone; its exit status and its own words tell why
            self._broken.set()
