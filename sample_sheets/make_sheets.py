"""Make the sample sheets from their descriptions.

    python sample_sheets/make_sheets.py [FOLDER]

writes an .xlsx for each .toml beside this file, and demo.csv, here or into FOLDER, the same bytes
each time. The descriptions are of the same kind as those in templates/, where minimal.toml
explains them.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from sheetrender.model.cells import Address, Cell, Value
from sheetrender.planning.columns import column_named
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.sheets.new_workbook import workbook_bytes
from sheetrender.workflow.project import Project, Request, read_project
from sheetrender.workflow.template import described

HERE = Path(__file__).resolve().parent


def make_sheets(folder: Path) -> Iterator[Path]:
    """Write all sample sheets and yield where each of them is."""
    for description in sorted(HERE.glob("*.toml")):
        workbook = folder / f"{description.stem}.xlsx"
        workbook.write_bytes(workbook_bytes(described(description.read_text(encoding="utf-8"))))
        yield workbook
    table = folder / "demo.csv"
    table.write_bytes(keyframes_csv(folder / "demo.xlsx").encode())
    yield table


def keyframes_csv(workbook: Path) -> str:
    """Return the Keyframes tab alone, with what stands by itself in the place of other tabs."""
    project = read_project(Request(sheet=str(workbook), overrides={}))
    assert project.table is not None
    kept = [
        heading
        for heading in project.table.columns
        if (column := column_named(heading)) and column.kind != "ours"
    ]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(kept)
    writer.writerows(_rows(project, kept))
    return text.getvalue()


def without_curves(formula: str) -> str:
    """Return a formula that needs no Audio tab: a .csv has none, so the tempo stands in for it."""
    return _CURVE.sub(lambda match: _INSTEAD[match[0]], formula)


_INSTEAD = {"drums": "(1 - (t%15)/15)", "voice": "(0.6)"}
_CURVE = re.compile(r"\b(drums|voice)\b(?=[*^])")


def _rows(project: Project, headings: list[str]) -> Iterator[list[Value]]:
    table = project.table
    assert table is not None
    cells = ComputedCells(project.workbook)
    for keyframe in project.rows:
        row: list[Value] = []
        for heading in headings:
            place = Address(table.grid.tab, keyframe.row, table.columns[heading])
            cell = table.grid.cells.get((place.row, place.column), Cell(None))
            value = cells.value(place, cell)
            row.append(without_curves(value) if isinstance(value, str) else value)
        if ":" not in str(row[0]):
            row[0] = keyframe.frame
        yield row


if __name__ == "__main__":
    for path in make_sheets(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE):
        print(path)
