"""A file of Deforum or of Parseq becomes the description of a new workbook."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sheetrender.model.errors import UsageError
from sheetrender.planning.columns import CHANNEL_NAMES, OUR_HEADINGS, TEXTS
from sheetrender.planning.deforum.file_text import NoSettingsFile, parsed
from sheetrender.planning.deforum.fitting import as_lines
from sheetrender.planning.deforum.importing import Imported, imported
from sheetrender.planning.deforum.keys import Cell
from sheetrender.planning.parseq.document import is_parseq
from sheetrender.planning.parseq.importing import imported_parseq
from sheetrender.sheets.new_description import (
    Group,
    Heading,
    NewRow,
    NewValue,
    NewWorkbook,
    PlainText,
    Table,
)
from sheetrender.workflow.template import laid_out, look_of_all

UNUSED_TAB = "Not used here"

_COLUMNS = ("frame", "timecode", "prompt", "subject", "style", "negative", "seed", "cut")
_USUAL_CHANNELS = ("zoom", "angle", "translation_x", "translation_y", "strength")
_LARGEST = 128 * 2**20
_WIDTHS = {"name": 40, "value": 60, "why": 60}


def read_deforum(source: Path) -> Imported:
    """Return what a settings file of Deforum says, or a document or manifest of Parseq.

    Raises:
        UsageError: the file cannot be read, or is neither.
    """
    try:
        if source.stat().st_size > _LARGEST:
            raise UsageError(
                f"{source} is larger than {_LARGEST >> 20} MB, too large for settings. "
                "Give another file."
            )
        content = source.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{source} cannot be read: {error.strerror}. "
            "Give the file that Deforum or Parseq saved."
        ) from error
    try:
        text = parsed(_decoded(content))
    except UnicodeDecodeError as error:
        raise UsageError(f"{source} is no text in UTF-8. Save it so, and try again.") from error
    except NoSettingsFile as error:
        raise UsageError(
            f"{source} is no settings file of Deforum, nor a file of Parseq: {error}."
        ) from error
    if {"form", "channels", "segments"} <= text.file.keys():
        raise UsageError(
            f"{source} is a plan of sheetrender, and no sheet can be made of it. "
            f"It can be drawn: sheetrender run {source}"
        )
    if not is_parseq(text.file):
        return imported(text)
    try:
        return imported_parseq(text)
    except NoSettingsFile as error:
        raise UsageError(f"{source} cannot be taken from Parseq: {error}.") from error


def _decoded(content: bytes) -> str:
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return content.decode("utf-16" if is_wide else "utf-8-sig")


def workbook_of(found: Imported, template: str, source: str, address: str = "") -> NewWorkbook:
    """Return the workbook of an import.

    Args:
        found: what the settings file says.
        template: text of the template whose pages the workbook gets.
        source: name of the settings file.
        address: of the Google Sheet that it is for; empty for a file.
    """
    used = {heading for row in found.rows for heading in row}
    channels = [n for n in CHANNEL_NAMES if n in used or n in _USUAL_CHANNELS]
    drawing = [column.heading for column in TEXTS if column.heading in used - set(_COLUMNS)]
    workbook = laid_out(
        {
            **tomllib.loads(template),
            "title": "Music video",
            "prompts_for_deforum": False,
            "keyframes": {
                "columns": [*_COLUMNS, *drawing, *channels, *OUR_HEADINGS],
                "rows": [_as_text(row) for row in found.rows],
                "spare_rows": 20,
            },
            "settings": {"values": _as_text(found.settings)},
        },
        address,
    )
    if not found.unused:
        return workbook
    keyframes, settings, *pages = workbook.tabs
    return replace(workbook, tabs=(keyframes, settings, _unused(found, source), *pages))


def _as_text(cells: Mapping[str, Cell]) -> dict[str, NewValue]:
    """Return cells whose texts stay texts, whoever wrote them."""
    return {n: PlainText(cell) if isinstance(cell, str) else cell for n, cell in cells.items()}


def _unused(found: Imported, source: str) -> Table:
    layout: dict[str, Any] = look_of_all()
    group = Group("", layout["settings"]["tint"])
    name = "".join(letter if letter.isprintable() else " " for letter in source)
    note = f"What {name} says beside what stands in the other tabs. Nothing here is read."
    headings = tuple(
        Heading(text=text, group=group, width=width, is_text=True, note=note * (text == "name"))
        for text, width in _WIDTHS.items()
    )
    rows = (
        NewRow({"name": PlainText(name), "value": PlainText(value), "why": why})
        for name, value, why in as_lines(found.unused)
    )
    return Table(
        title=UNUSED_TAB, colour=layout["tabs"]["page"], headings=headings, rows=tuple(rows)
    )
