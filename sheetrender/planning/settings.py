"""The Settings tab: its cells typed and checked, the command line's values above them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sheetrender.model.cells import Address, Findings, Grid, Problem, Value
from sheetrender.model.frames import Size
from sheetrender.model.keyframes import Schedule, Settings
from sheetrender.model.timing import FrameRate, TimecodeError, parse_timecode
from sheetrender.planning import readers
from sheetrender.planning.cell_warnings import volatile_warnings
from sheetrender.planning.columns import CHANNEL_NAMES, channel, folded, nearest
from sheetrender.planning.schedule_text import read_schedule
from sheetrender.planning.settings_table import RENDERER, SETTINGS
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.planning.syntax import FormulaError

COMMAND_LINE = "--set"

_BY_FOLDED = {folded(setting.name): setting for setting in SETTINGS}
_CHANNELS = {folded(name): name for name in CHANNEL_NAMES}


def find_settings(grid: Grid | None, findings: Findings) -> tuple[int, int, int] | None:
    """Return heading row, name column and value column of a Settings tab, all 1-based.

    None where the tab has other headings: then it is the person's own, which is a warning.
    """
    if grid is None or not grid.cells:
        return None
    first = min(row for row, _ in grid.cells)
    heads = {
        folded(readers.written(cell.value)): column
        for (row, column), cell in grid.cells.items()
        if row == first
    }
    if "name" in heads and "value" in heads:
        return first, heads["name"], heads["value"]
    findings.warnings.append(
        Problem(
            place=None,
            tab=grid.tab,
            heading="",
            written="",
            wrong="this tab has no headings `name` and `value`, so it is left alone",
            remedy="Write name and value above its columns if it is meant for sheetrender.",
        )
    )
    return None


def read_settings(
    grid: Grid | None,
    cells: ComputedCells,
    overrides: Mapping[str, str],
    findings: Findings,
    *,
    decimal_comma: bool = False,
) -> Settings:
    """Return the settings of a sheet; what is wrong is added to `findings` and left at its default.

    Args:
        grid: the Settings tab, or None.
        cells: computes what the file does not carry.
        overrides: name and value of each ``--set`` of the command line, which beat the tab.
        findings: collects problems and warnings.
        decimal_comma: whether ``1,5`` means 1.5 in this sheet.
    """
    collector = _Collector(findings, decimal_comma=decimal_comma)
    where = find_settings(grid, findings)
    if grid is not None and where is not None:
        heading_row, name_column, value_column = where
        for row, columns in grid.rows().items():
            name = readers.text(columns[name_column].value) if name_column in columns else ""
            cell = columns.get(value_column)
            if row <= heading_row or not name or name.startswith("#") or cell is None:
                continue
            place = Address(grid.tab, row, value_column)
            try:
                value = cells.value(place, cell)
            except FormulaError as error:
                collector.wrong(place, name, cell.formula or readers.written(cell.value), error)
                continue
            findings.warnings.extend(volatile_warnings(cells, place, cell, name))
            collector.take(name, value, place)
    for name, override in overrides.items():
        collector.take(name, override, None) if override.strip() else collector.drop(name)
    return collector.settings()


class _Collector:
    def __init__(self, findings: Findings, *, decimal_comma: bool) -> None:
        self._findings = findings
        self._decimal_comma = decimal_comma
        self._values: dict[str, Any] = {}
        self._channels: dict[str, tuple[Value, Address | None]] = {}
        self._places: dict[str, Address] = {}

    def wrong(self, place: Address | None, name: str, value: str, error: FormulaError) -> None:
        self._findings.problems.append(
            Problem(
                place=place,
                tab=COMMAND_LINE,
                heading=name,
                written=value,
                wrong=str(error),
                remedy=error.remedy,
            )
        )

    def take(self, name: str, value: Value, place: Address | None) -> None:
        if readers.is_blank(value) or (place is not None and folded(name) == RENDERER):
            return
        setting = _BY_FOLDED.get(folded(name))
        channel_name = _CHANNELS.get(folded(name))
        if setting is None and channel_name is None:
            self._unknown(name, place)
            return
        known = setting.name if setting else str(channel_name)
        earlier = self._places.pop(known, None)
        if place is not None:
            self._places[known] = place
            if earlier is not None:
                self._warn_of_second(known, earlier, place)
        if channel_name is not None:
            self._channels[channel_name] = (value, place)
            return
        assert setting is not None
        try:
            self._values[setting.name] = setting.read(self._plain(value))
        except FormulaError as error:
            self.wrong(place, setting.name, readers.written(value), error)

    def drop(self, name: str) -> None:
        """Take a setting back to its default."""
        setting, channel_name = _BY_FOLDED.get(folded(name)), _CHANNELS.get(folded(name))
        if setting is None and channel_name is None:
            self._unknown(name, None)
        elif setting is not None:
            self._values.pop(setting.name, None)
        else:
            self._channels.pop(str(channel_name), None)

    def _plain(self, value: Value) -> Value:
        """Return a decimal comma as a number where the sheet writes numbers so."""
        if self._decimal_comma and isinstance(value, str) and re.fullmatch(r"\d+,\d+", value):
            return value.replace(",", ".")
        return value

    def _warn_of_second(self, name: str, earlier: Address, place: Address) -> None:
        self._findings.warnings.append(
            Problem(
                place=place,
                heading=name,
                written="",
                wrong=f"stands at {earlier} already; this later one counts",
                remedy="Keep one of them.",
            )
        )

    def _unknown(self, name: str, place: Address | None) -> None:
        close = nearest(name, [*(s.name for s in SETTINGS), *CHANNEL_NAMES])
        problem = Problem(
            place=place,
            tab=COMMAND_LINE,
            heading="",
            written=name,
            wrong="is no setting and is left alone" if place else "is no setting",
            remedy=f"Did you mean {close}?" if close else "`init` makes a sheet with all.",
        )
        (self._findings.warnings if place else self._findings.problems).append(problem)

    def settings(self) -> Settings:
        values = dict(self._values)
        rate = values.pop("fps", FrameRate.parse("30"))
        size = Size(values.pop("width", 768), values.pop("height", 432))
        settings = Settings(rate=rate, size=size, places=self._places, **values)
        settings = self._checked_start(settings)
        return replace(settings, channels=self._channel_schedules())

    def _checked_start(self, settings: Settings) -> Settings:
        try:
            parse_timecode(settings.start_timecode, settings.rate)
        except TimecodeError as error:
            name = "start_timecode"
            place = self._places.get(name)
            remedy = "Write the label of the first frame, such as 01:00:00:00."
            self.wrong(place, name, settings.start_timecode, FormulaError(str(error), remedy))
            return replace(settings, start_timecode="00:00:00:00")
        return settings

    def _channel_schedules(self) -> dict[str, Schedule]:
        schedules = {}
        for name, (value, place) in self._channels.items():
            try:
                schedules[name] = read_schedule(
                    value, channel(name), place, decimal_comma=self._decimal_comma
                )
            except FormulaError as error:
                self.wrong(place, name, readers.written(value), error)
        return schedules
