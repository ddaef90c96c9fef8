"""A sound in memory, no longer than the video needs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sheetrender.audio.decoding import Block, Sound, open_sound
from sheetrender.audio.playing import Playable, pieces, two_sides

Wave: TypeAlias = npt.NDArray[np.float32]
"""Samples of one channel, shape (samples,)."""

_OPPOSED = -0.9
"""Likeness of two sides below which nothing would be left of their mix."""
_MIXED_AT_ONCE = 1 << 22


@dataclass(frozen=True, slots=True)
class Recording:
    """A stretch of sound.

    Attributes:
        samples: shape (samples, channels), one channel or two.
        sample_rate: samples per second.
    """

    samples: Block
    sample_rate: int

    def blocks(self) -> Iterator[Block]:
        """Play it, all at once."""
        yield self.samples

    def mono(self) -> Wave:
        """Return one channel in which nothing has cancelled out."""
        if self.samples.shape[1] == 1:
            return self.samples[:, 0]
        left, right = self.samples.T
        # Two sides that swing against each other would mix to silence.
        are_opposed = float(left @ right) < _OPPOSED * float(left @ left + right @ right) / 2
        mixed: Wave = left - right if are_opposed else left + right
        mixed *= 0.5
        return mixed

    def moved(self, samples: int) -> Recording:
        """Return the same sound that many samples later; negative ones cut its beginning off."""
        if samples <= 0:
            return Recording(self.samples[-samples:], self.sample_rate)
        silence = np.zeros((samples, self.samples.shape[1]), np.float32)
        return Recording(np.concatenate([silence, self.samples]), self.sample_rate)


def held(sound: Playable) -> Recording:
    """Return all of a sound, to be played more than once."""
    blocks = list(sound.blocks()) or [np.zeros((0, 1), np.float32)]
    return Recording(np.concatenate(blocks), sound.sample_rate)


def mixed(sound: Playable) -> Recording:
    """Return a sound as one channel; no more than that of it is ever in memory."""
    rate = sound.sample_rate
    waves = [Recording(p.samples, rate).mono() for p in pieces(sound, _MIXED_AT_ONCE, 0)]
    return Recording(np.concatenate(waves)[:, None], rate)


def record(path: Path, seconds: Fraction | None = None) -> Recording:
    """Read a file's sound.

    Args:
        path: the file.
        seconds: as much as is needed; None for all.

    Raises:
        PartMissing: only ffmpeg could read it, and there is none.
        SongUnreadable: it is not there, is empty or holds no sound.
    """
    with open_sound(path) as sound:
        most = None if seconds is None else int(seconds * sound.sample_rate) + 1
        return Recording(_joined(sound, most), sound.sample_rate)


def _joined(sound: Sound, most: int | None) -> Block:
    blocks, count = [], 0
    for block in sound.blocks:
        blocks.append(two_sides(block))
        count += len(block)
        if most is not None and count >= most:
            break
    if not blocks:
        return np.zeros((0, 1), np.float32)
    return np.concatenate(blocks)[:most]
