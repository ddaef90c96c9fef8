"""The samples of any file with sound, in blocks, so that memory does not grow with the song."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from sheetrender.model.errors import UsageError
from sheetrender.model.programs import find_ffmpeg

Block: TypeAlias = npt.NDArray[np.float32]
"""Samples, shape (samples, channels), full scale at -1.0 and 1.0."""

_BLOCK_SAMPLES = 1 << 16
_AU_HEADER = struct.Struct(">4s5I")  # magic, offset of the samples, size, encoding, rate, channels


class SongUnreadable(UsageError):
    """The song is not there, or holds no sound; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Sound:
    """An open file with sound.

    Attributes:
        sample_rate: samples per second in each channel.
        channels: >= 1.
        blocks: the samples from the first on, once; NaN and infinity are silenced.
    """

    sample_rate: int
    channels: int
    blocks: Iterator[Block]


@contextmanager
def open_sound(path: Path) -> Iterator[Sound]:
    """Open a file for as long as the block lasts: with libsndfile, else with ffmpeg.

    Raises:
        PartMissing: only ffmpeg could read it, and there is none.
        SongUnreadable: it is not there, is empty or holds no sound.
    """
    import soundfile

    _require_file(path)
    try:
        file = soundfile.SoundFile(path)
    except soundfile.LibsndfileError:
        with _ffmpeg_sound(path) as sound:
            yield sound
        return
    with file:
        yield Sound(file.samplerate, file.channels, _soundfile_blocks(file, path))


def _require_file(path: Path) -> None:
    if path.is_dir():
        raise SongUnreadable(f"{path} is a folder. Give the path of an audio file.")
    if not path.is_file():
        raise SongUnreadable(f"The song {path} is not there. Give the path of an audio file.")
    if path.stat().st_size == 0:
        raise SongUnreadable(f"The song {path} is an empty file. Save or download it again.")


def _soundfile_blocks(file: Any, path: Path) -> Iterator[Block]:
    import soundfile

    try:
        while len(block := file.read(_BLOCK_SAMPLES, dtype="float32", always_2d=True)):
            yield _finite(block)
    except soundfile.LibsndfileError as error:
        raise _no_sound(path, str(error)) from error


@contextmanager
def _ffmpeg_sound(path: Path) -> Iterator[Sound]:
    # AU is the plainest format that can be piped: its header says rate and channels.
    command = [find_ffmpeg(), "-nostdin", "-v", "error"]
    # A song comes with the sheet: a playlist in its place must not make ffmpeg fetch from the net.
    command += ["-protocol_whitelist", "file,pipe", "-i", str(path.absolute())]
    command += ["-map", "0:a:0", "-f", "au", "-c:a", "pcm_f32be", "pipe:1"]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        try:
            yield _read_au(process.stdout, path)
        finally:
            process.kill()


def _read_au(stream: IO[bytes], path: Path) -> Sound:
    header = stream.read(_AU_HEADER.size)
    if len(header) < _AU_HEADER.size:
        raise _no_sound(path, "neither libsndfile nor ffmpeg can read it")
    _, offset, _, _, sample_rate, channels = _AU_HEADER.unpack(header)
    stream.read(offset - _AU_HEADER.size)
    return Sound(sample_rate, channels, _au_blocks(stream, channels))


def _au_blocks(stream: IO[bytes], channels: int) -> Iterator[Block]:
    width = 4 * channels
    while piece := stream.read(_BLOCK_SAMPLES * width):
        whole = piece[: len(piece) // width * width]
        yield _finite(np.frombuffer(whole, ">f4").reshape(-1, channels).astype(np.float32))


def _finite(block: Block) -> Block:
    return np.nan_to_num(block, copy=False, nan=0.0, posinf=0.0, neginf=0.0)


def _no_sound(path: Path, why: str) -> SongUnreadable:
    return SongUnreadable(
        f"{path} holds no sound that can be read: {why}. "
        "Give a .wav, .flac, .mp3, .m4a or .ogg file."
    )
