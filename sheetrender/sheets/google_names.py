"""Named ranges of a Google Sheet: what people named, and the names by which we hold our columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheetrender.model.cells import DefinedName, column_letters
from sheetrender.sheets.a1 import Area
from sheetrender.sheets.formula_tokens import formula_tokens
from sheetrender.sheets.google_areas import area_of

NAME_FIELDS = "namedRanges(namedRangeId,name,range)"
"""What has to be asked for of a spreadsheet."""

OURS = "sheetrender_"
"""How the names of our columns begin."""


@dataclass(frozen=True, slots=True)
class NamedRange:
    """A named range.

    Attributes:
        identity: what the API knows it by.
        name: as people see it.
        sheet_id: of its tab.
        area: its cells; None once all of them were deleted.
    """

    identity: str
    name: str
    sheet_id: int
    area: Area | None


def named_ranges(answer: Mapping[str, Any]) -> Iterator[NamedRange]:
    """Yield what an answer to a read with `NAME_FIELDS` says."""
    for entry in answer.get("namedRanges", ()):
        place = entry.get("range")
        sheet_id = place.get("sheetId", 0) if place else 0
        area = area_of(place) if place else None
        yield NamedRange(entry.get("namedRangeId", ""), entry.get("name", ""), sheet_id, area)


def defined_names(named: Sequence[NamedRange], titles: Mapping[int, str]) -> list[DefinedName]:
    """Return what people named, in the model's words; our own names are left out.

    Args:
        named: all named ranges.
        titles: of the tabs, by what the API knows them by.
    """
    names = []
    for one in named:
        if one.area is None or one.sheet_id not in titles or one.name.startswith(OURS):
            continue
        quoted = titles[one.sheet_id].replace("'", "''")
        formula = f"='{quoted}'!{_absolute(one.area)}"
        tokens = formula_tokens(formula)
        names.append(DefinedName(name=one.name, formula=formula, tokens=tokens))
    return names


def _absolute(area: Area) -> str:
    first = f"${column_letters(area.left)}${area.top}"
    last = f"${column_letters(area.right)}${area.bottom}"
    return first if first == last else f"{first}:{last}"
