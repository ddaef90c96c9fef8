"""Rows and settings become the frozen plan: one value of everything for every frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sheetrender.model.cells import Findings, Problem
from sheetrender.model.frames import Segment
from sheetrender.model.keyframes import ChannelKey, Keyframe, SeedBehavior, Settings
from sheetrender.model.plan import PlannedRow, RenderPlan
from sheetrender.planning import readers
from sheetrender.planning.columns import CHANNELS, Column
from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.schedule_text import resolved
from sheetrender.planning.schedules import FormulaNames, channel_curve
from sheetrender.planning.syntax import FormulaError

SEEDS = 2**32
DrawSeed = Callable[[str], int]


def video_length(rows: Sequence[Keyframe], settings: Settings, song_frames: int | None) -> int:
    """Return how many frames the video has: as set, else the song's, else a second past the end."""
    if settings.frames is not None:
        return settings.frames
    if song_frames:
        return song_frames
    return rows[-1].frame + max(1, settings.rate.nominal)


def build_plan(
    rows: Sequence[Keyframe],
    settings: Settings,
    findings: Findings,
    *,
    frames: int,
    draw_seed: DrawSeed,
    curves: Mapping[str, Numbers] | None = None,
) -> RenderPlan:
    """Return the plan of the video; formulas that have no answer are added to `findings`.

    Args:
        rows: in the order of their frames, at least one.
        settings: of the sheet.
        findings: collects problems and warnings.
        frames: length of the video, >= 1.
        draw_seed: gives the seed of a row that asks for one to be drawn; told the row's key.
        curves: the song's curves by name, each of shape (frames,).
    """
    _warn_of_rows_behind_the_end(rows, frames, findings)
    inside = [row for row in rows if row.frame < frames] or list(rows[:1])
    planned = _planned_rows(inside, frames)
    seeds = _seeds(inside, planned, settings, frames, draw_seed)
    shared = _shared_names(settings, frames, curves or {}) | {"s": seeds.astype(np.float64)}
    names = FormulaNames(shared, [row.first for row in planned], frames)
    channels = {
        column.heading: _channel(column, rows, settings, names, frames, findings)
        for column in CHANNELS
    }
    return RenderPlan(
        rate=settings.rate,
        size=settings.size,
        rows=tuple(_with_blend(planned, channels["blend"])),
        row_of=np.repeat(np.arange(len(planned), dtype=np.int32), [len(row) for row in planned]),
        channels=channels,
        seeds=seeds,
        segments=_segments(inside, frames),
        color_coherence=settings.color_coherence,
        border=settings.border,
    )


def row_key(row: Keyframe) -> str:
    """Return what a row is filed under: its id, or its frame while it has none."""
    return row.row_id or f"frame {row.frame}"


def _warn_of_rows_behind_the_end(rows: Sequence[Keyframe], frames: int, findings: Findings) -> None:
    late = [row for row in rows if row.frame >= frames]
    if late:
        findings.warnings.append(
            Problem(
                place=late[0].place,
                heading="frame",
                written=str(late[0].frame),
                wrong=f"comes after the last frame, {frames - 1}, so "
                + ("the row is" if len(late) == 1 else f"{len(late)} rows are")
                + " not shown",
                remedy="Set frames in the Settings tab, or give a longer song.",
            )
        )


def _planned_rows(rows: Sequence[Keyframe], frames: int) -> list[PlannedRow]:
    firsts = [0, *(row.frame for row in rows[1:])]
    ends = [*firsts[1:], frames]
    return [
        PlannedRow(
            first=first,
            last=end - 1,
            key=row_key(row),
            row=row.row,
            prompt=row.prompt,
            negative=row.negative,
            caption=row.caption,
            status=row.status,
        )
        for row, first, end in zip(rows, firsts, ends, strict=True)
    ]


def _with_blend(rows: Sequence[PlannedRow], blend: Numbers) -> list[PlannedRow]:
    return [replace(row, blend=int(blend[row.first])) for row in rows]


def _shared_names(
    settings: Settings, frames: int, curves: Mapping[str, Numbers]
) -> dict[str, Numbers | float]:
    rate = settings.rate.per_second
    seconds: Numbers = np.arange(frames, dtype=np.float64) * float(1 / rate)
    names: dict[str, Numbers | float] = {
        "max_f": float(frames - 1),
        "fps": float(rate),
        "sec": seconds,
        "pi": float(np.pi),
        "e": float(np.e),
        **curves,
    }
    if settings.bpm is not None:
        beat: Numbers = (seconds - settings.first_beat) * settings.bpm / 60.0
        names |= {"bpm": settings.bpm, "beat": beat, "bar": beat / readers.BEATS_PER_BAR}
    return names


def _segments(rows: Sequence[Keyframe], frames: int) -> tuple[Segment, ...]:
    firsts = [0, *(row.frame for row in rows[1:] if row.cut)]
    ends = [*firsts[1:], frames]
    return tuple(Segment(first, end - 1) for first, end in zip(firsts, ends, strict=True))


