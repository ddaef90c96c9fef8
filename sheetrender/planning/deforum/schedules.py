"""Schedules between Deforum and a sheet: the same value at every frame on both sides.

Deforum takes ``(1)`` for a number, which goes on to the next key, but ``( 1 )``, ``(1.)`` and
``(5e-2)`` for formulas, which hold until the next key.
"""

from __future__ import annotations

import re
from bisect import bisect_right, insort
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
_REMAINDER = re.compile(r"(?<![\w.])((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(\s*%\s*)(?=[-+])")
_WRAPPING = re.compile(r"['\"()]")
CLAMPED = frozenset({"strength"})
"""Channels whose numbers Deforum itself brings back into their range."""


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
        # Here 4 % -t would be four per cent less t.
        return _REMAINDER.sub(r"(\1)\2", value)
    value = _within(value, column)
    return value if _is_number(written) else f"{plain_number(value)}+0"


def _is_number(written: str) -> bool:
    """Say whether Deforum takes a value for a number."""
    return bool(_NUMBER.fullmatch(_WRAPPING.sub("", written.strip())))


def _within(value: float, column: Column) -> float:
    if column.heading in CLAMPED and column.low is not None and column.high is not None:
        return float(min(max(value, column.low), column.high))
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
    keys: Sequence[ChannelKey],
    values: Numbers,
    constants: Mapping[str, float],
    *,
    linear: bool,
    zeros: Sequence[int] = (),
) -> str:
    """Return a schedule with which Deforum has the same values, in both of its grammars.

    Formulas stay where they surely mean the same there; else a number stands for every frame.

    Args:
        keys: of the channel, in the order of their frames; may be none.
        values: of the channel, shape (frames,).
        constants: names that are the same number at every frame.
        linear: whether numbers go on in a straight line, as they do in Deforum.
        zeros: frames at which the value shall be 0 instead.
    """
    found = _for_deforum(keys, values, constants, linear=linear)
    _put_zeros(found, values, zeros)
    wanted = values.copy()
    wanted[list(zeros)] = 0.0
    computed = deforum_curve(found, {}, len(values))
    if not np.all(np.abs(computed - wanted) <= TOLERANCE):
        found = dict(_every_frame(wanted, 0, len(wanted)))
    return _schedule([ScheduleKey(frame, found[frame]) for frame in sorted(found)])


def _for_deforum(
    keys: Sequence[ChannelKey], values: Numbers, constants: Mapping[str, float], *, linear: bool
) -> dict[int, float | str]:
    # Deforum stops at a schedule without a key 0.
    found: dict[int, float | str] = {0: float(values[0])}
    inside = [key for key in keys if key.frame < len(values)]
    ends = [*(key.frame for key in inside[1:]), len(values)]
    for key, end in zip(inside, ends, strict=False):
        is_text = isinstance(key.value, str)
        formula = deforum_formula(str(key.value), constants) if is_text else None
        if formula is not None:
            # A number alone would go on to the next key.
            found[key.frame] = f"{formula}+0" if _is_number(formula) else formula
        elif is_text or not linear:
            found |= _every_frame(values, key.frame, end)
        else:
            found[key.frame] = float(values[key.frame])
    return found


def _every_frame(values: Numbers, first: int, end: int) -> dict[int, float]:
    """Return a number for every frame of a stretch; of a run of one number, its two ends."""
    part = values[first:end]
    is_inner = np.zeros(len(part), dtype=bool)
    is_inner[1:-1] = (part[1:-1] == part[:-2]) & (part[1:-1] == part[2:])
    return {first + int(at): float(part[at]) for at in np.flatnonzero(~is_inner)}


def _put_zeros(found: dict[int, float | str], values: Numbers, zeros: Sequence[int]) -> None:
    """Put a 0 at some frames, so that those beside them keep what they have."""
    order = sorted(found)

    def put(frame: int, value: float | str) -> None:
        if frame not in found:
            insort(order, frame)
        found[frame] = value

    for frame in zeros:
        before = found[order[bisect_right(order, frame - 1) - 1]]
        here = found.get(frame, before)
        if frame + 1 < len(values) and frame + 1 not in found:
            put(frame + 1, here if isinstance(here, str) else float(values[frame + 1]))
        if not isinstance(before, str):
            put(frame - 1, float(values[frame - 1]))
        put(frame, 0.0)
