"""A sheet that is being edited, made ready for a pass although some of its cells have problems.

The rule, in short:

- A problem in a row holds back the frames that its cell reaches (`planning.reach`) and what grows
  out of their pictures, up to the next cut. Finished frames there stay as they are. All others are
  drawn.
- A row whose frame cannot be read stands where it stood before; one that was never seen with a
  frame is taken for not being there yet.
- A problem anywhere else (settings, headings, the song) concerns every frame: nothing is drawn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sheetrender.model.cells import Cell, Grid, Problem, Workbook
from sheetrender.model.keyframes import Keyframe
from sheetrender.planning import readers
from sheetrender.planning.plan import row_key
from sheetrender.planning.reach import frames_in_doubt, is_of_a_row
from sheetrender.planning.table import Table
from sheetrender.rendering.journal import Journal
from sheetrender.reporting.findings import mended_notes, problem_notes
from sheetrender.reporting.statuses import RowNote
from sheetrender.sheets.store import SheetStore
from sheetrender.workflow.finished_video import made_with
from sheetrender.workflow.project import Project, Request, in_reading_order, understood, with_engine
from sheetrender.workflow.ready import HOLDING, Ready, Reservations, made_ready


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A sheet as understood, with what has to be mended.

    Attributes:
        project: rows whose frame cannot be read stand where they stood before, if anywhere.
        problems: of the sheet as it is written, in reading order.
    """

    project: Project
    problems: tuple[Problem, ...]

    @property
    def is_drawable(self) -> bool:
        """Whether some frames can be drawn in spite of the problems."""
        table = self.project.table
        return bool(self.project.rows) and all(is_of_a_row(p, table) for p in self.problems)

    @property
    def commanded(self) -> Mapping[str, int]:
        """The rows of the video that say `rerender`: number by name."""
        rows = shown(self.project)
        return {row_key(row): row.row for row in rows if row.status == "rerender"}

    @property
    def standing(self) -> frozenset[tuple[str, str]]:
        """What the rows of the video say: id and status."""
        return frozenset((row.row_id, row.status) for row in shown(self.project))

    @property
    def beside(self) -> list[Path]:
        """The files beside the sheet that it depends on."""
        project = self.project
        folder = project.store.folder
        written = (project.settings.song, project.settings.lut, project.settings.upscaler)
        named = [folder / name for name in written if name]
        return [*named, *project.heard, *project.sources.paths]

    def with_general(self, wrong: str) -> Draft:
        """Return the draft with something that keeps all of it from being drawn."""
        problem = Problem(
            place=None, tab="Settings", heading="", written="", wrong=wrong.rstrip("."), remedy=""
        )
        return replace(self, problems=(*self.problems, problem))

    def problems_in_rows(self) -> list[Problem]:
        """Return the problems so that rows can say them: those of no row are said by the first."""
        project = self.project
        told = []
        for problem in self.problems:
            if is_of_a_row(problem, project.table):
                told.append(problem)
            elif project.rows:
                where = " ".join(filter(None, (problem.cell, problem.heading)))
                told.append(replace(problem, place=project.rows[0].place, heading=where))
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A draft that is planned for its folder.

    Attributes:
        draft: with the problems of formulas as well.
        ready: what a pass begins with.
        reserved: what it has to leave alone.
        unnamed: problems of rows that are neither in the plan nor have an id to be found by.
    """

    draft: Draft
    ready: Ready
    reserved: Reservations
    unnamed: tuple[Problem, ...]

    def meaning(self, keys: Sequence[bytes]) -> bytes:
        """Return a digest of all that a pass does: equal ones need no second pass.

        Args:
            keys: of every frame.
        """
        project = self.ready.project
        rows = [(row.first, row.last, row.status in HOLDING) for row in self.ready.plan.rows]
        said = [str(problem) for problem in self.draft.problems]
        rest = (rows, said, sorted(self.reserved.frames))
        finish = made_with(project, self.ready.plan)
        state = hashlib.blake2b(b"".join(keys), digest_size=16)
        state.update(repr((rest, finish)).encode("utf-8", "backslashreplace"))
        return state.digest()


def drafted(
    store: SheetStore,
    workbook: Workbook,
    request: Request,
    engine: str | None,
    known: Mapping[str, int],
) -> Draft:
    """Return what a workbook says.

    Args:
        store: where statuses are written.
        workbook: as read.
        request: what the command line says beside it.
        engine: that the command line names, or None.
        known: the frame that each row had before, by its id.
    """
    project = with_engine(understood(store, workbook, request), engine)
    problems = project.findings.problems
    patched = _with_known_frames(project, known)
    if patched is not None:
        project = with_engine(understood(store, patched, request), engine)
        problems = [*problems, *project.findings.problems]
        project = replace(project, workbook=workbook)
    return Draft(project=project, problems=_ordered(problems, workbook))


def shown(project: Project) -> Sequence[Keyframe]:
    """Return the rows that begin before the video ends."""
    return [row for row in project.rows if row.frame < project.frames] or project.rows[:1]


def _ordered(problems: Sequence[Problem], workbook: Workbook) -> tuple[Problem, ...]:
    return tuple(in_reading_order({str(p): p for p in problems}.values(), workbook))


def _with_known_frames(project: Project, known: Mapping[str, int]) -> Workbook | None:
    """Return the workbook with known frames in the place of unreadable ones; None without any."""
    table = project.table
    if table is None:
        return None
    cells = {}
    for problem in project.findings.problems:
        place = problem.place
        if place and is_of_a_row(problem, table) and place.column == table.columns["frame"]:
            frame = known.get(_row_id(table, place.row))
            if frame is not None:
                cells[place.row, place.column] = Cell(frame)
    if not cells:
        return None
    grid = Grid(table.grid.tab, {**table.grid.cells, **cells})
    grids = [grid if other is table.grid else other for other in project.workbook.grids]
    return replace(project.workbook, grids=grids)


def prepared(draft: Draft, journal: Journal, obeyed: Mapping[str, int]) -> Prepared:
    """Return the plan of a draft that is drawable, and what it has to leave alone.

    Args:
        draft: its problems may grow by those of formulas; then it may be drawable no more.
        journal: of the folder.
        obeyed: the rows whose `rerender` was carried out before, as `Draft.commanded` names them.
    """
    project = draft.project
    table = project.table
    assert table is not None, "a draft without a table is not drawable"
    planned = {row.row for row in shown(project)}
    others = {**mended_notes(table), **problem_notes(table, draft.problems)}
    others = {row: note for row, note in others.items() if row not in planned}
    also = _with_ids(table, others)
    ready = made_ready(project, journal, status=True, also=also)
    problems = _ordered([*draft.problems, *project.findings.problems], project.workbook)
    doubt = frames_in_doubt(problems, project.rows, table, project.settings, ready.plan.frames)
    notes = {**others, **problem_notes(table, problems)}
    return Prepared(
        draft=replace(draft, problems=problems),
        ready=ready,
        reserved=Reservations(frames=doubt, notes=notes, obeyed=frozenset(obeyed.values())),
        unnamed=tuple(p for p in problems if p.place and p.place.row in others.keys() - also),
    )


def _with_ids(table: Table, notes: Mapping[int, RowNote]) -> set[int]:
    """Return the rows that have an id of their own in the sheet."""
    owners: dict[str, int] = {}
    for row in table.rows:
        if row > table.heading_row:
            owners.setdefault(_row_id(table, row), row)
    return {row for row in notes if (name := _row_id(table, row)) and owners[name] == row}


def _row_id(table: Table, row: int) -> str:
    column = table.columns.get("row_id")
    cell = table.grid.cells.get((row, column)) if column else None
    return readers.text(cell.value) if cell else ""
