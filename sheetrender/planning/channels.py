"""Every channel's value at every frame; formulas that fail are told with cell and frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sheetrender.model.cells import Findings, Problem
from sheetrender.model.keyframes import ChannelKey, Keyframe, Settings
from sheetrender.planning.columns import Column
from sheetrender.planning.frame_names import FormulaNames, no_value
from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.schedule_text import resolved
from sheetrender.planning.schedules import channel_curve
from sheetrender.planning.syntax import FormulaError

CLAMPED = frozenset({"strength"})
"""Channels of which a formula may leave the range, and is then held at its end, as in Deforum."""


def channel_values(
    column: Column,
    rows: Sequence[Keyframe],
    settings: Settings,
    names: FormulaNames,
    frames: int,
    findings: Findings,
) -> Numbers:
    """Return a channel's value at every frame, shape (frames,).

    Args:
        column: the channel.
        rows: of the sheet.
        settings: a channel of theirs counts where no row has a cell for it.
        names: what formulas may use.
        frames: length of the video.
        findings: collects problems and warnings.
    """
    keys = _keys(column, rows, settings, frames, findings)
    # How long a prompt fades in is said of rows: between two of them there is nothing to glide.
    interpolation = "hold" if column.heading == "blend" else settings.interpolation
    work_left = names.work_left
    try:
        curve = channel_curve(keys, names, frames, interpolation)
    except FormulaError:
        names.work_left = work_left
        keys = _good_keys(column, keys, names, frames, findings)
        try:
            curve = channel_curve(keys, names, frames, interpolation)
        except FormulaError as error:
            # Each alone can be computed, all together are too much work.
            findings.problems.append(_told(column, keys[-1], error))
            keys = [_default(column)]
            curve = channel_curve(keys, names, frames, interpolation)
    has_formulas = any(isinstance(key.value, str) for key in keys)
    if not has_formulas and interpolation in ("linear", "hold", "ease"):
        # Numbers were checked as they were read, and nothing between them lies beyond them.
        return _whole(column, curve)
    _check_formulas(column, keys, curve, names, findings)
    curve = np.where(np.isfinite(curve), curve, column.default)
    if column.heading in CLAMPED:
        curve = np.clip(curve, column.low, column.high)
    elif interpolation in ("quadratic", "cubic"):
        curve = _without_swings(column, keys, curve)
    return _whole(column, curve)


def _keys(
    column: Column,
    rows: Sequence[Keyframe],
    settings: Settings,
    frames: int,
    findings: Findings,
) -> list[ChannelKey]:
    """Return a channel's keys: the rows', else the settings', else its default."""
    keys = [row.keys[column.heading] for row in rows if column.heading in row.keys]
    schedule = settings.channels.get(column.heading)
    if not keys and schedule is not None:
        try:
            keys = resolved(schedule, max_f=frames - 1, seed=settings.seed)
        except FormulaError as error:
            key = ChannelKey(0, schedule.written, schedule.place)
            findings.problems.append(_told(column, key, error))
    return keys or [_default(column)]


def _default(column: Column) -> ChannelKey:
    return ChannelKey(0, column.default, None)


def _good_keys(
    column: Column,
    keys: Sequence[ChannelKey],
    names: FormulaNames,
    frames: int,
    findings: Findings,
) -> list[ChannelKey]:
    """Report each key whose formula cannot be computed, and return the others."""
    good = []
    for key in keys:
        first = min(key.frame, frames - 1)
        try:
            if isinstance(key.value, str):
                # What is wrong with a formula's words is wrong at every frame.
                names.compute(key.value, slice(first, first + 1))
            good.append(key)
        except FormulaError as error:
            findings.problems.append(_told(column, key, error))
    return good or [_default(column)]


def _check_formulas(
    column: Column,
    keys: Sequence[ChannelKey],
    curve: Numbers,
    names: FormulaNames,
    findings: Findings,
) -> None:
    """Report formulas that have no answer, or one out of range, with the first frame where."""
    bad = ~np.isfinite(curve) | _outside(column, curve)
    if not bad.any():
        return
    for key, following in zip(keys, [*keys[1:], None], strict=True):
        if not isinstance(key.value, str):
            continue
        frames = np.flatnonzero(bad[key.frame : following.frame if following else None])
        if len(frames):
            frame = key.frame + int(frames[0])
            if np.isfinite(curve[frame]):
                _tell_of_range(column, key, frame, float(curve[frame]), findings)
            else:
                findings.problems.append(_told(column, key, no_value(key.value, names, frame)))


def _outside(column: Column, curve: Numbers) -> npt.NDArray[np.bool_]:
    bad = np.zeros(len(curve), dtype=bool)
    if column.low is not None:
        bad |= curve <= column.low if column.above_low else curve < column.low
    if column.high is not None:
        bad |= curve > column.high
    return bad


def _tell_of_range(
    column: Column, key: ChannelKey, frame: int, value: float, findings: Findings
) -> None:
    wrong = f"is {value:.6g} at frame {frame}"
    if column.heading in CLAMPED:
        end = column.high if value > 0 else column.low
        error = FormulaError(
            f"{wrong} and is held at {end:g}", f"Keep it {column.limits} if that is not meant."
        )
        findings.warnings.append(_told(column, key, error))
    else:
        error = FormulaError(wrong, f"It has to be {column.limits}.")
        findings.problems.append(_told(column, key, error))


def _without_swings(column: Column, keys: Sequence[ChannelKey], curve: Numbers) -> Numbers:
    """Return a curve that does not swing beyond the column's limits between its numbers.

    Splines overshoot; a limit that is not itself allowed is replaced by the smallest number.
    What formulas say stays as it is.
    """
    low = column.low
    if column.above_low:
        low = min((key.value for key in keys if isinstance(key.value, float)), default=None)
    if low is None and column.high is None:
        return curve
    free = np.ones(len(curve), dtype=bool)
    for key, following in zip(keys, [*keys[1:], None], strict=True):
        if isinstance(key.value, str):
            free[key.frame : following.frame if following else None] = False
    return np.where(free, np.clip(curve, low, column.high), curve)


def _whole(column: Column, curve: Numbers) -> Numbers:
    return np.floor(curve) if column.whole else curve


def _told(column: Column, key: ChannelKey, error: FormulaError) -> Problem:
    return Problem(
        place=key.place,
        tab="--set",
        heading=column.heading,
        written=str(key.value),
        wrong=str(error),
        remedy=error.remedy,
    )
