"""One tab of a new Google Sheet as requests: cells, looks, drop-downs, colours, protection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sheetrender.model.cells import column_letters
from sheetrender.sheets.google_new_cells import (
    AS_TEXT,
    Json,
    cell_format,
    colour,
    entered,
    local_formula,
    word_rule,
)
from sheetrender.sheets.new_description import Heading, NewRow, Page, Table
from sheetrender.sheets.new_styles import Style, Styles

_CELL = "userEnteredValue,userEnteredFormat,note"
_HEADING_PIXELS, _BAND_PIXELS, _SECTION_PIXELS, _HEADLINE_PIXELS = 32, 24, 29, 45
_PAGE_WIDTHS = (32, 96)
_OURS = "sheetrender writes here. What you type into status is a command; leave the rest alone."


class _TabWriter:
    """What tables and pages have in common."""

    def __init__(self, sheet_id: int, styles: Styles) -> None:
        self._id = sheet_id
        self._styles = styles

    def _properties(self, tint: str, *, frozen: tuple[int, int]) -> Json:
        rows, columns = frozen
        grid = {"frozenRowCount": rows, "frozenColumnCount": columns, "hideGridlines": True}
        properties = {
            "sheetId": self._id,
            "tabColorStyle": colour(tint),
            "gridProperties": grid,
        }
        fields = f"tabColorStyle,gridProperties({','.join(grid)})"
        return {"updateSheetProperties": {"properties": properties, "fields": fields}}

    def _area(self, top: int, left: int, bottom: int | None, right: int) -> Json:
        """Return an area whose ends, 1-based, are within; without `bottom` it has no end."""
        area = {"sheetId": self._id, "startRowIndex": top - 1, "startColumnIndex": left - 1}
        area["endColumnIndex"] = right
        return area if bottom is None else area | {"endRowIndex": bottom}

    def _cells(self, top: int, rows: Sequence[Sequence[Json]], fields: str) -> Json:
        start = {"sheetId": self._id, "rowIndex": top - 1, "columnIndex": 0}
        values = [{"values": list(row)} for row in rows]
        return {"updateCells": {"start": start, "rows": values, "fields": fields}}

    def _looks(self, area: Json, style: Style, **more: Any) -> Json:
        shown = {"userEnteredFormat": {**cell_format(style), **more}}
        return {"repeatCell": {"range": area, "cell": shown, "fields": "userEnteredFormat"}}

    def _width(self, column: int, letters: float) -> Json:
        # A digit of the usual size is 7 pixels wide, and 5 are left free.
        return self._line("COLUMNS", column, int(letters * 7 + 5))

    def _height(self, row: int, pixels: int) -> Json:
        return self._line("ROWS", row, pixels)

    def _line(self, dimension: str, number: int, pixels: int) -> Json:
        lines = {
            "sheetId": self._id,
            "dimension": dimension,
            "startIndex": number - 1,
            "endIndex": number,
        }
        size = {"pixelSize": pixels}
        request = {"range": lines, "properties": size, "fields": "pixelSize"}
        return {"updateDimensionProperties": request}


class TableWriter(_TabWriter):
    """Writes a table; rules and looks reach to the tab's end, for rows that people add."""

    def __init__(self, table: Table, styles: Styles, sheet_id: int, *, decimal_comma: bool) -> None:
        super().__init__(sheet_id, styles)
        self._table = table
        self._decimal_comma = decimal_comma
        self._first_row = table.heading_row + 1

    def requests(self) -> Iterator[Json]:
        """Yield what has to be done, in this order."""
        table = self._table
        yield self._properties(table.colour, frozen=(table.heading_row, table.frozen))
        if table.heading_row > 1:
            yield self._cells(1, [[*self._band()]], _CELL)
            yield self._height(1, _BAND_PIXELS)
        yield self._cells(table.heading_row, [[self._heading(h) for h in table.headings]], _CELL)
        yield self._height(table.heading_row, _HEADING_PIXELS)
        for column, heading in enumerate(table.headings, start=1):
            yield self._width(column, heading.width)
            yield from self._column(column, heading)
        yield from self._rows()
        yield from self._protection()

    def _band(self) -> Iterator[Json]:
        before = None
        for heading in self._table.headings:
            title = heading.group.title if heading.group != before else None
            before = heading.group
            yield self._cell(title, self._styles.band(heading.group))

    def _heading(self, heading: Heading) -> Json:
        style = self._styles.heading(heading.group, is_text=heading.is_text)
        cell = self._cell(heading.text, style)
        return cell | {"note": heading.note} if heading.note else cell

    def _cell(self, text: str | None, style: Style) -> Json:
        value = entered(text, decimal_comma=self._decimal_comma)
        return {"userEnteredValue": value, "userEnteredFormat": cell_format(style)}

    def _column(self, column: int, heading: Heading) -> Iterator[Json]:
        area = self._area(self._first_row, column, None, column)
        style = self._styles.body(
            heading.group, is_text=heading.is_text, number_format=heading.number_format
        )
        # Of what people write, a number shall stay one; in our cells nothing is to be guessed.
        yield self._looks(area, style, **({"numberFormat": AS_TEXT} if heading.is_ours else {}))
        if heading.choices:
            yield _offer(area, heading.choices)
        elif heading.limits:
            tested = f"={heading.limits.formula(f'{column_letters(column)}{self._first_row}')}"
            formula = local_formula(tested, decimal_comma=self._decimal_comma)
            yield _validation(area, "CUSTOM_FORMULA", [formula], heading.limits.message)
        for index, word in enumerate(heading.colours):
            rule = {"rule": word_rule(word, area), "index": index}
            yield {"addConditionalFormatRule": rule}

    def _rows(self) -> Iterator[Json]:
        table = self._table
        if table.rows:
            rows = [[self._value(row, heading) for heading in table.headings] for row in table.rows]
            yield self._cells(self._first_row, rows, "userEnteredValue")
        for number, row in enumerate(table.rows, start=self._first_row):
            if row.is_section:
                area = self._area(number, 1, number, len(table.headings))
                yield self._looks(area, self._styles.section())
                yield self._height(number, _SECTION_PIXELS)
            for column, heading in enumerate(table.headings, start=1):
                if words := row.choices.get(heading.text):
                    yield _offer(self._area(number, column, number, column), words)

    def _value(self, row: NewRow, heading: Heading) -> Json:
        value = entered(row.values.get(heading.text), decimal_comma=self._decimal_comma)
        return {"userEnteredValue": value} if value else {}

    def _protection(self) -> Iterator[Json]:
        """Ask people who type into our block whether they mean it; it stays in their hands."""
        ours = [n for n, heading in enumerate(self._table.headings, start=1) if heading.is_ours]
        if ours:
            area = self._area(self._table.heading_row, min(ours), None, max(ours))
            shape = {"range": area, "description": _OURS, "warningOnly": True}
            yield {"addProtectedRange": {"protectedRange": shape}}


