"""Cells as Google describes them, those that the emulator does not know among them."""

from __future__ import annotations

import datetime as dt

import pytest

from sheetrender.model.cells import Cell
from sheetrender.sheets.formula_tokens import formula_tokens
from sheetrender.sheets.google_cells import cell_of, plain_number
from sheetrender.sheets.google_snapshot import snapshot_of


def number(value: float, kind: str = "", pattern: str = "") -> dict[str, object]:
    shown = {"numberFormat": {"type": kind, "pattern": pattern}} if kind else {}
    plain = {"numberValue": value}
    return {"userEnteredValue": plain, "effectiveValue": plain, "effectiveFormat": shown}


@pytest.mark.parametrize(
    ("value", "kind", "pattern", "expected"),
    [
        (83 / 86400, "TIME", "h:mm:ss", dt.time(0, 1, 23)),
        (83 / 86400, "TIME", "[h]:mm:ss", dt.timedelta(seconds=83)),
        (1.5, "TIME", "h:mm:ss", dt.timedelta(hours=36)),
        (-0.5, "TIME", "h:mm", dt.timedelta(hours=-12)),
        (1 - 1e-12, "TIME", "h:mm:ss", dt.timedelta(days=1)),
        (45000, "DATE", "", dt.date(2023, 3, 15)),
        (45000.5, "DATE", "", dt.datetime(2023, 3, 15, 12)),
        (45000.25, "DATE_TIME", "", dt.datetime(2023, 3, 15, 6)),
        (45000, "NUMBER", "", 45000),
        (0.5, "PERCENT", "0%", 0.5),
        (1e12, "DATE", "", 1_000_000_000_000),
        (1e300, "DATE_TIME", "", 1e300),
    ],
)
def test_the_format_says_which_numbers_are_moments(
    value: float, kind: str, pattern: str, expected: object
) -> None:
    found = cell_of(number(value, kind, pattern))
    assert found == Cell(expected)  # type: ignore[arg-type]
    assert type(found.value) is type(expected)


def test_whole_numbers_are_ints() -> None:
    assert type(plain_number(5.0)) is int
    assert plain_number(1e300) == 1e300
    assert plain_number(5) == 5


def test_a_formula_that_shows_nothing_has_the_empty_text_as_its_value() -> None:
    data = {"userEnteredValue": {"formulaValue": '=""'}, "effectiveValue": {"stringValue": ""}}
    assert cell_of(data) == Cell("", '=""')
    assert cell_of({"effectiveFormat": {}}) is None


def test_cells_that_a_formula_elsewhere_fills_are_refused() -> None:
    rows = [
        {
            "values": [
                {
                    "userEnteredValue": {"formulaValue": "=SEQUENCE(1,2)"},
                    "effectiveValue": {"numberValue": 1},
                },
                {"effectiveValue": {"numberValue": 2}},
            ]
        }
    ]
    properties = {"title": "Keyframes", "gridProperties": {"rowCount": 5, "columnCount": 5}}
    data = [{"startRow": 2, "startColumn": 1, "rowData": rows}]
    chart = {"properties": {"title": "Chart", "sheetType": "OBJECT"}}
    snapshot = snapshot_of({"sheets": [{"properties": properties, "data": data}, chart]})
    [tab] = snapshot.tabs
    assert tab.cells[3, 3] == Cell(2)
    assert "formula in another cell" in tab.refusal((3, 3), "you")
    assert "holds a formula" in tab.refusal((3, 2), "you")
    assert tab.refusal((3, 4), "you") == ""


def test_what_is_free_within_a_protected_tab_can_be_written() -> None:
    protected = {
        "range": {"sheetId": 0},
        "unprotectedRanges": [{"startRowIndex": 1, "startColumnIndex": 2, "endColumnIndex": 3}],
    }
    warned = {"range": {"sheetId": 0}, "warningOnly": True}
    ours = {"range": {"sheetId": 0}, "requestingUserCanEdit": True}

    def refusal(row: int, column: int, *protections: object) -> str:
        sheet = {"properties": {"title": "Keyframes"}, "protectedRanges": list(protections)}
        return snapshot_of({"sheets": [sheet]}).tabs[0].refusal((row, column), "me@x.org")

    assert "let me@x.org edit" in refusal(1, 3, protected)
    assert refusal(2, 3, protected) == ""
    assert refusal(2, 4, protected)
    assert refusal(2, 4, warned, ours) == ""


@pytest.mark.parametrize(
    ("local", "plain"),
    [
        ('=IF(A1>1,5;2;"a;b,c")', '=IF(A1>1.5,2,"a;b,c")'),
        ("={1\\2;3\\4}", "={1,2;3,4}"),
        ("=SUM({1,5\\SUM(1;2)};'Mein, Blatt'!A1)", "=SUM({1.5,SUM(1,2)},'Mein, Blatt'!A1)"),
        ('="a ""b;c"" d"&1,5', '="a ""b;c"" d"&1.5'),
    ],
)
def test_formulas_of_locales_with_decimal_commas_are_understood(local: str, plain: str) -> None:
    data = {"userEnteredValue": {"formulaValue": local}}
    assert cell_of(data, decimal_comma=True) == Cell(None, local, formula_tokens(plain))
    assert cell_of({"userEnteredValue": {"formulaValue": plain}}) == Cell(
        None, plain, formula_tokens(plain)
    )
