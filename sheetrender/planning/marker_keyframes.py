"""A row of the Keyframes tab for every marker that has none, below the rows that are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sheetrender.model.cells import Address, Cell, CellWrite
from sheetrender.planning import readers
from sheetrender.planning.markers_update import NamedMarker
from sheetrender.planning.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRows:
    """The rows to be added.

    Attributes:
        writes: their cells.
        added: names of markers that get a row.
        occupied: names of markers without a row of their own, and the frame that has one already.
        rows: the row numbers that are filled, first and last; None where none is.
    """

    writes: tuple[CellWrite, ...]
    added: tuple[str, ...]
    occupied: tuple[tuple[str, int], ...]
    rows: tuple[int, int] | None


def new_rows(table: Table, taken: Mapping[int, int], markers: Sequence[NamedMarker]) -> NewRows:
    """Return the rows for markers that no row begins with.

    A row names its marker, ``@Chorus``, and not its frame: so it follows when the marker moves,
    and nobody has to touch the row.

    Args:
        table: the Keyframes tab.
        taken: rows by the frame on which they begin, once the Markers tab is up to date.
        markers: in the order of their frames.
    """
    called = _called(table)
    free = _first_free_row(table)
    frames = dict(taken)
    writes: list[CellWrite] = []
    added: list[str] = []
    occupied = []
    for one in markers:
        if one.name.casefold() in called:
            continue
        if one.marker.frame in frames:
            occupied.append((one.name, one.marker.frame))
            continue
        row = free + len(added)
        frames[one.marker.frame] = row
        writes += _row(table, row, free - 1, one)
        added.append(one.name)
    rows = (free, free + len(added) - 1) if added else None
    return NewRows(writes=tuple(writes), added=tuple(added), occupied=tuple(occupied), rows=rows)


def _called(table: Table) -> set[str]:
    """Return the markers that rows begin with, in lower case."""
    column = table.columns["frame"]
    values = (readers.text(cells[column].value) for cells in table.rows.values() if column in cells)
    return {value[1:].strip().casefold() for value in values if value.startswith("@")}


def _first_free_row(table: Table) -> int:
    """Return the row below the last one that a person has written anything into.

    Formulas in columns of the person's own do not count: they are filled down ahead of the rows.
    """
    ours = set(table.columns.values())
    last = table.heading_row
    for number, cells in table.rows.items():
        if any(_is_written(cell, is_own=column not in ours) for column, cell in cells.items()):
            last = max(last, number)
    return last + 1


def _is_written(cell: Cell, *, is_own: bool) -> bool:
    if cell.formula is not None:
        return not is_own
    return not readers.is_blank(cell.value)


def _row(table: Table, row: int, model: int, one: NamedMarker) -> list[CellWrite]:
    words = readers.text(one.marker.comment) or readers.text(one.marker.name)
    cells = {"frame": f"@{one.name}"}
    heading = next((h for h in ("subject", "prompt") if h in table.columns), None)
    if heading and words:
        cells[heading] = words
    tab = table.grid.tab
    return [
        CellWrite(
            Address(tab, row, table.columns[heading]),
            value,
            Address(tab, model, table.columns[heading]) if model > table.heading_row else None,
        )
        for heading, value in cells.items()
    ]
