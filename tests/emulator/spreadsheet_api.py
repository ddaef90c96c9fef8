"""Whole spreadsheets: get, getByDataFilter and the all-or-nothing batchUpdate."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.emulator import (
    cell_requests,
    line_requests,
    metadata,
    name_requests,
    tab_requests,
)
from tests.emulator.a1 import Area
from tests.emulator.book import Book
from tests.emulator.call import Call
from tests.emulator.cells import Shape
from tests.emulator.errors import ApiError
from tests.emulator.field_mask import Mask, asks_for, parse
from tests.emulator.tab import Dimension, Line, Tab

URL = "https://docs.google.com/spreadsheets/d/{}/edit"
PIXELS: dict[Dimension, int] = {"ROWS": 21, "COLUMNS": 100}

REQUESTS: dict[str, Callable[[Book, Shape], Shape]] = {
    "addSheet": tab_requests.add,
    "deleteSheet": tab_requests.delete,
    "updateSheetProperties": tab_requests.update_properties,
    "addProtectedRange": tab_requests.add_protected_range,
    "deleteProtectedRange": tab_requests.delete_protected_range,
    "addNamedRange": name_requests.add,
    "updateNamedRange": name_requests.update,
    "deleteNamedRange": name_requests.delete,
    "addConditionalFormatRule": tab_requests.add_conditional_format,
    "deleteConditionalFormatRule": tab_requests.delete_conditional_format,
    "insertDimension": line_requests.insert,
    "deleteDimension": line_requests.delete,
    "moveDimension": line_requests.move,
    "appendDimension": line_requests.append,
    "updateDimensionProperties": line_requests.update_properties,
    "sortRange": line_requests.sort,
    "setDataValidation": cell_requests.set_data_validation,
    "repeatCell": cell_requests.repeat_cell,
    "updateCells": cell_requests.update_cells,
    "appendCells": cell_requests.append_cells,
    "copyPaste": cell_requests.copy_paste,
    "createDeveloperMetadata": metadata.create,
    "updateDeveloperMetadata": metadata.update,
    "deleteDeveloperMetadata": metadata.delete,
}

Places = Sequence[tuple[Tab, Area]]


def get(book: Book, call: Call) -> Shape:
    places = [book.area(text) for text in call.query.get("ranges", ())]
    mask = parse(call.option("fields")) if call.option("fields") else None
    return spreadsheet(book, places, mask, call.flag("includeGridData"))


def get_by_data_filter(book: Book, call: Call) -> Shape:
    filters = call.body.get("dataFilters", [])
    places = [place for one in filters for place in metadata.areas(book, one)]
    mask = parse(call.option("fields")) if call.option("fields") else None
    return spreadsheet(book, places, mask, call.body.get("includeGridData", False))


def batch_update(book: Book, call: Call) -> Shape:
    """Apply all requests; the caller takes all of them back when one is refused."""
    requests = call.body.get("requests", [])
    if not requests:
        raise ApiError.invalid("Must specify at least one request.")
    replies = [_reply(book, request, index) for index, request in enumerate(requests)]
    answer: Shape = {"spreadsheetId": book.key, "replies": replies}
    if call.body.get("includeSpreadsheetInResponse"):
        places = [book.area(text) for text in call.body.get("responseRanges", [])]
        with_cells = call.body.get("responseIncludeGridData", False)
        answer["updatedSpreadsheet"] = spreadsheet(book, places, None, with_cells)
    return answer


def _reply(book: Book, request: Shape, index: int) -> Shape:
    if len(request) != 1:
        raise ApiError.invalid(f"Invalid requests[{index}]: No request set.")
    [(kind, inner)] = request.items()
    if kind not in REQUESTS:
        raise ApiError(501, f"The emulator does not know requests[{index}].{kind}.")
    try:
        answer = REQUESTS[kind](book, inner)
    except ApiError as error:
        raise error.within(f"requests[{index}].{kind}") from error
    return {kind: answer} if answer else {}


def spreadsheet(book: Book, places: Places, mask: Mask | None, with_cells: bool) -> Shape:
    """The Spreadsheet of the API; a field mask decides about cells, if there is one."""
    wants_data = with_cells if mask is None else asks_for(mask, "sheets", "data")
    tabs = [tab for tab in book.tabs if not places or any(tab is of for of, _ in places)]
    sheets = []
    for tab in tabs:
        areas = [area for of, area in places if of is tab] or [Area()]
        sheets.append(sheet(book, tab, areas if wants_data else [], mask))
    answer: Shape = {
        "spreadsheetId": book.key,
        "properties": {
            "title": book.title,
            "locale": book.locale,
            "autoRecalc": "ON_CHANGE",
            "timeZone": book.time_zone,
        },
        "sheets": sheets,
        "spreadsheetUrl": URL.format(book.key),
    }
    if names := [name_requests.shape(tab, thing) for tab in book.tabs for thing in tab.names]:
        answer["namedRanges"] = names
    at_large = [n for n, place in metadata.places(book).items() if "spreadsheet" in place]
    if at_large:
        answer["developerMetadata"] = [metadata.shape(book, number) for number in at_large]
    return answer


def sheet(book: Book, tab: Tab, areas: Sequence[Area], mask: Mask | None) -> Shape:
    answer: Shape = {"properties": tab_requests.properties(book, tab)}
    if areas:
        answer["data"] = [grid_data(book, tab, tab.bounded(area), mask) for area in areas]
    conditions = [tab_requests.conditional_format(tab, thing) for thing in tab.conditions]
    protections = [
        tab_requests.protected_range(tab, thing) for thing in tab.protections if thing.areas
    ]
    entries = [metadata.shape(book, number) for number in tab.metadata if number in book.metadata]
    lists = {
        "conditionalFormats": conditions,
        "protectedRanges": protections,
        "developerMetadata": entries,
    }
    return answer | {name: things for name, things in lists.items() if things}


def grid_data(book: Book, tab: Tab, area: Area, mask: Mask | None) -> Shape:
    """Answer the cells of an area down to the last one that is not blank in every respect."""
    bottom, right = area.ends
    rows: list[Shape] = []
    for cells in tab.grid[area.top : bottom]:
        values = [cell.data(book.locale) for cell in cells[area.left : right]]
        while values and not values[-1]:
            values.pop()
        rows.append({"values": values} if values else {})
    while rows and not rows[-1]:
        rows.pop()
    starts = {"startRow": area.top, "startColumn": area.left}
    answer: Shape = {name: index for name, index in starts.items() if index}
    if rows:
        answer["rowData"] = rows
    if asks_for(mask or {}, "sheets", "data", "rowMetadata"):
        answer["rowMetadata"] = line_data(book, tab, "ROWS", area.top, bottom)
    if asks_for(mask or {}, "sheets", "data", "columnMetadata"):
        answer["columnMetadata"] = line_data(book, tab, "COLUMNS", area.left, right)
    return answer


def line_data(book: Book, tab: Tab, dimension: Dimension, start: int, end: int) -> list[Shape]:
    return [_line(book, line, dimension) for line in tab.lines[dimension][start:end]]


def _line(book: Book, line: Line, dimension: Dimension) -> Shape:
    shape: Shape = {"pixelSize": line.pixels or PIXELS[dimension]}
    if line.hidden:
        shape["hiddenByUser"] = True
    entries = [metadata.shape(book, number) for number in line.metadata if number in book.metadata]
    return {**shape, "developerMetadata": entries} if entries else shape
