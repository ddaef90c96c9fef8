"""A sheet that is planned for its folder, and what a pass over it has to leave as it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from sheetrender.model.plan import RenderPlan
from sheetrender.rendering.journal import Journal
from sheetrender.reporting.statuses import RowNote
from sheetrender.reporting.tracked_rows import TrackedRow, track_rows
from sheetrender.workflow.approvals import Approvals, with_approved_seeds
from sheetrender.workflow.project import Project
from sheetrender.workflow.seeds import kept_seeds

HOLDING = frozenset({"hold", "held"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservations:
    """What a pass has to leave as it is.

    Attributes:
        frames: not to be drawn, since cells that they are made from have to be mended.
        notes: what rows say in place of their progress, by row number.
        obeyed: numbers of rows whose `rerender` an earlier pass has carried out already.
    """

    frames: frozenset[int] = frozenset()
    notes: Mapping[int, RowNote] = field(default_factory=dict)
    obeyed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Ready:
    """A sheet that is planned for its folder.

    Attributes:
        project: its rows have ids, where statuses are written.
        tracked: what rows are known by, by row number; empty where no statuses are written.
        plan: with the seeds that the folder keeps.
        landed: the ids that stand in the sheet.
    """

    project: Project
    tracked: Mapping[int, TrackedRow]
    plan: RenderPlan
    landed: frozenset[str] = frozenset()

    def approvals(self, journal: Journal) -> Approvals:
        """Return what the folder knows of approved rows."""
        return Approvals(journal, self.landed)


def made_ready(
    project: Project, journal: Journal, *, status: bool, also: Collection[int] = ()
) -> Ready:
    """Return the plan of a sheet with the seeds that its folder keeps.

    Args:
        project: as read; problems of its formulas are added to its findings.
        journal: of the folder.
        status: whether statuses are written.
        also: numbers of rows beside those of the plan that have something to say.
    """
    landed = frozenset({row.row_id for row in project.rows} - {""})
    tracked: Mapping[int, TrackedRow] = {}
    if status:
        numbers = {row.row for row in project.rows}.union(also)
        tracked = track_rows(project.workbook, list(numbers))
        rows = tuple(replace(row, row_id=tracked[row.row].row_id) for row in project.rows)
        project = replace(project, rows=rows)
    plan = project.plan(kept_seeds(journal, project.rows, landed))
    plan = with_approved_seeds(plan, project.rows, Approvals(journal, landed))
    return Ready(project, tracked, plan, landed)
