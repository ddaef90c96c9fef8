"""Prompts as the model reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from sheetrender.engines.diffusion.prompts import PromptBook, Words, blended

CPU = torch.device("cpu")
Model = Callable[[str], Any]


@pytest.fixture(params=["sd15", "sd2v", "sdxl"])
def pipeline(request: pytest.FixtureRequest, tiny_model: Model) -> Any:
    return tiny_model(request.param)


@pytest.fixture
def book(pipeline: Any) -> PromptBook:
    return PromptBook(pipeline, CPU, stay=True)


@torch.no_grad()
def theirs(pipeline: Any, text: str) -> Words:
    """Return a text as diffusers encodes it."""
    found = pipeline.encode_prompt(
        text, device=CPU, num_images_per_prompt=1, do_classifier_free_guidance=False
    )
    return Words(found[0], found[2] if len(found) == 4 else None)


def test_plain_texts_are_encoded_as_diffusers_encodes_them(pipeline: Any, book: PromptBook) -> None:
    for text in ("", "a red desert", "Fox, 4k"):
        mine, reference = book.words(text), theirs(pipeline, text)
        assert torch.allclose(mine.states, reference.states, atol=1e-5)
        assert (mine.pooled is None) == (reference.pooled is None)
        if mine.pooled is not None and reference.pooled is not None:
            assert torch.allclose(mine.pooled, reference.pooled, atol=1e-5)


def test_weight_moves_a_text_away_and_weight_one_leaves_it(book: PromptBook) -> None:
    plain = book.words("a red fox").states
    assert torch.allclose(book.words("a (red:1.0) fox").states, plain, atol=1e-5)
    moved = [
        float((book.words(f"a (red:{weight}) fox").states - plain).abs().mean())
        for weight in (1.1, 1.3, 1.6)
    ]
    assert 0 < moved[0] < moved[1] < moved[2]
    assert not torch.allclose(book.words("a (red:0.5) fox").states, plain, atol=1e-3)


def test_a_choice_is_the_mean_of_its_turns(book: PromptBook) -> None:
    red, blue = book.words("a red fox").states, book.words("a blue fox").states
    chosen = book.words("a [red|blue] fox").states
    assert torch.allclose(chosen, (red + blue) / 2, atol=1e-6)


def test_texts_beyond_77_tokens_are_read_whole_and_short_ones_follow_suit(
    book: PromptBook,
) -> None:
    long, other = book.words("word " * 60), book.words("word " * 59 + "end")
    assert long.states.shape[1] % 77 == 0
    assert long.states.shape[1] > 77
    assert not torch.equal(long.states, other.states)
    short, same = book.levelled([book.words("fox"), long])
    assert same is long
    assert short.states.shape == long.states.shape
    assert torch.equal(short.states[:, :77], book.words("fox").states)
    assert torch.equal(short.states[:, 77:154], book.words("").states)


def test_a_text_is_encoded_once(book: PromptBook) -> None:
    first = book.page(["fox", "wolf", "fox"])
    assert book.encodings == 2
    assert book.words("fox") is first["fox"]
    assert book.encodings == 2


def test_large_models_take_zeros_for_an_empty_negative(tiny_model: Model) -> None:
    large = PromptBook(tiny_model("sdxl"), CPU, stay=True)
    words = large.words("fox")
    empty = large.unconditioned("", words)
    assert not empty.states.any()
    assert empty.pooled is not None
    assert not empty.pooled.any()
    assert large.unconditioned("ugly", words).states.any()
    small = PromptBook(tiny_model("sd15"), CPU, stay=True)
    assert small.unconditioned("", small.words("fox")).states.any()


@pytest.mark.parametrize("how", ["lerp", "slerp"])
def test_two_prompts_blend_from_the_first_to_the_second(how: Any, book: PromptBook) -> None:
    first, second = book.words("fox"), book.words("wolf in the snow")
    assert blended(first, second, 0.0, how) is first
    assert blended(first, second, 1.0, how) is second
    away = [
        float((blended(first, second, share, how).states - second.states).abs().mean())
        for share in (0.01, 0.3, 0.6, 0.99)
    ]
    assert away == sorted(away, reverse=True)
    assert away[-1] < 0.02 * away[0] + 1e-6
    if how == "lerp":
        half = blended(first, second, 0.5).states
        assert torch.allclose(half, (first.states + second.states) / 2, atol=1e-6)
