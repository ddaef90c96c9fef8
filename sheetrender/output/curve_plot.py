"""What a plot of curves shows, and the colours and sizes that its parts share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from sheetrender.model.timing import FrameRate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Values: TypeAlias = npt.NDArray[np.floating[Any]]

DPI = 110
WIDTH, LEFT, RIGHT = 16.0, 0.8, 0.3
"""Of the picture and its margins, inches."""
PIXELS = int((WIDTH - LEFT - RIGHT) * DPI)
"""Of the axis of time."""
INK, FAINT, GRID, CUT = "#22272e", "#8a929c", "#d9dde2", "#d1242f"


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePlot:
    """What is drawn.

    Attributes:
        channels: name → one value for each frame, shape (frames,); drawn in this order.
        frames: in the video, >= 1.
        rate: frames per second.
        units: channel's name → its unit, such as "degrees per frame"; may lack some.
        row_frames: where the rows of the sheet begin, rising.
        labels: what each row is about; as many as `row_frames`.
        cuts: frames that start from nothing.
        waveform: lowest and highest sample of equal stretches of the song, shape (points, 2).
        song_seconds: length of the song that `waveform` shows; None where it is the video's.
        song_begins: second of the song at frame 0.
        title: what stands above it all.
    """

    channels: Mapping[str, Values]
    frames: int
    rate: FrameRate
    units: Mapping[str, str]
    row_frames: Sequence[int]
    labels: Sequence[str]
    cuts: Sequence[int]
    waveform: Values | None
    song_seconds: Fraction | None
    song_begins: Fraction
    title: str

    @property
    def seconds(self) -> float:
        """Length of the video."""
        return float(self.rate.seconds_at(self.frames))

    def moments(self, frames: Sequence[int] | npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return when frames appear, in seconds."""
        return np.asarray(frames, np.float64) / float(self.rate.per_second)


def name_panel(axes: Axes, name: str, detail: str) -> None:
    """Write a panel's name above its left corner, and more about it above the right one."""
    axes.annotate(
        name,
        (0, 1),
        xytext=(0, 2.5),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=8,
        fontweight="bold",
        color=INK,
        parse_math=False,
    )
    axes.annotate(
        detail,
        (1, 1),
        xytext=(0, 2.5),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="right",
        fontsize=7,
        color=FAINT,
        parse_math=False,
    )
