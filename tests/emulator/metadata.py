"""Developer metadata, and the data filters that find things by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tests.emulator.a1 import Area
from tests.emulator.book import Book
from tests.emulator.call import Call
from tests.emulator.cells import Shape
from tests.emulator.checks import update_mask
from tests.emulator.errors import ApiError
from tests.emulator.field_mask import inside
from tests.emulator.grid_ranges import area_of, lines_of, tab_of
from tests.emulator.tab import PLAIN, Dimension, Tab

NAMES: dict[Dimension, str] = {"ROWS": "ROW", "COLUMNS": "COLUMN"}
LINES: tuple[Dimension, ...] = ("ROWS", "COLUMNS")


def create(book: Book, request: Shape) -> Shape:
    given = request.get("developerMetadata", {})
    if not given.get("metadataKey") or not given.get("visibility"):
        raise ApiError.invalid("developerMetadata must have a metadataKey and a visibility.")
    number = given.get("metadataId") or book.new_id()
    if number in book.metadata:
        raise ApiError.invalid(f"Developer metadata with id {number} already exists.")
    entry = {name: given[name] for name in given if name != "location"}
    book.metadata[number] = {**entry, "metadataId": number}
    _attach(book, number, given.get("location", {}))
    return {"developerMetadata": shape(book, number)}


def _attach(book: Book, number: int, location: Mapping[str, Any]) -> None:
    if "dimensionRange" in location:
        tab, dimension, start, end = lines_of(book, location["dimensionRange"])
        if end != start + 1:
            raise ApiError.invalid("Metadata can only be on one row or column.")
        if end > len(tab.lines[dimension]):
            raise ApiError.invalid(f"There is no {NAMES[dimension].lower()} {start}.")
        line = tab.lines[dimension][start]
        tab.lines[dimension][start] = replace(line, metadata=(*line.metadata, number))
        book.placed.add(number)
    elif "sheetId" in location:
        tab = tab_of(book, location["sheetId"])
        tab.metadata = (*tab.metadata, number)
        book.placed.add(number)


def delete(book: Book, request: Shape) -> Shape:
    numbers = matching(book, request.get("dataFilter", {}))
    gone = [shape(book, number) for number in numbers]
    for number in numbers:
        del book.metadata[number]
    return {"deletedDeveloperMetadata": gone}


def update(book: Book, request: Shape) -> Shape:
    mask = update_mask(request.get("fields", ""), "DeveloperMetadata")
    new = request.get("developerMetadata", {})
    numbers = [n for one in request.get("dataFilters", []) for n in matching(book, one)]
    for number in numbers:
        chosen = {name: new[name] for name in new if inside(mask, name) is not None}
        book.metadata[number] = {**book.metadata[number], **chosen, "metadataId": number}
    return {"developerMetadata": [shape(book, number) for number in numbers]}


def search(book: Book, call: Call) -> Shape:
    matched = [
        {"developerMetadata": shape(book, number), "dataFilters": [one]}
        for one in call.body.get("dataFilters", [])
        for number in matching(book, one)
    ]
    return {"matchedDeveloperMetadata": matched} if matched else {}


def get(book: Book, call: Call) -> Shape:
    text = call.path["metadataId"]
    if not text.isdecimal() or int(text) not in places(book):
        raise ApiError(404)
    return shape(book, int(text))


def lines_with_metadata(book: Book) -> Iterator[tuple[int, Tab, Dimension, int]]:
    for tab in book.tabs:
        for dimension in LINES:
            for index, line in enumerate(tab.lines[dimension]):
                if line is not PLAIN:
                    for number in line.metadata:
                        if number in book.metadata:
                            yield number, tab, dimension, index


def places(book: Book) -> dict[int, Shape]:
    """Where each entry is now; what was on a deleted row or tab is gone."""
    found: dict[int, Shape] = {}
    for number, tab, dimension, index in lines_with_metadata(book):
        found[number] = {
            "locationType": NAMES[dimension],
            "dimensionRange": {
                "sheetId": tab.sheet_id,
                "dimension": dimension,
                "startIndex": index,
                "endIndex": index + 1,
            },
        }
    for tab in book.tabs:
        for number in tab.metadata:
            found[number] = {"locationType": "SHEET", "sheetId": tab.sheet_id}
    for number in book.metadata.keys() - book.placed:
        found[number] = {"locationType": "SPREADSHEET", "spreadsheet": True}
    return found


def shape(book: Book, number: int) -> Shape:
    """The DeveloperMetadata of the API."""
    return {**book.metadata[number], "location": places(book)[number]}


def matching(book: Book, data_filter: Mapping[str, Any]) -> list[int]:
    """Find the entries that a data filter means."""
    lookup = data_filter.get("developerMetadataLookup")
    if lookup is None:
        areas_meant = areas(book, data_filter)
        return [
            number
            for number, tab, dimension, index in lines_with_metadata(book)
            if any(tab is t and line_area(dimension, index).meets(area) for t, area in areas_meant)
        ]
    asked = ("metadataId", "metadataKey", "metadataValue", "visibility")
    found = places(book)
    return [
        number
        for number, entry in book.metadata.items()
        if number in found
        and all(entry.get(name) == lookup[name] for name in asked if name in lookup)
        and lookup.get("locationType", "") in ("", found[number]["locationType"])
    ]


def line_area(dimension: Dimension, index: int) -> Area:
    if dimension == "ROWS":
        return Area(top=index, bottom=index + 1)
    return Area(left=index, right=index + 1)


def areas(book: Book, data_filter: Mapping[str, Any]) -> list[tuple[Tab, Area]]:
    """Find the cells that a data filter means."""
    if "a1Range" in data_filter:
        return [book.area(data_filter["a1Range"])]
    if "gridRange" in data_filter:
        return [area_of(book, data_filter["gridRange"])]
    numbers = matching(book, data_filter) if "developerMetadataLookup" in data_filter else []
    return [
        (tab, line_area(dimension, index))
        for number, tab, dimension, index in lines_with_metadata(book)
        if number in numbers
    ]
