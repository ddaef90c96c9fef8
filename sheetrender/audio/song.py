"""A song: how long it is, and what it looks like."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sheetrender.audio.cache import digest_of, keep, kept, key_of
from sheetrender.audio.decoding import Flaws, SongUnreadable, open_sound
from sheetrender.audio.windows import equal_edges, windows_in_block

__all__ = ["Song", "SongUnreadable", "open_song", "waveform"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Song:
    """What is known of a song without listening.

    Attributes:
        path: its file.
        samples: in each channel, counted by decoding.
        sample_rate: samples per second.
        channels: 1 for mono, 2 for stereo.
        flaws: what is wrong with the file.
    """

    path: Path
    samples: int
    sample_rate: int
    channels: int
    flaws: Flaws

    @property
    def seconds(self) -> Fraction:
        """Its length, exact to the sample; > 0."""
        return Fraction(self.samples, self.sample_rate)

    @property
    def complaints(self) -> tuple[str, ...]:
        """What is wrong with the file, as verb phrases; it can be used all the same."""
        found = []
        missing = Fraction(self.flaws.promised - self.samples, self.sample_rate)
        if missing > _MISSING_SECONDS:
            whole = float(self.seconds + missing)
            found.append(f"ends after {float(self.seconds):.2f} s of {whole:.2f} s")
        elif self.flaws.broke:
            found.append(f"is damaged, and could be read for {float(self.seconds):.2f} s")
        if self.flaws.no_numbers:
            count = self.flaws.no_numbers
            found.append(f"has {count} sample{'s' * (count != 1)} that are no numbers (NaN)")
        return tuple(found)


_MISSING_SECONDS = Fraction(1, 2)
"""Shorter than its header says by less than this, a file is whole: headers are estimates."""


def open_song(path: Path) -> Song:
    """Read how long a song is. It is decoded once: headers of MP3 files are often wrong.

    Raises:
        PartMissing: only ffmpeg could read it, and there is none.
        SongUnreadable: it is not there, is empty or holds no sound.
    """
    key = key_of("song", digest_of(path)) if path.is_file() else ""
    known = kept(key) if key else None
    if known is not None and _FACTS.issubset(known):
        found = {name: int(known[name]) for name in _FACTS}
    else:
        found = _counted(path)
        keep(key, {name: np.array(value) for name, value in found.items()})
    return Song(
        path=path,
        samples=found["read"],
        sample_rate=found["sample_rate"],
        channels=found["channels"],
        flaws=Flaws(found["no_numbers"], found["read"], found["promised"], bool(found["broke"])),
    )


_FACTS = frozenset({"read", "sample_rate", "channels", "no_numbers", "promised", "broke"})


def _counted(path: Path) -> dict[str, int]:
    with open_sound(path) as sound:
        for _ in sound.blocks:
            pass
    flaws = sound.flaws
    if not flaws.read:
        raise SongUnreadable(f"The sound file {path} is 0 seconds long. Save or download it again.")
    return {
        "read": flaws.read,
        "sample_rate": sound.sample_rate,
        "channels": sound.channels,
        "no_numbers": flaws.no_numbers,
        "promised": flaws.promised,
        "broke": int(flaws.broke),
    }


def waveform(path: Path, points: int) -> npt.NDArray[np.float32]:
    """Return the lowest and highest sample of any channel in equal stretches of a song.

    Args:
        path: the song.
        points: stretches, >= 1: one for each pixel.

    Returns:
        Shape (points, 2), lowest and highest, from -1.0 to 1.0 and no NaN.

    Raises:
        PartMissing: only ffmpeg could read it, and there is none.
        SongUnreadable: it is not there, is empty or holds no sound.
    """
    edges = equal_edges(open_song(path).samples, points)
    shape = np.full((points, 2), np.nan, np.float32)
    offset = 0
    with open_sound(path) as sound:
        for block in sound.blocks:
            windows, starts = windows_in_block(edges, offset, len(block))
            lowest = np.minimum.reduceat(block, starts, axis=0).min(axis=1)
            highest = np.maximum.reduceat(block, starts, axis=0).max(axis=1)
            shape[windows, 0] = np.fmin(shape[windows, 0], lowest)
            shape[windows, 1] = np.fmax(shape[windows, 1], highest)
            offset += len(block)
    return _filled(shape)


def _filled(shape: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Let stretches without a sample, in a song shorter than the points, show the one before."""
    known = np.where(np.isnan(shape[:, 0]), 0, np.arange(len(shape)))
    filled: npt.NDArray[np.float32] = np.nan_to_num(shape[np.maximum.accumulate(known)])
    return np.clip(filled, -1.0, 1.0)
