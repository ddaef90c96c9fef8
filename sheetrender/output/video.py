"""Finished pictures and a song become a video of exactly so many frames at exactly that rate."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sheetrender.engines.upscaling import Upscaler
from sheetrender.model.errors import EncodingFailed, UsageError
from sheetrender.model.frames import Size
from sheetrender.model.keyframes import Between, Codec
from sheetrender.model.timing import FrameRate
from sheetrender.output.codecs import FINAL, SEQUENCE, Recipe
from sheetrender.output.encode import Song, video_node
from sheetrender.output.ffmpeg import command_of, load_builder, started
from sheetrender.output.finish import Finish, finished
from sheetrender.output.picture_files import require_count, require_frames
from sheetrender.output.tracks import VideoReport, expected_video, require_tracks
from sheetrender.output.video_pipe import fed, piped
from sheetrender.output.whole_files import no_room, replacing, replacing_folder

_PATTERN = "%06d.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class HigherRate:
    """A video at a higher rate than its pictures.

    Attributes:
        rate: frames per second of the video.
        between: how the frames are made that this needs.
        starts: numbers of the pictures that begin after a cut, over which nothing is mixed.
    """

    rate: FrameRate
    between: Between
    starts: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """A video that is ready to be made; iterating over it makes it.

    Attributes:
        frames: folder of the pictures.
        first: number of the first picture.
        count: of the pictures.
        rate: of the pictures per second.
        size: of the pictures.
        target: where the video appears once it is whole and was counted.
        song: what is heard with it.
        codec: how it is encoded.
        finish: what is done to the pictures.
        upscaler: makes the pictures larger, or None.
        higher: the rate of the video, where it is another one.
        timecode: of its first frame; empty to say none.
        report: what it will hold.
        tags: what the file says of itself, by name.
    """

    frames: Path
    first: int
    count: int
    rate: FrameRate
    size: Size
    target: Path
    song: Song | None
    codec: Codec
    finish: Finish
    upscaler: Upscaler | None
    higher: HigherRate | None
    timecode: str
    report: VideoReport
    tags: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[int]:
        """Yield how many frames are encoded so far, rising; the last is all, the video is there.

        Leaving early, with Ctrl-C too, kills ffmpeg and leaves an older video as it was.

        Raises:
            DiskFull: no room is left; an older video is left as it was.
            EncodingFailed: ffmpeg failed, or made another length; likewise.
            FramesMissing: a picture cannot be decoded; likewise.
        """
        is_sequence = self._recipe.container == SEQUENCE
        place = replacing_folder(self.target) if is_sequence else replacing(self.target)
        with place as part, _workroom(self.target) as room:
            output = self._output(part / _PATTERN if is_sequence else part, room)
            yield from self._piped(output) if self._is_piped else self._encoded(output)
            if is_sequence:
                require_count(part, self.report.frames)
                if self.tags:
                    self._tell(part)
            else:
                require_tracks(part, self.report)
        yield self.report.frames

    def _tell(self, pictures: Path) -> None:
        """Let each picture say what the frame says that it was made from, or the one before."""
        from sheetrender.rendering.frame_files import copy_text, frame_path

        step = self.rate.per_second / self._video_rate.per_second
        with no_room(self.target):
            for number in range(self.report.frames):
                frame = self.first + min(int(number * step), self.count - 1)
                copy_text(frame_path(self.frames, frame), frame_path(pictures, number))

    @property
    def _recipe(self) -> Recipe:
        return FINAL[self.codec]

    @property
    def _is_piped(self) -> bool:
        """Whether the pictures are made here, and not by ffmpeg from the files."""
        is_between = self.higher is not None and self.higher.between != "minterpolate"
        return is_between or self.upscaler is not None

    @property
    def _picture(self) -> Size:
        """The size of the pictures that ffmpeg is given."""
        return self.size if self.upscaler is None else _times(self.size, self.upscaler.times)

    @property
    def _video_rate(self) -> FrameRate:
        return self.rate if self.higher is None else self.higher.rate

    def _output(self, target: Path, room: Path) -> Any:
        pictures = finished(
            self._pictures(),
            self._recipe,
            self.finish,
            picture=self._picture,
            count=self.report.frames,
            rate=self._video_rate,
            room=room,
        )
        return video_node(
            pictures,
            target,
            self._recipe,
            frames=self.report.frames,
            seconds=self.report.seconds,
            song=self.song if self._recipe.sound else None,
            timecode=self.timecode if self._recipe.container == "mov" else "",
            tags=self.tags,
        )

    def _pictures(self) -> Any:
        if self._is_piped:
            return piped(self._picture, self._video_rate)
        pictures = load_builder().input(
            _PATTERN, f="image2", framerate=str(self.rate), start_number=self.first
        )["v:0"]
        if self.higher is None:
            return pictures
        # It knows of no cuts, but sees them; the last picture stands until the end.
        return (
            pictures.filter("trim", end_frame=self.count)
            .filter("tpad", stop=3, stop_mode="clone")
            .filter("scale", out_color_matrix="bt709", out_range="pc")
            .filter("format", "yuv444p")
            .filter("minterpolate", fps=str(self.higher.rate), mi_mode="mci", scd="fdiff")
            .filter("scale", in_color_matrix="bt709", in_range="pc")
            .filter("format", "gbrp")
        )

    def _encoded(self, output: Any) -> Iterator[int]:
        # Run inside the folder, so that a % in its name is no part of the pattern.
        with started(command_of(output), folder=self.frames) as child:
            yield from _progress(child.lines(), self.report.frames)
            child.finish(f"make {self.target}")

    def _piped(self, output: Any) -> Iterator[int]:
        # Not needed by most, and OpenCV takes a moment to load.
        from sheetrender.rendering.between import pictures_at

        step = self.rate.per_second / self._video_rate.per_second
        pictures = pictures_at(
            self.frames,
            (self.first + number * step for number in range(self.report.frames)),
            last=self.first + self.count - 1,
            starts=self.higher.starts if self.higher else frozenset(),
            way="flow" if self.higher and self.higher.between == "flow" else "blend",
        )
        enlarged = pictures if self.upscaler is None else map(self.upscaler, pictures)
        with fed(output, self.report, self._picture) as pipe:
            for number, picture in enumerate(enlarged, start=1):
                pipe.write(picture)
                if number < self.report.frames:
                    yield number


@contextmanager
def _workroom(target: Path) -> Iterator[Path]:
    """Make a folder, of a plain name, for what ffmpeg reads beside pictures and song.

    Raises:
        DiskFull: there is no room for it.
    """
    with no_room(target), tempfile.TemporaryDirectory(prefix="sheetrender-") as room:
        yield Path(room)


def encode_frames(
    frames: Path,
    count: int,
    rate: FrameRate,
    target: Path,
    *,
    first: int = 0,
    song: Song | None = None,
    codec: Codec = "h264",
    finish: Finish | None = None,
    upscaler: Upscaler | None = None,
    higher: HigherRate | None = None,
    timecode: str = "",
    tags: Mapping[str, str] | None = None,
) -> Encoding:
    """Prepare a video of the pictures ``000000.png`` and up; iterate over the result to make it.

    Where the song is longer it is cut to the picture, where it is shorter the picture runs on in
    silence: `Encoding.report` says by how much.

    Args:
        frames: folder of the pictures.
        count: pictures in the video, >= 1.
        rate: pictures per second.
        target: ``.mp4``, ``.mov`` for prores, a folder for png; replaced once the new one is whole.
        first: number of the first picture.
        song: what is heard with them.
        codec: h264 plays everywhere, prores and png are for editors.
        finish: what is done to the pictures.
        upscaler: makes them larger before; not with ``minterpolate``.
        higher: the rate of the video, where it is another one.
        timecode: of its first frame, where the file can say so.
        tags: what the file says of itself, such as ``title``, by name.

    Raises:
        FramesMissing: some picture is not there or cut short, or they are of several sizes;
            nothing was written.
        PartMissing: there is no ffmpeg, or no ffmpeg-python; nothing was written.
        UsageError: the song cannot be read, the colour table is none, or the size or the rate
            cannot be made; nothing was written.
    """
    size = require_frames(frames, range(first, first + count))
    finish = finish or Finish()
    large = size if upscaler is None else _times(size, upscaler.times)
    finish.require(large, FINAL[codec])
    if higher is not None and higher.rate.per_second < rate.per_second:
        raise UsageError(
            f"fps_to is {higher.rate.label}, which is less than the {rate.label} of the frames. "
            "Write a higher rate, or none."
        )
    return Encoding(
        frames=frames,
        first=first,
        count=count,
        rate=rate,
        size=size,
        target=target.absolute(),
        song=song,
        codec=codec,
        finish=finish,
        upscaler=upscaler,
        higher=higher,
        timecode=timecode,
        report=_expected(count, rate, higher, song),
        tags=tags or {},
    )


def _times(size: Size, times: int) -> Size:
    return Size(size.width * times, size.height * times)


def _expected(
    count: int, rate: FrameRate, higher: HigherRate | None, song: Song | None
) -> VideoReport:
    if higher is None:
        return expected_video(count, rate, song)
    return expected_video(higher.rate.frames_covering(rate.seconds_at(count)), higher.rate, song)


def _progress(lines: Iterable[str], count: int) -> Iterator[int]:
    """Yield the frame counts, each once, that ffmpeg's ``-progress`` reports before the last."""
    shown = 0
    for line in lines:
        name, _, value = line.partition("=")
        number = int(value) if value.strip().isdigit() else 0
        if name == "dup_frames" and number:  # what could not be read was filled with its neighbour
            raise EncodingFailed(
                "ffmpeg could not read every picture; no video was made. "
                "Remove the frames that no viewer opens, and run again to render them."
            )
        if name == "frame" and shown < number < count:
            shown = number
            yield shown
