"""Sheets in .csv and .tsv files: one worksheet, called Keyframes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from sheetrender.model.cells import Address, CellPicture, CellWrite, Grid, Value, Workbook
from sheetrender.model.errors import CellsRefused, SheetUnavailable
from sheetrender.sheets.changes import in_reading_order, refuse_unusable
from sheetrender.sheets.csv_fields import (
    FieldSpan,
    quoted,
    sniff_delimiter,
    split_rows,
)
from sheetrender.sheets.csv_text import decode
from sheetrender.sheets.csv_values import cell_of, has_decimal_comma, text_of
from sheetrender.sheets.files import file_state, read_snapshot, read_unchanged, replace_file
from sheetrender.sheets.refusals import UnusualFileError

TAB = "Keyframes"
_RESAVE = "Save it as CSV UTF-8 from a spreadsheet program."

_STANDARD_LINE_END = "\r\n"

_Edit = tuple[int, int, str]
"""Where the old characters start, where they end, and the new ones."""


class CsvStore:
    """One .csv or .tsv file.

    Attributes:
        name: the file's name without its ending.
        location: its absolute path, symbolic links resolved.
        folder: where it lies.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()
        self.name = self._path.stem
        self.location = str(self._path)
        self.folder = self._path.parent

    def read(self) -> Workbook:
        """Return the file as one worksheet.

        Raises:
            SheetUnavailable: the file is not there, or is no text that can be read.
        """
        snapshot = read_snapshot(self._path)
        try:
            lines = _Lines(decode(snapshot.content).text)
        except UnusualFileError as error:
            raise self._unavailable(error) from error
        return Workbook(
            grids=[lines.grid()], version=snapshot.version, decimal_comma=lines.decimal_comma
        )

    @property
    def landed(self) -> Mapping[Address, Value]:
        """Nothing: a write is refused where the file has changed, so it lands where it is meant."""
        return {}

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
        """Set the named fields, and leave every other byte of the file as it is.

        Characters that the file's encoding lacks become ``?``.

        Returns:
            The version of the file after the write.

        Raises:
            SheetChanged: the file is another one by now.
            SheetLocked: a program has it open.
            CellsRefused: some cells hold formulas.
            SheetUnavailable: the file cannot be written. In all cases nothing was changed.
        """
        refuse_unusable(changes)
        content = read_unchanged(self._path, version)
        for change in changes:
            if change.address.tab.casefold() != TAB.casefold():
                raise SheetUnavailable(
                    f"{self._path} is a text file and has no tab called {change.address.tab}. "
                    "Save it as Excel Workbook (.xlsx) to have tabs."
                )
        try:
            stored = decode(content)
            new = stored.encoded(_Lines(stored.text).with_changes(changes))
        except UnusualFileError as error:
            raise self._unavailable(error) from error
        if new == content:
            return version
        return replace_file(self._path, [new], version=version)

    def _unavailable(self, error: UnusualFileError) -> SheetUnavailable:
        return SheetUnavailable(f"{self._path} {error}. {_RESAVE}")

    def glance(self) -> str:
        """Return the state of the file."""
        return file_state(self._path)

    def close(self) -> None:
        """Do nothing: files are not held open."""


class _Lines:
    """The text of a file, split into fields.

    Attributes:
        decimal_comma: whether its numbers are written as ``1,5``.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._delimiter = sniff_delimiter(text)
        self._rows = list(split_rows(text, self._delimiter))
        texts = (field.text for row in self._rows for field in row)
        self.decimal_comma = has_decimal_comma(texts, self._delimiter)

    def grid(self) -> Grid:
        """Return the fields as cells."""
        cells = {
            (number, column): cell
            for number, row in enumerate(self._rows, start=1)
            for column, field in enumerate(row, start=1)
            if (cell := cell_of(field.text, self._delimiter)) is not None
        }
        return Grid(TAB, cells)

    def with_changes(self, changes: Sequence[CellWrite]) -> str:
        """Return the text with some fields changed.

        Raises:
            CellsRefused: some of them hold formulas.
        """
        ordered = in_reading_order(changes)
        self._refuse_formulas(ordered)
        pieces = []
        kept_to = 0
        for start, end, new in self._edits(ordered):
            pieces += [self._text[kept_to:start], new]
            kept_to = end
        return "".join([*pieces, self._text[kept_to:]])

    def _refuse_formulas(self, changes: Sequence[CellWrite]) -> None:
        reasons = {}
        for change in changes:
            field = self._field(change)
            if field and field.text.startswith("=") and len(field.text) > 1:
                reasons[change.address] = "it holds a formula. Empty the cell yourself, or leave it"
        if reasons:
            raise CellsRefused(reasons)

    def _field(self, change: CellWrite) -> FieldSpan | None:
        row, column = change.address.row - 1, change.address.column - 1
        if row < len(self._rows) and column < len(self._rows[row]):
            return self._rows[row][column]
        return None

    def _edits(self, changes: Sequence[CellWrite]) -> Iterator[_Edit]:
        """Yield the edits in the order of their places."""
        below: list[tuple[int, dict[int, str]]] = []
        for number, group in groupby(changes, key=lambda change: change.address.row):
            texts = {w.address.column: self._written(w) for w in group}
            if number <= len(self._rows):
                yield from self._row_edits(self._rows[number - 1], texts)
            elif any(texts.values()):
                below.append((number, texts))
        if below:
            yield len(self._text), len(self._text), self._added_rows(below)

    def _row_edits(self, row: Sequence[FieldSpan], texts: Mapping[int, str]) -> Iterator[_Edit]:
        for column, text in texts.items():
            if column <= len(row):
                field = row[column - 1]
                # Without this, the line ends before and behind an empty row might become one.
                alone = not text and len(row) == 1 and self._text.endswith("\r", 0, field.start)
                yield field.start, field.end, '""' if alone else text
        added = {column: text for column, text in texts.items() if column > len(row) and text}
        if added:
            yield row[-1].end, row[-1].end, self._joined(added, first=len(row))

    def _added_rows(self, rows: Sequence[tuple[int, Mapping[int, str]]]) -> str:
        end = self._line_end()
        last = len(self._rows)
        pieces = [] if not self._text or self._text.endswith(("\r", "\n")) else [end]
        for number, texts in rows:
            pieces += [end * (number - last - 1), self._joined(texts, first=1), end]
            last = number
        return "".join(pieces)

    def _line_end(self) -> str:
        """Return the last line end, since another one might join it to one of two characters."""
        starts = [row[0].start for row in self._rows] + [len(self._text)]
        for row, start in zip(self._rows[::-1], starts[::-1], strict=False):
            if row[-1].end < start:
                return self._text[row[-1].end : start]
        return _STANDARD_LINE_END

    def _joined(self, texts: Mapping[int, str], *, first: int) -> str:
        """Return fields with the delimiters before each, counted from column `first`."""
        pieces = []
        for column, text in texts.items():
            pieces += [self._delimiter * (column - first), text]
            first = column
        return "".join(pieces)

    def _written(self, write: CellWrite) -> str:
        value = write.value.url if isinstance(write.value, CellPicture) else write.value
        text = text_of(value, decimal_comma=self.decimal_comma)
        return quoted(text, self._delimiter)
