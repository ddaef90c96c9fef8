"""One more worksheet in a workbook: nothing else may change."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from sheetrender.model.cells import Address, CellWrite
from sheetrender.model.errors import SheetChanged, SheetLocked, SheetUnavailable, UsageError
from sheetrender.sheets.added_tab import add_tab
from sheetrender.sheets.csv_file import CsvStore
from sheetrender.sheets.safekeeping import keep_copy
from sheetrender.sheets.xlsx import XlsxStore

from .workbooks import MAIN, raw_members, rich, sheet, tiny

NAMED = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"}
ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'


@pytest.fixture
def store(tmp_path: Path) -> XlsxStore:
    rich(tmp_path / "rich.xlsm")
    return XlsxStore(tmp_path / "rich.xlsm")


def added(store: XlsxStore, title: str = "Markers") -> str:
    store.add_tab(title, (28, 9), version=store.read().version)
    return store.read().version


def test_every_other_part_stays_byte_for_byte(store: XlsxStore) -> None:
    before = Path(store.location).read_bytes()
    added(store)
    after = Path(store.location).read_bytes()
    old, new = raw_members(before), raw_members(after)
    assert list(new)[:-1] == list(old)
    assert list(new)[-1] == "xl/worksheets/sheet3.xml"
    assert {name for name in old if old[name] != new[name]} == NAMED
    with zipfile.ZipFile(store.location) as archive:
        assert archive.testzip() is None


def test_the_named_parts_only_gain_one_element_each(store: XlsxStore) -> None:
    def parts() -> dict[str, str]:
        with zipfile.ZipFile(store.location) as archive:
            return {name: archive.read(name).decode() for name in NAMED}

    before = parts()
    added(store)
    for name, new in parts().items():
        grown = len(new) - len(before[name])
        at = next(i for i, (a, b) in enumerate(zip(before[name], new, strict=False)) if a != b)
        # Behind a common "<" the old text goes on unchanged.
        assert new[:at] + new[at + grown :] == before[name]
        assert new[at - 1 : at + grown - 1].count("<") == 1


@pytest.mark.filterwarnings("ignore:.*will be removed")
def test_the_new_tab_is_read_written_and_stands_last(store: XlsxStore) -> None:
    version = added(store, "Cues & <more>")
    store.write([CellWrite(Address("Cues & <more>", 1, 1), "=name")], version=version)
    book = openpyxl.load_workbook(store.location)
    assert book.sheetnames[-1] == "Cues & <more>"
    assert book["Cues & <more>"]["A1"].value == "=name"
    assert book["Cues & <more>"].freeze_panes == "A2"
    assert store.read().grids[-1].cells[1, 1].value == "=name"


def test_tabs_can_be_added_one_after_the_other(store: XlsxStore) -> None:
    added(store, "One")
    added(store, "Two")
    assert [grid.tab for grid in store.read().grids][-2:] == ["One", "Two"]


def test_a_workbook_with_prefixes_of_its_own_takes_it(tmp_path: Path) -> None:
    path = tmp_path / "tiny.xlsx"
    path.write_bytes(tiny(sheet(ROW)))
    book = openpyxl.load_workbook(path)
    book.save(path)
    rewritten = tmp_path / "prefixed.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(rewritten, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/workbook.xml":
                content = content.replace(b"<sheets>", b"<x:sheets>").replace(
                    b"</sheets>", b"</x:sheets>"
                )
                content = content.replace(b"<sheet ", b"<x:sheet ")
                content = content.replace(
                    b"<workbook ",
                    f'<workbook xmlns:x="{MAIN}" '.encode(),
                )
            new.writestr(name, content)
    store = XlsxStore(rewritten)
    store.add_tab("Markers", (), version=store.read().version)
    assert openpyxl.load_workbook(rewritten).sheetnames[-1] == "Markers"


def test_a_changed_or_locked_file_is_left_alone(store: XlsxStore) -> None:
    path = Path(store.location)
    version = store.read().version
    before = path.read_bytes()
    with pytest.raises(SheetChanged):
        store.add_tab("Markers", (), version="another")
    path.with_name(f"~${path.name}").touch()
    with pytest.raises(SheetLocked):
        store.add_tab("Markers", (), version=version)
    assert path.read_bytes() == before


def test_a_workbook_that_lists_its_parts_unusually_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "odd.xlsx"
    path.write_bytes(tiny(sheet(ROW)))
    content = path.read_bytes()
    store = XlsxStore(path)
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["[Content_Types].xml"] += b"<!-- </Types> -->"
    with zipfile.ZipFile(path, "w") as new:
        for name, part in parts.items():
            new.writestr(name, part)
    odd = path.read_bytes()
    assert odd != content
    with pytest.raises(SheetUnavailable, match="unusual way"):
        store.add_tab("Markers", (), version=store.read().version)
    assert path.read_bytes() == odd


def test_a_csv_file_has_no_room_for_it(tmp_path: Path) -> None:
    path = tmp_path / "shots.csv"
    path.write_text("frame,subject\n0,a red fox\n", encoding="utf-8")
    with pytest.raises(UsageError, match="one tab only"):
        add_tab(CsvStore(path), "Markers", (), version="")


def test_copies_are_kept_under_names_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "my.xlsx"
    path.write_bytes(b"one")
    assert keep_copy(path, "markers").name == "my.before-markers.xlsx"
    path.write_bytes(b"two")
    second = keep_copy(path, "markers")
    assert second.name == "my.before-markers-2.xlsx"
    assert second.read_bytes() == b"two"
    assert (tmp_path / "my.before-markers.xlsx").read_bytes() == b"one"


def test_a_new_cell_looks_like_the_one_that_it_shall_follow(tmp_path: Path) -> None:
    path = tmp_path / "tiny.xlsx"
    path.write_bytes(tiny(sheet('<row r="1"><c r="A1" s="3"><v>1</v></c><c r="B1"/></row>')))
    store = XlsxStore(path)
    version = store.read().version
    writes = [
        CellWrite(Address("Keyframes", 2, column), "new", Address("Keyframes", 1, column))
        for column in (1, 2, 3)
    ]
    store.write(writes, version=version)
    with zipfile.ZipFile(path) as archive:
        part = archive.read("xl/worksheets/sheet1.xml").decode()
    assert '<c r="A2" s="3" t="inlineStr">' in part
    assert '<c r="B2" t="inlineStr">' in part
    assert '<c r="C2" t="inlineStr">' in part


def test_a_workbook_that_declares_its_links_on_every_sheet_takes_it(tmp_path: Path) -> None:
    # So openpyxl writes it where lxml is installed.
    whole, path = tmp_path / "whole.xlsx", tmp_path / "odd.xlsx"
    openpyxl.Workbook().save(whole)
    links = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name == "xl/workbook.xml":
                text = text.replace(f" {links}", "").replace("<sheet ", f"<sheet {links} ")
                assert links in text
            new.writestr(name, text)
    added(XlsxStore(path))
    assert openpyxl.load_workbook(path).sheetnames == ["Sheet", "Markers"]
