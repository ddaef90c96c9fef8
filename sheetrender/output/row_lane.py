"""The lane of a plot that shows the rows of the sheet as blocks, as editors draw clips."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sheetrender.output.curve_plot import DPI, INK, PIXELS, CurvePlot, name_panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOW, HIGH = 0.28, 1.15
"""Height of the lane in inches: labels lie in it, or stand upright."""

_LETTER, _LINE = 5.6, 12.5  # pixels of a letter's width and of a line's height, at 6.5 points
_ENOUGH_LETTERS = 12  # of a label, to know what it is about
_TINTS = ("#dfe7ef", "#eef2f6")


def lane_height(plot: CurvePlot) -> float:
    """Return the height that the rows need, in inches: low where most labels can lie."""
    return LOW if np.mean(_can_lie(plot)) > 0.75 else HIGH


def draw_rows(axes: Axes, plot: CurvePlot) -> None:
    """Draw each row as a block from its first frame to its last, with its label.

    A label that does not fit into its block stands upright; where labels would lie over each
    other, the later one is left out.
    """
    widths = np.diff([*plot.row_frames, plot.frames])
    blocks = list(zip(plot.moments(plot.row_frames), plot.moments(widths), strict=True))
    axes.broken_barh(blocks, (0, 1), facecolors=_TINTS)
    axes.set(ylim=(0, 1), yticks=[])
    name_panel(axes, "rows", "")
    letters, lies = _letters(plot), _can_lie(plot) | (lane_height(plot) == LOW)
    free_from = 0.0
    for number, (frame, label) in enumerate(zip(plot.row_frames, plot.labels, strict=True)):
        room = int(letters[number] if lies[number] else (HIGH * DPI - 8) // _LETTER)
        at = frame * PIXELS / plot.frames
        if at >= free_from and room > 1:
            _write(axes, plot, frame, shortened(label, room), upright=not lies[number])
            free_from = at + _LINE


def _can_lie(plot: CurvePlot) -> npt.NDArray[np.bool_]:
    """Return for each row whether its block is wide enough to read its label in it."""
    wanted = [min(len(label), _ENOUGH_LETTERS) for label in plot.labels]
    return _letters(plot) >= np.asarray(wanted)


def _letters(plot: CurvePlot) -> npt.NDArray[np.int64]:
    """Return how many letters fit into each row's block."""
    pixels = np.diff([*plot.row_frames, plot.frames]) * PIXELS / plot.frames
    return np.maximum(0, (pixels - 6) // _LETTER).astype(np.int64)


def _write(axes: Axes, plot: CurvePlot, frame: int, text: str, *, upright: bool) -> None:
    axes.annotate(
        text,
        (float(plot.moments([frame])[0]), 0.06 if upright else 0.5),
        xytext=(3, 0),
        textcoords="offset points",
        rotation=90 if upright else 0,
        va="bottom" if upright else "center",
        fontsize=6.5,
        color=INK,
        parse_math=False,
        annotation_clip=False,
    )


def shortened(text: str, letters: int) -> str:
    """Return a text on one line that is so many letters wide at most; wide letters count twice."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    widths = np.cumsum([2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line])
    if not len(widths) or widths[-1] <= letters:
        return line
    return line[: int(np.searchsorted(widths, letters - 1, side="right"))].rstrip(" ,") + "…"
