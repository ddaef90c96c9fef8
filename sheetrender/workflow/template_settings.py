"""The Settings tab of a new workbook: every setting with its usual value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sheetrender.planning.columns import CHANNEL_NAMES, column_named
from sheetrender.planning.settings_table import SETTINGS
from sheetrender.sheets.new_description import Group, Heading, NewRow, NewValue, Table
from sheetrender.workflow.template_places import Places, with_parts

_OTHERS = "Every frame"
"""The title above channels that stand in no group."""

_SETTINGS = {setting.name: setting for setting in SETTINGS}


class SettingsTab:
    """What holds for the whole video, each line with what it does."""

    def __init__(self, layout: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
        self._layout = layout
        self._look = layout["settings"]
        self._columns = wanted["keyframes"]["columns"]
        settings = wanted.get("settings", {})
        self._values: Mapping[str, NewValue] = settings.get("values", {})
        self._own = settings.get("own_heading", "")
        self._remarks: Mapping[str, str] = settings.get("remarks", {})

    def table(self) -> tuple[Table, dict[str, int]]:
        """Return the tab, and the row in which each name stands."""
        table = Table(
            title="Settings",
            colour=self._layout["tabs"]["settings"],
            headings=tuple(self._headings()),
            rows=tuple(self._rows()),
        )
        names = {name: row for row, name in self._named(table)}
        places = Places(columns={}, settings=names)
        rows = (
            replace(row, values={n: places.filled_in(v, number) for n, v in row.values.items()})
            for number, row in enumerate(table.rows, start=table.heading_row + 1)
        )
        return replace(table, rows=tuple(rows)), names

    def _named(self, table: Table) -> Iterator[tuple[int, str]]:
        labels = {line["label"]: line["name"] for line in self._look["computed"]["rows"]}
        for number, row in enumerate(table.rows, start=table.heading_row + 1):
            name = str(row.values["name"])
            yield number, labels.get(name, name)

    def _headings(self) -> Iterator[Heading]:
        group, widths = Group("", self._look["tint"]), self._look["widths"]
        for key, text in (("name", "name"), ("value", "value"), ("help", self._look["help"])):
            yield Heading(text=text, group=group, width=widths[key], is_text=True)
        if self._own:
            own = Group("", self._layout["own"]["tint"])
            yield Heading(text=self._own, group=own, width=widths["own"], is_text=True)

    def _rows(self) -> Iterator[NewRow]:
        left = dict(self._values)
        for group in self._look["groups"]:
            yield NewRow({"name": group["title"]}, is_section=True)
            for name in group["names"]:
                if name not in self._columns or name in _SETTINGS or name in left:
                    yield self._row(name)
                left.pop(name, None)
        channels = [name for name in left if name in CHANNEL_NAMES]
        for name in (name for name in left if name not in channels):
            yield self._row(name)
        if channels:
            yield NewRow({"name": _OTHERS}, is_section=True)
        for name in channels:
            yield self._row(name)
        if "timecode" in self._columns:
            yield from self._computed()

    def _computed(self) -> Iterator[NewRow]:
        """Yield lines of formulas; what begins with # is a remark to the program."""
        computed = self._look["computed"]
        yield NewRow({"name": computed["title"]}, is_section=True)
        for line in computed["rows"]:
            formula = with_parts(line["formula"], line.get("parts", {}))
            shown = {"name": line["label"], "value": formula, self._look["help"]: line["help"]}
            yield NewRow(shown)

    def _row(self, name: str) -> NewRow:
        setting = _SETTINGS.get(name)
        column = column_named(name) if setting is None else None
        shown = setting.default if setting else f"{column.default:g}" if column else ""
        help_text = setting.help if setting else column.help if column else ""
        choices = setting.choices if setting else ()
        values = {
            "name": name,
            "value": self._values.get(name, _as_number(shown)),
            self._look["help"]: help_text,
            self._own: self._remarks.get(name),
        }
        return NewRow(values, {"value": choices} if choices else {})


def _as_number(shown: str) -> NewValue:
    """Return a default as spreadsheets hold it: numbers as numbers, nothing as nothing."""
    try:
        number = float(shown)
    except ValueError:
        return shown or None
    return int(number) if number.is_integer() else number
