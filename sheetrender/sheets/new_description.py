"""What a new workbook shall hold, as plain data: tabs, headings, rows, colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

NewValue: TypeAlias = str | int | float | None
"""What is put into a cell; a text that begins with ``=`` becomes a spreadsheet formula."""


class PlainText(str):
    """A text from elsewhere, which stays a text whatever it begins with."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Typeface and colours of a whole workbook; colours are six hexadecimal digits.

    Attributes:
        font: name of the typeface.
        size: of ordinary text, in points.
        ink: colour of ordinary text.
        faint: colour of text that stays in the background.
        line: colour of the thin lines between rows.
        page: tint behind section headings.
    """

    font: str
    size: float
    ink: str
    faint: str
    line: str
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Numbers that may stand under a heading; others are asked about, not refused.

    Attributes:
        low: smallest, None for no limit.
        high: largest, None for no limit.
        above_low: `low` itself is not allowed either.
        whole: fractions are not allowed.
        allows_text: formulas and other texts may stand there too.
        message: what is said when a number is outside.
    """

    low: float | None = None
    high: float | None = None
    above_low: bool = False
    whole: bool = False
    allows_text: bool = True
    message: str

    def formula(self, cell: str) -> str:
        """Return the spreadsheet formula, without its =, that is true for what may stand there."""
        tests = [f"ISNUMBER({cell})"]
        if self.low is not None:
            tests.append(f"{cell}{'>' if self.above_low else '>='}{self.low:.15g}")
        if self.high is not None:
            tests.append(f"{cell}<={self.high:.15g}")
        if self.whole:
            tests.append(f"{cell}=INT({cell})")
        # IF and no AND: comparing a text with a number must not be tried, some programs refuse it.
        inside = f"AND({','.join(tests)})"
        return f"IF(ISTEXT({cell}),{'TRUE' if self.allows_text else 'FALSE'},{inside})"


@dataclass(frozen=True, slots=True)
class WordColour:
    """How a cell looks while it holds one word.

    Attributes:
        word: the whole content of the cell; case does not matter.
        fill: behind it, six hexadecimal digits.
        ink: of the word, six hexadecimal digits.
    """

    word: str
    fill: str
    ink: str


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring headings that belong together.

    Attributes:
        title: stands in the band above them; empty for none.
        tint: behind their headings, six hexadecimal digits.
        body: behind the cells below, six hexadecimal digits; empty for none.
    """

    title: str
    tint: str
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """One column of a table.

    Attributes:
        text: the heading.
        group: what it belongs to.
        note: shown when the pointer rests on the heading; empty for none.
        width: in characters.
        is_text: its cells are read from the left, numbers stand at the right.
        choices: words offered in a drop-down; others may be written too.
        limits: of its numbers.
        colours: of words in its cells.
        is_ours: the program writes into its cells, people need not.
        number_format: how spreadsheets show its numbers, such as ``0.00``; empty lets them choose.
    """

    text: str
    group: Group
    note: str = ""
    width: float = 12.0
    is_text: bool = False
    choices: tuple[str, ...] = ()
    limits: Limits | None = None
    colours: tuple[WordColour, ...] = ()
    is_ours: bool = False
    number_format: str = ""


@dataclass(frozen=True, slots=True)
class NewRow:
    """One row of a table.

    Attributes:
        values: by heading; what is missing stays empty.
        choices: words offered in this row's drop-downs, by heading.
        is_section: a line of its own above the rows that follow.
        lines: of text that it has room for at least.
    """

    values: Mapping[str, NewValue]
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_section: bool = False
    lines: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A tab with headings and rows.

    Attributes:
        title: of the tab.
        colour: of the tab, six hexadecimal digits.
        headings: from left to right.
        rows: from top to bottom.
        frozen: so many columns stay in sight at the left.
        pages_wide: so many sheets of paper lie side by side when it is printed.
    """

    title: str
    colour: str
    headings: tuple[Heading, ...]
    rows: tuple[NewRow, ...]
    frozen: int = 0
    pages_wide: int = 1

    @property
    def heading_row(self) -> int:
        """The row of the headings, 1-based: below the band where groups have titles."""
        return 2 if any(heading.group.title for heading in self.headings) else 1


@dataclass(frozen=True, slots=True)
class Section:
    """Lines of a page below one heading.

    Attributes:
        heading: of the section; empty for none.
        lines: a term and what is said about it; the term may be empty.
    """

    heading: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A tab to read.

    Attributes:
        title: of the tab.
        colour: of the tab, six hexadecimal digits.
        headline: its first line.
        sections: from top to bottom.
    """

    title: str
    colour: str
    headline: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWorkbook:
    """A whole workbook.

    Attributes:
        title: what file managers show.
        look: of all its tabs.
        tabs: in their order.
    """

    title: str
    look: Look
    tabs: tuple[Table | Page, ...]
