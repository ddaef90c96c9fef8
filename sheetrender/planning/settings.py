"""The Settings tab: one table of names, and the reader that types and checks them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from sheetrender.model.cells import Address, Findings, Grid, Problem, Value
from sheetrender.model.frames import Size
from sheetrender.model.keyframes import (
    Border,
    ColorCoherence,
    Interpolation,
    SeedBehavior,
    Settings,
)
from sheetrender.model.timing import FrameRate, TimecodeError, parse_timecode
from sheetrender.planning import readers
from sheetrender.planning.columns import CHANNEL_NAMES, Column, channel, folded, nearest
from sheetrender.planning.schedules import channel_keys
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.planning.syntax import FormulaError

Reader = Callable[[Value], Any]
COMMAND_LINE = "--set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One name that may stand in the Settings tab.

    Attributes:
        name: as we write it.
        default: as a person would write it; empty for none.
        help: one line for a person.
        read: turns the cell into the value of `Settings`' attribute of the same name.
        choices: the words that it may be; empty where it may be anything that `read` takes.
    """

    name: str
    default: str
    help: str
    read: Reader
    choices: tuple[str, ...] = ()


def _chosen(name: str, help_text: str, *choices: str) -> Setting:
    """Return a setting that is one of a few words, the first of them by default."""
    return Setting(
        name=name, default=choices[0], help=help_text, read=_choice(choices), choices=choices
    )


def _choice(names: Sequence[str]) -> Reader:
    def read(value: Value) -> str:
        word = readers.text(value).casefold()
        if word in names:
            return word
        close = nearest(word, names)
        hint = f"Did you mean {close}?" if close else f"Write one of {', '.join(names)}."
        raise FormulaError("is not a choice here", hint)

    return read


def _whole(low: int, high: int) -> Reader:
    column = Column(heading="", kind="seed", help="", low=low, high=high)
    return lambda value: readers.whole_number(value, column)


def _number(low: float | None = None, high: float | None = None, *, above: bool = False) -> Reader:
    column = Column(heading="", kind="channel", help="", low=low, high=high, above_low=above)

    def read(value: Value) -> float:
        found = readers.number(value)
        if found is None:
            raise FormulaError("is not a number", f"Write a number {column.limits}.")
        if not column.allows(found):
            raise FormulaError("is out of range", f"Write a number {column.limits}.")
        return found

    return read


def _side(value: Value) -> int:
    pixels: int = _whole(8, 16384)(value)
    if pixels % 8:
        near = pixels // 8 * 8
        raise FormulaError("is not a multiple of 8", f"Write {near} or {near + 8}.")
    return pixels


def _rate(value: Value) -> FrameRate:
    remedy = "Write a rate such as 24, 25, 29.97, 30 or 30000/1001."
    try:
        rate = FrameRate.parse(readers.written(value))
    except ValueError as error:
        raise FormulaError("is not a frame rate", remedy) from error
    if not 1 <= rate.per_second <= 1000:
        raise FormulaError("is out of range: from 1 to 1000", remedy)
    return rate


def _size(value: Value) -> Size:
    match = re.fullmatch(r"(\d{2,5})\s*[x×*]\s*(\d{2,5})", readers.text(value))
    if match is None:
        raise FormulaError("is not a size", "Write width x height, such as 1920x1080.")
    return Size(int(match[1]), int(match[2]))


def _start_timecode(value: Value) -> str:
    word = readers.text(value)
    if not re.fullmatch(r"\d{1,2}[:;]\d{2}[:;]\d{2}[:;]\d{2}", word):
        raise FormulaError("is not a timecode", "Write it as text: 01:00:00:00.")
    return word


SETTINGS = (
    Setting(name="fps", default="30", help="Frames per second; 29.97 is 30000/1001.", read=_rate),
    Setting(name="width", default="768", help="Of the picture, a multiple of 8.", read=_side),
    Setting(name="height", default="432", help="Of the picture, a multiple of 8.", read=_side),
    Setting(
        name="frames",
        default="",
        help="Length; empty: the song's, else one second past the last row.",
        read=_whole(1, 10_000_000),
    ),
    Setting(name="song", default="", help="Sound file, beside the sheet.", read=readers.text),
    Setting(
        name="bpm", default="", help="Beats per minute, for b16 and bar 4.", read=_number(1, 999)
    ),
    Setting(name="first_beat", default="0", help="Seconds to the first beat.", read=_number()),
    _chosen("engine", "Who draws. The animatic needs no model.", "animatic", "diffusion"),
    Setting(
        name="model", default="", help="Name or file of the engine's model.", read=readers.text
    ),
    Setting(
        name="sampler",
        default="ddim",
        help="The engine's way of drawing, as in Deforum.",
        read=readers.text,
    ),
    Setting(
        name="seed",
        default="0",
        help="For rows without one; -1 draws.",
        read=_whole(-1, 2**32 - 1),
    ),
    _chosen("seed_behavior", "How the seed goes on from frame to frame.", *get_args(SeedBehavior)),
    Setting(name="style", default="", help="For rows without one.", read=readers.text),
    Setting(name="negative", default="", help="For rows without one.", read=readers.text),
    _chosen(
        "color_coherence",
        "How a segment's colours are kept near its first picture's.",
        *get_args(ColorCoherence),
    ),
    _chosen("border", "What fills the edges that motion uncovers.", *get_args(Border)),
    _chosen("interpolation", "How numbers go on to the next number.", *get_args(Interpolation)),
    Setting(name="output", default="", help="Output folder, beside the sheet.", read=readers.text),
    Setting(
        name="start_timecode",
        default="00:00:00:00",
        help="The timecode of frame 0.",
        read=_start_timecode,
    ),
    Setting(name="scale_to", default="", help="Size of the finished video: 1920x1080.", read=_size),
    Setting(name="grain", default="0", help="Film grain, % of full scale.", read=_number(0, 100)),
    Setting(name="lut", default="", help="A .cube colour table.", read=readers.text),
    _chosen("codec", "How the video is stored; prores is for editors.", "h264", "hevc", "prores"),
    Setting(
        name="caption",
        default="yes",
        help="Animatic: write subject, frame and timecode into the picture.",
        read=readers.flag,
        choices=("yes", "no"),
    ),
)
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
        if readers.is_blank(value):
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
            remedy=f"Did you mean {close}?" if close else "The README lists the settings.",
        )
        (self._findings.warnings if place else self._findings.problems).append(problem)

    def settings(self) -> Settings:
        values = dict(self._values)
        rate = values.pop("fps", FrameRate.parse("30"))
        size = Size(values.pop("width", 768), values.pop("height", 432))
        settings = Settings(rate=rate, size=size, places=self._places, **values)
        settings = self._checked_start(settings)
        return replace(settings, channels=self._channel_keys())

    def _checked_start(self, settings: Settings) -> Settings:
        try:
            parse_timecode(settings.start_timecode, settings.rate)
        except TimecodeError as error:
            name = "start_timecode"
            place = self._places.get(name)
            self.wrong(place, name, settings.start_timecode, FormulaError(str(error)))
            return replace(settings, start_timecode="00:00:00:00")
        return settings

    def _channel_keys(self) -> dict[str, Any]:
        keys = {}
        for name, (value, place) in self._channels.items():
            try:
                keys[name] = channel_keys(
                    value, channel(name), place, decimal_comma=self._decimal_comma
                )
            except FormulaError as error:
                self.wrong(place, name, readers.written(value), error)
        return keys
