"""What every kind of sheet asks of the changes that it is given."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sheetrender.model.cells import Address, CellWrite

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""Where the grid of a spreadsheet program ends."""


def refuse_unusable(changes: Sequence[CellWrite]) -> None:
    """Raise where changes contradict each other or cannot be stored anywhere.

    Raises:
        ValueError: a cell is named twice, lies outside of every sheet, or gets a number that is
            not finite: a mistake of the caller, not of the sheet.
    """
    seen: set[Address] = set()
    for change in changes:
        address = change.address
        if address in seen:
            raise ValueError(f"{address} is written twice")
        seen.add(address)
        if not (1 <= address.row <= LAST_ROW and 1 <= address.column <= LAST_COLUMN):
            raise ValueError(f"row {address.row}, column {address.column} lies outside of a sheet")
        if isinstance(change.value, float) and not math.isfinite(change.value):
            raise ValueError(f"{address} cannot hold {change.value}")


def in_reading_order(changes: Sequence[CellWrite]) -> list[CellWrite]:
    """Return the changes of one worksheet by row, then by column.

    Not by address: the name of the tab may be written in several ways.
    """
    return sorted(changes, key=lambda change: (change.address.row, change.address.column))
