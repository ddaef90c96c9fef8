"""Run: the main job. Check, render what is missing, write statuses back, make the video."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from sheetrender.engines.engine import Engine, open_engine
from sheetrender.model.errors import SheetInvalid, SheetrenderError, SheetUnavailable, UsageError
from sheetrender.model.events import Event, FrameStored, Notice
from sheetrender.model.plan import PlannedRow
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.journal import Journal
from sheetrender.rendering.keys import frame_keys
from sheetrender.rendering.render import Work, find_work, narrowed, only, render
from sheetrender.reporting.block import TrackedRow, track_rows
from sheetrender.reporting.findings import write_findings
from sheetrender.reporting.sheet_reporter import SheetReporter
from sheetrender.reporting.statuses import RenderStatuses
from sheetrender.workflow.archive import Archive
from sheetrender.workflow.finished_video import finished_video
from sheetrender.workflow.plan_file import write_plan
from sheetrender.workflow.project import (
    Project,
    Request,
    checked_plan,
    output_folder,
    read_project,
    refuse_to_replace_the_song,
    with_engine,
)
from sheetrender.workflow.seeds import kept_seeds

REPORT_SECONDS = 0.5
HOLDING = frozenset({"hold", "held"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How to run.

    Attributes:
        folder: the output folder, or None for the sheet's own.
        engine: the engine's name, or None for the sheet's.
        frames: first and last frame that are asked for, or None for all.
        fresh: draw every frame again.
        status: write statuses into the sheet.
        video: make the video.
        archive: where finished frames and the video are kept as well, or None.
    """

    folder: Path | None = None
    engine: str | None = None
    frames: tuple[int, int] | None = None
    fresh: bool = False
    status: bool = True
    video: bool = True
    archive: Path | None = None


def run(request: Request, options: RunOptions) -> Generator[Event, None, None]:
    """Render a sheet; run again to resume.

    Whoever stops iterating stops the work. Finished frames are kept in every case.

    Raises:
        SheetInvalid: the sheet has problems; nothing was rendered, the rows say so.
        SheetUnavailable: it cannot be read.
        FolderRefused: the output folder is another sheet's, or in use.
        RenderFailed: the work stopped half-way.
    """
    project = with_engine(read_project(request), options.engine)
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
    engine = open_engine(project.settings.engine, project.engine_settings)
    with output.opened(project.store.location) as journal:
        if options.archive is None:
            yield from _Run(project, options, output, journal, engine).events()
            return
        _refuse_archive_over_the_song(project, options.archive)
        archive = Archive(options.archive, output, project.store.location, journal)
        archive.restore_seeds()
        work = _Run(project, options, output, journal, engine)
        yield from archive.restored(work.keys)
        yield from archive.kept(work.events(), work.keys, list(work.plan.segments))


def _tell_rows(project: Project, invalid: SheetInvalid) -> None:
    try:
        write_findings(project.store, project.workbook, invalid.problems)
    except SheetUnavailable as error:
        invalid.add_note(f"The rows could not be marked in the sheet: {error}")


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


