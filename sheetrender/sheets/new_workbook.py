"""A new workbook: from its description to the bytes of an .xlsx file."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import TYPE_CHECKING

from sheetrender.model.cells import column_letters
from sheetrender.sheets.new_description import (
    Heading,
    Limits,
    NewRow,
    NewValue,
    NewWorkbook,
    Page,
    PlainText,
    Table,
)
from sheetrender.sheets.new_styles import Styles
from sheetrender.sheets.xlsx_styles import put_on

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

LAST_ROW = 2000
"""Drop-downs, limits and colours reach down to here: people add rows."""

_TERM_WIDTH, _PAGE_WIDTH = 32, 96
"""Of the terms and of the text on a page."""

_LETTERS = 1.3
"""Letters that have room in a width of 1, which is a digit's; most letters are narrower."""

_BOLD = 1.1
"""The same for bold letters, which are wider."""

_LINE_HEIGHT, _ROW_PADDING = 13, 7
"""In points. Not every program measures wrapped text when it opens a file, so we do."""

_HIGHEST_ROW = 400
"""In points; Excel takes no row above 409."""

_FIXED_DATE = dt.datetime(2000, 1, 1)
_AUTHOR = "sheetrender"


def workbook_bytes(new: NewWorkbook) -> bytes:
    """Return the .xlsx file of a description; the same description gives the same bytes."""
    import openpyxl

    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    workbook.properties.creator = _AUTHOR
    workbook.properties.title = new.title
    workbook.properties.created = workbook.properties.modified = _FIXED_DATE
    styles = Styles(new.look)
    for tab in new.tabs:
        worksheet = workbook.create_sheet(tab.title)
        worksheet.sheet_properties.tabColor = tab.colour
        worksheet.sheet_view.showGridLines = False
        _set_up_printing(worksheet, is_wide=isinstance(tab, Table))
        if isinstance(tab, Table):
            _TableWriter(worksheet, tab, styles).write()
        else:
            _write_page(worksheet, tab, styles)
    return _packed(workbook)


def _packed(workbook: Workbook) -> bytes:
    """Return the workbook's file without the moment at which it was made."""
    from openpyxl.writer.excel import ExcelWriter

    dated = io.BytesIO()
    # Workbook.save() would put today's date into the properties; the writer behind it does not.
    ExcelWriter(workbook, zipfile.ZipFile(dated, "w")).save()
    undated = io.BytesIO()
    with zipfile.ZipFile(dated) as parts, zipfile.ZipFile(undated, "w") as archive:
        for part in parts.infolist():
            entry = zipfile.ZipInfo(part.filename)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # Without this, the bytes would tell on which system they were made.
            entry.create_system = 0
            # Without this mark a row grows when somebody writes more into it.
            archive.writestr(entry, parts.read(part).replace(b' customHeight="1"', b""))
    return undated.getvalue()


def _set_up_printing(worksheet: Worksheet, *, is_wide: bool) -> None:
    worksheet.page_setup.orientation = "landscape" if is_wide else "portrait"
    worksheet.page_setup.paperSize = worksheet.PAPERSIZE_A4
    worksheet.page_setup.fitToWidth = 1
    worksheet.page_setup.fitToHeight = 0
    worksheet.sheet_properties.pageSetUpPr.fitToPage = True
    worksheet.page_margins.left = worksheet.page_margins.right = 0.4
    worksheet.page_margins.top = worksheet.page_margins.bottom = 0.5


def _in_file(value: NewValue) -> NewValue:
    """Return a value as a file holds it: functions younger than the format have a prefix there."""
    if isinstance(value, str) and value.startswith("=") and not isinstance(value, PlainText):
        return value.replace("TEXTJOIN(", "_xlfn.TEXTJOIN(")
    return value


