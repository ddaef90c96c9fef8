"""librosa is the judge of what we compute ourselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sheetrender.audio.analysis import analyse
from sheetrender.audio.percussion import struck_share
from sheetrender.audio.recording import record
from sheetrender.audio.spectra import spectra

SONG = Path(__file__).parents[2] / "sample_sheets" / "song.flac"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_strokes_and_brightness_are_as_librosa_has_them() -> None:
    import librosa

    recording = record(SONG)
    wave, rate = recording.mono(), recording.sample_rate
    heard = spectra(wave, rate)
    coarse = heard.bands[::2]
    # librosa mirrors the bands at both ends, we go on with the outermost.
    inner = slice(10, -10)
    ours = (coarse * struck_share(coarse, 2 * heard.step / rate))[:, inner].sum(axis=1)
    kernel = (2 * round(0.36 * rate / (2 * heard.step) / 2) + 1, 2 * round(0.18 * 96 / 2) + 1)
    _, struck = librosa.decompose.hpss(coarse.T, kernel_size=kernel)
    assert np.corrcoef(ours, struck[inner].sum(axis=0))[0, 1] > 0.98
    theirs = librosa.feature.spectral_centroid(y=wave, sr=rate, n_fft=2048, hop_length=heard.step)
    both = min(len(heard.brightness), theirs.shape[1])
    loud = analyse(recording).power[:both] > 1e-6
    assert np.corrcoef(heard.brightness[:both][loud], theirs[0, :both][loud])[0, 1] > 0.98
