"""Every error that a person may meet, with its exit status.

::

    SheetrenderError               1
     ├── RenderFailed              1   it failed while working; what is finished is kept
     │    ├── DiskFull
     │    ├── FramesMissing
     │    └── EncodingFailed
     ├── UsageError                2   wrong usage, or a sheet with problems
     │    ├── SheetInvalid
     │    ├── FolderRefused
     │    └── SheetTaken
     ├── SheetUnavailable          3   the sheet cannot be reached; nothing was changed
     │    ├── SheetLocked
     │    ├── SheetChanged
     │    └── CellsRefused
     └── PartMissing               4   an engine, a model or a program is not there

An interrupt (Ctrl-C) stays Python's own ``KeyboardInterrupt`` and ends with 130.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from sheetrender.model.cells import Address, Problem

_SHOWN_CELLS = 5


class SheetrenderError(Exception):
    """Something that a person can act on; its text names the place and the remedy."""

    exit_code: ClassVar[int] = 1


class RenderFailed(SheetrenderError):
    """The work stopped half-way. Frames that were finished are kept and count on the next run."""


class DiskFull(RenderFailed):
    """No room is left for the next frame; finished frames are kept."""


class FramesMissing(RenderFailed):
    """A video was asked for while some of its frames do not exist; no video was written."""


class EncodingFailed(RenderFailed):
    """ffmpeg did not make the video that was asked for; an older video is left as it was."""


class UsageError(SheetrenderError):
    """The request cannot be carried out as it stands; nothing was changed."""

    exit_code = 2


class SheetInvalid(UsageError):
    """The sheet has cells that cannot be rendered; all of them are listed at once.

    Attributes:
        problems: one or more problems, in reading order (tab, row, column).
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        lines = [f"{count} problem{'s' if count != 1 else ''} in the sheet:"]
        lines += [f"  {problem}" for problem in self.problems[:50]]
        if count > 50:
            lines.append(f"  … and {count - 50} more; `sheetrender check` lists all of them.")
        super().__init__("\n".join(lines))


class FolderRefused(UsageError):
    """The output folder is another sheet's, or another run works in it; nothing was changed."""


class SheetTaken(UsageError):
    """Another machine renders the sheet; nothing was changed there, finished frames are kept."""


class SheetUnavailable(SheetrenderError):
    """The sheet cannot be read or written just now; nothing was changed."""

    exit_code = 3


class SheetLocked(SheetUnavailable):
    """Another program holds the sheet open, so that writing would be lost; nothing was changed."""


class SheetChanged(SheetUnavailable):
    """The sheet is no longer the one that was read; read it again. Nothing was changed."""


class CellsRefused(SheetUnavailable):
    """Some of the cells to be written must stay as they are; none was written.

    Attributes:
        reasons: why, by cell. Without these cells the rest can be written.
    """

    def __init__(self, reasons: Mapping[Address, str]) -> None:
        self.reasons = dict(sorted(reasons.items()))
        lines = [
            f"{address} cannot be written: {reason}."
            for address, reason in list(self.reasons.items())[:_SHOWN_CELLS]
        ]
        if len(self.reasons) > _SHOWN_CELLS:
            lines.append(f"{len(self.reasons) - _SHOWN_CELLS} more cells cannot be written either.")
        super().__init__("\n".join(lines))


class PartMissing(SheetrenderError):
    """An engine, a model or a program that is needed is not installed."""

    exit_code = 4
