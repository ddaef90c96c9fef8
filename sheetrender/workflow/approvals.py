"""Approved rows: the picture of the mood board that a row keeps, and that one's seed.

The first command that sees a row ticked takes the still that the row has then; it stays until the
tick is gone, whatever becomes of seeds, styles and engines meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from sheetrender.model.keyframes import Keyframe
from sheetrender.model.plan import RenderPlan
from sheetrender.planning.plan import row_key
from sheetrender.planning.seeds import SEEDS
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.journal import Journal


@dataclass(frozen=True, slots=True)
class Approval:
    """What was approved for a row.

    Attributes:
        still: name of the file in the folder of stills.
        seed: that it was drawn with.
        share: how far its noise goes towards that of the next seed.
    """

    still: str
    seed: int
    share: float = 0.0


class Approvals:
    """What a folder's journal knows of approved rows.

    A row is filed under its id, and until the id stands in the sheet under its frame as well, as
    drawn seeds are.
    """

    def __init__(self, journal: Journal, landed: Collection[str]) -> None:
        """Begin.

        Args:
            journal: of the folder.
            landed: the ids that stand in the sheet.
        """
        self._journal = journal
        self._landed = frozenset(landed)

    def of(self, row: Keyframe) -> Approval | None:
        """Return what was approved for a row; None where it is not ticked or was not seen yet."""
        if not row.approved:
            return None
        for name in self._names(row):
            if written := self._journal.about(name):
                return Approval(**json.loads(written))
        return None

    def keep(self, row: Keyframe, approval: Approval) -> None:
        """Keep what was approved for a row until its tick is gone."""
        written = json.dumps(asdict(approval))
        for name in self._names(row):
            self._journal.set_about(name, written)

    def release(self, rows: Sequence[Keyframe]) -> None:
        """Let go of what was approved for rows that are not ticked any more."""
        for row in rows:
            for name in [] if row.approved else self._names(row):
                if self._journal.about(name):
                    self._journal.set_about(name, "")

    def _names(self, row: Keyframe) -> list[str]:
        keys = [row_key(row)]
        if row.row_id not in self._landed:
            keys.append(f"frame {row.frame}")
        return [f"approved {key}" for key in dict.fromkeys(keys)]


def with_approved_seeds(
    plan: RenderPlan, rows: Sequence[Keyframe], approvals: Approvals
) -> RenderPlan:
    """Return the plan with the seeds of approved rows; within a row they go on as before."""
    found = {row.row: approval for row in rows if (approval := approvals.of(row))}
    return _with_seeds(plan, found)


def with_known_approved_seeds(
    plan: RenderPlan, rows: Sequence[Keyframe], folder: OutputFolder
) -> RenderPlan:
    """Do the same for a folder that is only looked at, and may not be there yet."""
    if not folder.journal.exists() or not any(row.approved for row in rows):
        return plan
    with Journal(folder.journal, read_only=True) as journal:
        landed = {row.row_id for row in rows} - {""}
        return with_approved_seeds(plan, rows, Approvals(journal, landed))


def _with_seeds(plan: RenderPlan, found: Mapping[int, Approval]) -> RenderPlan:
    seeds, shares = plan.seeds.copy(), plan.seed_shares.copy()
    for row in plan.rows:
        approval = found.get(row.row)
        first = row.first
        stands = (approval.seed, approval.share) if approval else None
        if approval is None or not len(row) or stands == (seeds[first], shares[first]):
            continue
        frames = slice(first, row.last + 1)
        way = (seeds[frames].astype(np.float64) - seeds[first]) + (shares[frames] - shares[first])
        moved = (approval.seed + approval.share + way) % SEEDS
        seeds[frames] = np.floor(moved).astype(np.uint32)
        shares[frames] = moved - np.floor(moved)
    return replace(plan, seeds=seeds, seed_shares=shares)
