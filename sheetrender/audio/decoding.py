"""The samples of any file with sound, in blocks, so that memory does not grow with the song."""

from __future__ import annotations

import re
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
_CUT_OFF = re.compile(r"^\s*(?:data|SSND) : (\d+) \(should be (\d+)\)", re.MULTILINE)
_UNKNOWN_SIZE = 0x7FFF0000
"""Programs that write into a pipe put sizes about as large as this: they promise nothing."""


class SongUnreadable(UsageError):
    """The song is not there, or holds no sound; nothing was changed."""


@dataclass(slots=True)
class Flaws:
    """What turned out to be wrong with a file; complete once its blocks are through.

    Attributes:
        no_numbers: samples that were NaN or infinite, and are silence now.
        read: samples in each channel.
        promised: samples that its header speaks of; 0 where that is not known.
        broke: it could be read only up to somewhere.
    """

    no_numbers: int = 0
    read: int = 0
    promised: int = 0
    broke: bool = False


@dataclass(frozen=True, slots=True)
class Sound:
    """An open file with sound.

    Attributes:
        sample_rate: samples per second in each channel.
        channels: >= 1.
        blocks: the samples from the first on, once; NaN and infinity are silenced.
        flaws: grow while the blocks are read.
    """

    sample_rate: int
    channels: int
    blocks: Iterator[Block]
    flaws: Flaws = field(default_factory=Flaws)


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
        flaws = Flaws(promised=_promised(file))
        yield Sound(file.samplerate, file.channels, _soundfile_blocks(file, path, flaws), flaws)


def _require_file(path: Path) -> None:
    if path.is_dir():
        raise SongUnreadable(f"{path} is a folder. Give the path of an audio file.")
    if not path.is_file():
        raise SongUnreadable(f"The sound file {path} is not there. Give the path of an audio file.")
    if path.stat().st_size == 0:
        raise SongUnreadable(f"The sound file {path} is an empty file. Save or download it again.")


def _promised(file: Any) -> int:
    """Return how many samples a file's header speaks of; libsndfile mends some and says so."""
    cut = _CUT_OFF.search(file.extra_info)
    if cut and int(cut[1]) < _UNKNOWN_SIZE and int(cut[2]):
        return int(file.frames * int(cut[1]) / int(cut[2]))
    return int(file.frames)


def _soundfile_blocks(file: Any, path: Path, flaws: Flaws) -> Iterator[Block]:
    import soundfile

    try:
        while len(block := file.read(_BLOCK_SAMPLES, dtype="float32", always_2d=True)):
            yield _finite(block, flaws)
    except soundfile.LibsndfileError as error:
        if not flaws.read:
            raise _no_sound(path, str(error)) from error
        flaws.broke = True


@contextmanager
def _ffmpeg_sound(path: Path) -> Iterator[Sound]:
    # AU is the plainest format that can be piped: its header says rate and channels.
    command = [find_ffmpeg(), "-nostdin", "-v", "error"]
    # A song comes with the sheet: a playlist in its place must not make ffmpeg fetch from the net.
    command += ["-protocol_whitelist", "file,pipe", "-i", str(path.absolute())]
    command += ["-map", "0:a:0", "-f", "au", "-c:a", "pcm_f32be", "pipe:1"]
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints
        ) as process,
    ):
        assert process.stdout is not None
        try:
            yield _read_au(process.stdout, path, complaints)
        finally:
            process.kill()


def _read_au(stream: IO[bytes], path: Path, complaints: IO[bytes]) -> Sound:
    header = stream.read(_AU_HEADER.size)
    if len(header) < _AU_HEADER.size:
        raise _no_sound(path, "neither libsndfile nor ffmpeg can read it")
    _, offset, _, _, sample_rate, channels = _AU_HEADER.unpack(header)
    stream.read(offset - _AU_HEADER.size)
    flaws = Flaws()
    blocks = _au_blocks(stream, channels, flaws, complaints)
    return Sound(sample_rate, channels, blocks, flaws)


def _au_blocks(
    stream: IO[bytes], channels: int, flaws: Flaws, complaints: IO[bytes]
) -> Iterator[Block]:
    width = 4 * channels
    while piece := stream.read(_BLOCK_SAMPLES * width):
        whole = piece[: len(piece) // width * width]
        block = np.frombuffer(whole, ">f4").reshape(-1, channels).astype(np.float32)
        yield _finite(block, flaws)
    # It goes on after errors and ends well; what it says of them is all there is.
    flaws.broke = complaints.seek(0, 2) > 0


def _finite(block: Block, flaws: Flaws) -> Block:
    flaws.read += len(block)
    is_number = np.isfinite(block)
    if not is_number.all():
        flaws.no_numbers += int(block.size - np.count_nonzero(is_number))
        block[~is_number] = 0.0
    return block


def _no_sound(path: Path, why: str) -> SongUnreadable:
    return SongUnreadable(
        f"{path} holds no sound that can be read: {why.rstrip('.')}. "
        "Give a .wav, .flac, .mp3, .m4a or .ogg file."
    )
