"""Mood board: one still for each row on a labelled contact sheet, before hours are spent."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from sheetrender.engines.engine import Engine, EngineSettings, open_engine
from sheetrender.model.cells import CellPicture
from sheetrender.model.errors import UsageError
from sheetrender.model.events import Event, Made, Notice
from sheetrender.model.keyframes import Keyframe
from sheetrender.model.plan import RenderPlan
from sheetrender.model.timing import format_timecode
from sheetrender.output.contact_sheet import ContactSheet, SheetPicture, write_contact_sheet
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.journal import Journal
from sheetrender.reporting.block import standing_note
from sheetrender.reporting.sheet_reporter import SheetReporter
from sheetrender.reporting.statuses import Shown
from sheetrender.workflow.approvals import Approval
from sheetrender.workflow.project import (
    Project,
    Request,
    checked_plan,
    output_folder,
    read_project,
    with_engine,
)
from sheetrender.workflow.ready import Ready, made_ready
from sheetrender.workflow.stills import Still, StillMaker, first_frames, stills_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardOptions:
    """How the board is made.

    Attributes:
        target: its first page, or None for ``moodboard.png`` in the output folder.
        engine: the engine's name, or None for the sheet's.
        seeds: pictures of each row, each with the next seed, >= 1.
        styles: that are tried on every subject, in the place of its own; none for its own.
        status: write into the cells `preview` where the stills are.
    """

    target: Path | None = None
    engine: str | None = None
    seeds: int = 1
    styles: Sequence[str] = ()
    status: bool = True


def moodboard(request: Request, options: BoardOptions) -> Generator[Event, None, None]:
    """Draw the stills that are missing, lay all of them out, and tell the rows.

    Raises:
        SheetInvalid: the sheet has problems; nothing was drawn.
        FolderRefused: the output folder is another sheet's, or a run works in it.
        RenderFailed: the board cannot be written; the stills are kept.
    """
    project = with_engine(read_project(request), options.engine)
    with closing(project.store):
        yield from _moodboard(project, request, options)


def _moodboard(
    project: Project, request: Request, options: BoardOptions
) -> Generator[Event, None, None]:
    checked_plan(project)
    for warning in project.findings.warnings:
        yield Notice(f"Warning: {warning}")
    output = OutputFolder(output_folder(project, None, request))
    target = _target(options.target, output)
    told = replace(project.engine_settings, caption=False)
    engine = open_engine(project.settings.engine, told)
    with output.opened(project.store.location) as journal:
        ready = made_ready(project, journal, status=options.status)
        ready.project.refuse_problems()
        board = _Board(ready, options, output, journal, engine, told)
        yield from board.drawn()
        made = board.laid_out(target)
        if options.target is None:
            _remove_pages_behind(target, len(made) - 1)
        for path in made:
            yield Made(path, "mood board")
        if options.status:
            yield from map(Notice, board.tell_rows())


def _target(given: Path | None, output: OutputFolder) -> Path:
    if given is None:
        return output.path / "moodboard.png"
    if given.suffix.lower() not in (".png", ".pdf"):
        raise UsageError(f"{given} does not end in .png or .pdf. Give a name that does with -o.")
    return given.with_suffix(".png")


def _remove_pages_behind(target: Path, count: int) -> None:
    """Remove what an earlier board of more pages left in our folder."""
    number = count + 1
    while (page := target.with_stem(f"{target.stem}-{number}")).exists():
        page.unlink()
        number += 1


class _Board:
    """One mood board while it is made."""

    def __init__(
        self,
        ready: Ready,
        options: BoardOptions,
        output: OutputFolder,
        journal: Journal,
        engine: Engine,
        told: EngineSettings,
    ) -> None:
        self._ready = ready
        self._options = options
        self._output = output
        self._maker = StillMaker(ready.plan, engine, told, stills_folder(output))
        self._approvals = ready.approvals(journal)
        self._missing: dict[Path, str] = {}
        self._rows = [
            self._stills(row, first) for row, first in first_frames(ready.plan, self._project.rows)
        ]

    @property
    def _project(self) -> Project:
        return self._ready.project

    @property
    def _plan(self) -> RenderPlan:
        return self._ready.plan

    def drawn(self) -> Generator[Event, None, None]:
        """Draw what is missing, and take note of what is approved."""
        yield from self._maker.drawn(list(chain(*self._rows)), self._missing)
        self._approvals.release(self._project.rows)
        for still in chain(*self._rows):
            if still.is_approved and still.path not in self._missing:
                approval = Approval(still.path.name, still.spec.seed, still.spec.seed_share)
                self._approvals.keep(still.row, approval)

    def laid_out(self, target: Path) -> list[Path]:
        """Write the contact sheet."""
        size = self._plan.size
        together = max(map(len, self._rows))
        rows = [[*row, *[None] * (together - len(row))] for row in self._rows]
        settings = self._project.settings
        counted = f"{len(rows)} row{'s' * (len(rows) != 1)}"
        sheet = ContactSheet(
            title=self._project.store.name,
            facts=f"mood board · {counted} · engine {settings.engine}",
            pictures=[self._picture(still) for still in chain(*rows)],
            aspect=size.width / size.height,
            together=together,
        )
        return write_contact_sheet(target, sheet)

    def tell_rows(self) -> list[str]:
        """Write where the stills are into the rows; return what a person should know."""
        table = self._project.table
        assert table is not None, "a sheet that was planned has rows"
        notes = {}
        for first, *_ in self._rows:
            if first.path not in self._missing:
                tracked = self._ready.tracked[first.row.row]
                standing = standing_note(table, first.row.row)
                notes[tracked.row_id] = replace(standing, preview=self._seen(first.path))
        reporter = SheetReporter(
            self._project.store,
            tuple(self._ready.tracked.values()),
            self._output.undelivered,
        )
        reporter.report(notes)
        return reporter.close()

    def _seen(self, path: Path) -> Shown:
        """Return the picture where it is on the web, else its path as seen from the sheet."""
        if url := self._project.settings.public_url:
            return CellPicture.at(url, f"stills/{path.name}", path.stem[-8:])
        still, sheet = path.resolve(), self._project.store.folder.resolve()
        near = still.relative_to(sheet) if still.is_relative_to(sheet) else still
        return near.as_posix()

    def _stills(self, row: Keyframe, first: int) -> list[Still]:
        """Return the stills of a row: the approved one alone, or all that are tried."""
        own = self._maker.still(row, first)
        approval = self._approvals.of(row)
        if approval is not None:
            kept = self._maker.folder / approval.still
            # A still that somebody removed is drawn again, as the row says now.
            return [replace(own, path=kept if kept.exists() else own.path, is_approved=True)]
        if row.approved:
            return [replace(own, is_approved=True)]
        return [
            self._maker.still(row, first, variant=variant, style=style)
            for style in self._options.styles or ("",)
            for variant in range(self._options.seeds)
        ]

    def _picture(self, still: Still | None) -> SheetPicture | None:
        if still is None:
            return None
        settings = self._project.engine_settings
        timecode = format_timecode(
            settings.start + still.first, self._plan.rate, drop=settings.drop
        )
        return SheetPicture(
            path=None if still.path in self._missing else still.path,
            place=f"row {still.row.row} · {timecode}",
            seed=still.spec.seed,
            subject=still.row.caption or still.spec.prompt,
            note=still.style,
            is_approved=still.is_approved,
            missing=self._missing.get(still.path, ""),
        )
