"""Sound written into files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sheetrender.audio.recording import Recording

_BLOCK = 1 << 16
_BITS = "PCM_24"


def write_flac(path: Path, recording: Recording) -> None:
    """Write a recording as FLAC of 24 bits; what is beyond full scale is held at it.

    Raises:
        OSError: it cannot be written.
    """
    import soundfile

    samples = recording.samples
    try:
        with soundfile.SoundFile(
            path, "w", recording.sample_rate, samples.shape[1], _BITS, format="FLAC"
        ) as file:
            # In blocks: libsndfile has crashed on long files in one call.
            for first in range(0, len(samples), _BLOCK):
                file.write(np.clip(samples[first : first + _BLOCK], -1, 1))
    except soundfile.LibsndfileError as error:
        raise OSError(f"{path} cannot be written: {error}") from error
