"""Reading of values: get, batchGet, batchGetByDataFilter."""

from __future__ import annotations

from typing import Any

from tests.emulator import metadata
from tests.emulator.a1 import Area
from tests.emulator.book import Book
from tests.emulator.call import Call
from tests.emulator.cells import Cell, Shape, plain
from tests.emulator.tab import Tab, trimmed


def get(book: Book, call: Call) -> Shape:
    tab, area = book.area(call.path["range"])
    return value_range(book, tab, area, Look.of_query(call))


def batch_get(book: Book, call: Call) -> Shape:
    found = [book.area(text) for text in call.query.get("ranges", ())]
    look = Look.of_query(call)
    ranges = [value_range(book, tab, area, look) for tab, area in found]
    return {"spreadsheetId": book.key, **({"valueRanges": ranges} if ranges else {})}


def batch_get_by_data_filter(book: Book, call: Call) -> Shape:
    look = Look(
        call.body.get("valueRenderOption", ""),
        call.body.get("dateTimeRenderOption", ""),
        call.body.get("majorDimension", ""),
    )
    matched = [
        {"valueRange": value_range(book, tab, area, look), "dataFilters": [one]}
        for one in call.body.get("dataFilters", [])
        for tab, area in metadata.areas(book, one)
    ]
    return {"spreadsheetId": book.key, **({"valueRanges": matched} if matched else {})}


class Look:
    """How values are shown, and whether rows or columns come first."""

    def __init__(self, values: str = "", dates: str = "", dimension: str = "") -> None:
        self.values = values or "FORMATTED_VALUE"
        self.dates = dates or "SERIAL_NUMBER"
        columns_first = dimension == "COLUMNS"
        self.dimension = "COLUMNS" if columns_first else "ROWS"

    @classmethod
    def of_query(cls, call: Call) -> Look:
        names = ("valueRenderOption", "dateTimeRenderOption", "majorDimension")
        return cls(*(call.option(name) for name in names))

    def of(self, cell: Cell, locale: str) -> Any:
        if self.values == "FORMULA" and cell.formula:
            return cell.formula
        if self.values == "FORMATTED_VALUE":
            return cell.text(locale)
        if cell.kind in ("DATE", "TIME") and self.dates == "FORMATTED_STRING":
            return cell.text(locale)
        result = plain(cell.result())
        return "" if result is None else result


def value_range(book: Book, tab: Tab, area: Area, look: Look) -> Shape:
    """Answer an area; what is empty at its ends is left out."""
    bounded = tab.bounded(area)
    bottom, right = bounded.ends
    rows = [
        [look.of(cell, book.locale) for cell in trimmed(tab.grid[row][bounded.left : right])]
        for row in range(bounded.top, tab.used(bounded.top, bottom))
    ]
    while rows and not rows[-1]:
        rows.pop()
    if look.dimension == "COLUMNS":
        rows = columns_of(rows)
    answer: Shape = {"range": bounded.text(tab.title), "majorDimension": look.dimension}
    return {**answer, "values": rows} if rows else answer


def columns_of(rows: list[list[Any]]) -> list[list[Any]]:
    """Turn rows into columns, without the blanks at the ends."""
    width = max((len(row) for row in rows), default=0)
    columns = [[row[c] if c < len(row) else "" for row in rows] for c in range(width)]
    for column in columns:
        while column and column[-1] == "":
            column.pop()
    return columns
