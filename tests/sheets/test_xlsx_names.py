"""The names of a workbook."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetrender.model.errors import SheetUnavailable
from sheetrender.sheets.xlsx import XlsxStore
from sheetrender.sheets.xlsx_names import defined_names

from .workbooks import rich, sheet, tiny


def names_of(tmp_path: Path, xml: str) -> dict[tuple[str, str], str]:
    path = tmp_path / "shots.xlsx"
    path.write_bytes(tiny(sheet("<row/>"), workbook=f"<definedNames>{xml}</definedNames>"))
    return {(name.tab, name.name): name.formula for name in XlsxStore(path).read().names}


def test_names_of_the_workbook_and_of_a_tab_are_read(tmp_path: Path) -> None:
    xml = (
        '<definedName name="zoom">Keyframes!$A$1</definedName>'
        '<definedName name="zoom" localSheetId="0"> 1.5 </definedName>'
        '<definedName name="title">"a &amp; b"</definedName>'
    )
    assert names_of(tmp_path, xml) == {
        ("", "zoom"): "=Keyframes!$A$1",
        ("Keyframes", "zoom"): "=1.5",
        ("", "title"): '="a & b"',
    }


def test_hidden_names_print_areas_and_macros_are_left_out() -> None:
    xml = (
        '<workbook><sheets><sheet name="Keyframes"/></sheets><definedNames>'
        '<definedName name="a" hidden="1">1</definedName>'
        '<definedName name="_xlnm.Print_Area" localSheetId="0">Keyframes!$A$1</definedName>'
        '<definedName name="b" function="1" vbProcedure="1">#REF!</definedName>'
        '<definedName name="c"></definedName><definedName>2</definedName>'
        '<definedName name="d" localSheetId="7">2</definedName>'
        '<definedName name="e" localSheetId="x">2</definedName></definedNames></workbook>'
    )
    assert defined_names(xml.encode()) == []


def test_a_tab_is_counted_among_charts_too() -> None:
    xml = (
        b'<x:workbook xmlns:x="urn:x"><x:sheets><x:sheet name="Chart"/><x:sheet name="Shots"/>'
        b'</x:sheets><x:definedNames><x:definedName name="a" localSheetId="1">1</x:definedName>'
        b"</x:definedNames></x:workbook>"
    )
    assert [name.tab for name in defined_names(xml)] == ["Shots"]


def test_names_that_xlsxwriter_writes_are_read(tmp_path: Path) -> None:
    rich(tmp_path / "rich.xlsm")
    names = XlsxStore(tmp_path / "rich.xlsm").read().names
    assert [(name.name, name.formula) for name in names] == [("Shots", "=Keyframes!$A$2:$A$9")]


def test_a_broken_workbook_part_is_the_file_that_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "shots.xlsx"
    path.write_bytes(tiny(sheet("<row/>"), workbook="<definedNames><definedName></workbook>"))
    with pytest.raises(SheetUnavailable, match="damaged"):
        XlsxStore(path).read()