class _Run:
    """One run in its folder.

    Attributes:
        plan: of the whole video.
        keys: of every frame.
    """

    def __init__(
        self,
        project: Project,
        options: RunOptions,
        output: OutputFolder,
        journal: Journal,
        engine: Engine,
    ) -> None:
        self._options = options
        self._output = output
        self._journal = journal
        self._tracked: Sequence[TrackedRow] = ()
        self._blocked: set[str] = set()
        self._project = self._with_ids(project) if options.status else project
        # The first plan found the problems; this one has the seeds that the journal keeps.
        landed = {row.row_id for row in project.rows} - {""}
        draw_seed = kept_seeds(journal, self._project.rows, landed)
        self.plan = checked_plan(self._project, draw_seed)
        self._engine = engine
        self.keys = frame_keys(self.plan, self._engine, project.engine_settings)

    def _with_ids(self, project: Project) -> Project:
        tracked = track_rows(project.workbook, [row.row for row in project.rows])
        self._tracked = tuple(tracked.values())
        rows = tuple(replace(row, row_id=tracked[row.row].row_id) for row in project.rows)
        return replace(project, rows=rows)

    def events(self) -> Generator[Event, None, None]:
        self._obey()
        work = self._work()
        yield from self._surplus()
        statuses = RenderStatuses(
            self.plan,
            work.missing,
            outdated=work.outdated,
            held=self._held(),
            blocked=self._blocked,
            preview_folder=self._preview_folder(),
        )
        write_plan(self._output, self._project, self.plan, self._engine)
        reporter = self._reporter() if self._options.status else None
        try:
            yield from self._rendered(work, statuses, reporter)
            # The last statuses are delivered while the video is made.
            yield from self._video(len(work.missing) - len(work.todo))
        # Whatever ends the run, Ctrl-C and a closed terminal too: the sheet is told of it.
        except BaseException as error:
            _tell_of_failure(statuses, error)
            _close(reporter, statuses, error)
            raise
        yield from map(Notice, _close(reporter, statuses, None))

    def _reporter(self) -> SheetReporter:
        return SheetReporter(
            self._project.store,
            self._tracked,
            self._output.undelivered,
            obeyed=[row.key for row in self._rerendered()] + self._held(),
        )

    def _obey(self) -> None:
        """Carry out what people typed into status cells, and ``--fresh``."""
        asked = self._asked()
        if self._options.fresh:
            self._journal.forget(asked)
        for row in self._rerendered():
            self._journal.forget(range(row.first, row.last + 1))

    def _asked(self) -> range:
        """Return the frames that this run is about."""
        first, last = self._options.frames or (0, self.plan.frames - 1)
        return range(first, min(last, self.plan.frames - 1) + 1)

    def _rerendered(self) -> list[PlannedRow]:
        """Return the rows to draw again; one that is only partly asked for keeps its command."""
        asked = self._asked()
        return [
            row
            for row in self.plan.rows
            if row.status == "rerender" and row.first in asked and row.last in asked
        ]

    def _surplus(self) -> Iterator[Notice]:
        """Say where the folder holds frames behind the end: they are kept, and may be wanted."""
        surplus = sum(index >= self.plan.frames for index in self._journal.frames())
        if surplus:
            yield Notice(
                f"{self._output.frames} holds {surplus} more frames than this video has, "
                f"from {self.plan.frames:06d}.png on."
            )

    def _work(self) -> Work:
        """Return what this run draws."""
        work = find_work(self._output.frames, self._journal, self.keys)
        if self._options.frames is not None:
            work = narrowed(work, self.plan, self._asked())
        return self._without_held(work)

    def _held(self) -> list[str]:
        return [row.key for row in self.plan.rows if row.status in HOLDING]

    def _without_held(self, work: Work) -> Work:
        """Leave out held rows and, up to the next cut, what follows: it needs their pictures."""
        held = set(self._held())
        blocked: set[int] = set()
        kept = []
        for index in work.todo:
            segment = self.plan.segment_of(index).first
            if self.plan.rows[self.plan.row_of[index]].key in held:
                blocked.add(segment)
            elif segment in blocked:
                self._blocked.add(self.plan.rows[self.plan.row_of[index]].key)
            else:
                kept.append(index)
        return only(work, set(kept))

    def _preview_folder(self) -> str:
        """Return the folder of the frames as seen from the sheet."""
        frames, sheet = self._output.frames.resolve(), self._project.store.folder.resolve()
        near = frames.relative_to(sheet) if frames.is_relative_to(sheet) else frames
        return near.as_posix()

    def _rendered(
        self, work: Work, statuses: RenderStatuses, reporter: SheetReporter | None
    ) -> Iterator[Event]:
        if reporter:
            reporter.report(statuses.notes())
        started = reported = time.monotonic()
        events = render(
            self.plan,
            self._engine,
            keys=self.keys,
            journal=self._journal,
            folder=self._output.frames,
            work=work,
        )
        # Closed here and now: what the writers still hold is noted before the journal is closed.
        with closing(events):
            for event in events:
                if isinstance(event, FrameStored):
                    statuses.stored(event.index)
                    if reporter and time.monotonic() - reported > REPORT_SECONDS:
                        reported = time.monotonic()
                        reporter.report(statuses.notes())
                        yield from map(Notice, reporter.messages())
                yield event
        self._keep_speed(len(work.todo), time.monotonic() - started)
        statuses.stopped()
        if reporter:
            reporter.report(statuses.notes())

    def _keep_speed(self, frames: int, seconds: float) -> None:
        if frames >= 30 and seconds > 0:
            name = f"frames per second {self._engine.name} {self.plan.size}"
            self._journal.set_about(name, f"{frames / seconds:.3f}")

    def _has_video(self) -> bool:
        video = self._output.video
        return video.exists() or video.with_suffix(".mov").exists()

    def _video(self, missing: int) -> Iterator[Event]:
        if not self._options.video:
            return
        if missing:
            older = " The one that is there is of an earlier run." if self._has_video() else ""
            yield Notice(
                f"No video is made: {missing} of {self.plan.frames} frames are still missing, "
                f"being held or not asked for.{older}"
            )
            return
        yield from finished_video(
            self._project, self.plan, self._output, self._journal, keys=self.keys
        )


def _tell_of_failure(statuses: RenderStatuses, error: BaseException) -> None:
    statuses.stopped()
    if isinstance(error, SheetrenderError):
        statuses.failed(str(error))
    elif isinstance(error, Exception):
        statuses.failed(f"The program failed: {error}")
    else:
        error.add_note("What is finished is kept; run it again to go on.")


def _close(
    reporter: SheetReporter | None, statuses: RenderStatuses, error: BaseException | None
) -> list[str]:
    """Deliver the last statuses; what there is to say goes along with an error."""
    if reporter is None:
        return []
    if error is not None:
        reporter.report(statuses.notes())
    messages = reporter.close()
    if error is not None:
        for message in messages:
            error.add_note(message)
    return messages
