"""The texts of formulas, whose references go with the cells that they name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from itertools import count

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.formula.translate import Translator

from tests.emulator import a1
from tests.emulator.a1 import Area
from tests.emulator.cells import Cell

Place = Callable[[int], int | None]
"""Where a row or column of before is now; None where it was deleted."""


def carried(cell: Cell, rows: int) -> Cell:
    """Carry a cell some rows down, with the relative references of its formula."""
    if not cell.formula or not rows:
        return cell
    return replace(cell, formula=_translated(cell.formula, rows))


@lru_cache(maxsize=4096)
def _translated(formula: str, rows: int) -> str:
    start = 100_000  # references above the first row are Google's #REF! as they are openpyxl's
    down = Translator(formula, f"A{start}").translate_formula(f"A{start + rows}")
    return str(down)


def followed(cell: Cell, title: str, dimension: str, place: Place, *, ranges: bool) -> Cell:
    """Rewrite the references of a formula after rows or columns changed places."""
    assert cell.formula
    tokens = Tokenizer(cell.formula)
    for token in tokens.items:
        if (token.type, token.subtype) == (Token.OPERAND, Token.RANGE):
            token.value = _reference(token.value, title, dimension, place, ranges)
    formula = tokens.render()
    if formula == cell.formula:
        return cell
    return replace(cell, formula=formula, error="REF" if "#REF!" in formula else cell.error)


def _reference(text: str, title: str, dimension: str, place: Place, ranges: bool) -> str:
    of_title, corners = a1.split(text)
    area = a1.corners(corners)
    if area is None or of_title not in (None, title) or not (area.is_one_cell or ranges):
        return text
    moved = moved_area(area, dimension, place)
    prefix = "" if of_title is None else a1.quoted(title) + "!"
    if moved is None:
        return "#REF!"
    return prefix + _with_places(corners, area, moved)


def _with_places(corners: str, old: Area, new: Area) -> str:
    """Write the corners anew, keeping their dollar signs."""
    if old == new:
        return corners
    first, _, last = corners.partition(":")
    texts = [_corner(first, new.left, new.top)]
    if last:
        right, bottom = new.right or 1, new.bottom or 1
        texts.append(_corner(last, right - 1, bottom - 1))
    return ":".join(texts)


def _corner(text: str, column: int, row: int) -> str:
    found = a1.CORNERS.fullmatch(text)
    assert found
    letters, number = found[1], found[2]
    written = ("$" if text.startswith("$") and letters else "") + (
        a1.column_letters(column) if letters else ""
    )
    if number:
        written += ("$" if "$" + number in text else "") + str(row + 1)
    return written


def moved_area(area: Area, dimension: str, place: Place) -> Area | None:
    """Follow an area; None when all of it was deleted."""
    if dimension == "ROWS":
        stretch = _moved(area.top, area.bottom, place)
        return stretch and replace(area, top=stretch[0], bottom=stretch[1])
    stretch = _moved(area.left, area.right, place)
    return stretch and replace(area, left=stretch[0], right=stretch[1])


def _moved(start: int, end: int | None, place: Place) -> tuple[int, int | None] | None:
    if end is None:
        # A range that has no end begins where the first of its lines is that was not deleted.
        return (
            next(new for i in count(start) if (new := place(i)) is not None) if start else 0
        ), None
    places = [new for index in range(start, end) if (new := place(index)) is not None]
    return (min(places), max(places) + 1) if places else None
