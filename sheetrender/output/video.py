"""Finished pictures and a song become a video of exactly so many frames at exactly that rate."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sheetrender.model.errors import EncodingFailed, FramesMissing
from sheetrender.model.timing import FrameRate
from sheetrender.output.codecs import FINAL, Codec, video_node
from sheetrender.output.ffmpeg import command_of, load_builder, started
from sheetrender.output.tracks import VideoReport, expected_video, require_tracks
from sheetrender.output.whole_files import replacing

_NAMED_RANGES = 12
_PNG_BEGIN = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """A video that is ready to be made; iterating over it makes it.

    Attributes:
        frames: folder of the pictures.
        rate: frames per second.
        target: where the video appears once it is whole and was counted.
        song: what is heard with it.
        codec: how it is encoded.
        report: what it will hold.
    """

    frames: Path
    rate: FrameRate
    target: Path
    song: Path | None
    codec: Codec
    report: VideoReport

    def __iter__(self) -> Iterator[int]:
        """Yield how many frames are encoded so far, rising; the last is all, the video is there.

        Leaving early, with Ctrl-C too, kills ffmpeg and leaves an older video as it was.

        Raises:
            DiskFull: no room is left; an older video is left as it was.
            EncodingFailed: ffmpeg failed, or made another length; likewise.
        """
        with replacing(self.target) as part:
            yield from self._encode(part)
            require_tracks(part, self.report)
        yield self.report.frames

    def _encode(self, part: Path) -> Iterator[int]:
        pictures = load_builder().input(
            "%06d.png", f="image2", framerate=str(self.rate), start_number=0
        )
        output = video_node(
            pictures,
            part,
            FINAL[self.codec],
            frames=self.report.frames,
            seconds=self.report.seconds,
            song=self.song,
        )
        # Run inside the folder, so that a % in its name is no part of the pattern.
        with started(command_of(output), folder=self.frames) as child:
            yield from _progress(child.lines(), self.report.frames)
            child.finish(f"make {self.target}")


def encode_frames(
    frames: Path,
    count: int,
    rate: FrameRate,
    target: Path,
    *,
    song: Path | None = None,
    codec: Codec = "h264",
) -> Encoding:
    """Prepare a video of the pictures ``000000.png`` and up; iterate over the result to make it.

    The song begins with the picture. Where it is longer it is cut to the picture, where it is
    shorter the picture runs on in silence: `Encoding.report` says by how much.

    Args:
        frames: folder of the pictures, all of one size, both sides even.
        count: frames in the video, >= 1.
        rate: frames per second.
        target: ``.mp4``, or ``.mov`` for prores; replaced once the new one is whole.
        song: any file with sound.
        codec: h264 plays everywhere, prores is for editors.

    Raises:
        FramesMissing: some picture is not there or cut short; nothing was written.
        PartMissing: there is no ffmpeg, or no ffmpeg-python; nothing was written.
        UsageError: the song cannot be read; nothing was written.
    """
    _require_frames(frames, count)
    return Encoding(
        frames=frames,
        rate=rate,
        target=target.absolute(),
        song=song,
        codec=codec,
        report=expected_video(count, rate, song),
    )


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


def _require_frames(folder: Path, count: int) -> None:
    missing = [frame for frame in range(count) if not _is_whole(folder / f"{frame:06d}.png")]
    if missing:
        raise FramesMissing(
            f"No video was made: {folder} lacks {len(missing)} of {count} frames, or they are "
            f"damaged: frames {_ranges(missing)}. Run again to render them."
        )


def _is_whole(picture: Path) -> bool:
    """Tell whether a PNG has its beginning and its end; it is not decoded."""
    try:
        with picture.open("rb") as file:
            begins = file.read(len(_PNG_BEGIN)) == _PNG_BEGIN
            file.seek(-len(_PNG_END), os.SEEK_END)
            return begins and file.read() == _PNG_END
    except OSError:  # not there, unreadable, or shorter than the end that it should have
        return False


def _ranges(numbers: list[int]) -> str:
    """Write rising numbers as people do: ``12–15, 40``."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    named = [f"{a}–{b}" if a < b else f"{a}" for a, b in runs[:_NAMED_RANGES]]
    return ", ".join(named) + (" …" if len(runs) > _NAMED_RANGES else "")
