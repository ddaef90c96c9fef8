"""How long picture and sound should be, and how long they really are, counted by ffmpeg itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from sheetrender.model.errors import EncodingFailed, UsageError
from sheetrender.model.timing import FrameRate
from sheetrender.output.codecs import LOCAL
from sheetrender.output.encode import Song
from sheetrender.output.ffmpeg import command_of, load_builder, started

_SOUND_TOLERANCE = 2048  # samples: encoders pad the sound to whole blocks of 1024, at both ends


@dataclass(frozen=True, slots=True)
class Track:
    """One stream of a file.

    Attributes:
        packets: pieces that it is stored in; for video, frames.
        seconds: from its first moment, or 0 for sound, to its end.
        tick: seconds that its clock counts in; for sound, one sample.
    """

    packets: int
    seconds: Fraction
    tick: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoReport:
    """What a video holds.

    Attributes:
        frames: pictures in it.
        seconds: its length, frames / rate.
        song_seconds: length of the song from where the picture begins, of which `seconds` at
            most are heard; None without a song.
    """

    frames: int
    seconds: Fraction
    song_seconds: Fraction | None

    @property
    def unheard(self) -> Fraction:
        """Seconds of the song that the end of the picture cuts off; 0 without a song."""
        return max(Fraction(0), (self.song_seconds or 0) - self.seconds)

    @property
    def silent(self) -> Fraction:
        """Seconds that the picture runs on after the song; 0 without a song."""
        song = self.seconds if self.song_seconds is None else self.song_seconds
        return max(Fraction(0), self.seconds - song)


def expected_video(count: int, rate: FrameRate, song: Song | None) -> VideoReport:
    """Return what a video of so many frames will hold.

    Raises:
        UsageError: the song is not there, holds no sound that ffmpeg can read, or is over before
            the picture begins.
    """
    left = None if song is None else song_track(song.path).seconds - song.begins
    if song is not None and left is not None and left <= 0:
        raise UsageError(
            f"The song {song.path} is over before the picture begins, "
            f"{float(song.begins):.3f} s into it. Make song_offset smaller."
        )
    return VideoReport(frames=count, seconds=rate.seconds_at(count), song_seconds=left)


def require_tracks(path: Path, expected: VideoReport) -> None:
    """Count a finished video.

    Raises:
        EncodingFailed: its frames, its length or its sound are not as expected.
    """
    picture = picture_track(path)
    half_a_frame = expected.seconds / expected.frames / 2
    if picture.packets != expected.frames or abs(picture.seconds - expected.seconds) > half_a_frame:
        raise EncodingFailed(
            f"ffmpeg made {picture.packets} frames in {float(picture.seconds):.3f} s instead of "
            f"{expected.frames} in {float(expected.seconds):.3f} s; the video was thrown away. "
            "A picture may be damaged: remove it and run again."
        )
    if expected.song_seconds is not None:
        _require_sound(path, min(expected.song_seconds, expected.seconds))


def _require_sound(path: Path, seconds: Fraction) -> None:
    sound = sound_track(path)
    if abs(sound.seconds - seconds) > _SOUND_TOLERANCE * sound.tick:
        raise EncodingFailed(
            f"ffmpeg made {float(sound.seconds):.3f} s of sound instead of {float(seconds):.3f} s; "
            "the video was thrown away. The song may be damaged: save it anew as .wav or .flac."
        )


def picture_track(path: Path) -> Track:
    """Count the frames of a video without decoding them.

    Raises:
        EncodingFailed: there is no picture in it.
    """
    output = (
        load_builder()
        .input(str(path.absolute()), **LOCAL)["v:0"]
        .output("pipe:1", f="framecrc", c="copy")
    )
    return _read_track(output, path, from_zero=False)


def sound_track(path: Path) -> Track:
    """Measure a file's sound by decoding it, exact to the sample.

    Raises:
        EncodingFailed: there is no sound in it, or it is damaged.
    """
    output = (
        load_builder()
        .input(str(path.absolute()), **LOCAL)["a:0"]
        .output("pipe:1", f="framecrc", **{"c:a": "pcm_s16le"})
    )
    return _read_track(output, path, from_zero=True)


def song_track(path: Path) -> Track:
    """Measure a song before it is used.

    Raises:
        UsageError: it is not there, or holds no sound that ffmpeg can read.
    """
    if not path.is_file():
        raise UsageError(f"The song {path} is not there. Give the path of an audio file.")
    try:
        return sound_track(path)
    except EncodingFailed as error:
        raise UsageError(
            f"The song {path} holds no sound that ffmpeg can read. "
            f"Give a .wav, .flac, .mp3, .m4a or .ogg file.\n{error}"
        ) from error


def _read_track(output: object, path: Path, *, from_zero: bool) -> Track:
    with started(command_of(output)) as child:
        track = _parse_track(child.lines(), from_zero=from_zero)
        child.finish(f"read {path}")
    if track is None:
        raise EncodingFailed(f"{path} has no picture or no sound in it.")
    return track


def _parse_track(lines: Iterable[str], *, from_zero: bool) -> Track | None:
    """Read ffmpeg's framecrc: ``#tb 0: 1/15360``, then rows ``stream, dts, pts, duration, …``."""
    tick, packets, first, end = Fraction(0), 0, 0, 0
    for line in lines:
        if line.startswith("#tb 0:"):
            tick = Fraction(line.removeprefix("#tb 0:").strip())
        elif not line.startswith("#"):
            moment, duration = (int(field) for field in line.split(",")[2:4])
            first = min(first, moment) if packets else moment
            end = max(end, moment + duration)
            packets += 1
    if not packets:
        return None
    return Track(packets, (end if from_zero else end - first) * tick, tick)
