"""Sound written into files."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import numpy as np

from sheetrender.audio.playing import Playable

_BLOCK = 1 << 16
_BITS = "PCM_24"


def write_flac(path: Path, sound: Playable) -> None:
    """Write a sound as FLAC of 24 bits; what is beyond full scale is held at it.

    Raises:
        OSError: it cannot be written.
    """
    import soundfile

    blocks = sound.blocks()
    first = next(blocks, np.zeros((0, 1), np.float32))
    try:
        with soundfile.SoundFile(
            path, "w", sound.sample_rate, first.shape[1], _BITS, format="FLAC"
        ) as file:
            for block in chain([first], blocks):
                # In small blocks: libsndfile has crashed on long files in one call.
                for begin in range(0, len(block), _BLOCK):
                    file.write(np.clip(block[begin : begin + _BLOCK], -1, 1))
    except soundfile.LibsndfileError as error:
        raise OSError(f"{path} cannot be written: {error}") from error
