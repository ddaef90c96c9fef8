"""Finish: the video of frames that are there, made anew without drawing any of them again."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from sheetrender.model.errors import FramesMissing, UsageError
from sheetrender.model.events import Event, Made, Notice, VideoProgress
from sheetrender.model.plan import RenderPlan
from sheetrender.output.codecs import FINAL, SEQUENCE
from sheetrender.output.whole_files import require_folder
from sheetrender.planning.readers import frame
from sheetrender.planning.syntax import FormulaError
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.journal import Journal
from sheetrender.workflow.finished_video import finished_video, prepared_video
from sheetrender.workflow.finishing import video_name
from sheetrender.workflow.from_plan import read_project
from sheetrender.workflow.plan_store import PlanStore
from sheetrender.workflow.project import (
    Project,
    Request,
    checked_plan,
    project_clock,
    refuse_to_replace_the_song,
)
from sheetrender.workflow.seeds import known_seeds
from sheetrender.workflow.video_folder import with_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishOptions:
    """What to finish.

    Attributes:
        folder: the output folder, or None for the sheet's own.
        target: the video, or for png the folder of pictures; None for the output folder's own.
        begin: the first frame, as a person names it; empty for 0.
        end: the first frame that is left out; empty for none.
    """

    folder: Path | None = None
    target: Path | None = None
    begin: str = ""
    end: str = ""


def finish(request: Request, options: FinishOptions) -> Generator[Event, None, None]:
    """Make the video of a sheet whose frames are drawn, as its settings say by now.

    Raises:
        SheetInvalid: the sheet has problems; nothing was written.
        FramesMissing: frames are not there, or of several sizes; nothing was written.
        UsageError: the song, the colour table, the section or the target cannot be used; likewise.
        FolderRefused: the output folder is another sheet's, or a run works in it.
        RenderFailed: the video could not be made; an older one is left as it was.
    """
    project = read_project(request)
    project.refuse_problems()
    project, output = with_folder(project, options.folder, request)
    plan = checked_plan(project, known_seeds(output, project.rows))
    section = _section(project, plan, options)
    if not output.journal.exists():
        raise FramesMissing(
            f"{output.path} holds no frames. Draw them first: sheetrender run {request.sheet}"
        )
    for warning in project.findings.warnings:
        yield Notice(f"Warning: {warning}")
    location = None if _is_of_plan(output, project) else project.store.location
    with output.opened(location) as journal:
        _refuse_missing(output, journal, section)
        if options.target is None and section == range(plan.frames):
            yield from finished_video(project, plan, output, journal)
            return
        target = _target(project, output, options.target, section)
        encoding = prepared_video(project, plan, output, target, section)
        for count in encoding:
            yield VideoProgress(count, encoding.report.frames)
    yield Made(target, "pictures" if target.is_dir() else "video")


def _is_of_plan(output: OutputFolder, project: Project) -> bool:
    """Say whether the plan that stands for the sheet is that of the folder itself."""
    store = project.store
    return isinstance(store, PlanStore) and store.path.resolve() == output.plan.resolve()


def _section(project: Project, plan: RenderPlan, options: FinishOptions) -> range:
    begin = _frame(project, "--from", options.begin) if options.begin else 0
    end = _frame(project, "--to", options.end) if options.end else plan.frames
    end = min(end, plan.frames)
    if begin >= end:
        raise UsageError(
            f"From {options.begin or 0} to {options.end or end} there is no frame: "
            f"this video has frames 0 to {plan.frames - 1}, and --to is the first one left out."
        )
    return range(begin, end)


def _frame(project: Project, option: str, written: str) -> int:
    try:
        return frame(written, project_clock(project))
    except FormulaError as error:
        raise UsageError(f"{option} {written!r} {error}. {error.remedy}") from error


def _refuse_missing(output: OutputFolder, journal: Journal, section: range) -> None:
    """Stop where frames are not finished.

    Raises:
        FramesMissing: some were never finished.
    """
    stored = journal.keys()
    lacking = sum(index not in stored for index in section)
    if lacking:
        raise FramesMissing(
            f"{lacking} of {len(section)} frames in {output.frames} are not drawn yet. "
            "Run it first, and finish again."
        )


def _target(project: Project, output: OutputFolder, given: Path | None, section: range) -> Path:
    """Return where the video goes.

    Raises:
        UsageError: its name does not suit the codec or is the song's, or it has no folder.
    """
    recipe = FINAL[project.settings.codec]
    ending = "" if recipe.container == SEQUENCE else f".{recipe.container}"
    if given is None:
        name = Path(video_name(project.settings.codec))
        given = output.path / f"{name.stem}_{section.start:06d}-{section[-1]:06d}{ending}"
    if given.suffix.lower() != ending and ending:
        raise UsageError(f"{given} does not end in {ending}. Give a name that does with -o.")
    require_folder(given)
    refuse_to_replace_the_song(project, given)
    return given.absolute()
