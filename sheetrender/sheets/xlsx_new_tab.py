"""A new, empty worksheet at the end of a workbook; every other part stays byte for byte.

Three parts have to name it: the workbook, its relationships and the list of content types. What
docProps/app.xml says about the number of worksheets is left: no program reads it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

from sheetrender.sheets.refusals import UnusualFileError
from sheetrender.sheets.xlsx_package import Package
from sheetrender.sheets.xml_scan import parse, strict_parser
from sheetrender.sheets.zip_append import append
from sheetrender.sheets.zip_splice import end_of, splice

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_CONTENT_TYPES = "[Content_Types].xml"
_SHEETS_END = re.compile(rb"</((?:[\w.-]+:)?)sheets\s*>")
_SHEET_ID = re.compile(rb"""\ssheetId\s*=\s*["'](\d+)["']""")
_LINK_ID = re.compile(rb"""\sId\s*=\s*["']([^"']+)["']""")
_LINKS_END = re.compile(rb"</((?:[\w.-]+:)?)Relationships\s*>")
_TYPES_END = re.compile(rb"</((?:[\w.-]+:)?)Types\s*>")


def with_tab(content: bytes, package: Package, title: str, widths: Sequence[float]) -> list[bytes]:
    """Return a workbook with one more tab, in pieces.

    Args:
        content: the file.
        package: the same, opened.
        title: of the tab, which no other one has.
        widths: of its first columns, in characters.

    Raises:
        UnusualFileError: the file is not one that we change.
    """
    folder = posixpath.dirname(package.workbook)
    links = posixpath.join(folder, "_rels", f"{posixpath.basename(package.workbook)}.rels")
    part = _free_part(package, folder)
    workbook, link_id = package.read(package.workbook), _free_link(package.read(links))
    changed = {
        package.workbook: _named(workbook, title, link_id),
        links: _inserted(
            package.read(links),
            _LINKS_END,
            f'Relationship Id="{link_id}" Type="{_LINKS}/worksheet" Target="/{part}"/>',
        ),
        _CONTENT_TYPES: _inserted(
            package.read(_CONTENT_TYPES),
            _TYPES_END,
            f'Override PartName="/{part}" ContentType="{_TYPE}"/>',
        ),
    }
    for xml in changed.values():
        parse(strict_parser(), xml)
    spliced = b"".join(splice(content, changed))
    return list(append(spliced, end_of(spliced), {part: _worksheet(widths)}))


def _free_part(package: Package, folder: str) -> str:
    names = {name.lower() for name in package.names}
    number = 1
    while posixpath.join(folder, f"worksheets/sheet{number}.xml").lower() in names:
        number += 1
    return posixpath.join(folder, f"worksheets/sheet{number}.xml")


def _free_link(links: bytes) -> str:
    taken = {found.decode() for found in _LINK_ID.findall(links)}
    number = len(taken) + 1
    while f"rId{number}" in taken:
        number += 1
    return f"rId{number}"


def _named(workbook: bytes, title: str, link_id: str) -> bytes:
    # Declared on the element itself: openpyxl with lxml declares it on each sheet, not on the root.
    declared = f' xmlns:r="{_LINKS}"'
    number = max((int(found) for found in _SHEET_ID.findall(workbook)), default=0) + 1
    name = quoteattr(title)
    return _inserted(
        workbook,
        _SHEETS_END,
        f'sheet name={name} sheetId="{number}"{declared} r:id="{link_id}"/>',
    )


def _inserted(xml: bytes, end: re.Pattern[bytes], element: str) -> bytes:
    """Return a part with one more element before its last tag, in the prefix of that tag."""
    found = list(end.finditer(xml))
    if len(found) != 1:
        raise UnusualFileError("lists its parts in an unusual way")
    at = found[0].start()
    return xml[:at] + b"<" + found[0][1] + element.encode() + xml[at:]


def _worksheet(widths: Sequence[float]) -> bytes:
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, width in enumerate(widths, start=1)
    )
    view = (
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{_MAIN}">'
        f"{view}<cols>{columns}</cols><sheetData/></worksheet>"
    ).encode()
