"""The Audio tab of a new workbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sheetrender.planning.audio_tab import FEATURES, HELP, STEMS, TAB
from sheetrender.sheets.new_description import Group, Heading, NewRow, Table


def audio_tab(layout: Mapping[str, Any], wanted: Mapping[str, Any]) -> Table:
    """Return the tab of curves of a template that has any."""
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
    return Table(
        title=TAB,
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
