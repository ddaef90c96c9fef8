"""The Markers tab: names for moments, which a row's frame may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sheetrender.model.cells import Address, Cell, Findings, Grid, Problem, Value, Workbook
from sheetrender.model.timing import FrameRate
from sheetrender.planning import readers
from sheetrender.planning.columns import folded
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.planning.syntax import FormulaError

TAB = "Markers"
HEADINGS = ("name", "frame", "timecode", "comment", "duration", "fps")
"""What we write; `fps` is the rate at which the row's other cells count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkersTable:
    """The Markers tab, where it has our headings.

    Attributes:
        grid: the worksheet.
        heading_row: 1-based.
        columns: column number (1-based) of each of `HEADINGS` that is there.
    """

    grid: Grid
    heading_row: int
    columns: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerRow:
    """One row of the tab that could be read.

    Attributes:
        row: 1-based.
        name: as written, with single blanks.
        frame: 0-based, at the sheet's rate.
        duration: in frames at the sheet's rate; 0 for a moment.
        edited: frame and timecode contradict each other, so a person has changed one of them.
    """

    row: int
    name: str
    frame: int
    duration: int = 0
    edited: bool = False


def find_markers(workbook: Workbook) -> MarkersTable | None:
    """Return the table of the Markers tab; None without a tab, or where it has other headings."""
    grid = workbook.grid(TAB)
    for row, cells in (grid.rows() if grid else {}).items():
        heads: dict[str, int] = {}
        for column, cell in cells.items():
            heads.setdefault(folded(readers.written(cell.value)), column)
        columns = {heading: heads[heading] for heading in HEADINGS if heading in heads}
        if "name" in columns and ("frame" in columns or "timecode" in columns):
            assert grid is not None
            return MarkersTable(grid=grid, heading_row=row, columns=columns)
    return None


def read_markers(
    workbook: Workbook, clock: readers.Clock, cells: ComputedCells, findings: Findings
) -> dict[str, int]:
    """Return the frames of the Markers tab by name in lower case; the first of a name counts.

    What cannot be read is left out with a warning: it only matters where a row uses it.
    """
    table = find_markers(workbook)
    if table is None:
        _warn_of_headings(workbook, findings)
        return {}
    markers: dict[str, int] = {}
    for marker in marker_rows(table, clock, cells, findings):
        markers.setdefault(marker.name.casefold(), marker.frame)
    return markers


def marker_rows(
    table: MarkersTable, clock: readers.Clock, cells: ComputedCells, findings: Findings
) -> list[MarkerRow]:
    """Return the rows that could be read; warnings about the others go to `findings`."""
    reader = _Reader(table, clock, cells, findings)
    rows = [reader.row(n, c) for n, c in table.grid.rows().items() if n > table.heading_row]
    return [row for row in rows if row is not None]


def emptied_rows(table: MarkersTable) -> dict[str, int]:
    """Return the rows, 1-based, that name a marker and no moment, by the name in lower case."""
    found: dict[str, int] = {}
    for number, cells in table.grid.rows().items():
        here = {heading: cells.get(column) for heading, column in table.columns.items()}
        filled = {h for h, c in here.items() if c and (c.formula or not readers.is_blank(c.value))}
        name = here["name"]
        if number > table.heading_row and name and filled.isdisjoint(("frame", "timecode")):
            found.setdefault(readers.text(name.value).casefold(), number)
    return found


class _Reader:
    def __init__(
        self, table: MarkersTable, clock: readers.Clock, cells: ComputedCells, findings: Findings
    ) -> None:
        self._table = table
        self._clock = clock
        self._cells = cells
        self._findings = findings

    def row(self, number: int, cells: Mapping[int, Cell]) -> MarkerRow | None:
        values = {}
        for heading, column in self._table.columns.items():
            if column in cells:
                place = Address(self._table.grid.tab, number, column)
                try:
                    values[heading] = self._cells.value(place, cells[column])
                except FormulaError as error:
                    self._warn(place, heading, readers.written(cells[column].formula), error)
        name = readers.text(values.get("name"))
        rate = self._rate(number, values.get("fps"))
        frames = [
            frame
            for heading in ("frame", "timecode")
            if (frame := self._frame(number, heading, values.get(heading), rate)) is not None
        ]
        if not name or not frames:
            return None
        if len(set(frames)) > 1:
            self._warn(
                Address(self._table.grid.tab, number, self._table.columns["timecode"]),
                "timecode",
                readers.written(values["timecode"]),
                FormulaError("names another moment than frame beside it", "Empty one of the two."),
            )
        begin = self._moved(frames[0], rate)
        return MarkerRow(
            row=number,
            name=name,
            frame=begin,
            duration=self._moved(frames[0] + _length(values.get("duration")), rate) - begin,
            edited=len(set(frames)) > 1,
        )

    def _rate(self, number: int, value: Value) -> FrameRate:
        if readers.is_blank(value):
            return self._clock.rate
        try:
            return FrameRate.parse(readers.written(value))
        except ValueError:
            place = Address(self._table.grid.tab, number, self._table.columns["fps"])
            error = FormulaError("is no frame rate", "Write 24, 29.97 or 30, or leave it empty.")
            self._warn(place, "fps", readers.written(value), error)
            return self._clock.rate

    def _frame(self, number: int, heading: str, value: Value, rate: FrameRate) -> int | None:
        if readers.is_blank(value):
            return None
        try:
            return readers.frame(value, self._clock_at(rate))
        except FormulaError as error:
            place = Address(self._table.grid.tab, number, self._table.columns[heading])
            self._warn(place, heading, readers.written(value), error)
            return None

    def _clock_at(self, rate: FrameRate) -> readers.Clock:
        clock = self._clock
        if rate == clock.rate:
            return clock
        # The start timecode names the same moment at every rate.
        return replace(clock, rate=rate, start=rate.frame_at(clock.rate.seconds_at(clock.start)))

    def _moved(self, frame: int, rate: FrameRate) -> int:
        """Return a frame at the sheet's rate, such that it stays in place on the song."""
        if rate == self._clock.rate:
            return frame
        return self._clock.rate.frame_at(rate.seconds_at(frame))

    def _warn(self, place: Address, heading: str, written: str, error: FormulaError) -> None:
        self._findings.warnings.append(
            Problem(
                place=place,
                heading=heading,
                written=written,
                wrong=f"{error}, so it is passed over",
                remedy=error.remedy,
            )
        )


def _length(value: Value) -> int:
    """Return a duration in frames; whatever is no such number lasts a moment."""
    found = readers.number(value)
    return int(found) if found is not None and found > 0 and found.is_integer() else 0


def _warn_of_headings(workbook: Workbook, findings: Findings) -> None:
    grid = workbook.grid(TAB)
    if grid is None or not grid.cells:
        return
    first = next(iter(grid.rows().values()))
    findings.warnings.append(
        Problem(
            place=None,
            tab=grid.tab,
            heading="",
            written=_shown([readers.text(cell.value) for cell in first.values()]),
            wrong="has other headings than ours, so no marker of this tab is known",
            remedy="Write name and frame (or timecode) above its columns.",
        )
    )


def _shown(headings: Sequence[str]) -> str:
    return ", ".join(heading for heading in headings if heading)
