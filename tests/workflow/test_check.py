"""`check`: every problem with its cell, whatever stands there, and in the sheet if asked for."""

from __future__ import annotations

import random
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetrender.model.cells import Address, Cell, CellWrite, Grid, Value, Workbook
from sheetrender.planning.columns import COLUMNS
from sheetrender.planning.settings_table import SETTINGS
from sheetrender.workflow.check import Checked, check, checked, write_checked
from sheetrender.workflow.project import Request, understood
from tests.planning.workbooks import cell
from tests.workflow.nasty_cells import NASTY
from tests.workflow.sheets import HEAD, column, edit, make_sheet, request


class MemoryStore:
    """A sheet that is nowhere."""

    name = "memory"
    location = "/nowhere/memory.xlsx"
    folder = Path("/nowhere")

    def read(self) -> Workbook:
        raise NotImplementedError

    @property
    def landed(self) -> Mapping[Address, Value]:
        return {}

    def write(
        self,
        changes: Sequence[CellWrite],
        *,
        version: str,
        echo: Collection[Address] = (),
        anchors: Mapping[str, Address] | None = None,
        pins: Mapping[str, Address] | None = None,
        unchanged: Collection[Address] = (),
    ) -> str:
        raise NotImplementedError

    def glance(self) -> str:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


def checked_book(
    grids: Sequence[Grid],
    overrides: Mapping[str, str] | None = None,
    *,
    decimal_comma: bool = False,
) -> Checked:
    book = Workbook(grids=grids, version="1", decimal_comma=decimal_comma)
    asked = Request(sheet="memory", overrides=overrides or {})
    return checked(understood(MemoryStore(), book, asked))


HEADINGS = [c.heading for c in COLUMNS]
NAMES = [s.name for s in SETTINGS if s.name not in ("frames",)] + ["zoom", "angle", "strength"]

VALUES = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="0123456789.,:()+-*/^%tkpsin maxeb@{}`\"'=<>", max_size=40),
    st.integers(-(10**12), 10**12),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.timedeltas(),
)


def sheet_of(rng: random.Random, values: Sequence[Value], headings: Sequence[str]) -> list[Grid]:
    """Return a workbook of 200 cells: most are bad, some as they should be."""
    heads = ["frame", "subject", *rng.sample(HEADINGS[1:], 12), *headings][:17]
    rows: list[list[Value]] = [list(heads)]
    for number in range(10):
        row = [rng.choice([*values, *NASTY, None]) for _ in heads]
        row[0] = rng.choice([number * 7, number * 7, row[0]])
        rows.append(row)
    pairs = [(rng.choice([*NAMES, *headings]), rng.choice([*values, *NASTY])) for _ in range(12)]
    tab: list[list[Value]] = [["name", "value"], *map(list, pairs)]
    return [_grid("Keyframes", rows), _grid("Settings", tab), _grid("a b", [[1, "=B1"]])]


def _grid(tab: str, rows: Sequence[Sequence[Value]]) -> Grid:
    cells: dict[tuple[int, int], Cell] = {
        (r, c): cell(value)
        for r, row in enumerate(rows, 1)
        for c, value in enumerate(row, 1)
        if value is not None
    }
    return Grid(tab, cells)


@pytest.mark.slow
@settings(
    max_examples=500, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(
    st.lists(VALUES, min_size=5, max_size=12),
    st.lists(st.text(max_size=20), max_size=3),
    st.integers(0, 2**32),
    st.booleans(),
)
def test_a_hundred_thousand_cells_of_anything_are_told_with_their_cells(
    values: list[Value], headings: list[str], seed: int, decimal_comma: bool
) -> None:
    """Five hundred sheets of 200 cells: no traceback, no hang, no problem without a place."""
    grids = sheet_of(random.Random(seed), values, headings)
    started = time.process_time()
    found = checked_book(grids, decimal_comma=decimal_comma)
    assert time.process_time() - started < 4
    for problem in (*found.problems, *found.warnings):
        assert problem.cell, problem
        assert problem.wrong, problem
        assert problem.remedy, problem
        assert str(problem)


@pytest.mark.parametrize("value", NASTY, ids=lambda value: ascii(value)[:30])
@pytest.mark.parametrize("heading", ["frame", "subject", "seed", "cut", "zoom", "status"])
def test_each_nasty_value_is_taken_or_told_with_its_own_cell(heading: str, value: Value) -> None:
    heads = ["frame", "subject", "seed", "cut", "zoom", "status"]
    row: list[Value] = [0, "x", 1, None, 1.0, None]
    row[heads.index(heading)] = value
    found = checked_book([_grid("Keyframes", [heads, row])])
    place = f"Keyframes!{'ABCDEF'[heads.index(heading)]}2"
    # A row whose frame is a comment, or cannot be read, leaves the sheet without rows.
    for problem in found.problems:
        assert problem.cell == place or (heading == "frame" and problem.cell == "Keyframes")


def test_problems_come_in_reading_order_of_tabs_rows_and_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Settings"
    for pair in (("name", "value"), ("fps", "fast"), ("width", 3)):
        book.active.append(pair)
    tab = book.create_sheet("Keyframes")
    for row in (HEAD, (5, "x", None, "no", "perhaps"), (-1, "y")):
        tab.append(row)
    book.save(path)
    cells = [problem.cell for problem in check(request(path)).problems]
    assert cells == ["Settings!B2", "Settings!B3", "Keyframes!D2", "Keyframes!E2", "Keyframes!A3"]


WRONG = ((0, "a", None, "no"), (5, "b", None, None, None, "0.7 + k"), (9, "c"))


def test_check_writes_nothing_unless_asked(tmp_path: Path) -> None:
    path = make_sheet(tmp_path / "a.xlsx", WRONG)
    before = path.read_bytes()
    check(request(path))
    assert path.read_bytes() == before


def test_check_writes_what_it_found_into_the_rows_and_takes_it_back(tmp_path: Path) -> None:
    path = make_sheet(tmp_path / "a.xlsx", WRONG, head=(*HEAD[:5], "strength"))
    assert write_checked(check(request(path))) == 2
    assert column(path, "status") == ["invalid", None, None]
    messages = column(path, "message")
    assert str(messages[0]).startswith("(seed): 'no' is not a whole number")
    assert str(messages[1]).startswith("Warning: (strength): '0.7 + k' is 1.7 at frame 6")
    edit(path, D2=1, F3=0.5)
    assert write_checked(check(request(path))) == 0
    assert column(path, "status") == column(path, "message") == [None, None, None]


def test_check_leaves_orders_and_the_statuses_of_a_run(tmp_path: Path) -> None:
    head = (*HEAD[:5], "strength", "row_id", "status", "progress", "message", "preview", "updated")
    rows = [
        (0, "a", None, None, None, "(0.5)", "id000001", "done", "5/5", "0–4 are done.", "p", "u"),
        (5, "b", None, None, None, "1.1 + k", "id000002", "done", "4/4", "old", "p", "u"),
        (9, "c", None, "no", None, None, "id000003", "hold", None, None, None, None),
    ]  # fmt: skip
    path = make_sheet(tmp_path / "a.xlsx", rows, head=head)
    assert write_checked(check(request(path))) == 2
    assert column(path, "status") == ["done", "done", "hold"]
    assert column(path, "progress")[:2] == ["5/5", "4/4"]
    assert column(path, "message")[0] == "0–4 are done."
    assert str(column(path, "message")[1]).startswith("Warning: (strength)")
