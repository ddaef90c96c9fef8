from __future__ import annotations

import pytest

from sheetrender.model.cells import Value
from sheetrender.planning.syntax import FormulaError
from tests.planning.formulas import computed, defined, value_at


def with_names(formula: str, **names: str) -> Value:
    rows: list[list[Value]] = [[2.0, 5.0, formula], [3.0, 7.0]]
    cells, book = computed(rows, names=defined(**names))
    return value_at(cells, book, 1, 3)


def test_names_stand_for_cells_constants_and_formulas() -> None:
    assert with_names("=zoom*2", zoom="=Keyframes!$A$1") == 4
    assert with_names("=SUM(zooms)", zooms="=Keyframes!$A$1:$A$2") == 5
    assert with_names("=SUM(Zooms)", zooms="=Keyframes!$A:$A") == 5
    assert with_names("=base+1", base="=1.5") == 2.5
    assert with_names('=title&"!"', title='="The End"') == "The End!"
    assert with_names("=both", both="=Keyframes!$A$1+base", base="=LOG10(100)") == 4
    assert with_names("=INDEX(zooms,2)", zooms="=Keyframes!$A$1:$A$2") == 3
    assert with_names("=ROWS(zooms)", zooms="=Keyframes!$A$1:$A$9") == 9
    assert with_names('=INDIRECT("zo"&"om")', zoom="=Keyframes!$A$1") == 2
    assert with_names("=SUM(few)", few="={1,2,3}") == 6
    assert with_names("=FADE2*1", fade2="=0.25") == 0.25


def test_a_name_of_the_tab_goes_before_one_of_the_workbook() -> None:
    names = {"base": "=1", "Keyframes__base": "=2"}
    assert with_names("=base", **names) == 2
    assert with_names("=Keyframes!base", **names) == 2


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ({"zooom": "=1"}, "neither a cell nor a name"),
        ({"zoom": "=Keyframes!A1"}, "depend on where it is used"),
        ({"zoom": "=Keyframes!A:A"}, "depend on where it is used"),
        ({"zoom": "=[1]Other!$A$1"}, "another file"),
        ({"zoom": "=zoom+1"}, "circle: the name zoom"),
        ({"zoom": "=more", "more": "=zoom"}, "circle"),
        ({"zoom": "=XIRR(1)"}, "needs the name zoom, which uses XIRR"),
        ({"zoom": "=Keyframes!#REF!"}, "#REF!"),
        ({"zoom": "=1/0"}, "#DIV/0!"),
        ({"zoom": "=Gone!$A$1"}, "#REF!"),
    ],
)
def test_a_name_that_means_nothing_says_so(names: dict[str, str], says: str) -> None:
    with pytest.raises(FormulaError, match=says):
        with_names("=zoom", **names)


def test_a_name_that_is_nearly_right_is_suggested() -> None:
    with pytest.raises(FormulaError) as caught:
        with_names("=base_zom", base_zoom="=1")
    assert "Did you mean base_zoom?" in caught.value.remedy
