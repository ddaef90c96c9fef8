"""Cells as they stand in a sheet: values, formula texts and addresses, without meaning yet."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

Value = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None
"""What a cell shows, as read: text, number, truth value, clock or calendar value, or nothing."""


SHOWN = 80
"""Letters of a cell's text that a message repeats."""


def column_letters(column: int) -> str:
    """Return the letters of a 1-based column: 1 is ``A``, 27 is ``AA``."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the 1-based number of a column: ``A`` is 1, ``aa`` is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Where a cell stands.

    Attributes:
        tab: the title of its worksheet.
        row: 1-based.
        column: 1-based.
    """

    tab: str
    row: int
    column: int

    def __str__(self) -> str:
        return f"{self.tab}!{column_letters(self.column)}{self.row}"


@dataclass(frozen=True, slots=True)
class FormulaToken:
    """One token of a spreadsheet formula, as openpyxl's tokenizer names it.

    Attributes:
        text: the characters in the formula.
        kind: openpyxl's ``Token.type``, such as ``OPERAND`` or ``OPERATOR-INFIX``.
        subkind: openpyxl's ``Token.subtype``, such as ``RANGE`` or ``NUMBER``; may be empty.
    """

    text: str
    kind: str
    subkind: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that is not empty.

    Attributes:
        value: what the cell shows; for a formula its cached result, None where the file has none.
        formula: the formula with its leading ``=``, or None for a plain cell.
        tokens: the formula's tokens, only where `value` is None and has to be computed.
    """

    value: Value
    formula: str | None = None
    tokens: tuple[FormulaToken, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinedName:
    """A name that a workbook gives to cells, to a constant or to a formula.

    Attributes:
        name: as written.
        formula: what it stands for, with a leading ``=``.
        tokens: the formula's tokens; none where it cannot be split.
        tab: the only worksheet that knows it; empty where all do.
    """

    name: str
    formula: str
    tokens: tuple[FormulaToken, ...]
    tab: str = ""

    def __str__(self) -> str:
        return f"the name {self.name}"


@dataclass(frozen=True, slots=True)
class Grid:
    """One worksheet.

    Attributes:
        tab: its title.
        cells: every cell that is not empty, by (row, column), 1-based.
    """

    tab: str
    cells: Mapping[tuple[int, int], Cell]

    def rows(self) -> dict[int, dict[int, Cell]]:
        """Return the cells by row number and column number, both 1-based and ascending."""
        rows: dict[int, dict[int, Cell]] = {}
        for (row, column), cell in self.cells.items():
            cells = rows.get(row)
            if cells is None:
                cells = rows[row] = {}
            cells[column] = cell
        # Stores read in this order anyway: sorting what is sorted costs next to nothing.
        return {row: dict(sorted(rows[row].items())) for row in sorted(rows)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """A whole sheet as it stood at one moment.

    Attributes:
        grids: its worksheets in their order.
        version: changes whenever the stored sheet does; handed back to `SheetStore.write`.
        decimal_comma: whether people write ``1,5`` in this sheet and mean 1.5.
        names: what formulas may call cells, constants and formulas.
        is_live: whether its formulas are computed where it lives, whatever happens here.
    """

    grids: Sequence[Grid]
    version: str
    decimal_comma: bool = False
    names: Sequence[DefinedName] = ()
    is_live: bool = False

    def grid(self, tab: str) -> Grid | None:
        """Return the worksheet of that title (case does not matter), or None."""
        return next((g for g in self.grids if g.tab.casefold() == tab.casefold()), None)


# No blank, quotation mark or bracket: the address can end neither the text nor the formula.
_PICTURE_URL = r"https?://[A-Za-z0-9\-._~%/:?=&+,@]+[?&]sheetrender=[0-9a-f]{8,64}"
_PICTURE = re.compile(rf'=\s*IMAGE\(\s*"({_PICTURE_URL})"\s*\)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CellPicture:
    """A picture of ours on the web, to be shown in a cell: the one formula that is ever written.

    Attributes:
        url: its address; it names sheetrender, so that the formula is known as ours, and the
            picture's version, so that another picture at the same place is fetched anew.

    Raises:
        ValueError: the address has characters that do not belong there.
    """

    url: str

    def __post_init__(self) -> None:
        if not re.fullmatch(_PICTURE_URL, self.url):
            raise ValueError(f"{self.url!r} is no address of a picture of ours")

    @classmethod
    def at(cls, base: str, path: str, version: str) -> CellPicture:
        """Return the picture at a path below an address.

        Args:
            base: begins with ``http://`` or ``https://``; may hold a query.
            path: below it, unescaped, with ``/``; may be empty.
            version: of the picture, 8 to 64 hexadecimal digits.
        """
        place, _, query = base.partition("?")
        if path:
            place = f"{place.rstrip('/')}/{quote(path)}"
        mark = "&".join(part for part in (query, f"sheetrender={version}") if part)
        return cls(f"{place}?{mark}")

    @classmethod
    def of(cls, formula: str | None) -> CellPicture | None:
        """Return the picture that a formula of ours shows, or None for any other formula."""
        found = _PICTURE.fullmatch(formula.strip()) if formula else None
        return cls(found[1]) if found else None

    @property
    def formula(self) -> str:
        """The same in every language: it has one argument and no number."""
        return f'=IMAGE("{self.url}")'

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True, slots=True)
class CellWrite:
    """A value to put into one cell.

    Attributes:
        address: where.
        value: the new text or number; None empties the cell. Text is never read as a formula. A
            picture is shown where the kind of sheet can, else its address stands there as text.
        like: a cell of the same tab whose look a new cell takes, in .xlsx files; None for none.
    """

    address: Address
    value: str | int | float | CellPicture | None
    like: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something in the sheet that is wrong, and what to write instead.

    Attributes:
        place: the cell, or None where no single cell is to blame.
        tab: the worksheet, where `place` is None.
        heading: the heading of the cell's column or the setting's name; may be empty.
        written: what stands there, as text.
        wrong: a verb phrase that continues the sentence begun by `written`.
        remedy: one sentence that says what to write.
    """

    place: Address | None
    heading: str
    written: str
    wrong: str
    remedy: str
    tab: str = ""

    @property
    def cell(self) -> str:
        """The address as people write it, or the name of the worksheet."""
        return str(self.place) if self.place else self.tab

    def __str__(self) -> str:
        where = self.cell or "the sheet"
        heading = f" ({self.heading})" if self.heading else ""
        short = self.written if len(self.written) <= SHOWN else f"{self.written[:SHOWN]}…"
        written = f"{short!r} " if short else ""
        return f"{where}{heading}: {written}{self.wrong}. {self.remedy}".rstrip()


@dataclass(slots=True)
class Findings:
    """Problems and warnings collected while a sheet is read; the one mutable thing of planning.

    Attributes:
        problems: what must be mended before anything is rendered.
        warnings: what is probably not meant, but can be rendered.
    """

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
