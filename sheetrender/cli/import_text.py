"""What `init --from` says about the file that it took."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheetrender.planning.deforum.importing import Imported


def import_lines(found: Imported) -> Iterator[str]:
    """Yield the sentences about an import, what was taken first."""
    settings = len(found.settings)
    yield (
        f"Taken: {_counted(found.prompts, 'prompt')}, {_counted(found.schedules, 'schedule')}, "
        f"{_counted(max(0, settings - found.schedules), 'other setting')}."
    )
    if found.unused:
        yield f"{_counted(len(found.unused), 'key')} without a cell: see the tab Not used here."
    for notice in found.notices:
        yield f"Note: {notice}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
