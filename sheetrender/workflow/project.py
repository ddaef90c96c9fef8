"""A sheet read, understood and planned: what every verb begins with."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from sheetrender.engines.engine import EngineSettings
from sheetrender.model.cells import Findings, Problem, Workbook
from sheetrender.model.curves import SongCurve
from sheetrender.model.errors import SheetInvalid, UsageError
from sheetrender.model.frames import Size
from sheetrender.model.keyframes import Keyframe, Settings
from sheetrender.model.plan import RenderPlan
from sheetrender.model.sources import SourceFile
from sheetrender.model.timing import parse_timecode
from sheetrender.planning.audio_tab import TAB as AUDIO_TAB
from sheetrender.planning.audio_tab import read_audio_tab
from sheetrender.planning.carrying import listed
from sheetrender.planning.plan import build_plan, video_length
from sheetrender.planning.readers import Clock
from sheetrender.planning.rows import clock_of, read_rows
from sheetrender.planning.settings import read_settings
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.planning.table import Table, find_table
from sheetrender.sheets.store import Recalc, SheetStore, open_store
from sheetrender.workflow.draft import as_draft, draft_folder, draft_size
from sheetrender.workflow.engine_warnings import engine_warnings
from sheetrender.workflow.named_files import check_output, finishing_files, song_of
from sheetrender.workflow.not_drawn import not_drawn
from sheetrender.workflow.sheet_paths import path_from_sheet
from sheetrender.workflow.sound import curve_files, song_curves, with_beats
from sheetrender.workflow.source_files import SourceFiles, model_folders, source_files
from sheetrender.workflow.variants import AS_IT_IS, Variant, with_values


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Which sheet, and what the command line says beside it.

    Attributes:
        sheet: path, or address of a sheet.
        overrides: name and value of each ``--set``.
        allowed_paths: folders outside of the sheet's that its cells may name.
        recalc: the program that computes the spreadsheet's formulas anew, on a copy.
        credentials: a file that opens Google Sheets; else it is looked for.
        draft: for a look: half the size, and less work for each frame.
        variant: values that take the place of the sheet's, for all of its rows.
    """

    sheet: str
    overrides: Mapping[str, str]
    allowed_paths: Sequence[Path] = ()
    recalc: Recalc = ""
    credentials: Path | None = None
    draft: bool = False
    variant: Variant = AS_IT_IS


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A sheet that was read.

    Attributes:
        store: where it lives.
        workbook: as it stood.
        table: its keyframes; None where it has none.
        settings: of the Settings tab and the command line.
        rows: typed, in the order of their frames.
        findings: problems and warnings.
        song: the sound file, or None.
        song_seconds: its exact length, 0 without a song.
        frames: length of the video; 0 where it cannot be told.
        lut: the colour table of the finished video, or None.
        upscaler: weights of the network that makes its pictures larger, or None.
        draft_of: size of the finished video, where this is its draft.
        sources: files that frames are made from.
        curves: of the song, by the name that formulas call them.
        heard: the files that the Audio tab names.
        planned: the plan itself, where that was read in place of a sheet.
        drawn_by: the versions that its frames were drawn with, by the engine's name.
        variant: values that took the place of the sheet's, by name.
    """

    store: SheetStore
    workbook: Workbook
    table: Table | None
    settings: Settings
    rows: tuple[Keyframe, ...]
    findings: Findings
    song: Path | None
    song_seconds: Fraction
    frames: int
    lut: Path | None = None
    upscaler: Path | None = None
    draft_of: Size | None = None
    sources: SourceFiles = field(default_factory=SourceFiles)
    curves: Mapping[str, SongCurve] = field(default_factory=dict)
    heard: tuple[Path, ...] = ()
    planned: RenderPlan | None = None
    drawn_by: Mapping[str, str] = field(default_factory=dict)
    variant: Mapping[str, str] = field(default_factory=dict)

    @property
    def engine_settings(self) -> EngineSettings:
        """What the engine is told."""
        settings = self.settings
        return EngineSettings(
            size=settings.size,
            rate=settings.rate,
            start=parse_timecode(settings.start_timecode, settings.rate),
            drop=";" in settings.start_timecode,
            caption=settings.caption,
            motion=settings.motion,
            model=settings.model,
            sampler=settings.sampler,
            vae=settings.vae,
            embeddings=listed(settings.embeddings),
            depth_model=settings.depth_model,
            folders=model_folders(self.store),
            blend_by=settings.blend_by,
            memory=settings.memory,
            precision=settings.precision,
            compile=settings.compile,
            in_step=settings.in_step,
        )

    def plan(self, draw_seed: Callable[[str], int] | None = None) -> RenderPlan:
        """Return the plan; problems of its formulas are added to `findings`."""
        plan = self.planned or build_plan(
            self.rows,
            self.settings,
            self.findings,
            frames=self.frames,
            draw_seed=draw_seed or (lambda _: secrets.randbelow(2**32)),
            curves=self.curves,
        )
        sources = self.sources
        plan = replace(
            plan,
            begins=self._begins(plan),
            video=sources.video,
            mask=sources.mask,
            mask_inverted=self.settings.invert_mask,
        )
        return plan if self.draft_of is None else as_draft(plan, self.draft_of)

    def _begins(self, plan: RenderPlan) -> Mapping[int, SourceFile]:
        """Return the picture that each segment begins from, by the segment's first frame."""
        starts = {segment.first for segment in plan.segments}
        first = self.sources.first
        given = {} if first is None else {0: first}
        own = self.sources.begins
        return given | {
            row.first: own[row.row] for row in plan.rows if row.first in starts and row.row in own
        }

    def refuse_problems(self) -> None:
        """Stop where the sheet has problems.

        Raises:
            SheetInvalid: it has; all are listed.
        """
        if self.findings.problems:
            raise SheetInvalid(in_reading_order(self.findings.problems, self.workbook))


