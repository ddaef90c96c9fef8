"""The tab whose one cell holds all prompts in the form that Deforum takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sheetrender.model.cells import column_letters
from sheetrender.sheets.new_description import Group, Heading, NewRow, Table
from sheetrender.workflow.template_keyframes import letters_of
from sheetrender.workflow.template_places import Places, with_parts


def prompts_tab(layout: Mapping[str, Any], keyframes: Table, settings: Mapping[str, int]) -> Table:
    """Return the tab: the cell to copy, and below it the lines that it is put together from.

    Args:
        layout: what all templates share.
        keyframes: the tab of the rows.
        settings: row by name of the Settings tab.

    Raises:
        KeyError: the rows lack one of the columns that make a prompt.
    """
    look = layout["deforum"]
    columns = look["columns"]
    table = Table(
        title=look["title"],
        colour=layout["tabs"]["page"],
        headings=tuple(_heading(column) for column in columns),
        rows=(),
    )
    places = Places(
        columns={c["name"]: column_letters(n) for n, c in enumerate(columns, start=1)},
        settings=settings,
        keyframes=letters_of(keyframes.headings),
        first_row=keyframes.heading_row + 1,
    )
    rows = _rows(look, columns, places, table.heading_row + 1)
    return Table(title=table.title, colour=table.colour, headings=table.headings, rows=tuple(rows))


def _heading(column: Mapping[str, Any]) -> Heading:
    return Heading(
        text=column["heading"],
        group=Group(column["group"], column["tint"]),
        note=column["help"],
        width=column["width"],
        is_text=not column.get("is_number", False),
    )


def _rows(
    look: Mapping[str, Any], columns: Sequence[Mapping[str, Any]], places: Places, first: int
) -> Iterator[NewRow]:
    """Yield the row to copy from, a title, and the lines, each with the rows' next frame."""
    below, last = first + 2, first + 1 + look["lines"]
    parts = {"first": str(below), "last": str(last), "lines": str(look["lines"]), **look["parts"]}
    whole = {c["heading"]: with_parts(c["whole"], parts) for c in columns if "whole" in c}
    texts = {name: places.filled_in(value, first) for name, value in whole.items()}
    yield NewRow(texts, lines=look["room"])
    yield NewRow({columns[0]["heading"]: look["below"]}, is_section=True)
    for number, row in enumerate(range(below, last + 1), start=1):
        values = {}
        for column in columns:
            # The topmost line has none above it whose texts it could carry on.
            formula = column.get("topmost", column["formula"]) if number == 1 else column["formula"]
            formula = with_parts(formula, {"number": str(number), **look["parts"]})
            values[column["heading"]] = places.filled_in(formula, row)
        yield NewRow(values)
