"""Rows and settings become the frozen plan: one value of everything for every frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from sheetrender.model.cells import Address, Findings, Problem
from sheetrender.model.curves import SongCurve
from sheetrender.model.frames import Segment
from sheetrender.model.keyframes import Keyframe, PlacedText, Settings
from sheetrender.model.plan import PlannedRow, RenderPlan
from sheetrender.planning.channels import channel_values
from sheetrender.planning.columns import CHANNELS
from sheetrender.planning.crosschecks import cross_checks
from sheetrender.planning.frame_names import FormulaNames, shared_names
from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.prompts import MathsError, moving
from sheetrender.planning.seeds import DrawSeed, said_seeds, with_formulas
from sheetrender.planning.syntax import FormulaError


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
    curves: Mapping[str, SongCurve] | None = None,
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
    inside = [row for row in rows if row.frame < frames] or list(rows[:1])
    planned = _planned_rows(inside, frames)
    said = said_seeds(inside, planned, settings.seed_behavior, frames, draw_seed)
    heard = {name: curve.values for name, curve in (curves or {}).items()}
    shared = {**shared_names(settings, frames), **heard, "s": said.said}
    names = FormulaNames(shared, [row.first for row in planned], frames)
    seeds = with_formulas(said, inside, planned, names, findings)
    channels = {
        column.heading: channel_values(column, rows, settings, names, frames, findings)
        for column in CHANNELS
    }
    planned = _with_moving_texts(planned, inside, names, findings)
    plan = RenderPlan(
        rate=settings.rate,
        size=settings.size,
        rows=tuple(_with_blend(planned, channels["blend"])),
        row_of=np.repeat(np.arange(len(planned), dtype=np.int32), [len(row) for row in planned]),
        channels=channels,
        seeds=seeds.whole,
        seed_shares=seeds.shares,
        segments=_segments(inside, frames),
        color_coherence=settings.color_coherence,
        border=settings.border,
        motion=settings.motion,
        curves=dict(curves or {}),
    )
    findings.warnings.extend(cross_checks(rows, settings, plan))
    return plan


def row_key(row: Keyframe) -> str:
    """Return what a row is filed under: its id, or its frame while it has none."""
    return row.row_id or f"frame {row.frame}"


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
            model=row.model,
            sampler=row.sampler,
            loras=row.loras,
        )
        for row, first, end in zip(rows, firsts, ends, strict=True)
    ]


def _with_moving_texts(
    planned: Sequence[PlannedRow],
    rows: Sequence[Keyframe],
    names: FormulaNames,
    findings: Findings,
) -> list[PlannedRow]:
    """Return the rows with the formulas of their prompts computed."""
    complete = []
    told: set[tuple[Address | None, str]] = set()
    for row, keyframe in zip(planned, rows, strict=True):
        try:
            complete.append(_with_moving_text(row, names))
        except MathsError as error:
            complete.append(row)
            guilty = _guilty(keyframe, error)
            # One cell may be carried on by many rows.
            if (guilty.place, error.formula) not in told:
                told.add((guilty.place, error.formula))
                findings.problems.append(_told(guilty, error))
    return complete


def _with_moving_text(row: PlannedRow, names: FormulaNames) -> PlannedRow:
    if "`" not in row.prompt and "`" not in row.negative:
        return row
    end = max(row.last, row.first) + 1
    return replace(
        row,
        moving_prompt=moving(row.prompt, names, row.first, end),
        moving_negative=moving(row.negative, names, row.first, end),
    )


def _guilty(row: Keyframe, error: MathsError) -> PlacedText:
    """Return the cell that holds a formula that cannot be computed."""
    holding = [text for text in row.texts if f"`{error.formula}" in text.text]
    return (holding or [text for text in row.texts if "`" in text.text])[0]


def _told(text: PlacedText, error: FormulaError) -> Problem:
    return Problem(
        place=text.place,
        tab="--set",
        heading=text.heading,
        written=text.text,
        wrong=str(error),
        remedy=error.remedy,
    )


def _with_blend(rows: Sequence[PlannedRow], blend: Numbers) -> list[PlannedRow]:
    return [replace(row, blend=int(blend[row.first])) for row in rows]


def _segments(rows: Sequence[Keyframe], frames: int) -> tuple[Segment, ...]:
    firsts = [0, *(row.frame for row in rows[1:] if row.cut)]
    ends = [*firsts[1:], frames]
    return tuple(Segment(first, end - 1) for first, end in zip(firsts, ends, strict=True))