def in_reading_order(problems: Iterable[Problem], workbook: Workbook) -> list[Problem]:
    """Return problems by tab, row and column; those without a cell before those of their tab."""
    order = {grid.tab.casefold(): number for number, grid in enumerate(workbook.grids)}

    def key(problem: Problem) -> tuple[int, int, int, str, str]:
        place = problem.place
        tab = order.get((place.tab if place else problem.tab).casefold(), -1)
        row, column = (place.row, place.column) if place else (0, 0)
        return tab, row, column, problem.heading, problem.wrong

    return sorted(problems, key=key)


def read_project(request: Request) -> Project:
    """Read a sheet and everything that it names; problems are collected, not raised.

    Raises:
        SheetUnavailable: it cannot be reached or read.
        UsageError: it is no sheet by its ending, or the credentials cannot be used.
        PartMissing: it is a Google Sheet, and there are no credentials.
    """
    store = open_store(request.sheet, recalc=request.recalc, credentials=request.credentials)
    return understood(store, store.read(), request)


def understood(store: SheetStore, workbook: Workbook, request: Request) -> Project:
    """Return what a workbook says, problems collected."""
    findings = Findings()
    cells = ComputedCells(workbook)
    settings = read_settings(
        workbook.grid("Settings"),
        cells,
        {**request.overrides, **request.variant.settings},
        findings,
        decimal_comma=workbook.decimal_comma,
    )
    draft_of = settings.size if request.draft else None
    if draft_of is not None:
        settings = replace(settings, size=draft_size(draft_of))
    allowed = request.allowed_paths
    song, song_seconds = song_of(settings, store, allowed, findings)
    check_output(settings, store, allowed, findings)
    lut, upscaler = finishing_files(settings, store, allowed, findings)
    table = find_table(workbook, findings)
    if table is not None:
        table = with_values(table, request.variant.values, findings)
    curve_rows = read_audio_tab(
        workbook.grid(AUDIO_TAB), cells, findings, decimal_comma=workbook.decimal_comma
    )
    files = curve_files(curve_rows, store, allowed, findings)
    settings = with_beats(settings, workbook, cells, table, curve_rows, song, findings)
    rows = read_rows(table, workbook, cells, settings, findings) if table else []
    frames = 0
    if rows:
        heard = song_seconds - settings.song_begins
        song_frames = settings.rate.frames_covering(heard) if song and heard > 0 else None
        frames = video_length(rows, settings, song_frames)
    project = Project(
        store=store,
        workbook=workbook,
        table=table,
        settings=settings,
        rows=tuple(rows),
        findings=findings,
        song=song,
        song_seconds=song_seconds,
        frames=frames,
        lut=lut,
        upscaler=upscaler,
        draft_of=draft_of,
        sources=source_files(settings, rows, store, allowed, findings),
        curves=song_curves(curve_rows, files, song, settings, frames, findings),
        heard=tuple(files.values()),
        variant=request.variant.values,
    )
    findings.warnings.extend(not_drawn(settings, rows))
    findings.warnings.extend(engine_warnings(settings, rows, model_folders(store)))
    return project


def project_clock(project: Project) -> Clock:
    """Return what turns the ways of naming a moment of the sheet into frames."""
    cells = ComputedCells(project.workbook)
    return clock_of(project.workbook, project.settings, cells, Findings())


def checked_plan(project: Project, draw_seed: Callable[[str], int] | None = None) -> RenderPlan:
    """Return the plan of a sheet without problems.

    Raises:
        SheetInvalid: the sheet has problems; all are listed.
    """
    if not project.rows:
        project.refuse_problems()
    plan = project.plan(draw_seed)
    project.refuse_problems()
    return plan


def output_folder(project: Project, given: Path | None, request: Request) -> Path:
    """Return where the sheet's video is made: `given`, the setting, or ``renders/<name>``.

    A variant stands in it, a draft beside it.

    Raises:
        UsageError: the setting leads out of the sheet's folder.
    """
    folder = _finished_folder(project, given, request) / request.variant.folder
    return draft_folder(folder) if request.draft else folder


def _finished_folder(project: Project, given: Path | None, request: Request) -> Path:
    if given is not None:
        return given.absolute()
    written = project.settings.output
    if not written:
        return project.store.folder / "renders" / project.store.name
    if "output" not in project.settings.places:
        return Path(written).absolute()
    return path_from_sheet(written, project.store, request.allowed_paths, what="output folder")


def refuse_to_replace_the_song(project: Project, video: Path) -> None:
    """Stop where the video would be written over the song.

    Raises:
        UsageError: it would.
    """
    if project.song is not None and project.song.resolve() == video.resolve():
        raise UsageError(f"{video} is the song. Give the video another name or folder with -o.")


def with_engine(project: Project, engine: str | None) -> Project:
    """Return the project with another engine, where the command line names one."""
    if engine is None or engine == project.settings.engine:
        return project
    settings = replace(project.settings, engine=engine)
    project.findings.warnings.extend(
        engine_warnings(settings, project.rows, model_folders(project.store))
    )
    return replace(project, settings=settings)
