"""Frames that nobody draws: a segment begins with the picture that was approved for its first row.

Such a frame stands in the folder like one that was drawn. Where another picture stood there, all
that grew out of that one is drawn again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sheetrender.engines.engine import Engine
from sheetrender.model.events import Event, Notice
from sheetrender.model.frames import Segment
from sheetrender.model.keyframes import Keyframe
from sheetrender.output.stills import is_whole_still
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.frame_files import file_digest, is_whole, store_bytes
from sheetrender.rendering.journal import Journal
from sheetrender.workflow.approvals import Approval
from sheetrender.workflow.ready import Ready
from sheetrender.workflow.stills import StillMaker, stills_folder


@dataclass(frozen=True, slots=True)
class GivenFrames:
    """The beginnings of segments that were approved.

    Attributes:
        ready: the sheet as it is planned.
        engine: would draw them else.
        output: where frames and stills are.
        journal: of the folder.
    """

    ready: Ready
    engine: Engine
    output: OutputFolder
    journal: Journal

    def put(self, keys: Sequence[bytes]) -> Iterator[Event]:
        """Put them into the folder; say which cannot be.

        Args:
            keys: of every frame.
        """
        rows = {row.row: row for row in self.ready.project.rows if row.approved}
        plan = self.ready.plan
        if not any(plan.rows[plan.row_of[one.first]].row in rows for one in plan.segments):
            yield Notice(
                "No row that begins a segment is approved, so all begin as always. "
                "Write yes under approved."
            )
        for segment in plan.segments:
            row = rows.get(plan.rows[plan.row_of[segment.first]].row)
            if row is not None:
                yield from self._put(row, segment, keys)

    def _put(self, row: Keyframe, segment: Segment, keys: Sequence[bytes]) -> Iterator[Event]:
        approval, size = self._approval(row, segment.first), self.ready.plan.size
        still = stills_folder(self.output) / approval.still
        if not is_whole_still(still, size.width, size.height):
            yield Notice(
                f"Row {row.row} is approved, but has no picture of {size} yet, and begins as "
                "always. `sheetrender moodboard` draws it."
            )
            return
        self.ready.approvals(self.journal).keep(row, approval)
        data = still.read_bytes()
        key, stood = self.journal.frames().get(segment.first, (b"", None))
        if stood is None or stood.digest != file_digest(data):
            self.journal.forget(range(segment.first, segment.last + 1))
            key = b""
        frames = self.output.frames
        if stood is None or key != keys[segment.first] or not is_whole(frames, stood):
            self.journal.note(store_bytes(frames, segment.first, data), keys[segment.first])

    def _approval(self, row: Keyframe, first: int) -> Approval:
        """Return what was approved; where nobody saw the tick yet, the still that the row has."""
        approval = self.ready.approvals(self.journal).of(row)
        if approval is not None:
            return approval
        told = replace(self.ready.project.engine_settings, caption=False)
        maker = StillMaker(self.ready.plan, self.engine, told, stills_folder(self.output))
        still = maker.still(row, first)
        return Approval(still.path.name, still.spec.seed, still.spec.seed_share)
