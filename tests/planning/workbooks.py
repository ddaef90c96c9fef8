"""Sheets in memory, for tests of planning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sheetrender.model.cells import Cell, Findings, Grid, Value, Workbook
from sheetrender.model.keyframes import Keyframe, Settings
from sheetrender.model.plan import RenderPlan
from sheetrender.planning.plan import build_plan, video_length
from sheetrender.planning.rows import read_rows
from sheetrender.planning.settings import read_settings
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.planning.table import find_table
from sheetrender.sheets.formula_tokens import formula_tokens


def cell(value: Value) -> Cell:
    """Return a cell; a text that begins with = is a formula without a value."""
    if isinstance(value, str) and value.startswith("="):
        return Cell(None, value, formula_tokens(value))
    return Cell(value)


def grid(tab: str, rows: Sequence[Sequence[Value]]) -> Grid:
    return Grid(
        tab,
        {
            (r, c): cell(value)
            for r, row in enumerate(rows, 1)
            for c, value in enumerate(row, 1)
            if value is not None
        },
    )


def workbook(
    rows: Sequence[Sequence[Value]],
    settings: Mapping[str, Value] | None = None,
    *more: Grid,
    decimal_comma: bool = False,
) -> Workbook:
    grids = [grid("Keyframes", rows)]
    if settings is not None:
        grids.append(grid("Settings", [("name", "value"), *settings.items()]))
    return Workbook(grids=[*grids, *more], version="1", decimal_comma=decimal_comma)


def understood(book: Workbook) -> tuple[Settings, list[Keyframe], Findings]:
    findings = Findings()
    cells = ComputedCells(book)
    settings = read_settings(
        book.grid("Settings"), cells, {}, findings, decimal_comma=book.decimal_comma
    )
    table = find_table(book, findings)
    rows = read_rows(table, book, cells, settings, findings) if table else []
    return settings, rows, findings


def planned(
    rows: Sequence[Sequence[Value]], settings: Mapping[str, Value] | None = None, *more: Grid
) -> tuple[RenderPlan, Findings]:
    read, keyframes, findings = understood(workbook(rows, settings, *more))
    plan = build_plan(
        keyframes,
        read,
        findings,
        frames=video_length(keyframes, read, None),
        draw_seed=lambda key: 4711,
    )
    return plan, findings
