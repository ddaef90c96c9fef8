"""Few keys whose straight lines give every number back."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.planning.lines import needed

NUMBERS = st.one_of(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40),
    st.lists(st.integers(-2, 2).map(float), min_size=1, max_size=60).map(
        lambda steps: np.cumsum(steps).tolist()
    ),
)


@given(NUMBERS)
def test_lines_between_the_keys_give_every_number(numbers: list[float]) -> None:
    values = np.array(numbers)
    keys = needed(values)
    assert keys[0] == 0
    assert keys == sorted(set(keys))
    back = np.interp(np.arange(len(values)), keys, values[keys])
    assert np.all(np.abs(back - values) <= 1e-9 * np.maximum(1, np.abs(values).max()))


def test_a_straight_line_needs_its_ends_and_a_constant_its_beginning() -> None:
    assert needed(np.linspace(3, 9, 1000)) == [0, 999]
    assert needed(np.full(1000, 2.0)) == [0]
    assert needed(np.array([0.0, 0.5, 0.5, 0.5, -0.5, -0.5])) == [0, 1, 3, 4]
