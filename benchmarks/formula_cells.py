"""Spreadsheet formulas of a file without values: 2,000 of them, of every kind.

Run with: python benchmarks/formula_cells.py
"""

from __future__ import annotations

import time
from collections.abc import Callable

from measuring import report

from sheetrender.model.cells import Address, Cell, DefinedName, Grid, Workbook
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.sheets.formula_tokens import formula_tokens

ROWS = 200
FORMULAS = (
    "=1+0.02*SIN(A{row}/20*PI())",
    "=B{row}+B{above}*0.5",
    "=IF(MOD(A{row},2)=0,ROUND(B{row},3),-B{row})",
    "=SUM($A$1:$A$24)/24+MAX(A{above}:A{row})",
    '=TEXT(INT(A{row}/60),"00")&":"&TEXT(MOD(A{row},60),"00")',
    "=VLOOKUP(MOD(A{row},8),Looks!$A$1:$C$8,2,FALSE)",
    "=INDEX(Looks!$C$1:$C$8,MATCH(MOD(A{row},8),Looks!$A$1:$A$8,0))*base",
    '=IFERROR(LEFT(F{row},FIND(" ",F{row})-1),"none")',
    "=_xlfn.LET(_xlpm.x,A{row}/100,_xlpm.x^2-2*_xlpm.x+1)",
    "=_xlfn.SWITCH(MOD(A{row},3),0,1.02,1,0.98,1)*SQRT(ABS(B{row}))",
)
LOOKS: tuple[tuple[float | str, ...], ...] = tuple((float(n), f"look {n}", n / 8) for n in range(8))


def formulas() -> dict[tuple[int, int], str]:
    """Return the texts of the formulas by row and column."""
    return {
        (row, column): text.format(row=row, above=max(row - 1, 1))
        for row in range(1, ROWS + 1)
        for column, text in enumerate(FORMULAS, start=2)
    }


def workbook(texts: dict[tuple[int, int], str]) -> Workbook:
    """Split the formulas, and return them as a workbook beside the cells that they need."""
    cells: dict[tuple[int, int], Cell] = {(r, 1): Cell(float(r)) for r in range(1, ROWS + 1)}
    cells |= {place: Cell(None, text, formula_tokens(text)) for place, text in texts.items()}
    looks = {(r, c): Cell(v) for r, row in enumerate(LOOKS, 1) for c, v in enumerate(row, 1)}
    base = DefinedName(name="base", formula="=1.5", tokens=formula_tokens("=1.5"))
    grids = [Grid("Keyframes", cells), Grid("Looks", looks)]
    return Workbook(grids=grids, version="1", names=[base])


def compute(book: Workbook) -> None:
    """Compute every formula of the first worksheet."""
    computed = ComputedCells(book)
    grid = book.grids[0]
    for (row, column), cell in grid.cells.items():
        computed.value(Address(grid.tab, row, column), cell)


def seconds(work: Callable[[], object]) -> float:
    """Return the quickest of seven goes."""
    found = []
    for _ in range(7):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return min(found)


def main() -> None:
    """Measure the computing alone, and with the splitting into tokens that reading does."""
    texts = formulas()
    book = workbook(texts)
    alone = seconds(lambda: compute(book))
    claim = f"{len(texts):,} spreadsheet formulas computed"
    report(claim, f"{alone:.3f} s", limit="under 0.2 s", holds=alone < 0.2)
    both = seconds(lambda: compute(workbook(texts)))
    claim = "the same, split into tokens first"
    report(claim, f"{both:.3f} s", limit="under 0.4 s", holds=both < 0.4)


if __name__ == "__main__":
    main()
