"""How the cells of a new workbook look: openpyxl's styles for each part of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sheetrender.sheets.new_description import Group, Look

if TYPE_CHECKING:
    from openpyxl.styles import Alignment, Border, Font, PatternFill


class Styled(Protocol):
    """A cell, or a column: its cells look so as long as nobody gives them another style."""

    font: Any
    fill: Any
    border: Any
    alignment: Any
    number_format: str


@dataclass(frozen=True, slots=True)
class Style:
    """Everything that a cell shows beside its value."""

    font: Font
    fill: PatternFill
    border: Border
    alignment: Alignment

    def put_on(self, target: Styled) -> None:
        """Give a cell or a column this style."""
        target.font = self.font
        target.fill = self.fill
        target.border = self.border
        target.alignment = self.alignment


class Styles:
    """The styles of one workbook."""

    def __init__(self, look: Look) -> None:
        self._look = look

    def band(self, group: Group) -> Style:
        """Return the style of the line above the headings, which names their group."""
        return self._style(size=-1.5, ink=self._look.faint, fill=group.tint)

    def heading(self, group: Group, *, is_text: bool) -> Style:
        """Return the style of a heading."""
        return self._style(
            bold=True,
            fill=group.tint,
            line=self._look.faint,
            horizontal="left" if is_text else "right",
        )

    def body(self, group: Group, *, is_text: bool) -> Style:
        """Return the style of the cells below a heading."""
        return self._style(
            ink=self._look.faint if group.body else "",
            fill=group.body,
            line=self._look.line,
            horizontal="left" if is_text else "right",
            wrap=True,
        )

    def section(self) -> Style:
        """Return the style of a line that heads the lines below it."""
        return self._style(bold=True, fill=self._look.page)

    def headline(self) -> Style:
        """Return the style of a page's first line."""
        return self._style(bold=True, size=6)

    def term(self) -> Style:
        """Return the style of what a line of a page is about."""
        return self._style(bold=True, vertical="top", wrap=True)

    def reading(self) -> Style:
        """Return the style of a line of a page."""
        return self._style(vertical="top", wrap=True)

    def _style(
        self,
        *,
        bold: bool = False,
        size: float = 0,
        ink: str = "",
        fill: str = "",
        line: str = "",
        horizontal: str = "left",
        vertical: str = "center",
        wrap: bool = False,
    ) -> Style:
        from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

        look = self._look
        return Style(
            Font(name=look.font, size=look.size + size, bold=bold, color=ink or look.ink),
            PatternFill("solid", start_color=fill) if fill else PatternFill(),
            Border(bottom=Side(style="thin", color=line)) if line else Border(),
            Alignment(
                horizontal=horizontal,
                vertical=vertical,
                wrap_text=wrap,
                # LibreOffice indents some numbers at the right and some not: only texts, then.
                indent=1 if horizontal == "left" else 0,
            ),
        )
