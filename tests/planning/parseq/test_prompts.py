"""Texts of every frame as few rows."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.planning.frame_names import FormulaNames
from sheetrender.planning.parseq.prompts import few_texts
from sheetrender.planning.prompts import moving

NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])")
WEIGHTS = st.one_of(
    st.tuples(st.floats(0, 1), st.floats(0, 1), st.integers(2, 30)).map(
        lambda ends: [f"{weight:.5f}" for weight in np.linspace(ends[0], ends[1], ends[2])]
    ),
    st.lists(st.sampled_from(["1", "0.5", "0.25000", "-3"]), min_size=1, max_size=8),
)
TEXTS = st.lists(st.tuples(st.sampled_from(["a fox (x:{})", "2 owls: {} AND b", "{}"]), WEIGHTS))


@given(TEXTS)
def test_rows_say_the_same_as_the_frames(stretches: list[tuple[str, list[str]]]) -> None:
    texts = [shape.format(weight) for shape, weights in stretches for weight in weights]
    if not texts:
        return
    rows = few_texts(texts)
    names = FormulaNames({}, [0], len(texts))
    starts = sorted(rows)
    for start, end in zip(starts, [*starts[1:], len(texts)], strict=True):
        text = moving(rows[start], names, start, end)
        for frame in range(start, end):
            shown = rows[start] if text is None else text.at(frame - start)
            assert NUMBER.sub("#", shown) == NUMBER.sub("#", texts[frame])
            numbers = [[float(n) for n in NUMBER.findall(t)] for t in (shown, texts[frame])]
            assert np.allclose(*numbers, rtol=0, atol=1.1e-4)


def test_a_weight_that_fades_is_one_row() -> None:
    texts = [f"an owl: {n / 60:.5f} AND a fox: {1 - n / 60:.5f}" for n in range(61)]
    assert list(few_texts(texts)) == [0]
