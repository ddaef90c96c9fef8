"""A queue in words: how many videos before it begins, and what became of each."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from sheetrender.cli.plan_text import duration
from sheetrender.cli.terminal import counted, is_terminal, show_table

if TYPE_CHECKING:
    from sheetrender.workflow.queue import Outcome
    from sheetrender.workflow.variants import Variation

_SAID = {"waiting": "not begun", "stopped": "stopped", "done": "done", "failed": "failed"}
_HEADINGS = ("Video", "Result", "Time", "Folder")


def announced(sheets: int, variations: Sequence[Variation]) -> str:
    """Return how many videos will be made, and why so many."""
    parts = [counted(sheets, "sheet")] if sheets > 1 or not variations else []
    total = sheets
    for one in variations:
        parts.append(counted(len(one.values), f"{one.name.replace('_', ' ')} value"))
        total *= len(one.values)
    count = counted(total, "video")
    reason = f": {' × '.join(parts)}" if len(parts) > 1 or total > 1 else ""
    quiet = " Variants write no statuses into the sheet." if variations else ""
    return f"{count}{reason}.{quiet}"


def show_outcomes(outcomes: Sequence[Outcome]) -> None:
    """Print a table of the results on stderr: in a terminal long folders wrap in place."""
    rows = [*map(_cells, outcomes)]
    if is_terminal(sys.stderr):
        show_table(_HEADINGS, rows, stream=sys.stderr)
        return
    rows = [_HEADINGS, *rows]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        click.echo("  ".join([*cells, row[3]]).rstrip(), err=True)


def _cells(outcome: Outcome) -> tuple[str, str, str, str]:
    room = max(16, shutil.get_terminal_size((100, 24)).columns // 3)
    name = outcome.job.name
    short = name if len(name) <= room else f"{name[: room - 1]}…"
    took = duration(outcome.seconds) if outcome.seconds else ""
    folder = str(outcome.folder) if outcome.folder else ""
    return short, _SAID[outcome.state], took, folder
