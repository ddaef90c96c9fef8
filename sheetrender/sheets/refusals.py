"""Why a file or some of its cells are left as they are."""

from __future__ import annotations

from collections.abc import Mapping

from sheetrender.model.cells import Address
from sheetrender.model.errors import SheetUnavailable

_SHOWN = 5


class UnusualFileError(ValueError):
    """A file is not as its format wants it; the text continues "the file …" or "its part …".

    It stays in this room: a store that meets it raises `SheetUnavailable` with the file's name.
    """


class CellsRefused(SheetUnavailable):
    """Some of the cells to be written must stay as they are; none was written.

    Attributes:
        reasons: why, by cell. Without these cells the rest can be written.
    """

    def __init__(self, reasons: Mapping[Address, str]) -> None:
        self.reasons = dict(sorted(reasons.items()))
        lines = [
            f"{address} cannot be written: {reason}."
            for address, reason in list(self.reasons.items())[:_SHOWN]
        ]
        if len(self.reasons) > _SHOWN:
            lines.append(f"{len(self.reasons) - _SHOWN} more cells cannot be written either.")
        super().__init__("\n".join(lines))
