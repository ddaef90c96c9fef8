"""What is right cell by cell, and probably not meant: warnings that need the whole plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sheetrender.model.cells import Address, Problem
from sheetrender.model.keyframes import Keyframe, Settings
from sheetrender.model.plan import RenderPlan
from sheetrender.planning.prompts import CLIP_TOKENS, estimated_tokens


def cross_checks(
    rows: Sequence[Keyframe], settings: Settings, plan: RenderPlan
) -> Iterator[Problem]:
    """Yield what a colleague would ask about before the render.

    Args:
        rows: in the order of their frames.
        settings: of the sheet.
        plan: made from both.
    """
    yield from _rows_behind_the_end(rows, plan)
    yield from _cut_on_the_first_row(rows)
    yield from _beginnings(rows, settings)
    yield from _strength(rows, settings, plan)
    yield from _blends(rows, plan)
    yield from _long_prompts(rows)


def _rows_behind_the_end(rows: Sequence[Keyframe], plan: RenderPlan) -> Iterator[Problem]:
    late = [row for row in rows if row.frame >= plan.frames]
    if late:
        which = "the row is" if len(late) == 1 else f"{len(late)} rows are"
        yield Problem(
            place=late[0].place,
            heading="frame",
            written=str(late[0].frame),
            wrong=f"comes after the last frame, {plan.frames - 1}, so {which} not shown",
            remedy="Set frames in the Settings tab, or give a longer song.",
        )


def _cut_on_the_first_row(rows: Sequence[Keyframe]) -> Iterator[Problem]:
    if rows[0].cut:
        yield Problem(
            place=rows[0].cut_place,
            heading="cut",
            written="yes",
            wrong="changes nothing: the first row begins afresh in any case",
            remedy="Leave it empty.",
        )


def _beginnings(rows: Sequence[Keyframe], settings: Settings) -> Iterator[Problem]:
    """Warn of pictures to begin from where nothing begins."""
    for number, row in enumerate(rows):
        cell = row.files.get("init_image")
        if cell is None or (not settings.init_video and (row.cut or number == 0)):
            continue
        wrong, remedy = "changes nothing: the row goes on from the one above", "Write yes at cut."
        if settings.init_video:
            wrong, remedy = "changes nothing beside init_video", "Leave one of them empty."
        yield Problem(
            place=cell.place, heading=cell.heading, written=cell.text, wrong=wrong, remedy=remedy
        )


def _strength(rows: Sequence[Keyframe], settings: Settings, plan: RenderPlan) -> Iterator[Problem]:
    """Warn where hardly anything is drawn anew: over a whole segment, or from some frame on."""
    strength, steps = plan.channels["strength"], plan.channels["steps"]
    drawn = steps * (1.0 - strength)
    # Deforum rounds 20 * (1 - 0.95) to 1 as well.
    too_little = (drawn < 1.0 - 1e-9) & (strength < 1.0)
    too_little[[segment.first for segment in plan.segments]] = False
    for segment in plan.segments:
        frames = slice(segment.first + 1, segment.last + 1)
        if len(segment) > 1 and bool((strength[frames] >= 1.0).all()):
            too_little[frames] = False
            yield Problem(
                place=_place(rows, settings, "strength", segment.first + 1),
                tab="--set",
                heading="strength",
                written="1",
                wrong=f"keeps everything from frame {segment.first} to {segment.last}, "
                "so that nothing is drawn anew there",
                remedy="Write 0.65 for a picture that flows on, and 1 only where it shall stand.",
            )
    yield from _less_than_a_step(rows, settings, plan, np.flatnonzero(too_little).tolist())


def _less_than_a_step(
    rows: Sequence[Keyframe], settings: Settings, plan: RenderPlan, frames: Sequence[int]
) -> Iterator[Problem]:
    told: set[Address | None] = set()
    for frame in frames:
        place = _place(rows, settings, "strength", frame)
        if place in told:
            continue
        told.add(place)
        strength = float(plan.channels["strength"][frame])
        steps = max(1, int(plan.channels["steps"][frame]))
        yield Problem(
            place=place,
            tab="--set",
            heading="strength",
            written=f"{strength:.6g}",
            wrong=f"leaves less than one step to a diffusion model at frame {frame} "
            f"({steps} steps × {1 - strength:.4g} = {steps * (1 - strength):.4g})",
            remedy=f"Write {max(0.0, 1 - 1 / steps):.4g} or less, or more steps.",
        )


def _place(
    rows: Sequence[Keyframe], settings: Settings, heading: str, frame: int
) -> Address | None:
    """Return the cell that says what a channel is at a frame."""
    keys = [row.keys[heading] for row in rows if heading in row.keys]
    if keys:
        return next((key.place for key in reversed(keys) if key.frame <= frame), keys[0].place)
    schedule = settings.channels.get(heading)
    return schedule.place if schedule else None


def _blends(rows: Sequence[Keyframe], plan: RenderPlan) -> Iterator[Problem]:
    for row, planned in zip(rows, plan.rows, strict=False):
        if "blend" in row.keys and planned.blend > len(planned) > 0 and planned.first > 0:
            yield Problem(
                place=row.keys["blend"].place,
                heading="blend",
                written=str(planned.blend),
                wrong=f"is longer than the row, which has {len(planned)} frames, "
                "so its prompt never comes in full",
                remedy=f"Write {len(planned)} or less.",
            )


def _long_prompts(rows: Sequence[Keyframe]) -> Iterator[Problem]:
    told: set[str] = set()
    for row in rows:
        # No text has more tokens than letters.
        if len(row.prompt) < CLIP_TOKENS - 2 or row.prompt in told:
            continue
        told.add(row.prompt)
        tokens = estimated_tokens(row.prompt)
        if tokens > CLIP_TOKENS:
            yield Problem(
                place=row.texts[0].place,
                tab="--set",
                heading=row.texts[0].heading,
                written=row.prompt,
                wrong=f"is about {tokens} tokens long (an estimate), "
                f"and Stable Diffusion reads {CLIP_TOKENS}",
                remedy="Put what matters first, and leave out what may be missed.",
            )
