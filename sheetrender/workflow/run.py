"""Run: the main job. Check, render what is missing, write statuses back, make the video."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from sheetrender.engines.engine import Engine, EngineSettings, open_engine
from sheetrender.model.errors import RenderFailed, SheetInvalid, SheetUnavailable, UsageError
from sheetrender.model.events import Event, FolderOpened, Made, Notice
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.journal import Journal
from sheetrender.reporting.findings import write_findings
from sheetrender.workflow.archive import Archive
from sheetrender.workflow.draft import draft_folder
from sheetrender.workflow.from_plan import read_project
from sheetrender.workflow.given_frames import GivenFrames
from sheetrender.workflow.passes import Pass, PassOptions
from sheetrender.workflow.project import (
    Project,
    Request,
    checked_plan,
    output_folder,
    refuse_to_replace_the_song,
    with_engine,
)
from sheetrender.workflow.ready import Ready, made_ready
from sheetrender.workflow.report import write_report
from sheetrender.workflow.shared_seeds import share_seeds

Opener: TypeAlias = Callable[[str, EngineSettings], Engine]
"""Returns the engine of a name, as `open_engine` does."""

_NONE_APPROVED = (
    "--from-approved counts for the sheet's own video, whose size and seeds its mood board has: "
    "drafts and variants begin as always."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions(PassOptions):
    """How to run.

    Attributes:
        folder: the output folder, or None for the sheet's own.
        engine: the engine's name, or None for the sheet's.
        archive: where finished frames and the video are kept as well, or None.
        from_approved: begin segments with the stills that were approved for their first rows.
    """

    folder: Path | None = None
    engine: str | None = None
    archive: Path | None = None
    from_approved: bool = False


def run(
    request: Request, options: RunOptions, opener: Opener | None = None
) -> Generator[Event, None, None]:
    """Render a sheet; run again to resume.

    Whoever stops iterating stops the work. Finished frames are kept in every case.

    Args:
        request: which sheet.
        options: how.
        opener: gives the engine; None for a new one.

    Raises:
        SheetInvalid: the sheet has problems; nothing was rendered, the rows say so.
        SheetUnavailable: it cannot be read.
        FolderRefused: the output folder is another sheet's, or in use.
        RenderFailed: the work stopped half-way.
    """
    project = with_engine(read_project(request), options.engine)
    if project.planned is not None:
        # A plan has no rows to tell.
        options = replace(options, status=False)
    with closing(project.store):
        yield from _run(project, request, options, opener or open_engine)


def _run(
    project: Project, request: Request, options: RunOptions, opener: Opener
) -> Generator[Event, None, None]:
    try:
        checked_plan(project)
    except SheetInvalid as invalid:
        if options.status:
            _tell_rows(project, invalid)
        raise
    _refuse_empty_range(options.frames, project.frames)
    for warning in project.findings.warnings:
        yield Notice(f"Warning: {warning}")
    output = OutputFolder(output_folder(project, options.folder, request))
    engine = opener(project.settings.engine, project.engine_settings)
    yield from _other_version(project, engine)
    with output.opened(project.store.location) as journal:
        yield FolderOpened(output.path)
        archive = None
        if options.archive is not None:
            # A draft beside the finished video, as at home: it would take its place there.
            kept = draft_folder(options.archive) if request.draft else options.archive
            _refuse_archive_over_the_song(project, kept)
            archive = Archive(kept, output, project.store.location, journal)
            archive.restore_seeds()
        if request.variant.values:
            share_seeds(journal, output, project.store.location)
        # The first plan found the problems; this one has the seeds that the journal keeps.
        ready = made_ready(project, journal, status=options.status)
        ready.project.refuse_problems()
        own = replace(options, credentials=request.credentials)
        work = Pass(ready, own, output, journal, engine)
        if archive is not None:
            yield from archive.restored(work.keys)
        if options.from_approved and (request.draft or request.variant.values):
            yield Notice(_NONE_APPROVED)
        elif options.from_approved:
            yield from GivenFrames(ready, engine, output, journal).put(work.keys)
        if archive is None:
            yield from work.events()
        else:
            yield from archive.kept(work.events(), work.keys, list(ready.plan.segments))
        yield from _reported(ready, output, journal, engine, work.keys)
        _tell_of_failures(work)


def _reported(
    ready: Ready, output: OutputFolder, journal: Journal, engine: Engine, keys: Sequence[bytes]
) -> Generator[Event, None, None]:
    try:
        page = write_report(ready.project, ready.plan, output, journal, engine, keys)
    except RenderFailed as error:
        # The frames and the video are what the run is for.
        yield Notice(f"There is no report: {error}")
    else:
        yield Made(page, "report")


def _other_version(project: Project, engine: Engine) -> Iterator[Notice]:
    was = project.drawn_by.get(engine.name)
    if was is not None and was != engine.version:
        yield Notice(
            f"Warning: the plan's frames were drawn by {engine.name} {was}, and this is "
            f"{engine.version}: pictures may differ."
        )


def _tell_rows(project: Project, invalid: SheetInvalid) -> None:
    try:
        write_findings(project.store, project.workbook, invalid.problems)
    except SheetUnavailable as error:
        invalid.add_note(f"The rows could not be marked in the sheet: {error}")


def _tell_of_failures(work: Pass) -> None:
    """Stop where frames failed; all others are done, and the rows say which.

    Raises:
        RenderFailed: a frame did.
    """
    if work.failed:
        numbers = ", ".join(map(str, sorted(work.failed)[:5]))
        which = f"Frame {numbers}" if len(work.failed) == 1 else f"{len(work.failed)} frames"
        listed = "" if len(work.failed) == 1 else f" ({numbers}{', …' * (len(work.failed) > 5)})"
        raise RenderFailed(
            f"{which}{listed} could not be drawn. The rest is finished and kept; "
            "run it again to try once more."
        )


def _refuse_archive_over_the_song(project: Project, archive: Path) -> None:
    for name in ("video.mp4", "video.mov"):
        refuse_to_replace_the_song(project, archive / name)


def _refuse_empty_range(asked: tuple[int, int] | None, frames: int) -> None:
    if asked is not None and asked[0] > asked[1]:
        raise UsageError(
            f"--frames {asked[0]}-{asked[1]} runs backwards; write {asked[1]}-{asked[0]}."
        )
    if asked is not None and asked[0] >= frames:
        raise UsageError(
            f"--frames {asked[0]}-{asked[1]} names no frame; "
            f"this video has frames 0 to {frames - 1}."
        )
