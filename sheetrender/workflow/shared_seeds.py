"""Seeds that a sheet's variants share, so that only what varies tells their pictures apart."""

from __future__ import annotations

from pathlib import Path

from sheetrender.model.errors import SheetrenderError
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.journal import Journal


def share_seeds(journal: Journal, output: OutputFolder, location: str) -> None:
    """Give a variant's journal the seeds that the sheet's own video or another variant drew.

    Args:
        journal: of the variant; what it has stays.
        output: its folder.
        location: of the sheet.
    """
    known = journal.seeds()
    others = (path for path in sorted(output.path.parent.glob("*")) if path != output.path)
    for folder in (output.path.parent, *others):
        for row, seed in _seeds_of(folder, location).items():
            if row not in known:
                known[row] = seed
                journal.keep_seed(row, seed)


def _seeds_of(folder: Path, location: str) -> dict[str, int]:
    file = OutputFolder(folder).journal
    if not file.exists():
        return {}
    try:
        with Journal(file, read_only=True) as journal:
            return journal.seeds() if journal.about("location") == location else {}
    except SheetrenderError:
        # Another variant's broken folder is told of when that one is run.
        return {}
