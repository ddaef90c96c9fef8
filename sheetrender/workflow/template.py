"""A template, which is text that people edit, becomes the description of a new workbook."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from sheetrender.model.cells import column_letters
from sheetrender.planning.audio_tab import FEATURES, HELP, STEMS
from sheetrender.planning.audio_tab import TAB as AUDIO_TAB
from sheetrender.planning.columns import CHANNEL_NAMES, Column, column_named
from sheetrender.planning.settings_table import SETTINGS
from sheetrender.sheets.new_description import (
    Group,
    Heading,
    Limits,
    Look,
    NewRow,
    NewValue,
    NewWorkbook,
    Page,
    PlainText,
    Section,
    Table,
    WordColour,
)

LAYOUT = "layout.toml"
"""The file of the package of templates that says how all of them look."""

_OTHERS = "Every frame"
"""The title above channels that stand in no group of the Settings tab."""

_FILE = "FILE.xlsx"
_PLACE = re.compile(r"\{(above\.|settings\.)?(\w+)\}")
_SETTINGS = {setting.name: setting for setting in SETTINGS}


def described(template: str, address: str = "") -> NewWorkbook:
    """Return the workbook that the text of a template describes.

    Args:
        template: TOML.
        address: of the Google Sheet that it is for; empty for a file.

    Raises:
        ValueError: the text is no TOML, or names a column that nobody describes.
        KeyError: it leaves something out, or names a setting or cell that there is not.
    """
    return laid_out(tomllib.loads(template), address)


def laid_out(wanted: Mapping[str, Any], address: str = "") -> NewWorkbook:
    """Return the workbook that a template describes once its text is read.

    Args:
        wanted: what the template says.
        address: of the Google Sheet that it is for; empty for a file.

    Raises:
        ValueError: it names a column that nobody describes.
        KeyError: it leaves something out, or names a setting or cell that there is not.
    """
    layout = look_of_all()
    settings = _SettingsTab(layout, wanted).table()
    rows = {str(row.values["name"]): n for n, row in enumerate(settings.rows, start=2)}
    return NewWorkbook(
        title=wanted["title"],
        look=Look(**layout["look"]),
        tabs=(
            _KeyframesTab(layout, wanted).table(rows),
            *_audio_tab(layout, wanted),
            settings,
            *_pages(layout, wanted, address),
        ),
    )


def _audio_tab(layout: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[Table]:
    """Yield the tab of curves, where a template has any."""
    if "audio" not in wanted:
        return
    look = layout["audio"]
    groups = {
        name: Group(group["title"], group["tint"])
        for group in look["groups"]
        for name in group["columns"]
    }
    choices: Mapping[str, tuple[str, ...]] = {"stem": STEMS, "feature": FEATURES}
    words = {"name", "file", "function", *choices}
    rows = [NewRow(row) for row in wanted["audio"]["rows"]]
    own = [name for name in wanted["audio"].get("columns", ()) if name not in HELP]
    yield Table(
        title=AUDIO_TAB,
        colour=layout["tabs"]["audio"],
        headings=(
            *(
                Heading(
                    text=name,
                    group=groups[name],
                    note=note,
                    width=look["widths"].get(name, look["widths"]["number"]),
                    is_text=name in words,
                    choices=choices.get(name, ()),
                )
                for name, note in HELP.items()
            ),
            *(
                Heading(
                    text=name,
                    group=Group(layout["own"]["title"], layout["own"]["tint"]),
                    width=layout["widths"]["own"],
                    is_text=True,
                )
                for name in own
            ),
        ),
        rows=tuple(rows),
        frozen=1,
    )


def look_of_all() -> dict[str, Any]:
    """Return what all templates share: colours, widths, groups."""
    text = files("sheetrender.templates").joinpath(LAYOUT).read_text(encoding="utf-8")
    return tomllib.loads(text)


def _pages(layout: Mapping[str, Any], wanted: Mapping[str, Any], address: str) -> Iterator[Page]:
    for page in wanted.get("pages", ()):
        sections = (
            Section(
                s.get("heading", ""), tuple(_line(*line, address=address) for line in s["lines"])
            )
            for s in page["sections"]
        )
        yield Page(
            title=page["title"],
            colour=layout["tabs"]["page"],
            headline=page["headline"],
            sections=tuple(sections),
        )


def _line(term: str, text: str, online: str = "", *, address: str) -> tuple[str, str]:
    """Return a line of a page; some say another thing in a Google Sheet than in a file."""
    if not address:
        return term, text
    return term.replace(_FILE, address), online or text


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the cells stand that formulas of a template name.

    Attributes:
        columns: letters by heading of the Keyframes tab.
        settings: row by name of the Settings tab.
    """

    columns: Mapping[str, str]
    settings: Mapping[str, int]

    def filled_in(self, value: NewValue, row: int) -> NewValue:
        """Return a value of that row with addresses in the place of names."""
        if isinstance(value, PlainText) or not (isinstance(value, str) and value.startswith("=")):
            return value

        def address(match: re.Match[str]) -> str:
            where, name = match.groups()
            if where == "settings.":
                return f"Settings!$B${self.settings[name]}"
            return f"{self.columns[name]}{row - 1 if where else row}"

        return _PLACE.sub(address, value)


class _KeyframesTab:
    def __init__(self, layout: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
        self._layout = layout
        self._wanted = wanted["keyframes"]
        own = (*layout["own"]["columns"], *self._wanted.get("own", ()))
        self._own = {column["heading"]: column for column in own}
        self._own_group = Group(layout["own"]["title"], layout["own"]["tint"])
        self._groups = {
            name: Group(group["title"], group["tint"], group.get("body", ""))
            for group in layout["groups"]
            for name in group["columns"]
        }

    def table(self, settings: Mapping[str, int]) -> Table:
        headings = tuple(self._heading(name) for name in self._wanted["columns"])
        table = Table(
            title="Keyframes",
            colour=self._layout["tabs"]["keyframes"],
            headings=headings,
            rows=(),
            frozen=sum(heading.group == headings[0].group for heading in headings),
        )
        letters = {h.text: column_letters(n) for n, h in enumerate(headings, start=1)}
        rows = self._rows(table.heading_row + 1, _Places(letters, settings))
        return replace(table, rows=tuple(rows))

    def _rows(self, first: int, places: _Places) -> Iterator[NewRow]:
        columns = self._wanted["columns"]
        own = {name: self._own[name] for name in columns if name in self._own}
        formulas = {name: column["formula"] for name, column in own.items() if "formula" in column}
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
        own, widths = self._own[name], self._layout["widths"]
        return Heading(
            text=name,
            group=self._groups.get(name, self._own_group),
            note=own.get("help", ""),
            width=own.get("width", widths.get(name, widths["own"])),
            is_text=not own.get("is_number", False),
        )

    def _known_heading(self, column: Column) -> Heading:
        name = column.heading
        widths = self._layout["widths"]
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


class _SettingsTab:
    def __init__(self, layout: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
        self._layout = layout
        self._look = layout["settings"]
        self._columns = wanted["keyframes"]["columns"]
        settings = wanted.get("settings", {})
        self._values: Mapping[str, NewValue] = settings.get("values", {})
        self._own = settings.get("own_heading", "")
        self._remarks: Mapping[str, str] = settings.get("remarks", {})

    def table(self) -> Table:
        return Table(
            title="Settings",
            colour=self._layout["tabs"]["settings"],
            headings=tuple(self._headings()),
            rows=tuple(self._rows()),
        )

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
