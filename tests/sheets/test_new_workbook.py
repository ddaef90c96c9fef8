"""From a description to the bytes of an .xlsx file."""

import io
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from sheetrender.sheets.new_description import (
    Group,
    Heading,
    Limits,
    Look,
    NewRow,
    NewWorkbook,
    Page,
    PlainText,
    Section,
    Table,
    WordColour,
)
from sheetrender.sheets.new_workbook import workbook_bytes
from sheetrender.sheets.xlsx import XlsxStore

LOOK = Look(font="Arial", size=10, ink="222222", faint="777777", line="EEEEEE", page="DDDDDD")
PLAIN = Group("", "E3EEF1")
NUMBERS = Limits(low=0, high=1, above_low=True, message="Numbers above 0, up to 1, please.")
TABLE = Table(
    title="Keyframes",
    colour="E8A15B",
    headings=(
        Heading(text="frame", group=PLAIN, note="Where it begins."),
        Heading(text="share", group=PLAIN, limits=NUMBERS),
        Heading(
            text="status",
            group=PLAIN,
            is_text=True,
            choices=("hold", "rerender"),
            colours=(WordColour("done", "CBEBCF", "1F6B33"),),
        ),
    ),
    rows=(
        NewRow({"frame": 0, "share": "=A2+0.5"}),
        NewRow({"frame": "a part"}, is_section=True),
        NewRow({"frame": 30, "share": 0.25}, {"share": ("0.25", "0.5")}),
    ),
    frozen=1,
)
PAGE = Page(
    title="How to", colour="B9BDC4", headline="Read me",
    sections=(Section("One", (("a term", "what it means " * 20),)),),
)  # fmt: skip
NEW = NewWorkbook(title="Test", look=LOOK, tabs=(TABLE, PAGE))


def opened(new: NewWorkbook) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook_bytes(new)))


def rules(sheet: object) -> dict[str, tuple[str, str, bool]]:
    found = sheet.data_validations.dataValidation  # type: ignore[attr-defined]
    return {str(v.sqref): (v.formula1, v.errorStyle, bool(v.showErrorMessage)) for v in found}


def test_the_same_description_gives_the_same_bytes() -> None:
    assert workbook_bytes(NEW) == workbook_bytes(NEW)


def test_no_byte_tells_when_it_was_made() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook_bytes(NEW))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        properties = archive.read("docProps/core.xml").decode()
    assert properties.count("2000-01-01T00:00:00Z") == 2


def test_every_part_is_well_formed() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook_bytes(NEW))) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ET.fromstring(archive.read(name))


def test_it_is_read_back_by_the_store(tmp_path: Path) -> None:
    path = tmp_path / "new.xlsx"
    path.write_bytes(workbook_bytes(NEW))
    grid = XlsxStore(path).read().grids[0]
    assert [grid.cells[1, column].value for column in (1, 2, 3)] == ["frame", "share", "status"]
    assert grid.cells[2, 2].formula == "=A2+0.5"
    assert grid.cells[2, 2].tokens is not None
    assert grid.cells[4, 2].value == 0.25


def test_headings_are_bold_noted_and_stay_in_sight() -> None:
    sheet = opened(NEW)["Keyframes"]
    assert all(sheet.cell(1, column).font.bold for column in (1, 2, 3))
    assert sheet["A1"].comment.text == "Where it begins."
    assert sheet["B1"].comment is None
    assert sheet.freeze_panes == "B2"


def test_titled_groups_get_a_band_above_the_headings() -> None:
    when, ours = Group("when", "E3EEF1"), Group("written by us", "DADEE6", "F6F7F9")
    headings = [
        replace(h, group=g) for h, g in zip(TABLE.headings, (when, when, ours), strict=True)
    ]
    sheet = opened(replace(NEW, tabs=(replace(TABLE, headings=tuple(headings)),)))["Keyframes"]
    assert [cell.value for cell in sheet[1]] == ["when", None, "written by us"]
    assert [cell.value for cell in sheet[2]] == ["frame", "share", "status"]
    assert sheet["C3"].fill.start_color.rgb == "00F6F7F9"


def test_words_are_offered_and_others_asked_about() -> None:
    found = rules(opened(NEW)["Keyframes"])
    assert found["C2:C2000"] == ('"hold,rerender"', "warning", True)
    assert found["B4"] == ('"0.25,0.5"', "warning", True)


def test_numbers_outside_are_asked_about_and_texts_are_not() -> None:
    formula, style, shown = rules(opened(NEW)["Keyframes"])["B2:B2000"]
    assert formula == "IF(ISTEXT(B2),TRUE,AND(ISNUMBER(B2),B2>0,B2<=1))"
    assert (style, shown) == ("warning", True)