def _seeds(
    rows: Sequence[Keyframe],
    planned: Sequence[PlannedRow],
    settings: Settings,
    frames: int,
    draw_seed: DrawSeed,
) -> npt.NDArray[np.uint32]:
    """Return the seeds; a row without one goes on where the last seed that was given began."""
    seeds = np.empty(frames, dtype=np.uint32)
    starts = [n for n, row in enumerate(rows) if n == 0 or row.gives_seed]
    for start, following in zip(starts, [*starts[1:], len(rows)], strict=True):
        first, last = planned[start].first, planned[following - 1].last
        seed = rows[start].seed
        base = draw_seed(planned[start].key) if seed < 0 else seed
        seeds[first : last + 1] = _going_on(base, last - first + 1, settings.seed_behavior)
    return seeds


def _going_on(base: int, count: int, behavior: SeedBehavior) -> npt.NDArray[np.uint32]:
    """Return `count` seeds that begin with `base`. Source: Deforum's next_seed."""
    since = np.arange(count, dtype=np.int64)
    if behavior == "iter":
        steps = since
    elif behavior == "ladder":
        steps = since // 2 + 2 * (since % 2)
    elif behavior == "alternate":
        steps = since % 2
    elif behavior == "random":
        drawn = np.random.default_rng(base).integers(0, SEEDS, count, dtype=np.uint32)
        drawn[0] = base
        return drawn
    else:
        steps = np.zeros_like(since)
    return ((base + steps) % SEEDS).astype(np.uint32)


def _channel(
    column: Column,
    rows: Sequence[Keyframe],
    settings: Settings,
    names: FormulaNames,
    frames: int,
    findings: Findings,
) -> Numbers:
    keys = _keys(column, rows, settings, frames, findings)
    try:
        curve = channel_curve(keys, names, frames, settings.interpolation)
    except FormulaError:
        curve = _without_bad_keys(column, keys, names, settings, frames, findings)
    _check_curve(column, keys, curve, findings)
    if settings.interpolation in ("quadratic", "cubic"):
        curve = _within(column, keys, curve)
    if column.heading == "strength":
        return np.clip(curve, 0.0, 1.0)
    return np.floor(curve) if column.whole else curve


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
            keys = resolved(schedule, max_f=frames - 1, seed=float(settings.seed))
        except FormulaError as error:
            key = ChannelKey(0, schedule.written, schedule.place)
            findings.problems.append(_key_problem(column, key, str(error), error.remedy))
    return keys or [ChannelKey(0, column.default, None)]


def _within(column: Column, keys: Sequence[ChannelKey], curve: Numbers) -> Numbers:
    """Return a curve that does not swing beyond the column's limits between its keys.

    Splines overshoot; a limit that is not itself allowed is replaced by the smallest key.
    """
    low = column.low
    if column.above_low:
        low = min((key.value for key in keys if isinstance(key.value, float)), default=None)
    if low is None and column.high is None:
        return curve
    return np.clip(curve, low, column.high)


def _without_bad_keys(
    column: Column,
    keys: Sequence[ChannelKey],
    names: FormulaNames,
    settings: Settings,
    frames: int,
    findings: Findings,
) -> Numbers:
    """Report each key whose formula cannot be computed, and return the curve of the others."""
    good = []
    for key in keys:
        try:
            channel_curve([key], names, frames, "linear")
            good.append(key)
        except FormulaError as error:
            findings.problems.append(_key_problem(column, key, str(error), error.remedy))
    good = good or [ChannelKey(0, column.default, None)]
    return channel_curve(good, names, frames, settings.interpolation)


def _check_curve(
    column: Column, keys: Sequence[ChannelKey], curve: Numbers, findings: Findings
) -> None:
    """Report formulas that have no answer, or one out of range, with the first frame where."""
    clamped = column.heading == "strength"
    bad = ~np.isfinite(curve)
    if not clamped and column.low is not None:
        bad |= curve <= column.low if column.above_low else curve < column.low
    if not clamped and column.high is not None:
        bad |= curve > column.high
    if not bad.any():
        return
    for key, following in zip(keys, [*keys[1:], None], strict=True):
        if not isinstance(key.value, str):
            continue
        frames = np.flatnonzero(bad[key.frame : following.frame if following else None])
        if len(frames):
            frame = key.frame + int(frames[0])
            value = curve[frame]
            shown = f"is {value:.6g}" if np.isfinite(value) else "has no value"
            remedy = f"It has to be {column.limits}." if column.limits else "Avoid dividing by 0."
            if not np.isfinite(value):
                remedy = "Avoid dividing by 0 and roots of negative numbers."
            findings.problems.append(_key_problem(column, key, f"{shown} at frame {frame}", remedy))


def _key_problem(column: Column, key: ChannelKey, wrong: str, remedy: str) -> Problem:
    return Problem(
        place=key.place,
        tab="--set",
        heading=column.heading,
        written=str(key.value),
        wrong=wrong,
        remedy=remedy,
    )
