"""Writing of values: update, batchUpdate and by data filter, append, clear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.emulator import metadata
from tests.emulator.a1 import Area, column_letters
from tests.emulator.book import Book, raw, typed
from tests.emulator.call import Call
from tests.emulator.cells import LONGEST, Shape
from tests.emulator.errors import ApiError
from tests.emulator.tab import Tab
from tests.emulator.values_read import Look, value_range


@dataclass(frozen=True, slots=True)
class Manner:
    """How values are understood, and whether the answer shows what stands there then."""

    option: str
    shows: bool
    look: Look

    @classmethod
    def of(cls, option: str, shows: bool, values: str, dates: str) -> Manner:
        if option not in ("RAW", "USER_ENTERED"):
            raise ApiError.invalid("'valueInputOption' is required but not specified")
        return cls(option, shows, Look(values, dates))

    @classmethod
    def of_query(cls, call: Call) -> Manner:
        return cls.of(
            call.option("valueInputOption"),
            call.flag("includeValuesInResponse"),
            call.option("responseValueRenderOption"),
            call.option("responseDateTimeRenderOption"),
        )

    @classmethod
    def of_body(cls, call: Call) -> Manner:
        return cls.of(
            call.body.get("valueInputOption", ""),
            call.body.get("includeValuesInResponse", False),
            call.body.get("responseValueRenderOption", ""),
            call.body.get("responseDateTimeRenderOption", ""),
        )


def update(book: Book, call: Call) -> Shape:
    text, stated = call.path["range"], call.body.get("range")
    tab, area = book.area(text)
    if stated and book.area(stated) != (tab, area):
        raise ApiError.invalid(
            f"Requested writing within range [{text}], but the range of the body is [{stated}]"
        )
    return write(book, tab, area, call.body, Manner.of_query(call))


def batch_update(book: Book, call: Call) -> Shape:
    manner = Manner.of_body(call)
    responses = []
    for index, data in enumerate(call.body.get("data", [])):
        try:
            tab, area = book.area(data.get("range", ""))
            responses.append(write(book, tab, area, data, manner))
        except ApiError as error:
            raise error.within(f"data[{index}]") from error
    return totals(book, responses)


def batch_update_by_data_filter(book: Book, call: Call) -> Shape:
    manner = Manner.of_body(call)
    responses = []
    for data in call.body.get("data", []):
        for tab, area in metadata.areas(book, data.get("dataFilter", {})):
            answer = write(book, tab, area, data, manner)
            del answer["spreadsheetId"]
            responses.append({**answer, "dataFilter": data["dataFilter"]})
    return totals(book, responses)


def append(book: Book, call: Call) -> Shape:
    tab, area = book.area(call.path["range"])
    table = table_of(tab, area)
    rows, columns = by_rows(call.body), 0
    columns = max((len(row) for row in rows), default=0)
    top = table.ends[0] if table else area.top
    left = table.left if table else area.left
    if call.option("insertDataOption") == "INSERT_ROWS" and top < tab.row_count:
        tab.insert("ROWS", top, len(rows))
    tab.append("ROWS", max(0, top + len(rows) - tab.row_count))
    tab.append("COLUMNS", max(0, left + columns - tab.column_count))
    place = Area(top=top, left=left, bottom=top + len(rows), right=left + columns)
    answer: Shape = {"spreadsheetId": book.key}
    if table:
        answer["tableRange"] = table.text(tab.title)
    return {**answer, "updates": write(book, tab, place, call.body, Manner.of_query(call))}


def clear(book: Book, call: Call) -> Shape:
    return {
        "spreadsheetId": book.key,
        "clearedRange": emptied(book, *book.area(call.path["range"])),
    }


def batch_clear(book: Book, call: Call) -> Shape:
    found = [book.area(text) for text in call.body.get("ranges", [])]
    return {"spreadsheetId": book.key, "clearedRanges": [emptied(book, *one) for one in found]}


def batch_clear_by_data_filter(book: Book, call: Call) -> Shape:
    filters = call.body.get("dataFilters", [])
    found = [place for one in filters for place in metadata.areas(book, one)]
    return {"spreadsheetId": book.key, "clearedRanges": [emptied(book, *one) for one in found]}


def emptied(book: Book, tab: Tab, area: Area) -> str:
    bounded = tab.bounded(area)
    for row, column in bounded.cells():
        if not (old := tab.at(row, column)).is_empty:
            tab.put(row, column, typed(old, None, book.locale))
    return bounded.text(tab.title)


def write(book: Book, tab: Tab, area: Area, data: Shape, manner: Manner) -> Shape:
    """Write rows into an area from its first cell on: null skips, an empty text clears."""
    rows = by_rows(data)
    tab.bounded(area)
    width = max((len(row) for row in rows), default=0)
    _check_fits(tab, area, len(rows), width)
    done = 0
    for row, values in enumerate(rows, area.top):
        for column, value in enumerate(values, area.left):
            if value is not None:
                _put(book, tab, row, column, value, manner)
                done += 1
    bottom, right = area.top + max(1, len(rows)), area.left + max(1, width)
    updated = tab.bounded(replace(area, bottom=bottom, right=right))
    answer: Shape = {"spreadsheetId": book.key, "updatedRange": updated.text(tab.title)}
    if done:
        answer |= {"updatedRows": len(rows), "updatedColumns": width, "updatedCells": done}
    if manner.shows:
        whole = updated if area.is_one_cell else tab.bounded(area)
        answer["updatedData"] = value_range(book, tab, whole, manner.look)
    return answer


def _put(book: Book, tab: Tab, row: int, column: int, value: Any, manner: Manner) -> None:
    old = tab.at(row, column)
    if isinstance(value, str) and len(value) > LONGEST:
        raise ApiError.invalid(
            f"Your input contains more than the maximum of {LONGEST} characters in a single cell."
        )
    is_typed = manner.option == "USER_ENTERED"
    tab.put(row, column, typed(old, value, book.locale) if is_typed else raw(old, value))


def by_rows(data: Shape) -> list[list[Any]]:
    """Take the values of a ValueRange as rows.

    Raises:
        ApiError: one of them is a list or an object.
    """
    rows: list[list[Any]] = data.get("values", [])
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, list | dict):
                kind = "list_value" if isinstance(value, list) else "struct_value"
                raise ApiError.invalid(f"Invalid values[{r}][{c}]: {kind} {{\n}}\n")
    if data.get("majorDimension") != "COLUMNS":
        return rows
    height = max((len(column) for column in rows), default=0)
    return [[column[r] if r < len(column) else None for column in rows] for r in range(height)]


def _check_fits(tab: Tab, area: Area, height: int, width: int) -> None:
    last_row, last_column = area.top + height - 1, area.left + width - 1
    if last_row >= tab.row_count or last_column >= tab.column_count:
        right = max(last_column + 1, area.left + 1)
        text = replace(area, bottom=last_row + 1, right=right).text(tab.title)
        raise ApiError.invalid(
            f"Range ({text}) exceeds grid limits. Max rows: {tab.row_count}, "
            f"max columns: {tab.column_count}"
        )
    if area.is_one_cell:
        return
    bounded = tab.bounded(area)
    within = f"Requested writing within range [{bounded.text(tab.title)}], but tried writing to"
    if last_row >= bounded.ends[0]:
        raise ApiError.invalid(f"{within} row [{bounded.ends[0] + 1}]")
    if last_column >= bounded.ends[1]:
        raise ApiError.invalid(f"{within} column [{column_letters(bounded.ends[1])}]")


def table_of(tab: Tab, area: Area) -> Area | None:
    """The rows with values from the start of an area on, down to the first empty row."""
    bottom = area.top
    while bottom < tab.row_count and any(not cell.is_empty for cell in tab.grid[bottom]):
        bottom += 1
    if bottom == area.top:
        return None
    columns = [
        column
        for row in tab.grid[area.top : bottom]
        for column, cell in enumerate(row)
        if not cell.is_empty
    ]
    return Area(top=area.top, left=min(columns), bottom=bottom, right=max(columns) + 1)


def totals(book: Book, responses: Sequence[Shape]) -> Shape:
    """Sum up several writes. A row or column written twice counts twice, as Google counts."""
    answer: Shape = {"spreadsheetId": book.key}
    for name in ("Rows", "Columns", "Cells"):
        if total := sum(response.get(f"updated{name}", 0) for response in responses):
            answer[f"totalUpdated{name}"] = total
    if tabs := {one["updatedRange"].rpartition("!")[0] for one in responses}:
        answer["totalUpdatedSheets"] = len(tabs)
    return {**answer, "responses": list(responses)} if responses else answer
