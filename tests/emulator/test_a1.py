"""A1 texts and field masks are read as Google reads them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.emulator import a1, field_mask
from tests.emulator.a1 import Area
from tests.emulator.book import Book
from tests.emulator.errors import ApiError


def book() -> Book:
    book = Book("KEY")
    for title in ("Keyframes", "My tab", "it's", "B2"):
        book.add_tab(title)
    return book


@pytest.mark.parametrize(
    ("text", "title", "area"),
    [
        ("Keyframes", "Keyframes", Area()),
        ("'Keyframes'", "Keyframes", Area()),
        ("'My tab'!A1", "My tab", Area(top=0, left=0, bottom=1, right=1)),
        ("My tab!A1", "My tab", Area(top=0, left=0, bottom=1, right=1)),
        ("'it''s'!A:C", "it's", Area(left=0, right=3)),
        ("Keyframes!2:5", "Keyframes", Area(top=1, bottom=5)),
        ("Keyframes!A2:C", "Keyframes", Area(top=1, left=0, right=3)),
        ("Keyframes!C3:A1", "Keyframes", Area(top=0, left=0, bottom=3, right=3)),
        ("Keyframes!$AA$10:$AB$11", "Keyframes", Area(top=9, left=26, bottom=11, right=28)),
        ("C1:D2", "Keyframes", Area(top=0, left=2, bottom=2, right=4)),
        ("B2", "B2", Area()),
    ],
)
def test_ranges_are_read(text: str, title: str, area: Area) -> None:
    found, found_area = book().area(text)
    assert (found.title, found_area) == (title, area)


@pytest.mark.parametrize("text", ["", "Nothing!A1", "A", "7", "Keyframes!A0", "Keyframes!!", "A1:"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ApiError, match=r"Unable to parse range: ") as refusal:
        book().area(text)
    assert refusal.value.code == 400


@given(st.integers(0, 18_277))
def test_columns_are_named_and_found_again(column: int) -> None:
    assert a1.column_index(a1.column_letters(column)) == column


@pytest.mark.parametrize(
    ("title", "text"),
    [("Shots", "Shots"), ("My tab", "'My tab'"), ("it's", "'it''s'"), ("A1", "'A1'"), ("1", "'1'")],
)
def test_titles_are_quoted_where_google_quotes_them(title: str, text: str) -> None:
    assert a1.quoted(title) == text


@pytest.mark.parametrize(
    ("text", "mask"),
    [
        ("a", {"a": {}}),
        ("a,b", {"a": {}, "b": {}}),
        ("a.b.c", {"a": {"b": {"c": {}}}}),
        ("a/b,a/c", {"a": {"b": {}, "c": {}}}),
        ("a(b,c(d))", {"a": {"b": {}, "c": {"d": {}}}}),
        ("a.b(c, d.e),*", {"a": {"b": {"c": {}, "d": {"e": {}}}}, "*": {}}),
        ("a.b,a", {"a": {}}),
        ("a,a.b", {"a": {}}),
    ],
)
def test_field_masks_are_read(text: str, mask: field_mask.Mask) -> None:
    assert field_mask.parse(text) == mask


@pytest.mark.parametrize("text", ["", ",", "a,", "a(", "a(b", "a)", "a..b", "a b", "a(b)c", "a-b"])
def test_what_is_no_field_mask_is_refused(text: str) -> None:
    with pytest.raises(ApiError, match="Invalid field selection"):
        field_mask.parse(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("*", {"a": 1, "b": [{"c": 2, "d": 3}, {"d": 4}]}),
        ("b.c", {"b": [{"c": 2}, {}]}),
        ("b", {"b": [{"c": 2, "d": 3}, {"d": 4}]}),
        ("*/d", {"a": 1, "b": [{"d": 3}, {"d": 4}]}),
        ("x", {}),
    ],
)
def test_only_what_is_asked_for_is_kept(text: str, kept: Any) -> None:
    answer = {"a": 1, "b": [{"c": 2, "d": 3}, {"d": 4}]}
    assert field_mask.masked(answer, field_mask.parse(text)) == kept
