"""The Keyframes tab of a new workbook: headings with what each means, example rows, spare rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sheetrender.model.cells import column_letters
from sheetrender.planning.columns import Column, column_named
from sheetrender.sheets.new_description import (
    Group,
    Heading,
    Limits,
    NewRow,
    NewValue,
    Table,
    WordColour,
)
from sheetrender.workflow.template_places import Places, with_parts


def letters_of(headings: Sequence[Heading]) -> dict[str, str]:
    """Return the letters of each heading's column."""
    return {h.text: column_letters(n) for n, h in enumerate(headings, start=1)}


class KeyframesTab:
    """The rows of the video."""

    def __init__(self, layout: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
        self._layout = layout
        self._wanted = wanted["keyframes"]
        own = (*layout["own"]["columns"], *self._wanted.get("own", ()))
        self._own = {column["heading"]: column for column in own}
        self._widths = {**layout["widths"], **self._wanted.get("widths", {})}
        self._own_group = Group(layout["own"]["title"], layout["own"]["tint"])
        self._groups = {
            name: Group(group["title"], group["tint"], group.get("body", ""))
            for group in layout["groups"]
            for name in group["columns"]
        }

    def table(self, settings: Mapping[str, int]) -> Table:
        """Return the tab.

        Args:
            settings: row by name of the Settings tab.

        Raises:
            ValueError: a column or cell is nobody's.
        """
        headings = tuple(self._heading(name) for name in self._wanted["columns"])
        table = Table(
            title="Keyframes",
            colour=self._layout["tabs"]["keyframes"],
            headings=headings,
            rows=(),
            frozen=sum(heading.group == headings[0].group for heading in headings),
            pages_wide=2,
        )
        first = table.heading_row + 1
        places = Places(columns=letters_of(headings), settings=settings, first_row=first)
        return replace(table, rows=tuple(self._rows(first, places)))

    def _rows(self, first: int, places: Places) -> Iterator[NewRow]:
        columns = self._wanted["columns"]
        own = {name: self._own[name] for name in columns if name in self._own}
        formulas = {
            name: with_parts(column["formula"], column.get("parts", {}))
            for name, column in own.items()
            if "formula" in column
        }
        spare: list[dict[str, NewValue]] = [{}] * self._wanted.get("spare_rows", 0)
        for number, row in enumerate([*self._wanted["rows"], *spare], start=first):
            if unknown := row.keys() - set(columns):
                raise ValueError(f"there is no column for {', '.join(sorted(unknown))}")
            values = {**formulas, **row}
            yield NewRow({name: places.filled_in(v, number) for name, v in values.items()})

    def _heading(self, name: str) -> Heading:
        column = None if name in self._own else column_named(name)
        return self._own_heading(name) if column is None else self._known_heading(column)

    def _own_heading(self, name: str) -> Heading:
        if name not in self._own:
            raise ValueError(f"{name} is no heading of ours, and no [[keyframes.own]] describes it")
        own, widths = self._own[name], self._widths
        return Heading(
            text=name,
            group=self._groups.get(name, self._own_group),
            note=own.get("help", ""),
            width=own.get("width", widths.get(name, widths["own"])),
            is_text=not own.get("is_number", False),
            choices=tuple(own.get("choices", ())),
        )

    def _known_heading(self, column: Column) -> Heading:
        name, widths = column.heading, self._widths
        words = self._layout["choices"].get(name, ())
        colours = self._layout["colours"].get(name, {})
        return Heading(
            text=name,
            group=self._groups[name],
            note=_note(column),
            width=widths[name] if name in widths else widths["channel"],
            is_text=column.kind in ("text", "flag", "ours"),
            choices=tuple(words),
            limits=_limits(column),
            number_format=self._layout["formats"].get(name, ""),
            colours=tuple(WordColour(w, c["fill"], c["ink"]) for w, c in colours.items()),
            is_ours=column.kind == "ours",
        )


def _note(column: Column) -> str:
    lines = [column.help]
    if column.unit:
        lines.append(f"Unit: {column.unit}.")
    if column.limits:
        lines.append(f"Numbers {column.limits}.")
    if column.kind == "channel":
        lines.append(f"Without any value in the column: {column.default:g}.")
        lines.append("A number glides to the next number; a formula text holds until then.")
    return "\n".join(lines)


def _limits(column: Column) -> Limits | None:
    if column.kind == "frame":
        message = "Frames are whole numbers from 0. Write times as text: 83s, 1:23.5, 00:01:23:00."
        return Limits(low=0, whole=True, message=message)
    if not column.limits:
        return None
    kind = "Whole numbers" if column.whole else "Numbers"
    return Limits(
        low=column.low,
        high=column.high,
        above_low=column.above_low,
        whole=column.whole,
        allows_text=column.kind == "channel",
        message=f"{kind} {column.limits}, please.",
    )
