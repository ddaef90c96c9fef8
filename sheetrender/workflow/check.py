"""Check: every problem of a sheet, with its cell and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass

from sheetrender.model.cells import Problem
from sheetrender.reporting.findings import write_findings
from sheetrender.workflow.project import Project, Request, in_reading_order, read_project
from sheetrender.workflow.song_length import song_warnings


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found.

    Attributes:
        project: the sheet as it was read.
        problems: what has to be mended, in reading order.
        warnings: what is probably not meant, in reading order.
        frames: length of the video; 0 where it cannot be told.
        rows: rows that were understood.
    """

    project: Project
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    frames: int
    rows: int

    def as_json(self) -> dict[str, object]:
        """Return the form of ``check --json``."""
        return {
            "problems": [_entry(problem) for problem in self.problems],
            "warnings": [_entry(problem) for problem in self.warnings],
            "frames": self.frames,
            "rows": self.rows,
        }


def check(request: Request) -> Checked:
    """Read a sheet and everything that it names, and try every formula.

    Raises:
        SheetUnavailable: it cannot be reached or read.
        UsageError: it is no sheet by its ending.
    """
    return checked(read_project(request))


def checked(project: Project) -> Checked:
    """Return everything that is wrong with a sheet that was read."""
    if project.rows:
        project.plan(draw_seed=lambda _: 0)
        project.findings.warnings.extend(song_warnings(project, project.frames))
    return Checked(
        project=project,
        problems=tuple(in_reading_order(project.findings.problems, project.workbook)),
        warnings=tuple(in_reading_order(project.findings.warnings, project.workbook)),
        frames=project.frames,
        rows=len(project.rows),
    )


def write_checked(found: Checked) -> int:
    """Write into each row's `status` and `message` what was found; empty what is mended.

    Returns:
        How many rows say something.

    Raises:
        SheetUnavailable: the sheet does not take it; nothing was changed.
    """
    project = found.project
    return write_findings(
        project.store, project.workbook, found.problems, found.warnings, mended=True
    )


def _entry(problem: Problem) -> dict[str, str]:
    return {
        "cell": problem.cell,
        "heading": problem.heading,
        "written": problem.written,
        "wrong": problem.wrong,
        "remedy": problem.remedy,
    }
