"""Where the cells stand that formulas of a template name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sheetrender.sheets.new_description import NewValue, PlainText
from sheetrender.sheets.new_workbook import LAST_ROW

_PLACE = re.compile(r"\{(?:(\w+)\.)?(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What stands in the place of a name in braces.

    ``{zoom}`` is a cell of the same row, ``{above.zoom}`` one of the row above, ``{first.zoom}``
    one of the first row, ``{settings.fps}`` the value of a setting. From other tabs ``{all.zoom}``
    is the whole column of the Keyframes tab, and ``{rows.zoom}`` the column without its heading.

    Attributes:
        columns: letters by heading, of the tab in which the formula stands.
        settings: row by name of the Settings tab.
        keyframes: letters by heading, of the Keyframes tab.
        first_row: of the Keyframes tab, below its headings.
    """

    columns: Mapping[str, str]
    settings: Mapping[str, int]
    keyframes: Mapping[str, str] = field(default_factory=dict)
    first_row: int = 0

    def filled_in(self, value: NewValue, row: int) -> NewValue:
        """Return a value of that row with addresses in the place of names.

        Raises:
            KeyError: a name is none of a column or setting.
        """
        if isinstance(value, PlainText) or not (isinstance(value, str) and value.startswith("=")):
            return value
        return _PLACE.sub(lambda match: self._address(match[1] or "", match[2], row), value)

    def _address(self, where: str, name: str, row: int) -> str:
        if where == "settings":
            return f"Settings!$B${self.settings[name]}"
        if where == "all":
            letters = self.keyframes[name]
            return f"Keyframes!${letters}:${letters}"
        if where == "rows":
            letters = self.keyframes[name]
            return f"Keyframes!${letters}${self.first_row}:${letters}${LAST_ROW}"
        if where == "first":
            return f"{self.columns[name]}${self.first_row}"
        return f"{self.columns[name]}{row - 1 if where == 'above' else row}"


def with_parts(formula: str, parts: Mapping[str, str]) -> str:
    """Return a formula with its named pieces in their places.

    Args:
        formula: a piece stands in it as ``<name>``.
        parts: pieces by name; each may use those before it.
    """
    whole: dict[str, str] = {}
    for name, part in parts.items():
        whole[name] = _with(part, whole)
    return _with(formula, whole)


def _with(text: str, parts: Mapping[str, str]) -> str:
    for name, part in parts.items():
        text = text.replace(f"<{name}>", part)
    return text
