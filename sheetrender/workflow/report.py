"""Report: everything about a sheet's video on one page, after every run and at any time."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

from sheetrender.engines.engine import Engine, open_engine
from sheetrender.model.errors import PartMissing, UsageError
from sheetrender.model.events import Event, Made, Notice
from sheetrender.model.plan import RenderPlan
from sheetrender.output.report_page import write_report_page
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.journal import Journal
from sheetrender.rendering.keys import frame_keys
from sheetrender.reporting.findings import problem_notes
from sheetrender.reporting.statuses import RenderStatuses, RowNote
from sheetrender.workflow.approvals import with_known_approved_seeds
from sheetrender.workflow.from_plan import read_project
from sheetrender.workflow.project import Project, Request
from sheetrender.workflow.ready import HOLDING
from sheetrender.workflow.report_data import Standing, report_data, report_path
from sheetrender.workflow.seeds import known_seeds
from sheetrender.workflow.stills import StillMaker, first_frames, stills_folder
from sheetrender.workflow.video_folder import with_folder


def report(
    request: Request, folder: Path | None, target: Path | None, *, by_mail: bool = False
) -> Generator[Event, None, None]:
    """Write the report of a sheet as it stands; nothing else is written.

    Problems of the sheet are part of it, as long as there are rows.

    Args:
        request: which sheet.
        folder: its output folder, or None for the sheet's own.
        target: the page, or None for ``report.html`` in that folder.
        by_mail: a small copy of the video stands in the page itself.

    Raises:
        EncodingFailed: that copy cannot be made; an older page is left as it was.
        SheetInvalid: the sheet has no row that can be shown.
        SheetUnavailable: it cannot be read.
        RenderFailed: the page cannot be written.
    """
    project = read_project(request)
    if not project.rows:
        project.refuse_problems()
    project, output = with_folder(project, folder, request)
    page = target or report_path(output)
    if page.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"{page} does not end in .html. Give a name that does with -o.")
    plan = project.plan(known_seeds(output, project.rows))
    plan = with_known_approved_seeds(plan, project.rows, output)
    try:
        engine = open_engine(project.settings.engine, project.engine_settings)
    except PartMissing as error:
        yield Notice(f"What is done cannot be told: {error}")
        standing = _unknown(project, output)
    else:
        standing = _looked_up(project, plan, output, engine)
    standing = dataclasses.replace(
        standing, notes={**standing.notes, **problem_notes_of(project, plan)}
    )
    data = report_data(project, plan, output, standing, by_mail=by_mail)
    write_report_page(page, data, project.store.name)
    yield Made(page, "report")


def problem_notes_of(project: Project, plan: RenderPlan) -> dict[str, RowNote]:
    """Return what rows say that have to be mended, by key."""
    if project.table is None:  # A plan has none, and only a whole one is read.
        return {}
    notes = problem_notes(project.table, project.findings.problems)
    return {row.key: notes[row.row] for row in plan.rows if row.row in notes}


def write_report(
    project: Project,
    plan: RenderPlan,
    output: OutputFolder,
    journal: Journal,
    engine: Engine,
    keys: Sequence[bytes],
) -> Path:
    """Write the report of a run.

    Raises:
        RenderFailed: it cannot be written.
    """
    standing = _standing(project, plan, output, journal, engine, keys)
    page = report_path(output)
    write_report_page(page, report_data(project, plan, output, standing), project.store.name)
    return page


def _looked_up(
    project: Project, plan: RenderPlan, output: OutputFolder, engine: Engine
) -> Standing:
    keys = frame_keys(plan, engine, project.engine_settings)
    if not output.journal.exists():
        return _standing(project, plan, output, None, engine, keys)
    with Journal(output.journal, read_only=True) as journal:
        return _standing(project, plan, output, journal, engine, keys)


def _standing(
    project: Project,
    plan: RenderPlan,
    output: OutputFolder,
    journal: Journal | None,
    engine: Engine,
    keys: Sequence[bytes],
) -> Standing:
    known = journal.frames() if journal else {}
    there = _frames(output)
    missing = [
        n for n, key in enumerate(keys) if n not in there or n not in known or known[n][0] != key
    ]
    statuses = RenderStatuses(
        plan,
        missing,
        outdated=[n for n in missing if n in known and known[n][0] != keys[n]],
        held=[row.key for row in plan.rows if row.status in HOLDING],
        preview=lambda _: "",
    )
    return Standing(
        pictures={**stills_of(project, plan, output, engine), **_within(there, plan.frames)},
        missing=missing,
        notes=statuses.notes(),
        engine=(engine.name, engine.version),
    )


def _unknown(project: Project, output: OutputFolder) -> Standing:
    """Return what can be said where the engine is not there: what the sheet says itself."""
    pictures = _within(_frames(output), project.frames)
    return Standing(pictures=pictures, missing=None, notes={}, engine=(project.settings.engine, ""))


def _frames(output: OutputFolder) -> dict[int, Path]:
    """Return the frames that have a file."""
    found = output.frames.glob("*.png")
    return {int(path.stem): path for path in found if path.stem.isdecimal()}


def _within(pictures: Mapping[int, Path], frames: int) -> dict[int, Path]:
    return {number: path for number, path in pictures.items() if number < frames}


def stills_of(
    project: Project, plan: RenderPlan, output: OutputFolder, engine: Engine
) -> dict[int, Path]:
    """Return the mood board's pictures that are there, by the first frame of their rows."""
    told = dataclasses.replace(project.engine_settings, caption=False)
    maker = StillMaker(plan, engine, told, stills_folder(output))
    stills = [maker.still(row, first) for row, first in first_frames(plan, project.rows)]
    return {still.first: still.path for still in stills if still.path.exists()}
