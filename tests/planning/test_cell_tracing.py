from __future__ import annotations

import time

import pytest

from sheetrender.model.cells import Address, Cell, Grid, Workbook
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.planning.syntax import FormulaError
from tests.planning.formulas import computed, defined


def cached(cells: dict[tuple[int, int], Cell]) -> ComputedCells:
    return ComputedCells(Workbook(grids=[Grid("Keyframes", cells)], version="1"))


def at(row: int, column: int) -> Address:
    return Address("Keyframes", row, column)


def test_an_error_that_the_file_carries_is_traced_to_where_it_arose() -> None:
    cells = {
        (1, 1): Cell("#DIV/0!", "=1/0"),
        (1, 2): Cell("#DIV/0!", "=A1+C1"),
        (1, 3): Cell("#N/A", "=NA()"),
        (1, 4): Cell("#DIV/0!", "=SUM(A1:B1)"),
        (1, 5): Cell("#N/A", "=E1+F1"),
        (1, 6): Cell("#N/A", "=E1"),
    }
    computed_cells = cached(cells)
    for column in (2, 4):
        with pytest.raises(FormulaError, match="#DIV/0!, which comes from Keyframes!A1"):
            computed_cells.value(at(1, column), cells[1, column])
    with pytest.raises(FormulaError, match=r"shows the error #DIV/0!$"):
        computed_cells.value(at(1, 1), cells[1, 1])
    with pytest.raises(FormulaError, match="#N/A"):
        computed_cells.value(at(1, 5), cells[1, 5])


def test_volatile_functions_are_named_for_all_cells_behind_which_they_stand() -> None:
    rows = [
        ["=RAND()", "=A1*2", "=SUM(A1:B1)", "=1+1", '="RAND()"'],
        ["=HOUR(NOW())+A1", "=IF(D1,today ( ),1)", "=noise", "=RANDOM(1)", "=D1"],
    ]
    cells, _ = computed(rows, names=defined(noise="=RANDBETWEEN(1,6)"))
    found = {
        (row, column): cells.volatile(at(row, column))
        for row in (1, 2)
        for column in (1, 2, 3, 4, 5)
    }
    assert found == {
        (1, 1): ("RAND",),
        (1, 2): ("RAND",),
        (1, 3): ("RAND",),
        (1, 4): (),
        (1, 5): (),
        (2, 1): ("NOW", "RAND"),
        (2, 2): ("TODAY",),
        (2, 3): ("RANDBETWEEN",),
        (2, 4): (),
        (2, 5): (),
    }


def test_cells_with_a_value_in_the_file_are_volatile_too() -> None:
    random, user, text = Cell(0.5, "=RAND()"), Cell(1.5, "=1+A1"), Cell("RAND(")
    cells = cached({(1, 1): random, (1, 2): user, (1, 3): text})
    assert cells.volatile(at(1, 1)) == cells.volatile(at(1, 2)) == ("RAND",)
    assert cells.volatile(at(1, 3)) == cells.volatile(at(9, 9)) == ()


def test_a_sheet_full_of_random_numbers_and_sums_is_traced_in_little_time() -> None:
    cells = {(row, 1): Cell(1.0, "=RAND()") for row in range(1, 3001)}
    cells |= {(row, 2): Cell(1.0, f"=SUM(C$1:C{row})+MAX(A$1:A{row})") for row in range(1, 3001)}
    started = time.perf_counter()
    assert cached(cells).volatile(at(3000, 2)) == ("RAND",)
    assert time.perf_counter() - started < 3
