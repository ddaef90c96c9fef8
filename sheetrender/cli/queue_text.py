"""A queue in words: how many videos before it begins, and what became of each."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sheetrender.cli.plan_text import duration
from sheetrender.cli.terminal import counted

if TYPE_CHECKING:
    from sheetrender.workflow.queue import Outcome
    from sheetrender.workflow.variants import Variation

_SAID = {"waiting": "not begun", "stopped": "stopped", "done": "done", "failed": "failed"}


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


def outcome_table(outcomes: Sequence[Outcome]) -> str:
    """Return a table of the results, with the folders on their own where lines would be long."""
    room = max(16, shutil.get_terminal_size((100, 24)).columns // 3)
    rows = [("Video", "Result", "Time", "Folder")]
    for outcome in outcomes:
        took = duration(outcome.seconds) if outcome.seconds else ""
        folder = str(outcome.folder) if outcome.folder else ""
        name = outcome.job.name
        short = name if len(name) <= room else f"{name[: room - 1]}…"
        rows.append((short, _SAID[outcome.state], took, folder))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        lines.append("  ".join([*cells, row[3]]).rstrip())
    return "\n".join(lines)
