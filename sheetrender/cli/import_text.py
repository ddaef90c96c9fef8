"""What `init --from` says about the file that it took."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sheetrender.cli.terminal import counted

if TYPE_CHECKING:
    from sheetrender.planning.deforum.importing import Imported

_SHOWN = 6


def import_lines(found: Imported) -> Iterator[str]:
    """Yield the sentences about an import, what was taken first."""
    yield (
        f"Taken: {counted(found.prompts, 'prompt')}, {counted(found.schedules, 'schedule')}, "
        f"{counted(found.others, 'other setting')}."
    )
    if missed := found.missed:
        names = ", ".join(missed[:_SHOWN]) + (" …" if len(missed) > _SHOWN else "")
        count = counted(len(missed), "key")
        yield f"Not used here: {names} ({count}; the tab of that name says why)."
    for notice in found.notices:
        yield f"Note: {notice}"
