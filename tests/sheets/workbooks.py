"""Workbooks for the tests: a tiny one made by hand, and one with all that people put into them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import xlsxwriter
from PIL import Image

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET_PART = "xl/worksheets/sheet1.xml"


def sheet(rows: str, *, before: str = "", behind: str = "", namespace: str = MAIN) -> str:
    """Return a worksheet part around the XML of its rows."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{namespace}">{before}<sheetData>{rows}</sheetData>{behind}</worksheet>'
    )


def tiny(
    worksheet: str | bytes,
    *,
    workbook: str = "",
    namespace: str = MAIN,
    parts: Mapping[str, str] | None = None,
) -> bytes:
    """Return a workbook of one worksheet called Keyframes.

    Args:
        worksheet: its part.
        workbook: further XML at the end of the workbook part.
        namespace: of the workbook part.
        parts: further parts, by name.
    """
    relation = f'xmlns="{_PACKAGE}/relationships"'
    contents: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
            'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_MAIN_TYPE}.sheet.main+xml"/>'
            f'<Override PartName="/{SHEET_PART}" ContentType="{_MAIN_TYPE}.worksheet+xml"/>'
            "</Types>"
        ),
        "_rels/.rels": (
            f'<Relationships {relation}><Relationship Id="rId1" '
            f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{namespace}" xmlns:r="{_RELATIONS}"><sheets>'
            f'<sheet name="Keyframes" sheetId="1" r:id="rId1"/></sheets>{workbook}</workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships {relation}><Relationship Id="rId1" Type="{_RELATIONS}/worksheet" '
            f'Target="worksheets/sheet1.xml"/></Relationships>'
        ),
        SHEET_PART: worksheet,
    }
    return zipped({**contents, **(parts or {})})


def table_parts(reference: str, *, attributes: str = "") -> dict[str, str]:
    """Return the parts that make a table of some cells of the first worksheet."""
    return {
        "xl/worksheets/_rels/sheet1.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_RELATIONS}/table" Target="../tables/table1.xml"/></Relationships>'
        ),
        "xl/tables/table1.xml": (
            f'<table xmlns="{MAIN}" id="1" name="T" ref="{reference}" {attributes}></table>'
        ),
    }


def zipped(contents: Mapping[str, str | bytes]) -> bytes:
    """Return a zip archive of the named parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return out.getvalue()


def raw_members(content: bytes) -> dict[str, tuple[object, ...]]:
    """Return, by name and in order, all that an archive says of its members and holds for them."""
    members: dict[str, tuple[object, ...]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            fixed = content[info.header_offset : info.header_offset + 30]
            name_length, extra_length = struct.unpack("<2H", fixed[26:])
            end = info.header_offset + 30 + name_length + extra_length + info.compress_size
            members[info.filename] = (
                content[info.header_offset : end],
                info.date_time,
                info.flag_bits,
                info.extra,
                info.comment,
                info.external_attr,
                info.create_system,
                info.compress_type,
                info.CRC,
            )
    return members


def rich(path: Path) -> None:
    """Write a workbook with charts, pictures, macros, tables and whatever else Excel offers."""
    workbook = xlsxwriter.Workbook(path)
    bold = workbook.add_format({"bold": True, "bg_color": "#ffe4b5"})
    date = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    keyframes = workbook.add_worksheet("Keyframes")
    other = workbook.add_worksheet("Notes & more")
    _fill(keyframes, bold, date)
    _decorate(workbook, keyframes, other)
    other.write("A1", '=COUNTIF(Keyframes!E2:E9,"done")', None, 3)
    other.write_dynamic_array_formula("C1:C8", "=SORT(Keyframes!A2:A9)", None, 0)
    other.protect("secret")
    workbook.define_name("Shots", "=Keyframes!$A$2:$A$9")
    workbook.set_properties({"title": "A video", "comments": "Made by hand"})
    workbook.set_custom_property("Client", "Nobody")
    # What a project of macros begins with; Excel alone looks at what follows.
    macros = io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    workbook.add_vba_project(macros, is_stream=True)
    workbook.close()


def _fill(keyframes: xlsxwriter.worksheet.Worksheet, bold: object, date: object) -> None:
    keyframes.write_row("A1", ["frame", "subject", "zoom", "due", "status", "message"], bold)
    for row in range(1, 9):
        keyframes.write_row(row, 0, [row * 30, f"shot {row}"])
        keyframes.write_formula(row, 2, f"=1+0.02*SIN(A{row + 1})", None, 1.0 + row / 100)
        keyframes.write_number(row, 3, 45000.5, date)
        keyframes.write(row, 4, "queued", bold)
    keyframes.write_rich_string("B3", "a ", bold, "bold", " city")
    keyframes.merge_range("H20:I21", "merged", bold)
    keyframes.set_column("G:G", 20, bold)
    keyframes.set_row(30, 40, date)
    keyframes.write_array_formula("J2:J4", "{=A2:A4*2}", None, 60)


def _decorate(
    workbook: xlsxwriter.Workbook,
    keyframes: xlsxwriter.worksheet.Worksheet,
    other: xlsxwriter.worksheet.Worksheet,
) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (32, 18), "teal").save(picture, "PNG")
    chart = workbook.add_chart({"type": "line"})
    chart.add_series({"values": "=Keyframes!$C$2:$C$9", "trendline": {"type": "linear"}})
    keyframes.insert_chart("L2", chart)
    keyframes.insert_image("L20", "still.png", {"image_data": picture})
    keyframes.embed_image("N40", "cell.png", {"image_data": picture})
    keyframes.insert_textbox("L30", "hello")
    keyframes.insert_button("L35", {"macro": "go", "caption": "Go"})
    keyframes.insert_checkbox("K40", True)
    keyframes.add_sparkline("K2", {"range": "Keyframes!C2:C9"})
    keyframes.write_comment("B2", "lovely", {"author": "Ada"})
    keyframes.conditional_format("C2:C9", {"type": "data_bar", "data_bar_2010": True})
    keyframes.conditional_format("E2:E9", {"type": "text", "criteria": "containing", "value": "d"})
    keyframes.data_validation("E2:E9", {"validate": "list", "source": ["rerender", "hold"]})
    keyframes.write_url("B5", "https://example.org")
    keyframes.freeze_panes(1, 0)
    keyframes.set_header("&L&G", {"image_left": "head.png", "image_data_left": picture})
    keyframes.ignore_errors({"number_stored_as_text": "A1:A9"})
    other.add_table("E1:F5", {"columns": [{"header": "name"}, {"header": "value"}]})
    other.set_background(picture)
    sheet_of_chart = workbook.add_chartsheet("Chart")
    whole = workbook.add_chart({"type": "column"})
    whole.add_series({"values": "=Keyframes!$A$2:$A$9"})
    sheet_of_chart.set_chart(whole)
