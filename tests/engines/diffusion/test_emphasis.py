"""Emphasis in prompts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.engines.diffusion.emphasis import fragments, variants


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("a red fox", [("a red fox", 1.0)]),
        ("", [("", 1.0)]),
        ("a (red:1.3) fox", [("a ", 1.0), ("red", 1.3), (" fox", 1.0)]),
        ("(fox)", [("fox", 1.1)]),
        ("((fox))", [("fox", 1.21)]),
        ("[fox]", [("fox", 1 / 1.1)]),
        ("(fox)1.4 runs", [("fox", 1.4), (" runs", 1.0)]),
        ("(fox)++", [("fox", 1.21)]),
        ("(fox)--", [("fox", 0.81)]),
        ("(a (b:2) c:0.5)", [("a ", 0.5), ("b", 1.0), (" c", 0.5)]),
        (r"a \(b\) c", [("a (b) c", 1.0)]),
        ("12:30 and ratio 3:1", [("12:30 and ratio 3:1", 1.0)]),
        ("(unclosed fox", [("unclosed fox", 1.0)]),
        ("closed fox)", [("closed fox", 1.0)]),
    ],
)
def test_pieces_carry_the_weight_of_their_brackets(
    text: str, pieces: list[tuple[str, float]]
) -> None:
    found = fragments(text)
    assert [words for words, _ in found] == [words for words, _ in pieces]
    assert [weight for _, weight in found] == pytest.approx([weight for _, weight in pieces])


def test_a_choice_has_a_turn_for_each_option() -> None:
    assert variants("a [red|blue] fox") == ((("a red fox", 1.0),), (("a blue fox", 1.0),))
    assert len(variants("[a|b] and [c|d|e]")) == 3
    assert variants("a fox") == ((("a fox", 1.0),),)


def test_of_a_switch_the_first_stays_and_tags_go() -> None:
    assert variants("a [fox:wolf:0.5] <lora:style:0.8>runs") == ((("a fox runs", 1.0),),)


@given(st.text(alphabet="ab ()[]|:\\+-.1<>", max_size=40))
def test_any_text_has_at_least_one_piece_and_finite_weights(text: str) -> None:
    for turn in variants(text):
        assert turn
        assert all(0.0 <= weight < float("inf") for _, weight in turn)
