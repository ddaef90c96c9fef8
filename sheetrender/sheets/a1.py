"""Cell references as worksheets write them: ``B5``, ``A1:C3``, or none at all."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sheetrender.model.cells import column_letters, column_number
from sheetrender.sheets.refusals import UnusualFileError

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, 1-based, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def __contains__(self, place: tuple[int, int]) -> bool:
        row, column = place
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def __str__(self) -> str:
        first = f"{column_letters(self.left)}{self.top}"
        last = f"{column_letters(self.right)}{self.bottom}"
        return first if first == last else f"{first}:{last}"

    def including(self, row: int, column: int) -> Area:
        """Return the smallest area that holds this one and a cell."""
        return Area(
            min(self.top, row),
            min(self.left, column),
            max(self.bottom, row),
            max(self.right, column),
        )


def parse_cell(reference: str) -> tuple[int, int]:
    """Return row and column of ``B5``.

    Raises:
        UnusualFileError: it is no reference to one cell.
    """
    match = _REFERENCE.fullmatch(reference)
    if not match:
        raise UnusualFileError(f"has the cell reference {reference!r}, which is none")
    return int(match[2]), column_number(match[1])


def parse_area(reference: str) -> Area:
    """Return the area of ``A1:C3`` or ``B5``.

    Raises:
        UnusualFileError: it is no reference to cells.
    """
    first, _, last = reference.partition(":")
    (top, left), (bottom, right) = parse_cell(first), parse_cell(last or first)
    return Area(top, left, bottom, right)


class CellCounter:
    """Where a walk through a worksheet stands; rows and cells need not say their place.

    Attributes:
        row_number: of the last row, 0 before the first.
    """

    def __init__(self) -> None:
        self.row_number = 0
        self._column = 0
        # Read only when somebody asks: most cells of a sheet concern nobody.
        self._reference: str | None = None

    @property
    def column(self) -> int:
        """The column of the last cell, 0 before the first of a row.

        Raises:
            UnusualFileError: its ``r`` is no reference, or one to another row.
        """
        if self._reference is not None:
            row, self._column = parse_cell(self._reference)
            if row != self.row_number:
                raise UnusualFileError(f"has the cell {self._reference} in row {self.row_number}")
            self._reference = None
        return self._column

    def row(self, reference: str | None) -> None:
        """Enter a row whose ``r`` is `reference`.

        Raises:
            UnusualFileError: it is no number.
        """
        if reference is None:
            self.row_number += 1
        elif reference.isdecimal():
            self.row_number = int(reference)
        else:
            raise UnusualFileError(f"has the row number {reference!r}, which is none")
        self._column = 0
        self._reference = None

    def cell(self, reference: str | None) -> None:
        """Enter a cell whose ``r`` is `reference`."""
        if reference is None:
            self._column = self.column + 1
        self._reference = reference
