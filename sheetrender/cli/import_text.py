"""What `init --from` says about the file that it took."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sheetrender.cli.terminal import counted

if TYPE_CHECKING:
    from sheetrender.planning.deforum.importing import Imported


def import_lines(found: Imported) -> Iterator[str]:
    """Yield the sentences about an import, what was taken first."""
    yield (
        f"Taken: {counted(found.prompts, 'prompt')}, {counted(found.schedules, 'schedule')}, "
        f"{counted(found.others, 'other setting')}."
    )
    if found.unused:
        yield f"Not used here: {counted(len(found.unused), 'key')}, in the tab of that name."
    for notice in found.notices:
        yield f"Note: {notice}"
