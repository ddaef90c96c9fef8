"""Where a plan.json lies that stands in the place of a sheet."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from sheetrender.model.cells import Address, CellWrite, Value, Workbook
from sheetrender.model.errors import SheetUnavailable


class PlanStore:
    """A plan.json where a sheet is asked for: it is read as a whole, and never written.

    Args:
        path: the file.
        is_again: its video is drawn again, into a folder of its own; else it is the one beside it.

    Attributes:
        path: the file.
        location: what it is known by.
        folder: where its paths begin: the sheet's folder, above ``renders``, or its own.
    """

    def __init__(self, path: Path, *, is_again: bool = True) -> None:
        self.path = path
        self._again = ["again"] if is_again else []
        self.location = str(path)
        renders = next((one for one in path.parents if one.name == "renders"), None)
        self.folder = path.parent if renders is None else renders.parent

    @property
    def name(self) -> str:
        """The name of its video; drawn again, it is another one than its own."""
        if self.folder == self.path.parent:
            return self.path.stem
        inside = self.path.parent.relative_to(self.folder / "renders").parts
        return "-".join([*inside, *self._again])

    @property
    def landed(self) -> Mapping[Address, Value]:
        """Nothing is ever written."""
        return {}

    def read(self) -> Workbook:
        """Return nothing: a plan has no cells."""
        return Workbook(grids=[], version="")

    def write(
        self,
        changes: Sequence[CellWrite],
        *,
        version: str,
        echo: Collection[Address] = (),
        anchors: Mapping[str, Address] | None = None,
        pins: Mapping[str, Address] | None = None,
        unchanged: Collection[Address] = (),
    ) -> str:
        """Refuse: a plan is no sheet.

        Raises:
            SheetUnavailable: always.
        """
        raise SheetUnavailable(f"{self.path} is a plan, and has no rows to write to.")

    def glance(self) -> str:
        """Return nothing."""
        return ""

    def close(self) -> None:
        """Hold nothing open."""
