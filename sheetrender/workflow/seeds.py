"""Seeds that were drawn for rows that ask for it, and are kept for every later run."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from functools import cache

from sheetrender.model.keyframes import Keyframe
from sheetrender.planning.plan import row_key
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.journal import Journal
from sheetrender.workflow.draft import other_folder


def kept_seeds(
    journal: Journal, rows: Sequence[Keyframe], landed: Collection[str]
) -> Callable[[str], int]:
    """Return what draws a row's seed: the one that the journal has, else a new one, kept there.

    A row is filed under its id, and until the id stands in the sheet under its frame as well: a
    sheet that could not be written gives the row another id next time. A new one is what the draft
    of the video has, or for a draft the video itself.

    Args:
        journal: of the folder.
        rows: of the sheet, with the ids that they have or will get.
        landed: the ids that stand in the sheet.
    """
    frames = _frames_by_key(rows)
    elsewhere = cache(lambda: _seeds_elsewhere(OutputFolder(journal.path.parent), rows))

    def draw(key: str) -> int:
        frame = frames[key]
        seed = journal.seed([key, frame])
        if seed is None:
            seed = elsewhere().get(key, secrets.randbelow(2**32))
        journal.keep_seed(key, seed)
        if key in landed:
            journal.forget_frame_seed(seed)
        else:
            journal.keep_seed(frame, seed)
        return seed

    return draw


def known_seeds(folder: OutputFolder, rows: Sequence[Keyframe]) -> Callable[[str], int]:
    """Return what draws a row's seed without keeping it, but knowing those of earlier runs."""
    known = {**_seeds_elsewhere(folder, rows), **_seeds_of(folder, rows)}
    return lambda key: known.get(key, secrets.randbelow(2**32))


def _seeds_elsewhere(folder: OutputFolder, rows: Sequence[Keyframe]) -> dict[str, int]:
    """Return the seeds that the draft beside a folder drew, or beside a draft's the video."""
    return _seeds_of(OutputFolder(other_folder(folder.path)), rows)


def _seeds_of(folder: OutputFolder, rows: Sequence[Keyframe]) -> dict[str, int]:
    known: dict[str, int] = {}
    if folder.journal.exists():
        with Journal(folder.journal, read_only=True) as journal:
            for key, frame in _frames_by_key(rows).items():
                seed = journal.seed([key, frame])
                if seed is not None:
                    known[key] = seed
    return known


def _frames_by_key(rows: Sequence[Keyframe]) -> dict[str, str]:
    return {row_key(row): f"frame {row.frame}" for row in rows}
