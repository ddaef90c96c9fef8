"""What a card's memory allows."""

from __future__ import annotations

import itertools

import pytest

from sheetrender.engines.diffusion.memory import HOST, TIERS, lower, tier_for
from sheetrender.model.keyframes import Memory

GB = 2**30


@pytest.mark.parametrize(
    ("free", "gigabytes"), [(79, 24), (23, 24), (11, 12), (7.5, 8), (5.5, 6), (4, 4), (1, 4)]
)
def test_the_highest_tier_that_fits_into_what_is_free_is_taken(free: float, gigabytes: int) -> None:
    assert tier_for("auto", int(free * GB)).gigabytes == gigabytes


@pytest.mark.parametrize("memory", ["24", "12", "8", "6", "4"])
def test_the_settings_name_a_tier_whatever_is_free(memory: Memory) -> None:
    assert tier_for(memory, 79 * GB).gigabytes == int(memory)
    assert tier_for(memory, 0).gigabytes == int(memory)


def test_each_tier_down_draws_no_more_at_once_and_holds_no_more() -> None:
    for above, below in itertools.pairwise(TIERS):
        assert lower(above) == below
        assert below.width <= above.width
        assert below.text_stays <= above.text_stays
        assert below.one_decoded >= above.one_decoded
        assert below.one_part >= above.one_part
        assert below.in_pieces >= above.in_pieces


def test_below_the_last_tier_and_without_a_card_there_is_none() -> None:
    assert lower(TIERS[-1]) is None
    assert lower(HOST) is None
