"""The styles of a new workbook in openpyxl's words."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from sheetrender.sheets.new_styles import Style

if TYPE_CHECKING:
    from openpyxl.styles import Alignment, Border, Font, PatternFill


class Styled(Protocol):
    """A cell, or a column: its cells look so as long as nobody gives them another style."""

    font: Any
    fill: Any
    border: Any
    alignment: Any
    number_format: Any


def put_on(target: Styled, style: Style) -> None:
    """Give a cell or a column a style."""
    target.font, target.fill, target.border, target.alignment = _parts(style)
    if style.number_format:
        target.number_format = style.number_format


@lru_cache
def _parts(style: Style) -> tuple[Font, PatternFill, Border, Alignment]:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    return (
        Font(name=style.font, size=style.size, bold=style.bold, color=style.ink),
        PatternFill("solid", start_color=style.fill) if style.fill else PatternFill(),
        Border(bottom=Side(style="thin", color=style.line)) if style.line else Border(),
        Alignment(
            horizontal=style.horizontal,
            vertical=style.vertical,
            wrap_text=style.wrap,
            # LibreOffice indents some numbers at the right and some not: only texts, then.
            indent=1 if style.horizontal == "left" else 0,
        ),
    )
