from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.model.prompts import MovingText, plain_words, short_number


@pytest.mark.parametrize(
    ("prompt", "plain"),
    [
        ("a fox", "a fox"),
        ("a (red fox:1.3), snow", "a red fox, snow"),
        ("((fox)), [snow]", "fox, snow"),
        ("[day|night] city", "day city"),
        ("[day:night:0.5] city", "day city"),
        ("(a [b|c]:0.8) d", "a b d"),
        ("fox <lora:ink style:0.7>, snow", "fox, snow"),
        ("(fox)1.4 and (snow)++", "fox and snow"),
        (r"a \(real\) bracket", "a (real) bracket"),
        ("at 16:9, 12:30", "at 16:9, 12:30"),
        ("", ""),
    ],
)
def test_emphasis_goes_and_the_words_stay(prompt: str, plain: str) -> None:
    assert plain_words(prompt) == plain


@given(st.text(alphabet="ab ()[]|:.1<lora>\\+-,", max_size=60))
def test_any_text_has_plain_words(prompt: str) -> None:
    assert len(plain_words(prompt)) <= len(prompt)


@pytest.mark.parametrize(
    ("number", "shown"),
    [(1.0, "1"), (0.3, "0.3"), (1 / 3, "0.333333"), (-0.0, "0"), (1e-9, "0"), (1e7, "10000000")],
)
def test_numbers_in_prompts_are_short_and_have_no_exponent(number: float, shown: str) -> None:
    assert short_number(number) == shown


def test_a_moving_text_has_each_frames_numbers_and_holds_the_last() -> None:
    text = MovingText(("(fox:", "), (snow:", ")"), np.array([[0.0, 1.0], [0.5, 0.5]]))
    assert text.at(0) == "(fox:0), (snow:1)"
    assert text.at(1) == text.at(99) == "(fox:0.5), (snow:0.5)"
