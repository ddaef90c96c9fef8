"""Curves: what a row of the Audio tab asks for, and what a song does at every frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from sheetrender.model.cells import Address

StemName = Literal["drums", "bass", "vocals", "other"]
FeatureName = Literal[
    "loudness", "peak", "mean", "onset", "hits", "percussive", "harmonic", "sub", "bass", "mid",
    "high", "air", "brightness", "beat", "bar",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a curve is shaped before its function; times are the same at every frame rate.

    Attributes:
        gate: values below are 0, 0.0 to 1.0.
        attack: milliseconds in which it follows a rise to two thirds.
        release: milliseconds in which it follows a fall to one third; of `hits`, how they fade.
        smooth: milliseconds over which it is averaged.
        look_ahead: milliseconds by which it comes early.
    """

    gate: float = 0.0
    attack: float = 0.0
    release: float = 0.0
    smooth: float = 0.0
    look_ahead: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveRow:
    """One row of the Audio tab.

    Attributes:
        name: what formulas call it.
        file: path as written; empty for the song.
        stem: the part of the song that is listened to; None for all of it.
        feature: what is listened for.
        function: formula of ``x``, the shaped value from 0.0 to 1.0.
        shape: comes before the function.
        low: smallest value, None for no limit.
        high: largest value, None for no limit.
        places: where its cells stand, by heading.
    """

    name: str
    file: str = ""
    stem: StemName | None = None
    feature: FeatureName = "loudness"
    function: str = "x"
    shape: Shape = field(default_factory=Shape)
    low: float | None = None
    high: float | None = None
    places: Mapping[str, Address] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SongCurve:
    """A curve of the song.

    Attributes:
        values: shape (frames,).
        source: what it was heard in and listened for, such as ``~drums of song.mp3, loudness``.
    """

    values: npt.NDArray[np.float64]
    source: str
