"""The names that a workbook gives to cells, constants and formulas."""

from __future__ import annotations

from collections.abc import Iterable

from sheetrender.model.cells import DefinedName
from sheetrender.planning.cell_areas import Area, area_of, moves_with_its_cell
from sheetrender.planning.cell_values import SAVE_ONCE
from sheetrender.planning.columns import nearest
from sheetrender.planning.syntax import FormulaError


class Names:
    """The names of a workbook; one of a single tab goes before one of all tabs."""

    def __init__(self, names: Iterable[DefinedName]) -> None:
        self._names = {(n.tab.casefold(), n.name.casefold()): n for n in names}

    def find(self, text: str, tab: str) -> DefinedName | None:
        """Return the name that a word in a formula on `tab` means, or None."""
        before, _, word = text.rpartition("!")
        scope = before.strip("'").replace("''", "'") or tab
        folded = word.casefold()
        return self._names.get((scope.casefold(), folded)) or self._names.get(("", folded))

    def formulas(self) -> list[str]:
        """Return what the names stand for."""
        return [name.formula for name in self._names.values()]

    def get(self, text: str, tab: str) -> DefinedName:
        """Return the name that a word in a formula on `tab` means.

        Raises:
            FormulaError: it means none, or one that depends on where it is used.
        """
        name = self.find(text, tab)
        if name is None:
            raise self._unknown(text)
        if moves_with_its_cell(name.formula):
            raise FormulaError(
                f"uses the name {name.name}, whose cells depend on where it is used",
                f"Write {name.formula} with $ signs in the name, as in $A$1.",
            )
        return name

    def _unknown(self, text: str) -> FormulaError:
        if "[" in text:
            return FormulaError(
                f"uses {text}, a column of a table, which we cannot compute",
                f"Name its cells, as in A2:A9. {SAVE_ONCE}",
            )
        close = nearest(text, [name.name for name in self._names.values()])
        hint = f"Did you mean {close}? " if close else ""
        return FormulaError(
            f"uses {text}, which is neither a cell nor a name of this workbook", hint + SAVE_ONCE
        )


def named_area(name: DefinedName) -> Area | None:
    """Return the cells that a name stands for; None where it stands for a formula.

    Raises:
        FormulaError: they lie in another file.
    """
    return area_of(name.formula.removeprefix("=").strip(), name.tab)