@pytest.mark.parametrize(
    ("limits", "formula"),
    [
        (Limits(message=""), "IF(ISTEXT(B2),TRUE,AND(ISNUMBER(B2)))"),
        (
            Limits(low=-1, high=2**32 - 1, whole=True, allows_text=False, message=""),
            "IF(ISTEXT(B2),FALSE,AND(ISNUMBER(B2),B2>=-1,B2<=4294967295,B2=INT(B2)))",
        ),
    ],
)
def test_limits_become_a_formula(limits: Limits, formula: str) -> None:
    headings = (TABLE.headings[0], replace(TABLE.headings[1], limits=limits))
    sheet = opened(replace(NEW, tabs=(replace(TABLE, headings=headings),)))["Keyframes"]
    assert rules(sheet)["B2:B2000"][0] == formula


def test_words_are_coloured() -> None:
    (area,) = opened(NEW)["Keyframes"].conditional_formatting
    (rule,) = area.rules
    assert str(area.sqref) == "C2:C2000"
    assert (rule.operator, rule.formula) == ("equal", ['"done"'])
    assert rule.dxf.fill.bgColor.rgb == "00CBEBCF"
    assert rule.dxf.font.color.rgb == "001F6B33"


def test_rows_have_room_for_wrapped_text_and_may_grow() -> None:
    sheet = opened(NEW)["How to"]
    assert sheet.row_dimensions[4].height > sheet.row_dimensions[3].height
    line = ("sheetrender plan FILE.xlsx --plot curves.png", "short")
    page = replace(PAGE, sections=(Section("One", (line, ("a term", "short"))),))
    sheet = opened(replace(NEW, tabs=(TABLE, page)))["How to"]
    assert sheet.row_dimensions[4].height > sheet.row_dimensions[5].height
    with zipfile.ZipFile(io.BytesIO(workbook_bytes(NEW))) as archive:
        assert b"customHeight" not in archive.read("xl/worksheets/sheet1.xml")


def test_added_rows_look_like_those_that_are_there() -> None:
    sheet = opened(NEW)["Keyframes"]
    assert sheet.column_dimensions["A"].font.name == "Arial"
    assert sheet.column_dimensions["C"].alignment.wrap_text


@pytest.mark.parametrize("text", ["=1+1", "@x", "-1", "+1"])
def test_a_text_from_elsewhere_stays_a_text(text: str) -> None:
    rows = (NewRow({"frame": PlainText(text), "share": PlainText("plain")}),)
    sheet = opened(NewWorkbook(title="Test", look=LOOK, tabs=(replace(TABLE, rows=rows),))).active
    assert [cell.value for cell in sheet[2]][:2] == [text, "plain"]
    assert [cell.data_type for cell in sheet[2]][:2] == ["s", "s"]
    assert [cell.quotePrefix for cell in sheet[2]][:2] == [True, False]


def test_no_row_is_higher_than_excel_takes() -> None:
    rows = (NewRow({"frame": "word " * 6000}),)
    sheet = opened(NewWorkbook(title="Test", look=LOOK, tabs=(replace(TABLE, rows=rows),))).active
    assert sheet.row_dimensions[2].height <= 409


def test_numbers_are_shown_as_the_heading_says() -> None:
    headings = (TABLE.headings[0], replace(TABLE.headings[1], number_format="0.00"))
    sheet = opened(replace(NEW, tabs=(replace(TABLE, headings=headings),)))["Keyframes"]
    assert sheet["B4"].number_format == "0.00"
    assert sheet.column_dimensions["B"].number_format == "0.00"
    assert sheet["A4"].number_format == "General"


def test_wide_tables_are_printed_on_sheets_side_by_side() -> None:
    wide = opened(replace(NEW, tabs=(replace(TABLE, pages_wide=2),)))["Keyframes"]
    assert (wide.page_setup.fitToWidth, wide.print_title_cols) == (2, "$A:$A")
    narrow = opened(NEW)["Keyframes"]
    assert (narrow.page_setup.fitToWidth, narrow.print_title_cols) == (1, None)


def test_a_row_may_have_room_for_what_a_formula_will_show() -> None:
    rows = (NewRow({"frame": "=1+1"}), NewRow({"frame": "=1+1"}, lines=10))
    sheet = opened(replace(NEW, tabs=(replace(TABLE, rows=rows),)))["Keyframes"]
    assert sheet.row_dimensions[3].height > 5 * sheet.row_dimensions[2].height


def test_functions_younger_than_the_format_have_their_prefix_in_the_file() -> None:
    rows = (
        NewRow({"frame": '=TEXTJOIN(",",TRUE,A3:A4)'}),
        NewRow({"frame": PlainText("=TEXTJOIN(1)")}),
    )
    sheet = opened(replace(NEW, tabs=(replace(TABLE, rows=rows),)))["Keyframes"]
    assert sheet["A2"].value == '=_xlfn.TEXTJOIN(",",TRUE,A3:A4)'
    assert sheet["A3"].value == "=TEXTJOIN(1)"
