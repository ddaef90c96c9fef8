"""Requests about cells: validation, repeatCell, updateCells, appendCells, copyPaste."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.emulator import formulas
from tests.emulator.a1 import Area
from tests.emulator.book import Book, raw, typed
from tests.emulator.cells import Cell, Shape
from tests.emulator.checks import update_mask
from tests.emulator.errors import ApiError
from tests.emulator.field_mask import Mask, inside
from tests.emulator.grid_ranges import area_of, tab_of
from tests.emulator.tab import Tab


def set_data_validation(book: Book, request: Shape) -> Shape:
    tab, area = area_of(book, request.get("range", {}))
    rule = request.get("rule")
    if rule is not None and "condition" not in rule:
        raise ApiError.invalid("rule.condition must be specified.")
    for row, column in tab.bounded(area).cells():
        tab.put(row, column, replace(tab.at(row, column), validation=rule))
    return {}


def repeat_cell(book: Book, request: Shape) -> Shape:
    tab, area = area_of(book, request.get("range", {}))
    mask, data = update_mask(request.get("fields", ""), "CellData"), request.get("cell", {})
    for row, column in tab.bounded(area).cells():
        tab.put(row, column, updated(tab.at(row, column), data, mask))
    return {}


def update_cells(book: Book, request: Shape) -> Shape:
    mask, rows = update_mask(request.get("fields", ""), "CellData"), request.get("rows", [])
    tab, area = _target(book, request, rows)
    for r, row in enumerate(range(area.top, area.ends[0])):
        values = rows[r].get("values", []) if r < len(rows) else []
        for c, column in enumerate(range(area.left, area.ends[1])):
            data = values[c] if c < len(values) else {}
            if c < len(values) or "range" in request:
                tab.put(row, column, updated(tab.at(row, column), data, mask))
    return {}


def _target(book: Book, request: Shape, rows: list[Shape]) -> tuple[Tab, Area]:
    """The cells of an update: `range`, or as many as are given from `start` on."""
    if "range" in request:
        tab, area = area_of(book, request["range"])
        return tab, tab.bounded(area)
    start = request.get("start", {})
    tab = tab_of(book, start.get("sheetId", 0))
    top, left = start.get("rowIndex", 0), start.get("columnIndex", 0)
    width = max((len(row.get("values", [])) for row in rows), default=0)
    if top + len(rows) > tab.row_count:
        raise ApiError.invalid(
            f"Attempting to write row: {tab.row_count}, "
            f"beyond the last requested row of: {tab.row_count - 1}"
        )
    if left + width > tab.column_count:
        raise ApiError.invalid(
            f"Attempting to write column: {tab.column_count}, "
            f"beyond the last requested column of: {tab.column_count - 1}"
        )
    return tab, Area(top=top, left=left, bottom=top + len(rows), right=left + width)


def append_cells(book: Book, request: Shape) -> Shape:
    tab, rows = tab_of(book, request.get("sheetId", 0)), request.get("rows", [])
    top = tab.used()
    tab.append("ROWS", max(0, top + len(rows) - tab.row_count))
    start = {"sheetId": tab.sheet_id, "rowIndex": top}
    return update_cells(book, {"start": start, "rows": rows, "fields": request.get("fields", "")})


def copy_paste(book: Book, request: Shape) -> Shape:
    """Paste values and formulas of one row into others; no other way is asked for here."""
    source_tab, source = area_of(book, request.get("source", {}))
    tab, target = area_of(book, request.get("destination", {}))
    source, target = source_tab.bounded(source), tab.bounded(target)
    if request.get("pasteType") != "PASTE_FORMULA" or source.ends[0] - source.top != 1:
        raise ApiError(501, "The emulator pastes formulas of one row only.")
    copied = [source_tab.at(source.top, column) for column in range(source.left, source.ends[1])]
    for row in range(target.top, target.ends[0]):
        for column, cell in enumerate(copied, target.left):
            moved = formulas.carried(cell, row - source.top)
            old = tab.at(row, column)
            tab.put(row, column, replace(moved, format=old.format, validation=old.validation))
    return {}


def updated(old: Cell, data: Shape, mask: Mask) -> Cell:
    """Take those parts of a CellData that the mask names; absent ones are cleared."""
    cell = old
    if inside(mask, "userEnteredValue") is not None:
        cell = entered(cell, data.get("userEnteredValue", {}))
    if inside(mask, "dataValidation") is not None:
        cell = replace(cell, validation=data.get("dataValidation"))
    if inside(mask, "note") is not None:
        cell = replace(cell, note=data.get("note") or None)
    deeper = inside(mask, "userEnteredFormat")
    if deeper is not None:
        cell = replace(cell, format=merged(cell.format, data.get("userEnteredFormat"), deeper))
    return cell


def entered(old: Cell, value: Shape) -> Cell:
    """Enter an ExtendedValue; only formulaValue is a formula."""
    if "formulaValue" in value:
        if not value["formulaValue"].startswith("="):
            raise ApiError.invalid("Invalid value: a formula must start with '='.")
        return typed(old, value["formulaValue"], "en_US")
    plain: Any = next(iter(value.values()), None)
    if isinstance(plain, dict):
        raise ApiError.invalid("An error value cannot be entered.")
    return raw(old, plain)


def merged(old: Shape | None, new: Shape | None, mask: Mask) -> Shape | None:
    """Replace the masked parts of a format."""
    if not mask or "*" in mask:
        return new or None
    result = dict(old or {})
    for name, deeper in mask.items():
        part = (new or {}).get(name)
        part = merged(result.get(name), part, deeper) if deeper else part
        result.pop(name, None)
        if part is not None:
            result[name] = part
    return result or None
