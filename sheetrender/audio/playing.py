"""A sound that passes by, so that an hour of it is never in memory as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import numpy as np

from sheetrender.audio.decoding import Block, open_sound

_CENTRE = (2, 3)
"""Channels of 5.1 and 7.1 that both sides hear: centre and low frequencies."""


class Playable(Protocol):
    """A sound, in memory or not."""

    @property
    def sample_rate(self) -> int:
        """Samples per second."""

    def blocks(self) -> Iterator[Block]:
        """Play it from its beginning: blocks of shape (samples, channels), 1 or 2 channels."""


@dataclass(frozen=True, slots=True)
class Played:
    """A sound that is made anew each time that it is played.

    Attributes:
        sample_rate: samples per second.
        start: begins to play it.
    """

    sample_rate: int
    start: Callable[[], Iterator[Block]]

    def blocks(self) -> Iterator[Block]:
        """Play it."""
        return self.start()


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a sound with a margin of its neighbours on either side.

    Attributes:
        samples: shape (samples, channels); no margin where the sound begins and ends.
        before: samples of the margin before it.
        inner: samples that belong to this piece alone.
        is_last: whether the sound ends with it.
    """

    samples: Block
    before: int
    inner: int
    is_last: bool


def played(path: Path, rate: int, seconds: Fraction, begins: int = 0) -> Played:
    """Return the sound of a file, no longer than the video needs it.

    Args:
        path: the file.
        rate: its samples per second.
        seconds: from the song's beginning, to which it is played.
        begins: sample of the song on which it begins; a negative one cuts its beginning off.
    """
    return Played(rate, lambda: _within(path, begins, int(seconds * rate) + 1))


def _within(path: Path, begins: int, end: int) -> Iterator[Block]:
    with open_sound(path) as sound:
        at = begins
        if begins > 0:
            yield np.zeros((min(begins, end), min(sound.channels, 2)), np.float32)
        for block in sound.blocks:
            if at >= end:
                return
            inside = block[max(0, -at) : end - at]
            if len(inside):
                yield two_sides(inside)
            at += len(block)


def later(sound: Playable, samples: int) -> Played:
    """Return a sound that many samples later; negative ones cut its beginning off."""
    return Played(sound.sample_rate, lambda: _later(sound, samples))


def _later(sound: Playable, samples: int) -> Iterator[Block]:
    at = samples
    for block in sound.blocks():
        if at == samples > 0:
            yield np.zeros((samples, block.shape[1]), np.float32)
        if at + len(block) > 0:
            yield block[max(0, -at) :]
        at += len(block)


def two_sides(block: Block) -> Block:
    """Return at most two channels: what stands left, and what stands right."""
    count = block.shape[1]
    if count <= 2:
        return block
    both = {number for number in _CENTRE if number < count}
    sides = [sorted(both | set(range(first, count, 2))) for first in (0, 1)]
    return np.column_stack([block[:, side].mean(axis=1) for side in sides])


def pieces(sound: Playable, size: int, margin: int) -> Iterator[Piece]:
    """Yield a sound in pieces, at least one; all but the last have the same size.

    Args:
        sound: what is played.
        size: samples of each piece, more than its margin.
        margin: samples of its neighbours that come along.
    """
    waiting: list[Block] = []
    have = before = 0
    for block in sound.blocks():
        waiting.append(block)
        have += len(block)
        while have > before + size + margin:
            whole = np.concatenate(waiting)
            waiting = [whole[before + size - margin :].copy()]
            have = len(waiting[0])
            yield Piece(
                samples=whole[: before + size + margin], before=before, inner=size, is_last=False
            )
            before = margin
    whole = np.concatenate(waiting) if waiting else np.zeros((0, 1), np.float32)
    if len(whole) - before > size:
        yield Piece(samples=whole, before=before, inner=size, is_last=False)
        whole = whole[before + size - margin :]
        before = margin
    yield Piece(samples=whole, before=before, inner=len(whole) - before, is_last=True)
