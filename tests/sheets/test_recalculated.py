"""Workbooks that LibreOffice computes."""

from __future__ import annotations

import shutil
import stat
import time
from pathlib import Path

import pytest
import xlsxwriter

from sheetrender.model.cells import Address, CellWrite, Value
from sheetrender.model.errors import PartMissing, RenderFailed
from sheetrender.sheets import recalculated
from sheetrender.sheets.store import open_store
from sheetrender.sheets.xlsx import XlsxStore

needs_libreoffice = pytest.mark.skipif(
    not shutil.which("soffice"), reason="LibreOffice is not installed"
)


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "my shots.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Keyframes")
    sheet.write_row("A1", ["frame", "zoom"])
    sheet.write_formula("A2", "=1+1", None, 77)
    sheet.write_formula("B2", "=NPV(0.1,1,2,3)", None, 88)
    sheet.write_formula("B3", "=1/0", None, 5)
    sheet.write_number("A3", 12)
    book.close()
    return path


def program(folder: Path, script: str) -> str:
    path = folder / "soffice-of-mine"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def values(store: XlsxStore) -> dict[tuple[int, int], Value]:
    return {place: cell.value for place, cell in store.read().grids[0].cells.items()}


@pytest.mark.slow
@needs_libreoffice
def test_values_are_libreoffices_and_all_else_the_persons(workbook: Path) -> None:
    before = workbook.read_bytes()
    plain = XlsxStore(workbook).read()
    store = open_store(str(workbook), recalc="libreoffice")
    book = store.read()
    cells = book.grids[0].cells
    assert cells[2, 1].value == 2
    assert cells[2, 2].value == pytest.approx(4.815927874)
    assert cells[3, 2].value == "#DIV/0!"
    assert cells[3, 1].value == 12
    assert cells[2, 2].formula == "=NPV(0.1,1,2,3)"
    assert book.version == plain.version
    assert workbook.read_bytes() == before
    assert [path.name for path in workbook.parent.iterdir()] == [workbook.name]


def test_a_version_of_a_file_is_computed_once(
    workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def fake(content: bytes, path: Path) -> bytes:
        asked.append(path)
        return content

    monkeypatch.setattr("sheetrender.sheets.xlsx.recalculated", fake)
    store = XlsxStore(workbook, recalc=True)
    first = store.read()
    assert store.read() == first
    assert len(asked) == 1
    store.write([CellWrite(Address("Keyframes", 3, 1), 13)], version=first.version)
    assert values(store)[3, 1] == 13
    assert len(asked) == 2


def test_a_file_without_formulas_needs_no_libreoffice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHEETRENDER_SOFFICE", "no-such-program")
    book = xlsxwriter.Workbook(tmp_path / "plain.xlsx")
    book.add_worksheet("Keyframes").write_row("A1", ["frame", "zoom"])
    book.close()
    assert len(values(XlsxStore(tmp_path / "plain.xlsx", recalc=True))) == 2


def test_a_missing_libreoffice_is_said(workbook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = XlsxStore(workbook, recalc=True)
    monkeypatch.setenv("SHEETRENDER_SOFFICE", "no-such-program")
    with pytest.raises(PartMissing, match="SHEETRENDER_SOFFICE"):
        store.read()
    monkeypatch.delenv("SHEETRENDER_SOFFICE")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PartMissing, match="not installed") as caught:
        store.read()
    assert caught.value.exit_code == 4


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("echo 'it is broken' >&2; exit 3", "it is broken"),
        ("exit 3", "status 3"),
        ("exit 0", "no file"),
    ],
)
def test_a_libreoffice_that_fails_is_said(
    workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, says: str
) -> None:
    monkeypatch.setenv("SHEETRENDER_SOFFICE", program(tmp_path, script))
    with pytest.raises(RenderFailed, match=says):
        XlsxStore(workbook, recalc=True).read()


@pytest.mark.slow
def test_a_libreoffice_that_hangs_is_ended_with_its_children(
    workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = tmp_path / "late"
    script = f"(sleep 1.5; touch '{late}') & wait"
    monkeypatch.setenv("SHEETRENDER_SOFFICE", program(tmp_path, script))
    monkeypatch.setattr(recalculated, "TIMEOUT_SECONDS", 0.2)
    with pytest.raises(RenderFailed, match="seconds"):
        XlsxStore(workbook, recalc=True).read()
    time.sleep(1.7)
    assert not late.exists()
