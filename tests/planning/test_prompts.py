from __future__ import annotations

import pytest

from sheetrender.model.cells import Value
from sheetrender.planning.prompts import estimated_tokens, joined
from tests.planning.workbooks import planned

HEAD = ("frame", "subject", "style", "prompt", "negative", "city", "zoom")


def texts(*rows: tuple[Value, ...]) -> list[tuple[str, str]]:
    plan, findings = planned([HEAD, *rows])
    assert not findings.problems, findings.problems
    return [(row.prompt, row.negative) for row in plan.rows]


def wrong(*rows: tuple[Value, ...]) -> list[str]:
    _, findings = planned([HEAD, *rows])
    return [str(problem) for problem in findings.problems]


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        ("a", "b", "a, b"), ("a", ", b", "a, b"), ("a,", "b", "a, b"), ("a", "", "a"),
        ("", ", b", "b"), ("", "", ""),
    ],
)  # fmt: skip
def test_texts_are_joined_by_one_comma(first: str, second: str, both: str) -> None:
    assert joined(first, second) == both


def test_what_stands_behind_neg_is_negative_and_joins_the_column() -> None:
    assert texts(
        (0, "a fox --neg dogs", "ink --neg photo", None, "blurry"),
        (5, None, None, "whole --neg cats"),
        (9, "snow", None, None, "text"),
    ) == [
        ("a fox, ink", "dogs, photo, blurry"),
        ("whole", "cats, blurry"),
        ("snow, ink", "photo, text"),
    ]


@pytest.mark.parametrize("dashes", ["--neg", "--NEG", "-- neg", "—neg", "–neg", "--negative"])
def test_dashes_of_every_kind_mean_the_same(dashes: str) -> None:
    assert texts((0, f"a cat,{dashes} dog")) == [("a cat,", "dog")]
    assert texts((0, "a well—negative space")) == [("a well—negative space", "")]


def test_a_column_that_names_another_is_told() -> None:
    (problem,) = wrong((0, "{city} at night", "rainy", None, None, "{style} Paris"))
    assert problem.startswith("Keyframes!B2 (subject)")
    assert "whose cell names 'style' in turn" in problem


def test_a_formula_that_fails_is_told_once_at_the_cell_that_holds_it() -> None:
    (problem,) = wrong((0, "a", None, None, "n `foo+t`"), (5, "b"), (9, "c"))
    assert problem.startswith("Keyframes!E2 (negative): 'n `foo+t`' has `foo+t`")
    (problem,) = wrong((0, "a", "fog `foo`"), (5, "b"))
    assert problem.startswith("Keyframes!C2 (style)")


def test_names_in_braces_are_other_columns_and_blanks_carry_on() -> None:
    assert texts(
        (0, "{city} at night", "style of {City}, {zoom}", None, None, "Lima", 1.02),
        (5, None, None, None, None, "Oslo"),
        (9, "a street"),
    ) == [
        ("Lima at night, style of Lima, 1.02", ""),
        ("Oslo at night, style of Oslo, 1.02", ""),
        ("a street, style of Oslo, 1.02", ""),
    ]


def test_braces_that_are_no_name_stay_and_doubled_ones_are_meant() -> None:
    assert texts((0, "{a|b} {0} {{city}} {}", None, None, None, "Lima")) == [
        ("{a|b} {0} {city} {}", "")
    ]


def test_a_column_that_is_not_there_is_told_once_with_its_cell() -> None:
    (problem,) = wrong((0, "{citty} at night"), (5, None, "ink"))
    assert problem.startswith("Keyframes!B2 (subject): '{citty} at night' asks for the column")
    assert "Did you mean {city}? Write {{citty}}" in problem


def test_a_formula_in_a_column_that_a_prompt_names_is_told_with_its_own_cell() -> None:
    (problem,) = wrong((0, "{city}", None, None, None, "=1/0"))
    assert problem.startswith("Keyframes!F2 (city)")


def test_backticks_hold_formulas_that_move_with_the_frames() -> None:
    plan, findings = planned(
        [HEAD, (0, "(fox:`where(t<2, sqrt(t), 1)`)", "`p` done"), (4, "(snow:`k/10`)", "")]
    )
    assert not findings.problems
    assert [plan.frame(i).prompt for i in (0, 1, 2, 5, 9)] == [
        "(fox:0), 0 done", "(fox:1), 0.25 done", "(fox:1), 0.5 done",
        "(snow:0.1), 0.033333 done", "(snow:0.5), 0.166667 done",
    ]  # fmt: skip
    assert plan.rows[0].caption == "fox"


def test_a_prompt_that_fades_in_comes_from_the_last_one_of_the_row_before() -> None:
    plan, _ = planned([("frame", "subject", "blend"), (0, "fox `k`"), (4, "snow", 2)])
    assert plan.frame(4).previous_prompt == plan.frame(5).previous_prompt == "fox 3"


@pytest.mark.parametrize(
    ("subject", "says"),
    [
        ("`1/t`", "`1/t`, which divides by zero at frame 0"),
        ("`sinn(t)`", "`sinn(t)`, which uses sinn()"),
        ("`t", "backtick"),
        ("``", "ends too early"),
    ],
)
def test_a_formula_in_a_prompt_that_fails_names_cell_and_frame(subject: str, says: str) -> None:
    (problem,) = wrong((0, subject))
    assert problem.startswith("Keyframes!B2 (subject)")
    assert says in problem


def test_deforums_whole_list_of_prompts_in_one_cell_is_told_where_to_go() -> None:
    (problem,) = wrong((0, None, None, '{"0": "a fox", "30": "snow"}'))
    assert problem.startswith("Keyframes!D2 (prompt)")
    assert "--from settings.txt" in problem


@pytest.mark.parametrize(
    ("prompt", "tokens"),
    [
        ("", 2),
        ("a photo of a cat", 7),
        ("a cat, a dog", 7),
        ("(cat:1.3), <lora:ink:1>", 4),
        ("1984", 6),
        ("extraordinarily", 4),
        ("猫と犬", 5),
    ],
)
def test_tokens_are_estimated_as_clip_would_count_them(prompt: str, tokens: int) -> None:
    assert estimated_tokens(prompt) == tokens
