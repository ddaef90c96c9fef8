"""What is probably not meant in a cell whose value is fine."""

from __future__ import annotations

from collections.abc import Iterator

from sheetrender.model.cells import Address, Cell, Problem
from sheetrender.planning.spreadsheet import ComputedCells


def volatile_warnings(
    cells: ComputedCells, place: Address, cell: Cell, heading: str
) -> Iterator[Problem]:
    """Yield a warning where a cell shows something else each time it is computed."""
    if cell.formula is None:
        return
    names = cells.volatile(place)
    if names:
        yield Problem(
            place=place,
            heading=heading,
            written=cell.formula,
            wrong=f"rests on {' and '.join(names)}, so it shows something else each time, "
            "and the video changes with it",
            remedy="Write the number itself, or a formula text with noise(t).",
        )
