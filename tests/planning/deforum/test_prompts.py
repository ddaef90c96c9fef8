from __future__ import annotations

import pytest

from sheetrender.planning.deforum.prompts import PromptRow, Unreadable, prompt_rows, without_gaps


def rows(
    prompts: object, negatives: object = None, before: str = "", behind: str = ""
) -> list[tuple[int, str, str]]:
    found = prompt_rows(prompts, negatives, before, behind, 100)
    return [(r.frame, r.prompt, r.negative) for r in found if isinstance(r, PromptRow)]


def test_a_text_at_each_frame() -> None:
    assert rows({"0": "a fox", "30": "a whale"}) == [(0, "a fox", ""), (30, "a whale", "")]


def test_what_stands_in_every_prompt_is_joined_to_each() -> None:
    found = rows({"0": "a fox --neg dog", "9": "a whale"}, None, "ink,", "text, blurry")
    assert found == [(0, "ink, a fox", "dog text, blurry"), (9, "ink, a whale", "text, blurry")]


@pytest.mark.parametrize(
    ("key", "frame"),
    [("max_f", 99), ("max_f/2", 49), ('"max_f-10"', 89), ("007", 7), ("120", 120), ("10.0", 10)],
)
def test_keys_may_be_formulas(key: str, frame: int) -> None:
    assert rows({key: "a fox"}) == [(frame, "a fox", "")]


@pytest.mark.parametrize("key", ["chorus", "", "-5", "1/0", "nan", "9**99", "0:10"])
def test_a_key_that_names_no_frame_is_said(key: str) -> None:
    found = list(prompt_rows({key: "a fox"}, None, "", "", 100))
    assert found == [Unreadable(key, "a fox", "its key names no frame")]


@pytest.mark.parametrize("text", [None, ["a"], {"a": 1}])
def test_a_prompt_that_is_no_text_is_said(text: object) -> None:
    found = list(prompt_rows({"0": text}, None, "", "", 100))
    assert found == [Unreadable("0", text, "it is no text")]


def test_forms_of_the_notebook() -> None:
    assert rows("a fox") == [(0, "a fox", "")]
    assert rows('{"0": "a fox", "50": "b"}') == [(0, "a fox", ""), (50, "b", "")]
    assert rows(["a", "b", "c", "d"]) == [(0, "a", ""), (25, "b", ""), (50, "c", ""), (75, "d", "")]
    found = rows({"0": "a", "40": "b"}, {"0": "x", "30": "y"})
    assert found == [(0, "a", "x"), (40, "b", "y")]
    assert rows({"0": "a"}, ["x"]) == [(0, "a", "x")]
    assert rows(None) == []


def test_backtick_maths_stays_and_subject_and_style_are_not_split() -> None:
    text = "(cat:`where(t<10,t/10,1)`), ink, red and gold"
    assert rows({"0": text}) == [(0, text, "")]


@pytest.mark.parametrize(
    ("written", "cell"),
    [
        ("a {mood} cat", "a {{mood}} cat"),
        ("a {{mood}} cat", "a {{{{mood}}}} cat"),
        ("a {red|blue} cat", "a {red|blue} cat"),
        ("{a|b} and {mood}", "{{a|b}} and {{mood}}"),
    ],
)
def test_braces_around_a_name_are_no_column_of_the_sheet(written: str, cell: str) -> None:
    assert rows({"0": written}) == [(0, cell, "")]


def test_blank_cells_carry_on_nothing_that_was_not_meant() -> None:
    steady = {0: ("a", ""), 9: ("b", "x"), 20: ("c", "y")}
    assert without_gaps(steady) == steady
    assert without_gaps({0: ("a", "x"), 9: ("b", "")}) == {0: ("a --neg x", ""), 9: ("b", "")}
    assert without_gaps({0: ("a", ""), 9: ("", "")}) == {0: ("a", ""), 9: ("--neg", "")}
