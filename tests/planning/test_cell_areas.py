from __future__ import annotations

import pytest

from sheetrender.planning.cell_areas import area_of, references
from sheetrender.planning.syntax import FormulaError


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("A1", "Here!A1"),
        ("$b$2", "Here!B2"),
        ("B3:A1", "Here!A1:B3"),
        ("Other!A1", "Other!A1"),
        ("'It''s'!A1:B2", "It's!A1:B2"),
        ("Übersicht!A1", "Übersicht!A1"),
        ("C:C", "Here!C1:C1048576"),
        ("2:3", "Here!A2:XFD3"),
        ("XFD1048576", "Here!XFD1048576"),
    ],
)
def test_references_are_read(text: str, area: str) -> None:
    assert str(area_of(text, "Here")) == area


@pytest.mark.parametrize("text", ["XFE1", "A1048577", "A0", "zoom", "A1:", "T1[x]", "ZZZ1", "1"])
def test_what_is_no_reference_is_none(text: str) -> None:
    assert area_of(text, "Here") is None


@pytest.mark.parametrize("text", ["[1]Tab!A1", "'[book.xlsx]Tab'!A1"])
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(FormulaError, match="another file"):
        area_of(text, "Here")


def test_references_are_found_in_the_text_of_a_formula() -> None:
    formula = "=SUM(A1:B2,\"C3 is no cell\",LOG10(x))*Other!$D$4+'My D5'!E6-[1]Gone!F7+zoom2"
    found = [str(area) for area in references(formula, "Here")]
    assert found == ["Here!A1:B2", "Other!D4", "My D5!E6"]