class PageWriter(_TabWriter):
    """Writes a page to read."""

    def __init__(self, page: Page, styles: Styles, sheet_id: int) -> None:
        super().__init__(sheet_id, styles)
        self._page = page

    def requests(self) -> Iterator[Json]:
        """Yield what has to be done, in this order."""
        yield self._properties(self._page.colour, frozen=(0, 0))
        for column, letters in enumerate(_PAGE_WIDTHS, start=1):
            yield self._width(column, letters)
        rows: list[list[Json]] = [[_text(self._page.headline, self._styles.headline())]]
        yield self._height(1, _HEADLINE_PIXELS)
        for section in self._page.sections:
            rows.append([])
            if section.heading:
                style = self._styles.section()
                rows.append([_text(section.heading, style), _text("", style)])
                yield self._height(len(rows), _SECTION_PIXELS)
            for term, text in section.lines:
                cells = (term, self._styles.term()), (text, self._styles.reading())
                rows.append([_text(words, style) for words, style in cells])
        yield self._cells(1, rows, _CELL)


def _text(words: str, style: Style) -> Json:
    cell = {"userEnteredFormat": cell_format(style)}
    return cell | {"userEnteredValue": {"stringValue": words}} if words else cell


def _offer(area: Json, words: Sequence[str]) -> Json:
    return _validation(area, "ONE_OF_LIST", words, f"The list has {', '.join(words)}.")


def _validation(area: Json, kind: str, values: Sequence[str], message: str) -> Json:
    rule: Json = {
        "condition": {"type": kind, "values": [{"userEnteredValue": value} for value in values]},
        "inputMessage": message,
        # A warning lets people insist: `check` judges better than a spreadsheet can.
        "strict": False,
    }
    if kind == "ONE_OF_LIST":
        rule["showCustomUi"] = True
    return {"setDataValidation": {"range": area, "rule": rule}}
