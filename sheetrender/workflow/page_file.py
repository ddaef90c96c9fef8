"""page.json: what a page about the run shows, for whoever looks on while it works."""

from __future__ import annotations

import time
from collections.abc import Sequence

from sheetrender.dashboard.facts import Facts, stretches
from sheetrender.engines.engine import Engine
from sheetrender.model.plan import RenderPlan
from sheetrender.output.whole_files import replacing
from sheetrender.rendering.folder import OutputFolder
from sheetrender.workflow.project import Project
from sheetrender.workflow.report_data import plan_data


def write_page(
    output: OutputFolder,
    project: Project,
    plan: RenderPlan,
    engine: Engine,
    *,
    keys: Sequence[bytes],
    todo: Sequence[int],
    makes_video: bool,
) -> None:
    """Write ``page.json``.

    Args:
        output: where.
        project: names song and settings.
        plan: of the video.
        engine: who draws.
        keys: of every frame.
        todo: frames that are about to be drawn, ascending.
        makes_video: the run ends with a video.

    Raises:
        RenderFailed: the folder cannot be written.
    """
    facts = Facts(
        shown=plan_data(project, plan, {}, (engine.name, engine.version)),
        keys=keys,
        todo=stretches(todo),
        makes_video=makes_video,
        started=time.time(),
        song=str(project.song or ""),
    )
    with replacing(output.page) as part:
        part.write_text(facts.written(), encoding="utf-8")
