"""A picture of the channels' curves over the song, with its rows and cuts."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import cycle
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheetrender.model.timing import FrameRate
from sheetrender.output.curve_plot import (
    CUT,
    DPI,
    FAINT,
    GRID,
    INK,
    LEFT,
    PIXELS,
    RIGHT,
    WIDTH,
    CurvePlot,
    Values,
    name_panel,
)
from sheetrender.output.row_lane import draw_rows, lane_height
from sheetrender.output.whole_files import replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TOP, _BOTTOM, _GAP, _WAVEFORM = 0.45, 0.5, 0.24, 0.9  # inches
_HEADING_LETTER = 0.062  # inches
_SONG = "#9aa7b5"
_SONG_BEHIND = "#eef0f3"
_COLOURS = ("#2f6fb2", "#c2571a", "#2b8a57", "#8052a8", "#b0823a", "#1f8a99")


def plot_curves(
    target: Path,
    *,
    channels: Mapping[str, Values],
    rate: FrameRate,
    cuts: Sequence[int] = (),
    row_frames: Sequence[int] = (),
    labels: Sequence[str] = (),
    waveform: Values | None = None,
    song_seconds: Fraction | None = None,
    song_begins: Fraction = Fraction(0),
    units: Mapping[str, str] = MappingProxyType({}),
    title: str = "",
) -> None:
    """Draw curves, rows, cuts and the song's waveform above each other, on one axis of time.

    Args:
        target: a ``.png``; replaced once the new one is whole.
        channels: at least one: name and values, shape (frames,); drawn in this order.
        rate: frames per second.
        cuts: frames that start from nothing.
        row_frames: where the rows of the sheet begin, rising.
        labels: what each row is about; as many as `row_frames`.
        waveform: lowest and highest sample of equal stretches of the song, shape (points, 2).
        song_seconds: length of the song that `waveform` shows; None where it is the video's.
        song_begins: second of the song at frame 0.
        units: channel's name and its unit, such as "degrees per frame"; may lack some.
        title: what stands above it all.

    Raises:
        RenderFailed: it cannot be written; an older picture is left as it was.
    """
    figure = _draw(
        CurvePlot(
            channels=channels,
            frames=len(next(iter(channels.values()))),
            rate=rate,
            units=units,
            row_frames=row_frames,
            labels=labels,
            cuts=cuts,
            waveform=waveform,
            song_seconds=song_seconds,
            song_begins=song_begins,
            title=title,
        )
    )
    with replacing(target) as part, warnings.catch_warnings():
        # A subject may hold any letter, the font does not; a box in its place is good enough.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure.savefig(part, format="png", dpi=DPI)


def _draw(plot: CurvePlot) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    panels = len(plot.channels)
    heights = [*_head_heights(plot), *[_panel_height(panels)] * panels]
    height = _TOP + sum(heights) + _GAP * (len(heights) - 1) + _BOTTOM
    figure = Figure(figsize=(WIDTH, height), facecolor="white")
    FigureCanvasAgg(figure)
    axes = _stack(figure, heights, height)
    remaining = iter(axes)
    if plot.row_frames:
        draw_rows(next(remaining), plot)
    if plot.waveform is not None:
        _draw_waveform(next(remaining), plot, plot.waveform)
    for (name, values), colour in zip(plot.channels.items(), cycle(_COLOURS), strict=False):
        _draw_channel(next(remaining), plot, name, values, colour)
    for panel in axes:
        _mark(panel, plot)
    _draw_time(axes[-1], plot)
    _draw_heading(figure, plot, height)
    return figure


def _head_heights(plot: CurvePlot) -> list[float]:
    rows = [lane_height(plot)] if plot.row_frames else []
    return rows if plot.waveform is None else [*rows, _WAVEFORM]


def _panel_height(panels: int) -> float:
    return min(1.6, max(0.62, 7.0 / panels))


def _stack(figure: Figure, heights: Sequence[float], height: float) -> list[Axes]:
    """Return empty panels from top to bottom."""
    axes: list[Axes] = []
    top = height - _TOP
    for panel in heights:
        box = (LEFT / WIDTH, (top - panel) / height)
        size = ((WIDTH - LEFT - RIGHT) / WIDTH, panel / height)
        axes.append(figure.add_axes((*box, *size)))
        axes[-1].tick_params(labelbottom=False, length=0, labelsize=6.5, colors=FAINT)
        for spine in axes[-1].spines.values():
            spine.set_visible(False)
        top -= panel + _GAP
    return axes


def _draw_waveform(axes: Axes, plot: CurvePlot, waveform: Values) -> None:
    _fill_waveform(axes, plot, waveform, color=_SONG)
    axes.set(ylim=(-1.05, 1.05), yticks=[])
    name_panel(axes, "song", "")


def _fill_waveform(axes: Axes, plot: CurvePlot, waveform: Values, **look: Any) -> None:
    seconds = plot.seconds if plot.song_seconds is None else float(plot.song_seconds)
    edges = np.linspace(0, seconds, len(waveform) + 1) - float(plot.song_begins)
    low, high = (np.append(side, side[-1:]) for side in waveform.T)
    axes.fill_between(edges, low, high, step="post", linewidth=0.3, **look)


def _draw_song_behind(axes: Axes, plot: CurvePlot, waveform: Values) -> None:
    """Draw the song faintly behind a curve, so that the eye sees what moves with what."""
    behind = axes.twinx()
    behind.set_zorder(axes.get_zorder() - 1)
    axes.patch.set_visible(False)
    behind.set(ylim=(-1.05, 1.05), yticks=[])
    for spine in behind.spines.values():
        spine.set_visible(False)
    _fill_waveform(behind, plot, waveform, color=_SONG_BEHIND)


def _draw_channel(axes: Axes, plot: CurvePlot, name: str, values: Values, colour: str) -> None:
    from matplotlib.ticker import MaxNLocator

    frames, shown = _decimated(np.asarray(values, np.float64), PIXELS)
    low, high = float(shown.min()), float(shown.max())
    margin = (high - low) * 0.12 or abs(high) * 0.05 or 0.5
    axes.plot(plot.moments(frames), shown, color=colour, linewidth=1.1, solid_joinstyle="round")
    if plot.waveform is not None:
        _draw_song_behind(axes, plot, plot.waveform)
    else:
        axes.fill_between(plot.moments(frames), shown, low - margin, color=colour, alpha=0.1, lw=0)
    axes.set_ylim(low - margin, high + margin)
    if low == high:
        axes.set_yticks([low])
    else:
        axes.yaxis.set_major_locator(MaxNLocator(3, min_n_ticks=2))
    axes.grid(axis="y", color=GRID, linewidth=0.5)
    extent = f"{low:g}" if low == high else f"{low:.4g} to {high:.4g}"
    name_panel(axes, name, " · ".join(part for part in (plot.units.get(name, ""), extent) if part))


def _decimated(values: Values, pixels: int) -> tuple[npt.NDArray[np.int64], Values]:
    """Return the lowest and highest value of each pixel, in their order, with their frames."""
    if len(values) <= 4 * pixels:
        return np.arange(len(values)), values
    starts = np.arange(pixels) * len(values) // pixels
    kept = [
        start + spot
        for start, stretch in zip(starts, np.split(values, starts[1:]), strict=True)
        for spot in sorted((int(stretch.argmin()), int(stretch.argmax())))
    ]
    frames = np.asarray([0, *kept, len(values) - 1])
    return frames, values[frames]


def _mark(axes: Axes, plot: CurvePlot) -> None:
    """Draw the lines that all panels share: thin for rows, strong for cuts."""
    across = axes.get_xaxis_transform()
    axes.set_xlim(0, plot.seconds)
    rows = plot.moments([frame for frame in plot.row_frames if frame not in set(plot.cuts)])
    axes.vlines(rows, 0, 1, transform=across, color=FAINT, linewidth=0.5, alpha=0.6)
    axes.vlines(plot.moments(plot.cuts), 0, 1, transform=across, color=CUT, linewidth=1.2)


def _draw_time(axes: Axes, plot: CurvePlot) -> None:
    """Draw two scales under the last panel: seconds, and below them frames."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    def label(moment: float, _: int | None) -> str:
        time = f"{moment:g}" if plot.seconds <= 90 else f"{moment // 60:.0f}:{moment % 60:02.0f}"
        return f"{time}\n{moment * float(plot.rate.per_second):.0f}"

    axes.tick_params(axis="x", labelbottom=True, length=3, labelsize=7.5, colors=INK)
    axes.xaxis.set_major_locator(MaxNLocator(16, steps=[1, 1.5, 2, 3, 5, 6, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(label))
    axes.annotate(
        "seconds\nframe",
        (0, 0),
        xytext=(-14, -5),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize=7.5,
        color=FAINT,
    )


def _draw_heading(figure: Figure, plot: CurvePlot, height: float) -> None:
    rows, cuts = len(plot.row_frames), len(plot.cuts)
    facts = (
        f"{plot.frames} frames · {plot.seconds:.2f} s · {plot.rate.label} fps · "
        f"{rows} row{'s' * (rows != 1)}"
    )
    counted = f" · {cuts} cut{'s' * (cuts != 1)}" if cuts else ""
    line = (height - 0.2) / height
    left, right = LEFT / WIDTH, 1 - RIGHT / WIDTH
    figure.text(left, line, plot.title, fontsize=10, weight="bold", color=INK, parse_math=False)
    # The cuts are counted in the colour of their lines, which is all the legend that is needed.
    figure.text(right, line, counted, fontsize=8, color=CUT, ha="right")
    figure.text(
        right - len(counted) * _HEADING_LETTER / WIDTH,
        line,
        facts,
        fontsize=8,
        color=FAINT,
        ha="right",
    )
