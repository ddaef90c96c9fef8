"""Preview: the animatic straight into a video; no frames are kept, the sheet is only read."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from sheetrender.engines.engine import open_engine
from sheetrender.model.errors import UsageError
from sheetrender.model.events import Event, Made, Notice, VideoProgress
from sheetrender.output.encode import Song
from sheetrender.output.video_pipe import video_pipe
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.in_step import every_frame
from sheetrender.workflow.approvals import with_known_approved_seeds
from sheetrender.workflow.from_plan import read_project
from sheetrender.workflow.project import (
    Request,
    checked_plan,
    output_folder,
    refuse_to_replace_the_song,
    with_engine,
)
from sheetrender.workflow.seeds import known_seeds
from sheetrender.workflow.song_length import song_notices


def preview(request: Request, target: Path | None) -> Generator[Event, None, None]:
    """Draw the whole sheet as an animatic into `target`, or ``<name>_preview.mp4`` beside it.

    Raises:
        SheetInvalid: the sheet has problems; nothing was written.
        RenderFailed: the video could not be made; an older one is left as it was.
    """
    project = with_engine(read_project(request), "animatic")
    project.refuse_problems()
    folder = OutputFolder(output_folder(project, None, request))
    plan = checked_plan(project, known_seeds(folder, project.rows))
    plan = with_known_approved_seeds(plan, project.rows, folder)
    video = target or project.store.folder / f"{project.store.name}_preview.mp4"
    if video.suffix.lower() != ".mp4":
        raise UsageError(f"{video} does not end in .mp4. Give a name that does with -o.")
    refuse_to_replace_the_song(project, video)
    for warning in project.findings.warnings:
        yield Notice(f"Warning: {warning}")
    yield from song_notices(project, plan.frames)
    engine = open_engine("animatic", project.engine_settings)
    song = Song(project.song, project.settings.song_begins) if project.song else None
    with video_pipe(video, size=plan.size, count=plan.frames, rate=plan.rate, song=song) as pipe:
        for index, picture in every_frame(plan, engine):
            pipe.write(picture)
            yield VideoProgress(index + 1, plan.frames)
    yield Made(video, "preview")
