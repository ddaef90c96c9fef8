"""The rows of the Keyframes tab, typed, and every problem with its cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from sheetrender.model.cells import Address, Cell, Findings, Problem, Value, Workbook
from sheetrender.model.keyframes import ChannelKey, Keyframe, Settings
from sheetrender.model.timing import parse_timecode
from sheetrender.planning import readers
from sheetrender.planning.carrying import TypedRow, carried_on
from sheetrender.planning.cell_warnings import volatile_warnings
from sheetrender.planning.columns import COLUMNS, Column
from sheetrender.planning.markers_tab import read_markers
from sheetrender.planning.prompts import with_decimal_points_in_maths
from sheetrender.planning.schedule_text import channel_value
from sheetrender.planning.seeds import read_seed
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.planning.syntax import FormulaError
from sheetrender.planning.table import Table

_COLUMNS = {column.heading: column for column in COLUMNS}
_PROMPT_LIST = re.compile(r"\{\s*[\"']?\d+[\"']?\s*:\s*[\"']")
STATUS_WORDS = frozenset(
    ["queued", "rendering", "done", "failed", "invalid", "stale", "held", "rerender", "hold"]
)


def read_rows(
    table: Table, workbook: Workbook, cells: ComputedCells, settings: Settings, findings: Findings
) -> list[Keyframe]:
    """Return the typed rows in the order of their frames; what is wrong goes to `findings`.

    A row with a problem in its frame is left out; one with a problem elsewhere is kept without
    that cell.
    """
    reader = _RowReader(table, cells, settings, findings, workbook)
    rows = [row for row in reader.rows() if row is not None]
    if not rows and not findings.problems:
        findings.problems.append(
            Problem(
                place=None,
                tab=table.grid.tab,
                heading="",
                written="",
                wrong="has a heading row, but no row with a frame below it",
                remedy="Write 0 under frame and something to see under subject.",
            )
        )
    unique = sorted(_without_duplicates(rows, table, findings), key=lambda row: row.frame)
    return list(carried_on(unique, table, cells, settings, findings))


def clock_of(
    workbook: Workbook, settings: Settings, cells: ComputedCells, findings: Findings
) -> readers.Clock:
    """Return what turns the ways of naming a moment of a sheet into frames."""
    tempo = settings.tempo
    clock = readers.Clock(
        rate=settings.rate,
        start=parse_timecode(settings.start_timecode, settings.rate),
        beats=tempo if tempo is not None and tempo.certainty > 0 else None,
        decimal_comma=workbook.decimal_comma,
    )
    return replace(clock, markers=read_markers(workbook, clock, cells, findings))


class _RowReader:
    def __init__(
        self,
        table: Table,
        cells: ComputedCells,
        settings: Settings,
        findings: Findings,
        workbook: Workbook,
    ) -> None:
        self._table = table
        self._cells = cells
        self._findings = findings
        self._decimal_comma = workbook.decimal_comma
        self._without_value: set[Address] = set()
        self._clock = clock_of(workbook, settings, cells, findings)

    def rows(self) -> Iterator[TypedRow | None]:
        by_column = {number: heading for heading, number in self._table.columns.items()}
        for number, cells in self._table.rows.items():
            if number > self._table.heading_row:
                ours = {by_column[n]: cell for n, cell in cells.items() if n in by_column}
                yield self._row(number, ours)

    def _row(self, number: int, cells: Mapping[str, Cell]) -> TypedRow | None:
        first = cells.get("frame")
        if first is not None and readers.written(first.value).lstrip().startswith("#"):
            return None
        values = {h: self._value(number, h, cell) for h, cell in cells.items()}
        if all(
            readers.is_blank(value) or _COLUMNS[heading].kind == "ours"
            for heading, value in values.items()
        ):
            return None
        frame = self._frame(number, values)
        return None if frame is None else self._typed(number, frame, values)

    def _value(self, number: int, heading: str, cell: Cell) -> Value:
        if _COLUMNS[heading].kind == "ours":
            # Nothing is made from it; a picture of ours, which has no value, is no problem either.
            return cell.value
        place = Address(self._table.grid.tab, number, self._table.columns[heading])
        try:
            value = self._cells.value(place, cell)
            self._findings.warnings.extend(volatile_warnings(self._cells, place, cell, heading))
            return value
        except FormulaError as error:
            self._wrong(number, heading, cell.formula or readers.written(cell.value), error)
            self._without_value.add(place)
            return None

    def _wrong(self, number: int, heading: str, written: str, error: FormulaError) -> None:
        self._findings.problems.append(
            Problem(
                place=Address(self._table.grid.tab, number, self._table.columns[heading]),
                heading=heading,
                written=written,
                wrong=str(error),
                remedy=error.remedy,
            )
        )

    def _frame(self, number: int, values: Mapping[str, Value]) -> int | None:
        value = values.get("frame")
        place = Address(self._table.grid.tab, number, self._table.columns["frame"])
        if place in self._without_value:
            return None
        try:
            if readers.is_blank(value):
                raise FormulaError(
                    "the row has no frame", "Write where it begins, or a # to make it a comment."
                )
            return readers.frame(value, self._clock)
        except FormulaError as error:
            self._wrong(number, "frame", readers.written(value), error)
            return None

    def _typed(self, number: int, frame: int, values: Mapping[str, Value]) -> TypedRow:
        texts: dict[str, str] = {}
        keys: dict[str, ChannelKey] = {}
        seed: float | str | None = None
        flags: dict[str, bool] = {}
        for heading, value in values.items():
            if heading == "frame" or readers.is_blank(value):
                continue
            column = _COLUMNS[heading]
            try:
                if column.kind in ("text", "ours"):
                    texts[heading] = self._words(value)
                    if heading == "status":
                        self._warn_of_no_order(number, texts[heading])
                elif column.kind == "seed":
                    seed = read_seed(value, column, decimal_comma=self._decimal_comma)
                elif column.kind == "flag":
                    flags[heading] = readers.flag(value)
                else:
                    keys[heading] = self._key(number, frame, column, value)
            except FormulaError as error:
                self._wrong(number, heading, readers.written(value), error)
        cut, approved = (flags.get(heading, False) for heading in ("cut", "approved"))
        return TypedRow(number, frame, texts, seed, cut, keys, approved=approved)

    def _words(self, value: Value) -> str:
        words = _text(value)
        return with_decimal_points_in_maths(words) if self._decimal_comma else words

    def _warn_of_no_order(self, number: int, written: str) -> None:
        if written.casefold() not in STATUS_WORDS:
            self._findings.warnings.append(
                Problem(
                    place=Address(self._table.grid.tab, number, self._table.columns["status"]),
                    heading="status",
                    written=written,
                    wrong="is no order and will be overwritten",
                    remedy="Write rerender or hold, or leave it empty.",
                )
            )

    def _key(self, number: int, frame: int, column: Column, value: Value) -> ChannelKey:
        place = Address(self._table.grid.tab, number, self._table.columns[column.heading])
        return ChannelKey(
            frame, channel_value(value, column, decimal_comma=self._decimal_comma), place
        )


def _text(value: Value) -> str:
    written = readers.text(value)
    if _PROMPT_LIST.match(written):
        raise FormulaError(
            "is a whole list of prompts, as Deforum has them",
            "Give each prompt a row of its own, or let `sheetrender init NEW.xlsx --from "
            "settings.txt` make the rows.",
        )
    return written


def _without_duplicates(
    rows: list[TypedRow], table: Table, findings: Findings
) -> Iterator[TypedRow]:
    first: dict[int, int] = {}
    for row in rows:
        if row.frame in first:
            findings.problems.append(
                Problem(
                    place=Address(table.grid.tab, row.number, table.columns["frame"]),
                    heading="frame",
                    written=str(row.frame),
                    wrong=f"is the frame of row {first[row.frame]} too",
                    remedy="Give one of the two rows another frame, or empty it.",
                )
            )
            continue
        first[row.frame] = row.number
        yield row
