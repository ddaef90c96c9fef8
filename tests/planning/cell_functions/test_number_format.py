from __future__ import annotations

import pytest

from sheetrender.model.cells import Value
from sheetrender.planning.cell_functions.number_format import formatted
from sheetrender.planning.cell_values import ErrorShown, ErrorValue
from sheetrender.planning.syntax import FormulaError
from tests.planning.formulas import cases, check, shown


@cases(
    {
        '=TEXT(7,"00")': "07",
        '=TEXT(2.675,"0.00")': "2.68",
        '=TEXT(-2.5,"0")': "-3",
        '=TEXT(-0.001,"0.00")': "0.00",
        '=TEXT(1234567.891,"#,##0.00")': "1,234,567.89",
        '=TEXT(1234567,"#,##0,")': "1,235",
        '=TEXT(0.125,"0.0%")': "12.5%",
        '=TEXT(5,"0.##")': "5.",
        '=TEXT(0,"#")': "",
        '=TEXT(1234,"0.00E+00")': "1.23E+03",
        '=TEXT(9.999,"0.0E+00")': "1.0E+01",
        '=TEXT(-5,"0;(0)")': "(5)",
        '=TEXT(0,"0;-0;""none""")': "none",
        '=TEXT(3,"0 ""frames""")': "3 frames",
        '=TEXT(3,"\\x0")': "x3",
        '=TEXT("abc","0")': "abc",
        '=TEXT("3","0.0")': "3.0",
        '=TEXT(TRUE,"0")': "TRUE",
        '=TEXT(1.5,"General")': "1.5",
        '=TEXT(1.5,"@")': "1.5",
        '=TEXT(1E300,"0")': "1" + "0" * 300,
        '=TEXT(0.5,"hh:mm:ss")': "12:00:00",
        '=TEXT(1.25,"[h]:mm:ss")': "30:00:00",
        '=TEXT(0.0007,"mm:ss")': "01:00",
        '=TEXT(0.5,"h:mm AM/PM")': "12:00 PM",
        '=TEXT(4.07/86400,"ss.00")': "04.07",
        '=TEXT(45418,"yyyy-mm-dd")': "2024-05-06",
        '=TEXT(45418,"dddd, d mmm yy")': "Monday, 6 May 24",
        '=TEXT(-1,"hh:mm")': "#VALUE!",
        '=TEXT(1,REPT("0",300))': "#VALUE!",
    }
)
def test_number_formats(formula: str, value: Value) -> None:
    check(formula, value)


@pytest.mark.parametrize("form", ["0 apples", "# ?/?", "[$€-407]0", "[>1]0", "000-000", "yyyyyyy"])
def test_a_number_format_that_we_do_not_know_is_a_problem(form: str) -> None:
    with pytest.raises(FormulaError, match="number format"):
        shown(f'=TEXT(1,"{form}")')


@pytest.mark.parametrize("pattern", ["0.00", "0%", "0.0E+00", "General", "[h]:mm"])
def test_what_is_beyond_all_numbers_has_no_form(pattern: str) -> None:
    for value in (float("inf"), float("-inf")):
        with pytest.raises(ErrorShown) as shown_error:
            formatted(value, pattern)
        assert shown_error.value.value == ErrorValue("#NUM!")
