"""Schedules between Deforum and a sheet: the same value at every frame on both sides.

Deforum takes ``(1)`` for a number, which goes on to the next key, but ``( 1 )``, ``(1.)`` and
``(5e-2)`` for formulas, which hold until the next key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from sheetrender.model.keyframes import ChannelKey, Keyframe, ScheduleKey, Settings
from sheetrender.planning.columns import Column
from sheetrender.planning.deforum.formulas import deforum_formula, plain_number
from sheetrender.planning.expressions import compute
from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.schedule_text import entries, read_schedule, resolved
from sheetrender.planning.syntax import FormulaError

TOLERANCE = 1e-9
"""Greatest difference between a channel and what Deforum makes of its schedule."""

_NUMBER = re.compile(r"[-+]?[0-9]*\.?[0-9]+")
_WRAPPING = re.compile(r"['\"()]")
_CLAMPED = frozenset({"strength"})


def cell_of_schedule(schedule: str, column: Column) -> float | str:
    """Return what to write beside a channel's name, so that it shows what Deforum showed.

    Args:
        schedule: as in a settings file.
        column: of the channel.

    Raises:
        FormulaError: it cannot be read, or has a number that the channel does not take.
    """
    free = replace(column, low=None, high=None)
    read = read_schedule(schedule, free, None).keys
    raw = [value for _, value in entries(schedule)] if ":" in schedule else [schedule]
    keys = tuple(
        ScheduleKey(key.at, _as_deforum_means(key.value, text, column))
        for key, text in zip(read, raw, strict=True)
    )
    if len(keys) == 1 and isinstance(read[0].value, float) and read[0].at == 0:
        return _within(read[0].value, column)
    return schedule.strip() if keys == read else _schedule(keys)


def _as_deforum_means(value: float | str, written: str, column: Column) -> float | str:
    if isinstance(value, str):
        return value
    value = _within(value, column)
    is_number = _NUMBER.fullmatch(_WRAPPING.sub("", written.strip()))
    return value if is_number else f"{plain_number(value)}+0"


def _within(value: float, column: Column) -> float:
    if column.heading in _CLAMPED and column.low is not None and column.high is not None:
        return min(max(value, column.low), column.high)
    if not column.allows(value):
        raise FormulaError(f"has {value:g}, which is out of range", f"Use {column.limits}.")
    return value


def _schedule(keys: Sequence[ScheduleKey]) -> str:
    return ", ".join(f"{_at(key.at)}: ({_value(key.value)})" for key in keys)


def _at(key: int | str) -> str:
    return f'"{key}"' if isinstance(key, str) else str(key)


def _value(value: float | str) -> str:
    return value if isinstance(value, str) else plain_number(value)


def keys_by_frame(
    schedule: str, column: Column, *, frames: int, seed: float
) -> dict[int, float | str]:
    """Return the keys of a schedule by their frames: what rows of the Keyframes tab would hold.

    Raises:
        FormulaError: it cannot be read.
    """
    keys = resolved(read_schedule(schedule, column, None), max_f=frames - 1, seed=seed)
    return {key.frame: key.value for key in keys}


def deforum_curve(
    keys: Mapping[int, float | str], names: Mapping[str, Numbers | float], frames: int
) -> Numbers:
    """Return what Deforum makes of keys, at every frame; the last number holds.

    Args:
        keys: by frame, at least one of them before `frames`.
        names: what formulas may use beside ``t``.
        frames: of the video.

    Returns:
        Shape (frames,).

    Raises:
        FormulaError: a formula has a name or function that there is not.
    """
    inside = sorted(frame for frame in keys if 0 <= frame < frames)
    values, known = np.zeros(frames), np.zeros(frames, dtype=bool)
    for frame, end in zip(inside, [*inside[1:], frames], strict=True):
        value = keys[frame]
        if isinstance(value, str):
            span: Numbers = np.arange(frame, end, dtype=np.float64)
            values[frame:end] = compute(value, {**names, "t": span}, end - frame)
            known[frame:end] = True
        else:
            values[frame], known[frame] = value, True
    all_frames = np.arange(frames)
    filled: Numbers = np.interp(all_frames, all_frames[known], values[known])
    filled[known] = values[known]
    return filled


def channel_keys(
    column: Column, rows: Sequence[Keyframe], settings: Settings, frames: int
) -> list[ChannelKey]:
    """Return the cells of a channel: the rows', else the settings'; none where it has none."""
    keys = [row.keys[column.heading] for row in rows if column.heading in row.keys]
    schedule = settings.channels.get(column.heading)
    if keys or schedule is None:
        return keys
    seed = settings.seed if settings.seed >= 0 else 0
    return resolved(schedule, max_f=frames - 1, seed=float(seed))


def deforum_schedule(
    keys: Sequence[ChannelKey], values: Numbers, constants: Mapping[str, float], *, linear: bool
) -> str:
    """Return a schedule with which Deforum has the same values, in both of its grammars.

    Formulas stay where they surely mean the same there; else a number stands for every frame.

    Args:
        keys: of the channel, in the order of their frames; may be none.
        values: of the channel, shape (frames,).
        constants: names that are the same number at every frame.
        linear: whether numbers go on in a straight line, as they do in Deforum.
    """
    wanted = _for_deforum(keys, values, constants) if linear and keys else None
    if wanted is not None:
        schedule = _schedule([ScheduleKey(at, value) for at, value in wanted.items()])
        found = deforum_curve(wanted, {}, len(values))
        if np.all(np.abs(found - values) <= TOLERANCE):
            return schedule
    return baked(values)


def _for_deforum(
    keys: Sequence[ChannelKey], values: Numbers, constants: Mapping[str, float]
) -> dict[int, float | str] | None:
    found: dict[int, float | str] = {}
    for key in keys:
        if key.frame >= len(values):
            continue
        value = key.value
        if isinstance(value, str):
            formula = deforum_formula(value, constants)
            if formula is None:
                return None
            value = formula
        if not found and key.frame > 0:
            # Deforum stops at a schedule without a key 0.
            found[0] = float(values[0])
        found[key.frame] = value
    return found or None


def baked(values: Numbers) -> str:
    """Return a schedule with a number for every frame; within runs of one number two are enough."""
    same = values[1:] == values[:-1]
    inner = np.zeros(len(values), dtype=bool)
    inner[1:-1] = same[:-1] & same[1:]
    if len(values) > 1 and same.all():
        inner[1:] = True
    return ", ".join(
        f"{frame}: ({plain_number(float(values[frame]))})" for frame in np.flatnonzero(~inner)
    )
