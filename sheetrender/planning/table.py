"""Where the rows of a sheet stand: the Keyframes tab and its heading row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sheetrender.model.cells import Address, Cell, Findings, Grid, Problem, Workbook
from sheetrender.planning import readers
from sheetrender.planning.columns import COLUMNS, column_named, folded, nearest

TAB_NAMES = ("keyframes", "prompts", "shots")


@dataclass(frozen=True, slots=True)
class Table:
    """Where the rows stand.

    Attributes:
        grid: the worksheet.
        rows: its cells by row and column number.
        heading_row: 1-based.
        columns: column number (1-based) of each of our headings that is there.
        headings: column number and heading as written, of every column, by its folded heading.
    """

    grid: Grid
    rows: Mapping[int, Mapping[int, Cell]]
    heading_row: int
    columns: Mapping[str, int]
    headings: Mapping[str, tuple[int, str]]


def find_table(workbook: Workbook, findings: Findings) -> Table | None:
    """Return the table of keyframes, or None, with a problem, where there is none."""
    by_title = {grid.tab.strip().casefold(): grid for grid in workbook.grids}
    named = [by_title[name] for name in TAB_NAMES if name in by_title]
    for grid in named or workbook.grids:
        rows = grid.rows()
        heading_row = _heading_row(rows)
        if heading_row is not None:
            cells = rows[heading_row]
            columns = _our_columns(grid.tab, heading_row, cells, findings)
            return Table(grid, rows, heading_row, columns, _headings(cells))
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


def _headings(cells: Mapping[int, Cell]) -> dict[str, tuple[int, str]]:
    headings: dict[str, tuple[int, str]] = {}
    for number, cell in cells.items():
        written = readers.text(cell.value)
        if written:
            headings.setdefault(folded(written), (number, written))
    return headings


def _our_columns(
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
