"""The Keyframes tab: its heading row, its rows typed, and every problem with its cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sheetrender.model.cells import Address, Cell, Findings, Grid, Problem, Value, Workbook
from sheetrender.model.keyframes import ChannelKey, Keyframe, Settings
from sheetrender.model.timing import parse_timecode
from sheetrender.planning import readers
from sheetrender.planning.columns import (
    COLUMNS,
    Column,
    column_named,
    folded,
    nearest,
)
from sheetrender.planning.schedule_text import channel_value
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.planning.syntax import FormulaError

_COLUMNS = {column.heading: column for column in COLUMNS}
STATUS_WORDS = frozenset(
    ["queued", "rendering", "done", "failed", "invalid", "stale", "held", "rerender", "hold"]
)
TAB_NAMES = ("keyframes", "prompts", "shots")


@dataclass(frozen=True, slots=True)
class Table:
    """Where the rows stand.

    Attributes:
        grid: the worksheet.
        rows: its cells by row and column number.
        heading_row: 1-based.
        columns: column number (1-based) of each of our headings that is there.
    """

    grid: Grid
    rows: Mapping[int, Mapping[int, Cell]]
    heading_row: int
    columns: Mapping[str, int]


def find_table(workbook: Workbook, findings: Findings) -> Table | None:
    """Return the table of keyframes, or None, with a problem, where there is none."""
    by_title = {grid.tab.strip().casefold(): grid for grid in workbook.grids}
    named = [by_title[name] for name in TAB_NAMES if name in by_title]
    for grid in named or workbook.grids:
        rows = grid.rows()
        heading_row = _heading_row(rows)
        if heading_row is not None:
            columns = _headings(grid.tab, heading_row, rows[heading_row], findings)
            return Table(grid, rows, heading_row, columns)
    tab = named[0] if named else workbook.grids[0] if workbook.grids else None
    findings.problems.append(
        Problem(
            place=None,
            tab=tab.tab if tab else "",
            heading="",
            written="",
            wrong="is empty" if tab and not tab.cells else "has no heading row",
            remedy="Write `frame` and `subject` (or `prompt`) above the columns; "
            "`sheetrender init my.xlsx` makes a sheet that has them.",
        )
    )
    return None


def _heading_row(rows: Mapping[int, Mapping[int, Cell]]) -> int | None:
    for row, cells in rows.items():
        names = {folded(readers.written(cell.value)) for cell in cells.values()}
        if "frame" in names and names & {"subject", "prompt"}:
            return row
    return None


def _headings(
    tab: str, heading_row: int, cells: Mapping[int, Cell], findings: Findings
) -> dict[str, int]:
    columns: dict[str, int] = {}
    for number, cell in cells.items():
        written = readers.text(cell.value)
        column = column_named(written)
        place = Address(tab, heading_row, number)
        if column is None:
            _warn_of_slip(written, place, findings)
        elif column.heading in columns:
            findings.problems.append(
                Problem(
                    place=place,
                    heading=column.heading,
                    written=written,
                    wrong="stands above a second column",
                    remedy="Rename one of them.",
                )
            )
        else:
            columns[column.heading] = number
    return columns


def _warn_of_slip(written: str, place: Address, findings: Findings) -> None:
    close = nearest(written, [column.heading for column in COLUMNS]) if written else None
    if close:
        findings.warnings.append(
            Problem(
                place=place,
                heading="",
                written=written,
                wrong="is none of our headings, so the column is left alone",
                remedy=f"Did you mean {close}?",
            )
        )


def read_markers(workbook: Workbook, clock: readers.Clock) -> dict[str, int]:
    """Return the frames of the Markers tab by name in lower case; unreadable ones are left out."""
    grid = workbook.grid("Markers")
    if grid is None or not grid.cells:
        return {}
    rows = grid.rows()
    heading_row = min(rows)
    heads = {folded(readers.written(c.value)): n for n, c in rows.pop(heading_row).items()}
    markers: dict[str, int] = {}
    for cells in rows.values():
        name = cells.get(heads.get("name", 0))
        for source in ("frame", "timecode"):
            cell = cells.get(heads.get(source, 0))
            if name is None or cell is None or readers.is_blank(cell.value):
                continue
            try:
                markers.setdefault(
                    readers.text(name.value).casefold(), readers.frame(cell.value, clock)
                )
            except FormulaError:
                continue
    return markers


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
    return list(_carried_on(unique, settings, table))


@dataclass(frozen=True, slots=True)
class _Row:
    """A row before its blank cells are filled in; None stands for a blank cell."""

    number: int
    frame: int
    texts: Mapping[str, str | None]
    seed: int | None
    cut: bool
    keys: Mapping[str, ChannelKey]


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
        clock = readers.Clock(
            rate=settings.rate,
            start=parse_timecode(settings.start_timecode, settings.rate),
            bpm=settings.bpm,
            first_beat=settings.first_beat,
            decimal_comma=workbook.decimal_comma,
        )
        self._clock = replace(clock, markers=read_markers(workbook, clock))

    def rows(self) -> Iterator[_Row | None]:
        by_column = {number: heading for heading, number in self._table.columns.items()}
        for number, cells in self._table.rows.items():
            if number > self._table.heading_row:
                ours = {by_column[n]: cell for n, cell in cells.items() if n in by_column}
                yield self._row(number, ours)

    def _row(self, number: int, cells: Mapping[str, Cell]) -> _Row | None:
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
        place = Address(self._table.grid.tab, number, self._table.columns[heading])
        try:
            return self._cells.value(place, cell)
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

    def _typed(self, number: int, frame: int, values: Mapping[str, Value]) -> _Row:
        texts: dict[str, str | None] = {}
        keys: dict[str, ChannelKey] = {}
        seed: int | None = None
        cut = False
        for heading, value in values.items():
            if heading == "frame" or readers.is_blank(value):
                continue
            column = _COLUMNS[heading]
            try:
                if column.kind in ("text", "ours"):
                    texts[heading] = readers.text(value)
                    if heading == "status":
                        self._warn_of_no_order(number, texts[heading] or "")
                elif column.kind == "seed":
                    seed = readers.whole_number(value, column, decimal_comma=self._decimal_comma)
                elif column.kind == "flag":
                    cut = readers.flag(value)
                else:
                    keys[heading] = self._key(number, frame, column, value)
            except FormulaError as error:
                self._wrong(number, heading, readers.written(value), error)
        return _Row(number, frame, texts, seed, cut, keys)

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


def _without_duplicates(rows: list[_Row], table: Table, findings: Findings) -> Iterator[_Row]:
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


def _carried_on(rows: list[_Row], settings: Settings, table: Table) -> Iterator[Keyframe]:
    """Fill the texts and seeds that blank cells carry on from the rows before."""
    held: dict[str, str] = {"style": settings.style, "negative": settings.negative}
    owners = _id_owners(rows)
    seed = settings.seed
    prompt = ""
    for row in rows:
        texts = row.texts
        row_id = texts.get("row_id") or ""
        held |= {name: text for name, text in texts.items() if text is not None}
        if row.seed is not None:
            seed = row.seed
        if texts.get("prompt"):
            prompt = held["prompt"]
        elif texts.get("subject") or texts.get("style") or not prompt:
            prompt = _joined(held.get("subject", ""), held.get("style", ""))
        yield Keyframe(
            frame=row.frame,
            row=row.number,
            place=Address(table.grid.tab, row.number, table.columns["frame"]),
            row_id=row_id if owners[row_id] == row.number else "",
            prompt=prompt,
            negative=held["negative"],
            caption=_caption(texts, held),
            seed=seed,
            gives_seed=row.seed is not None,
            cut=row.cut,
            keys=row.keys,
            status=(texts.get("status") or "").casefold(),
        )


def _id_owners(rows: list[_Row]) -> dict[str, int]:
    """Return the number of the row that each id belongs to: of copied rows, the topmost."""
    owners: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: row.number):
        owners.setdefault(row.texts.get("row_id") or "", row.number)
    return owners


def _joined(subject: str, style: str) -> str:
    if not style:
        return subject
    if not subject:
        return style.lstrip(", ")
    return subject.rstrip(", ") + (style if style.startswith(",") else f", {style}")


def _caption(texts: Mapping[str, str | None], held: Mapping[str, str]) -> str:
    if texts.get("prompt") and not texts.get("subject"):
        return held["prompt"]
    return held.get("subject") or held.get("prompt") or ""
