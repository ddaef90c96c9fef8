"""Requests about tabs: add, delete, properties, protection, conditional formats."""

from __future__ import annotations

from typing import Any

from tests.emulator.book import Book
from tests.emulator.cells import Shape
from tests.emulator.checks import update_mask
from tests.emulator.errors import ApiError
from tests.emulator.grid_ranges import area_of, shape_of, tab_of
from tests.emulator.line_requests import check_size
from tests.emulator.tab import Attached, Tab

SIZES = ("rowCount", "columnCount")


def properties(book: Book, tab: Tab) -> Shape:
    """The SheetProperties of the API."""
    grid = {"rowCount": tab.row_count, "columnCount": tab.column_count}
    stored = dict(tab.properties)
    return {
        "sheetId": tab.sheet_id,
        "title": tab.title,
        "index": book.tabs.index(tab),
        "sheetType": "GRID",
        "gridProperties": {**grid, **stored.pop("gridProperties", {})},
        **stored,
    }


def add(book: Book, request: Shape) -> Shape:
    given = request.get("properties", {})
    title = given.get("title") or f"Sheet{len(book.tabs) + 1}"
    check_title(book, title)
    if "sheetId" in given and any(tab.sheet_id == given["sheetId"] for tab in book.tabs):
        raise ApiError.invalid(f"A sheet with id {given['sheetId']} already exists.")
    grid = dict(given.get("gridProperties", {}))
    tab = book.add_tab(
        title,
        row_count=grid.pop("rowCount", 1000),
        column_count=grid.pop("columnCount", 26),
        index=given.get("index"),
        sheet_id=given.get("sheetId"),
    )
    others = {"sheetId", "title", "index", "sheetType", "gridProperties"}
    tab.properties = {name: part for name, part in given.items() if name not in others}
    if grid:
        tab.properties["gridProperties"] = grid
    check_size(book)
    return {"properties": properties(book, tab)}


def check_title(book: Book, title: str, of: Tab | None = None) -> None:
    if any(tab.title.casefold() == title.casefold() for tab in book.tabs if tab is not of):
        raise ApiError.invalid(
            f'A sheet with the name "{title}" already exists. Please enter another name.'
        )


def delete(book: Book, request: Shape) -> Shape:
    tab = tab_of(book, request.get("sheetId", 0))
    if not any(not other.properties.get("hidden") for other in book.tabs if other is not tab):
        raise ApiError.invalid("You can't remove all the visible sheets in a document.")
    tab.disturbed.append("tab deleted")
    book.deleted.append(tab)
    book.tabs.remove(tab)
    return {}


def update_properties(book: Book, request: Shape) -> Shape:
    new = request.get("properties", {})
    tab = tab_of(book, new.get("sheetId", 0))
    mask = update_mask(request.get("fields", ""), "SheetProperties")
    for name in sorted(set(new) - {"sheetId"}) if "*" in mask else mask:
        if name == "gridProperties":
            grid = new.get("gridProperties", {})
            for one in mask.get(name) or sorted(grid):
                _set_grid_property(tab, one, grid.get(one))
        elif name == "title":
            check_title(book, new.get("title", ""), tab)
            tab.title = new["title"]
        elif name == "index":
            _reorder(book, tab, new.get("index", 0))
        else:
            _store(tab.properties, name, new.get(name))
    return {}


def _set_grid_property(tab: Tab, name: str, value: Any) -> None:
    if name not in SIZES:
        grid = dict(tab.properties.get("gridProperties", {}))
        _store(grid, name, value)
        _store(tab.properties, "gridProperties", grid)
        return
    dimension = "ROWS" if name == "rowCount" else "COLUMNS"
    size = len(tab.lines[dimension])  # type: ignore[index]
    if not value or value < 1:
        raise ApiError.invalid(f"gridProperties.{name} must be greater than 0.")
    if value < size:
        tab.delete(dimension, value, size)  # type: ignore[arg-type]
    else:
        tab.append(dimension, value - size)  # type: ignore[arg-type]


def _store(shape: Shape, name: str, value: Any) -> None:
    """Keep a property; one that is false or nought is as good as absent."""
    shape.pop(name, None)
    if value:
        shape[name] = value


def _reorder(book: Book, tab: Tab, index: int) -> None:
    old = book.tabs.index(tab)
    book.tabs.remove(tab)
    book.tabs.insert(index - 1 if index > old else index, tab)


def add_protected_range(book: Book, request: Shape) -> Shape:
    given = dict(request.get("protectedRange", {}))
    tab, area = area_of(book, given.pop("range", {}), "protectedRange.range")
    shape = {"requestingUserCanEdit": True, **given}
    shape["protectedRangeId"] = given.get("protectedRangeId") or book.new_id()
    thing = Attached(shape=shape, areas=[area], by_api=True)
    tab.protections.append(thing)
    return {"protectedRange": protected_range(tab, thing)}


def protected_range(tab: Tab, thing: Attached) -> Shape:
    return {**thing.shape, "range": shape_of(tab, thing.areas[0])}


def delete_protected_range(book: Book, request: Shape) -> Shape:
    for tab in book.tabs:
        for thing in tab.protections:
            if thing.shape["protectedRangeId"] == request.get("protectedRangeId"):
                tab.protections.remove(thing)
                return {}
    raise ApiError.invalid(f"No protected range with id: {request.get('protectedRangeId', 0)}")


def add_conditional_format(book: Book, request: Shape) -> Shape:
    rule = dict(request.get("rule", {}))
    places = [area_of(book, one, "rule.ranges") for one in rule.pop("ranges", [])]
    if not places or len({tab.sheet_id for tab, _ in places}) > 1:
        raise ApiError.invalid("rule.ranges must all lie in one sheet.")
    tab = places[0][0]
    thing = Attached(shape=rule, areas=[area for _, area in places], by_api=True)
    index = request.get("index", 0)
    if not 0 <= index <= len(tab.conditions):
        raise ApiError.invalid(f"index[{index}] must be at most {len(tab.conditions)}.")
    tab.conditions.insert(index, thing)
    return {}


def conditional_format(tab: Tab, thing: Attached) -> Shape:
    return {"ranges": [shape_of(tab, area) for area in thing.areas], **thing.shape}


def delete_conditional_format(book: Book, request: Shape) -> Shape:
    tab, index = tab_of(book, request.get("sheetId", 0)), request.get("index", 0)
    if not 0 <= index < len(tab.conditions):
        raise ApiError.invalid(f"No conditional format on sheet: {tab.sheet_id} at index: {index}")
    thing = tab.conditions.pop(index)
    return {"rule": conditional_format(tab, thing)}
