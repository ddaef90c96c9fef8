"""The Audio tab: what each cell may hold, and what is said where it holds something else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.model.cells import Findings, Value, Workbook
from sheetrender.model.curves import CurveRow, Shape
from sheetrender.planning.audio_tab import FEATURES, HEADINGS, STEMS, read_audio_tab
from sheetrender.planning.spreadsheet import ComputedCells
from tests.planning.workbooks import grid

HEAD = ("name", "file", "stem", "feature", "function", "attack", "release", "min", "max")


def read(
    rows: Sequence[Sequence[Value]], *, decimal_comma: bool = False
) -> tuple[list[CurveRow], Findings]:
    tab, findings = grid("Audio", rows), Findings()
    book = Workbook(grids=[tab], version="1", decimal_comma=decimal_comma)
    return read_audio_tab(tab, ComputedCells(book), findings, decimal_comma=decimal_comma), findings


def test_a_row_with_everything() -> None:
    (row,), findings = read(
        [HEAD, ("drums", "stems/d.wav", "drums", "hits", "x^2", 10, "150 ms", 0.1, 0.9)]
    )
    assert findings.problems == []
    assert (row.name, row.file, row.stem, row.feature, row.function) == (
        "drums", "stems/d.wav", "drums", "hits", "x^2",
    )  # fmt: skip
    assert row.shape == Shape(attack=10, release=150)
    assert (row.low, row.high) == (0.1, 0.9)
    assert str(row.places["file"]) == "Audio!B2"


def test_a_name_is_enough() -> None:
    (row,), findings = read([HEAD, ("loud",)])
    assert (row.feature, row.stem, row.function, row.file) == ("loudness", None, "x", "")
    assert findings.problems == findings.warnings == []


def test_rows_of_blanks_and_remarks_are_skipped() -> None:
    rows, findings = read([HEAD, (None, None, " "), ("# later", "x.wav"), ("drums",)])
    assert [row.name for row in rows] == ["drums"]
    assert findings.problems == []


def test_words_of_other_programs_are_understood() -> None:
    (row,), _ = read([HEAD, ("v", None, "voice", "RMS")])
    assert (row.stem, row.feature) == ("vocals", "loudness")
    (row,), _ = read([HEAD, ("v", None, "~drums", "centroid")])
    assert (row.stem, row.feature) == ("drums", "brightness")


@pytest.mark.parametrize(
    ("cells", "cell", "says"),
    [
        ((None, "a.wav"), "Audio!A2", "has no name"),
        (("t",), "Audio!A2", "means something else"),
        (("sin",), "Audio!A2", "means something else"),
        (("my drums",), "Audio!A2", "cannot stand in a formula"),
        (("2nd",), "Audio!A2", "cannot stand in a formula"),
        (("a", None, "guitar"), "Audio!C2", "is not a choice"),
        (("a", None, None, "loudnes"), "Audio!D2", "Did you mean loudness?"),
        (("a", None, None, None, "1 + ("), "Audio!E2", ""),
        (("a", None, None, None, None, -1), "Audio!F2", "milliseconds"),
        (("a", None, None, None, None, None, "soon"), "Audio!G2", "milliseconds"),
        (("a", None, None, None, None, None, None, "low"), "Audio!H2", "is not a number"),
        (("a", None, None, None, None, None, None, 1, 0), "Audio!H2", "is more than max"),
    ],
)
def test_each_mistake_names_its_cell(cells: Sequence[Value], cell: str, says: str) -> None:
    rows, findings = read([HEAD, cells])
    assert rows == []
    (problem,) = findings.problems
    assert problem.cell == cell
    assert says in str(problem)
    assert problem.remedy


def test_two_rows_cannot_have_one_name() -> None:
    rows, findings = read([HEAD, ("drums",), ("drums",)])
    assert [row.name for row in rows] == ["drums"]
    assert "row 2 too" in str(findings.problems[0])


def test_a_tab_of_the_persons_own_is_left_alone() -> None:
    rows, findings = read([("track", "composer"), ("Night drive", "me")])
    assert rows == []
    assert findings.problems == []
    assert "left alone" in str(findings.warnings[0])


def test_a_slip_in_a_heading_is_told() -> None:
    _, findings = read([("name", "feature", "relase"), ("drums", "loudness", 100)])
    assert "Did you mean release?" in str(findings.warnings[0])


def test_decimal_commas_are_read_where_the_sheet_writes_them() -> None:
    (row,), _ = read([HEAD, ("a", None, None, None, "1 + 0,5*x", "1,5")], decimal_comma=True)
    assert (row.function, row.shape.attack) == ("1 + 0.5*x", 1.5)


@given(
    st.lists(
        st.tuples(*[st.one_of(st.none(), st.text(max_size=8), st.floats(), st.booleans())] * 12),
        max_size=5,
    )
)
def test_whatever_stands_there_is_read_or_told(rows: list[tuple[Value, ...]]) -> None:
    read_rows, findings = read([HEADINGS, *rows])
    names = [row.name for row in read_rows]
    assert len(names) == len(set(names))
    assert all(row.stem in (None, *STEMS) and row.feature in FEATURES for row in read_rows)
    assert all(problem.cell.startswith("Audio!") for problem in findings.problems)
