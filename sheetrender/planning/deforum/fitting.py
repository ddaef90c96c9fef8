"""What cells can hold: texts of a limited length, without control characters."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sheetrender.planning.deforum.keys import Cell

MAX_TEXT = 32_767
"""Letters that Excel takes in a cell."""

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Unused:
    """A key that is no cell.

    Attributes:
        name: as it stands in the file.
        value: as JSON has it.
        why: one clause.
        is_missed: the picture would be another one with it, as far as the key itself tells.
    """

    name: str
    value: object
    why: str
    is_missed: bool = True


def fitted(
    cells: Mapping[str, Cell], where: str, unused: list[Unused], notices: list[str]
) -> dict[str, Cell]:
    """Return cells whose texts fit; what is cut off is added to `unused`, and said."""
    found = dict(cells)
    for heading, cell in cells.items():
        if not isinstance(cell, str):
            continue
        text = _UNFIT.sub(" ", cell)
        if text == cell and len(cell) <= MAX_TEXT:
            continue
        why = "has control characters" if text != cell else f"is longer than {MAX_TEXT} letters"
        unused.append(Unused(f"{heading} {where}", cell, f"is whole here: it {why}"))
        notices.append(f"The {heading} {where} {why}: its cell holds what fits.")
        found[heading] = text[:MAX_TEXT]
    return found


def as_lines(unused: Sequence[Unused]) -> Iterator[tuple[str, str, str]]:
    """Yield name, value and reason of each as texts; a long value goes on in further lines."""
    for entry in unused:
        text = _as_text(entry.value)
        parts = [text[at : at + MAX_TEXT] for at in range(0, len(text), MAX_TEXT)] or [""]
        for number, part in enumerate(parts, start=1):
            more = f" (part {number} of {len(parts)})" if len(parts) > 1 else ""
            yield _UNFIT.sub(" ", entry.name)[:200] + more, part, entry.why


def _as_text(value: object) -> str:
    """Return a value that a cell can hold; JSON for what is no text, and where its escapes help."""
    if isinstance(value, str) and not _UNFIT.search(value):
        return value
    text = json.dumps(value, ensure_ascii=False)
    return json.dumps(value) if _UNFIT.search(text) else text
