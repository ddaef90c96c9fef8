"""Stems: a song's drums, bass, vocals and the rest as files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from sheetrender.audio.demucs_stems import separate, why_not
from sheetrender.audio.playing import played
from sheetrender.audio.separation import rough_stem
from sheetrender.audio.song import open_song
from sheetrender.audio.sound_files import write_flac
from sheetrender.model.curves import StemName
from sheetrender.model.errors import UsageError
from sheetrender.output.whole_files import replacing

Way = Literal["auto", "demucs", "built-in"]
_STEMS: tuple[StemName, ...] = get_args(StemName)


@dataclass(frozen=True, slots=True)
class MadeStems:
    """The files.

    Attributes:
        files: by what they hold; a name with a ``~`` is a rough stand-in.
        notice: what should be known about them; may be empty.
    """

    files: dict[str, Path]
    notice: str


def make_stems(audio: Path, folder: Path | None, way: Way) -> MadeStems:
    """Write a song's stems into `folder`, or ``<name>_stems`` beside the song.

    Args:
        audio: the song.
        folder: where they shall be; made where it is missing.
        way: ``demucs`` fetches its model where it has none; ``auto`` takes demucs where it is
            ready, else the built-in way.

    Raises:
        UsageError: the song cannot be read, or is one of the files; nothing was written.
        PartMissing: demucs was asked for, and is not there.
        RenderFailed: demucs broke off, or a file cannot be written; whole ones are kept.
    """
    found = open_song(audio)
    target = folder or audio.parent / f"{audio.stem}_stems"
    reason = why_not() if way == "auto" else ""
    if way == "demucs" or (way == "auto" and not reason):
        return MadeStems(_written(audio, target), "")
    files = {}
    song = played(audio, found.sample_rate, found.seconds)
    for stem in _STEMS:
        file = target / f"~{stem}.flac"
        with _written_whole(file, audio) as part:
            write_flac(part, rough_stem(song, stem))
        files[f"~{stem}"] = file
    why = reason or "As you asked"
    wrong, _, cure = why.partition(". ")
    notice = f"{wrong}: these are rough stand-ins, good for curves and not for mixing."
    return MadeStems(files, f"{notice} {cure}." if cure else notice)


def _written(audio: Path, target: Path) -> dict[str, Path]:
    files: dict[str, Path] = {}
    for stem, recording in separate(audio).items():
        file = target / f"{stem}.flac"
        with _written_whole(file, audio) as part:
            write_flac(part, recording)
        files[stem] = file
    return files


@contextmanager
def _written_whole(file: Path, audio: Path) -> Iterator[Path]:
    if file.exists() and file.samefile(audio):
        raise UsageError(f"{file} is the song itself. Give another folder with -o.")
    with replacing(file) as part:
        yield part
