"""How the cells of a new workbook look, whatever program it is made for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sheetrender.sheets.new_description import Group, Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Everything that a cell shows beside its value; colours are six hexadecimal digits.

    Attributes:
        font: name of the typeface.
        size: in points.
        bold: or not.
        ink: colour of the text.
        fill: behind it; empty for none.
        line: colour of the thin line below; empty for none.
        horizontal: where texts and numbers stand.
        vertical: the same, in rows that are higher than the text.
        wrap: long texts go on in a second line.
        number_format: how numbers are shown; empty leaves it to the spreadsheet.
    """

    font: str
    size: float
    bold: bool = False
    ink: str
    fill: str = ""
    line: str = ""
    horizontal: Literal["left", "right"] = "left"
    vertical: Literal["top", "center"] = "center"
    wrap: bool = False
    number_format: str = ""


class Styles:
    """The styles of one workbook."""

    def __init__(self, look: Look) -> None:
        self._look = look

    def band(self, group: Group) -> Style:
        """Return the style of the line above the headings, which names their group."""
        look = self._look
        return Style(font=look.font, size=look.size - 1.5, ink=look.faint, fill=group.tint)

    def heading(self, group: Group, *, is_text: bool) -> Style:
        """Return the style of a heading."""
        look = self._look
        return Style(
            font=look.font,
            size=look.size,
            bold=True,
            ink=look.ink,
            fill=group.tint,
            line=look.faint,
            horizontal="left" if is_text else "right",
        )

    def body(self, group: Group, *, is_text: bool, number_format: str = "") -> Style:
        """Return the style of the cells below a heading."""
        look = self._look
        return Style(
            font=look.font,
            size=look.size,
            ink=look.faint if group.body else look.ink,
            fill=group.body,
            line=look.line,
            horizontal="left" if is_text else "right",
            wrap=True,
            number_format=number_format,
        )

    def section(self) -> Style:
        """Return the style of a line that heads the lines below it."""
        look = self._look
        return Style(font=look.font, size=look.size, bold=True, ink=look.ink, fill=look.page)

    def headline(self) -> Style:
        """Return the style of a page's first line."""
        look = self._look
        return Style(font=look.font, size=look.size + 6, bold=True, ink=look.ink)

    def term(self) -> Style:
        """Return the style of what a line of a page is about."""
        look = self._look
        return Style(
            font=look.font, size=look.size, bold=True, ink=look.ink, vertical="top", wrap=True
        )

    def reading(self) -> Style:
        """Return the style of a line of a page."""
        look = self._look
        return Style(font=look.font, size=look.size, ink=look.ink, vertical="top", wrap=True)
