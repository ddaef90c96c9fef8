"""How far a cell with a problem reaches: the frames that cannot be known until it is mended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sheetrender.model.cells import Address, Problem
from sheetrender.model.keyframes import Keyframe, Settings
from sheetrender.planning.columns import CHANNEL_NAMES
from sheetrender.planning.table import Table


def is_of_a_row(problem: Problem, table: Table | None) -> bool:
    """Say whether one row of the table is to blame; all other problems concern every frame."""
    place = problem.place
    return (
        table is not None
        and place is not None
        and place.tab == table.grid.tab
        and place.row > table.heading_row
    )


def frames_in_doubt(
    problems: Iterable[Problem],
    rows: Sequence[Keyframe],
    table: Table,
    settings: Settings,
    frames: int,
) -> frozenset[int]:
    """Return the frames that depend on cells with problems.

    A cell counts from its row on until another row has a value in the same column, since blank
    cells carry on what stands above. Channels also reach back to the value before, from which they
    glide to this one; where they glide in curves (quadratic, cubic), they reach everywhere. A row
    that is not among `rows`, since its frame cannot be read, reaches nowhere. What grows out of the
    pictures of these frames is not among them.

    Args:
        problems: of rows of the table.
        rows: that were understood, in the order of their frames.
        table: where they stand.
        settings: of the sheet.
        frames: length of the video.
    """
    reach = _Reach(rows, table, frames, bends=settings.interpolation in ("quadratic", "cubic"))
    places = {problem.place for problem in problems}
    return frozenset(frame for place in places if place for frame in reach.of(place))


class _Reach:
    def __init__(self, rows: Sequence[Keyframe], table: Table, frames: int, *, bends: bool) -> None:
        self._rows = rows
        self._table = table
        self._frames = frames
        self._bends = bends
        self._frame_of = {row.row: row.frame for row in rows}
        self._channels = {
            table.columns[name] for name in CHANNEL_NAMES if name in table.columns
        }  # fmt: skip

    def of(self, place: Address) -> range:
        frame = self._frame_of.get(place.row)
        if frame is None:
            return range(0)
        given = [row.frame for row in self._rows if self._gives(row, place.column)]
        end = min((other for other in given if other > frame), default=self._frames)
        if place.column in self._channels:
            if self._bends:
                return range(self._frames)
            first = max((other + 1 for other in given if other < frame), default=0)
        else:
            # Frames before the first row belong to it.
            first = 0 if frame == self._rows[0].frame else frame
        return range(first, min(end, self._frames))

    def _gives(self, row: Keyframe, column: int) -> bool:
        return (row.row, column) in self._table.grid.cells
