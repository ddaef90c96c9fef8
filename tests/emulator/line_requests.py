"""Requests about rows and columns: insert, delete, move, append, hide, sort."""

from __future__ import annotations

from dataclasses import replace

from tests.emulator import sorting
from tests.emulator.book import Book
from tests.emulator.cells import Shape
from tests.emulator.checks import update_mask
from tests.emulator.errors import ApiError
from tests.emulator.field_mask import inside
from tests.emulator.grid_ranges import area_of, lines_of, tab_of
from tests.emulator.tab import Dimension, Tab

CELLS_OF_A_BOOK = 10_000_000


def one_name(dimension: Dimension) -> str:
    return "row" if dimension == "ROWS" else "column"


def insert(book: Book, request: Shape) -> Shape:
    tab, dimension, start, end = lines_of(book, request.get("range", {}))
    size = len(tab.lines[dimension])
    if start > size or (start == size and not request.get("inheritFromBefore")):
        raise ApiError.invalid(
            f"range.startIndex[{start}] must be less than the grid size[{size}] "
            "if inheritFromBefore is false."
        )
    tab.insert(dimension, start, end - start)
    check_size(book)
    return {}


def delete(book: Book, request: Shape) -> Shape:
    tab, dimension, start, end = lines_of(book, request.get("range", {}))
    size, name = len(tab.lines[dimension]), one_name(dimension)
    if start >= size or end > size:
        raise ApiError.invalid(
            f"Cannot delete a {name} that doesn't exist. Tried to delete {name} index "
            f"{max(start, end - 1)} but there are only {size} {name}s."
        )
    if end - start == size:
        raise ApiError.invalid(f"You can't delete all the {name}s on the sheet.")
    tab.delete(dimension, start, end)
    return {}


def move(book: Book, request: Shape) -> Shape:
    tab, dimension, start, end = lines_of(book, request.get("source", {}))
    to, size = request.get("destinationIndex", 0), len(tab.lines[dimension])
    if end > size or not 0 <= to <= size:
        raise ApiError.invalid(f"Cannot move {one_name(dimension)}s beyond the grid of {size}.")
    if start < to < end:
        raise ApiError.invalid("The destination cannot lie inside the source.")
    tab.move(dimension, start, end, to)
    return {}


def append(book: Book, request: Shape) -> Shape:
    tab = tab_of(book, request.get("sheetId", 0))
    dimension, length = request.get("dimension"), request.get("length", 0)
    if dimension not in ("ROWS", "COLUMNS") or length < 1:
        raise ApiError.invalid("dimension and a positive length must be specified.")
    tab.append(dimension, length)
    check_size(book)
    return {}


def check_size(book: Book) -> None:
    if sum(tab.row_count * tab.column_count for tab in book.tabs) > CELLS_OF_A_BOOK:
        raise ApiError.invalid(
            "This action would increase the number of cells in the workbook above the limit of "
            f"{CELLS_OF_A_BOOK} cells."
        )


def update_properties(book: Book, request: Shape) -> Shape:
    tab, dimension, start, end = lines_of(book, request.get("range", {}))
    if end > len(tab.lines[dimension]):
        raise ApiError.invalid(f"There are only {len(tab.lines[dimension])} {dimension}.")
    mask = update_mask(request.get("fields", ""), "DimensionProperties")
    new = request.get("properties", {})
    for index in range(start, end):
        line = tab.lines[dimension][index]
        if inside(mask, "hiddenByUser") is not None:
            line = replace(line, hidden=new.get("hiddenByUser", False))
        if inside(mask, "pixelSize") is not None:
            line = replace(line, pixels=new.get("pixelSize"))
        tab.lines[dimension][index] = line
    return {}


def sort(book: Book, request: Shape) -> Shape:
    tab, area = area_of(book, request.get("range", {}))
    specs = request.get("sortSpecs", [])
    if not specs:
        raise ApiError.invalid("At least one sort spec must be specified.")
    follow = book.sort_moves_metadata and whole_rows(tab, area.left, area.right)
    sorting.sort(tab, area, specs, lines_follow=follow)
    return {}


def whole_rows(tab: Tab, left: int, right: int | None) -> bool:
    return left == 0 and (right is None or right >= tab.used_columns())