class _TableWriter:
    def __init__(self, worksheet: Worksheet, table: Table, styles: Styles) -> None:
        self._worksheet = worksheet
        self._table = table
        self._styles = styles
        self._first_row = table.heading_row + 1

    def write(self) -> None:
        sheet, table = self._worksheet, self._table
        for column, heading in enumerate(table.headings, start=1):
            self._write_heading(column, heading)
            self._write_body(column, heading)
            self._write_rules(column, heading)
        for row, new_row in enumerate(table.rows, start=self._first_row):
            if new_row.is_section:
                self._write_section(row)
            else:
                sheet.row_dimensions[row].height = self._height(new_row)
        sheet.row_dimensions[table.heading_row].height = 24
        sheet.freeze_panes = f"{column_letters(table.frozen + 1)}{self._first_row}"
        sheet.page_setup.fitToWidth = table.pages_wide
        self._repeat_on_every_page(table.frozen if table.pages_wide > 1 else 0)

    def _repeat_on_every_page(self, columns: int) -> None:
        from openpyxl.workbook.defined_name import DefinedName

        tab = f"'{self._table.title}'!"
        titles = [f"{tab}$1:${self._table.heading_row}"]
        if columns:
            titles.insert(0, f"{tab}$A:${column_letters(columns)}")
        # By its name: openpyxl writes rows before columns, and Excel columns before rows.
        name = DefinedName("_xlnm.Print_Titles", attr_text=",".join(titles))
        self._worksheet.defined_names[name.name] = name

    def _write_heading(self, column: int, heading: Heading) -> None:
        if self._table.heading_row > 1:
            self._write_band(column, heading)
        cell = self._worksheet.cell(self._table.heading_row, column, heading.text)
        put_on(cell, self._styles.heading(heading.group, is_text=heading.is_text))
        if heading.note:
            from openpyxl.comments import Comment

            lines = sum(1 + len(line) // 42 for line in heading.note.splitlines())
            cell.comment = Comment(heading.note, _AUTHOR, width=300, height=24 + 17 * lines)

    def _write_band(self, column: int, heading: Heading) -> None:
        before = self._table.headings[column - 2].group if column > 1 else None
        cell = self._worksheet.cell(1, column)
        if heading.group != before:
            cell.value = heading.group.title
        put_on(cell, self._styles.band(heading.group))
        self._worksheet.row_dimensions[1].height = 18

    def _write_body(self, column: int, heading: Heading) -> None:
        style = self._styles.body(
            heading.group, is_text=heading.is_text, number_format=heading.number_format
        )
        # The column's own style reaches the rows that people add.
        dimension = self._worksheet.column_dimensions[column_letters(column)]
        dimension.width = heading.width
        put_on(dimension, style)
        for row, new_row in enumerate(self._table.rows, start=self._first_row):
            value = new_row.values.get(heading.text)
            cell = self._worksheet.cell(row, column, _in_file(value))
            put_on(cell, style)
            if isinstance(value, PlainText):
                # Set apart from its value: openpyxl makes formulas of what begins with =.
                cell.data_type = "s"
                cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
            if words := new_row.choices.get(heading.text):
                self._offer(words, cell.coordinate)

    def _height(self, row: NewRow) -> float:
        """Return room for the row's longest text, wrapped."""
        lines = row.lines
        for heading in self._table.headings:
            value = row.values.get(heading.text)
            if isinstance(value, PlainText) or (
                isinstance(value, str) and not value.startswith("=")
            ):
                lines = max(lines, 1 + int(len(value) // (heading.width * _LETTERS)))
        return min(_HIGHEST_ROW, _ROW_PADDING + _LINE_HEIGHT * lines)

    def _write_section(self, row: int) -> None:
        for column in range(1, len(self._table.headings) + 1):
            put_on(self._worksheet.cell(row, column), self._styles.section())
        self._worksheet.row_dimensions[row].height = 22

    def _write_rules(self, column: int, heading: Heading) -> None:
        letters = column_letters(column)
        area = f"{letters}{self._first_row}:{letters}{LAST_ROW}"
        if heading.choices:
            self._offer(heading.choices, area)
        if heading.limits:
            self._limit(heading, heading.limits, f"{letters}{self._first_row}", area)
        if heading.colours:
            self._colour(heading, area)

    def _offer(self, words: tuple[str, ...], area: str) -> None:
        from openpyxl.worksheet.datavalidation import DataValidation

        validation = DataValidation("list", formula1=f'"{",".join(words)}"')
        validation.errorTitle = "Not in the list"
        validation.error = f"The list has {', '.join(words)}."
        self._ask_about_others(validation, area)

    def _limit(self, heading: Heading, limits: Limits, first_cell: str, area: str) -> None:
        from openpyxl.worksheet.datavalidation import DataValidation

        validation = DataValidation("custom", formula1=limits.formula(first_cell))
        validation.errorTitle = heading.text
        validation.error = limits.message
        self._ask_about_others(validation, area)

    def _ask_about_others(self, validation: DataValidation, area: str) -> None:
        # A warning lets people insist: `check` judges better than a spreadsheet can.
        validation.errorStyle = "warning"
        validation.showErrorMessage = True
        validation.allowBlank = True
        validation.add(area)
        self._worksheet.add_data_validation(validation)

    def _colour(self, heading: Heading, area: str) -> None:
        from openpyxl.formatting.rule import CellIsRule
        from openpyxl.styles import Font, PatternFill

        for colour in heading.colours:
            rule = CellIsRule(
                operator="equal",
                formula=[f'"{colour.word}"'],
                font=Font(color=colour.ink, bold=True),
                # In a conditional format it is the background that fills a solid pattern.
                fill=PatternFill("solid", start_color=colour.fill, end_color=colour.fill),
            )
            self._worksheet.conditional_formatting.add(area, rule)


def _write_page(worksheet: Worksheet, page: Page, styles: Styles) -> None:
    worksheet.column_dimensions["A"].width = _TERM_WIDTH
    worksheet.column_dimensions["B"].width = _PAGE_WIDTH
    worksheet["A1"] = page.headline
    put_on(worksheet["A1"], styles.headline())
    worksheet.row_dimensions[1].height = 34
    row = 2
    for section in page.sections:
        row += 1
        if section.heading:
            worksheet.cell(row, 1, section.heading)
            for column in (1, 2):
                put_on(worksheet.cell(row, column), styles.section())
            worksheet.row_dimensions[row].height = 22
            row += 1
        for term, text in section.lines:
            put_on(worksheet.cell(row, 1, term), styles.term())
            put_on(worksheet.cell(row, 2, text), styles.reading())
            lines = 1 + max(
                int(len(text) // (_PAGE_WIDTH * _LETTERS)), int(len(term) // (_TERM_WIDTH * _BOLD))
            )
            worksheet.row_dimensions[row].height = _ROW_PADDING + _LINE_HEIGHT * lines
            row += 1
