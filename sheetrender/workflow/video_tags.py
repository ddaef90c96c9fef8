"""What a video says of how it was made: its sheet's name, prompts, seeds, settings and versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sheetrender import __version__
from sheetrender.model.plan import PlannedRow, RenderPlan
from sheetrender.rendering.frame_text import model_name, storable
from sheetrender.workflow.project import Project

_LONGEST = 6000
"""Letters of the prompts: they stand in a command line, which is short on Windows."""


def video_tags(project: Project, plan: RenderPlan, frames: range) -> Mapping[str, str]:
    """Return the tags of a video by their names in the file; none where the sheet wants none.

    Nothing of them tells of the time, of this machine or of its folders.

    Args:
        project: names engine, model and metadata.
        plan: of the whole video.
        frames: those that are in it.
    """
    if not project.settings.metadata:
        return {}
    rows = (row for row in plan.rows if len(row) and row.first < frames.stop)
    told = (_told(plan, row) for row in rows if row.last >= frames.start)
    prompts = _joined(told)
    facts = ", ".join(_facts(project, plan, frames))
    # QuickTime's own files have no description, and a comment of several lines is shown whole.
    tags = {
        "title": project.store.name,
        "comment": f"{prompts}\n{facts}",
        "description": prompts,
    }
    return {name: storable(text) for name, text in tags.items()}


def _facts(project: Project, plan: RenderPlan, frames: range) -> Iterator[str]:
    settings = project.settings
    yield f"Frames: {len(frames)}"
    yield f"FPS: {plan.rate.label}"
    yield f"Size: {plan.size.width}x{plan.size.height}"
    yield f"Engine: {settings.engine}"
    if settings.model:
        yield f"Model: {model_name(settings.model)}"
    yield f"Sampler: {settings.sampler}"
    yield f"Version: sheetrender {__version__}"


def _told(plan: RenderPlan, row: PlannedRow) -> str:
    negative = row.negative_at(row.first)
    against = f" Negative prompt: {negative}" if negative else ""
    return f"Frame {row.first}: {row.prompt_at(row.first)}{against} Seed: {plan.seeds[row.first]}"


def _joined(lines: Iterator[str]) -> str:
    """Return the lines, as many as there is room for."""
    kept: list[str] = []
    room = _LONGEST
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            return "\n".join([*kept, "…"])
        kept.append(line)
    return "\n".join(kept)
