"""References of spreadsheet formulas: the rectangles of cells that they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sheetrender.model.cells import Address, column_letters, column_number
from sheetrender.planning.syntax import FormulaError

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384

_TAB = r"(?:(?:'(?P<quoted>(?:[^']|'')+)'|(?P<tab>[^\s'!:(),;&=<>+*/^%{}\"-]+))!)?"
_CELLS = r"\$?(?P<column>[A-Za-z]{1,3})\$?(?P<row>[0-9]{1,7})"
_TO_CELLS = r"(?::\$?(?P<to_column>[A-Za-z]{1,3})\$?(?P<to_row>[0-9]{1,7}))?"
_COLUMNS = r"\$?(?P<first>[A-Za-z]{1,3}):\$?(?P<last>[A-Za-z]{1,3})"
_ROWS = r"\$?(?P<top>[0-9]{1,7}):\$?(?P<bottom>[0-9]{1,7})"
_REFERENCE = re.compile(f"{_TAB}(?:{_CELLS}{_TO_CELLS}|{_COLUMNS}|{_ROWS})")
_WITHIN_TEXT = re.compile(rf"(?<![\w.$!\]]){_REFERENCE.pattern}(?![\w.(!])")
_TEXTS = re.compile(r'"(?:[^"]|"")*"')
_FIXED = re.compile(
    r"\$[A-Za-z]{1,3}\$[0-9]{1,7}(?::\$[A-Za-z]{1,3}\$[0-9]{1,7})?"
    r"|\$[A-Za-z]{1,3}:\$[A-Za-z]{1,3}|\$[0-9]{1,7}:\$[0-9]{1,7}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A rectangle of cells.

    Attributes:
        tab: the title of its worksheet, as written.
        row: its first row, 1-based.
        column: its first column, 1-based.
        height: in rows, at least 1.
        width: in columns, at least 1.
    """

    tab: str
    row: int
    column: int
    height: int = 1
    width: int = 1

    @property
    def is_one_cell(self) -> bool:
        """Whether it is a single cell."""
        return self.height == 1 and self.width == 1

    @property
    def fits(self) -> bool:
        """Whether all of it lies within a worksheet."""
        return (
            self.row >= 1
            and self.column >= 1
            and self.height >= 1
            and self.width >= 1
            and self.row + self.height - 1 <= LAST_ROW
            and self.column + self.width - 1 <= LAST_COLUMN
        )

    def holds(self, row: int, column: int) -> bool:
        """Return whether a cell of the same worksheet lies within."""
        return (
            self.row <= row < self.row + self.height
            and self.column <= column < self.column + self.width
        )

    def __str__(self) -> str:
        first = Address(self.tab, self.row, self.column)
        if self.is_one_cell:
            return str(first)
        last = column_letters(self.column + self.width - 1)
        return f"{first}:{last}{self.row + self.height - 1}"


@lru_cache(maxsize=4096)
def area_of(text: str, tab: str) -> Area | None:
    """Return the cells that a reference in a formula on `tab` names; None where it is none.

    Raises:
        FormulaError: the reference leads into another file.
    """
    match = _REFERENCE.fullmatch(text)
    if match is None:
        if "[" in text and "!" in text:
            raise FormulaError(f"uses {text}, which lies in another file", "Copy its values here.")
        return None
    return _area(match, tab)


def references(formula: str, tab: str) -> Iterator[Area]:
    """Yield the references that the text of a formula holds, in their order."""
    for match in _WITHIN_TEXT.finditer(_TEXTS.sub('""', formula)):
        try:
            area = _area(match, tab)
        except FormulaError:
            continue
        if area is not None:
            yield area


def moves_with_its_cell(formula: str) -> bool:
    """Return whether a reference in a formula lacks a ``$``, and so depends on where it stands."""
    return any(
        not _FIXED.fullmatch(match[0].rpartition("!")[2])
        for match in _WITHIN_TEXT.finditer(_TEXTS.sub('""', formula))
        if _rectangle(match, "") is not None
    )


def _area(match: re.Match[str], tab: str) -> Area | None:
    named = match["quoted"].replace("''", "'") if match["quoted"] else match["tab"]
    if named and "[" in named:
        raise FormulaError(f"uses {match[0]}, which lies in another file", "Copy its values here.")
    return _rectangle(match, named or tab)


def _rectangle(match: re.Match[str], tab: str) -> Area | None:
    if match["first"]:
        columns = column_number(match["first"]), column_number(match["last"])
        rows = 1, LAST_ROW
    elif match["top"]:
        columns = 1, LAST_COLUMN
        rows = int(match["top"]), int(match["bottom"])
    else:
        first, row = column_number(match["column"]), int(match["row"])
        columns = first, column_number(match["to_column"] or match["column"])
        rows = row, int(match["to_row"] or row)
    area = Area(
        tab=tab,
        row=min(rows),
        column=min(columns),
        height=abs(rows[1] - rows[0]) + 1,
        width=abs(columns[1] - columns[0]) + 1,
    )
    # What lies beyond the last column or row is no cell but a name, such as ZZZ1.
    return area if area.fits else None
