"""The web page's own outputs, digit for digit."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.audio.web_generator import web_levels
from sheetrender.planning.syntax import FormulaError
from sheetrender.planning.web_generator import js_number, to_fixed, web_csv, web_string, web_values

VECTORS = Path(__file__).parents[1] / "data" / "web_generator"


@pytest.mark.parametrize("vector", sorted(VECTORS.glob("*.json")), ids=lambda path: path.stem)
def test_the_pages_outputs_are_met_digit_for_digit(vector: Path) -> None:
    wanted = json.loads(vector.read_text())
    levels = web_levels(VECTORS / wanted["wav"], wanted["fps"])
    values = web_values(levels.values, wanted["fn"])
    assert len(values) == wanted["frames"]
    assert values == wanted["values"]
    assert web_string(values) == wanted["string"]


def write(path: Path, samples: np.ndarray) -> Path:
    soundfile.write(path, samples, 8000, subtype="FLOAT")
    return path


def test_silence_is_no_number_there(tmp_path: Path) -> None:
    levels = web_levels(write(tmp_path / "a.wav", np.zeros((8000, 2))), 12)
    values = web_values(levels.values, "1 + x^2")
    assert web_string(values) == ", ".join(f"{frame}: (NaN)" for frame in range(12))
    assert web_csv(values) == ""


def test_a_mono_file_keeps_its_signs_there(tmp_path: Path) -> None:
    wave = np.concatenate([np.full(4000, 0.5), np.full(4000, -0.25)])
    levels = web_levels(write(tmp_path / "a.wav", wave), 2)
    assert levels.values.tolist() == [1.0, -0.5]
    # The minus of -0.5^2 comes after the power, as everywhere in mathematics.
    assert web_values(levels.values, "1 + x^2") == [2.0, 0.75]


def test_a_float_that_rounds_up_makes_one_frame_more(tmp_path: Path) -> None:
    levels = web_levels(write(tmp_path / "a.wav", np.ones((8005, 2))), 25)
    assert (len(levels.values), levels.window) == (26, 319)


def test_only_the_first_x_is_replaced() -> None:
    assert web_values(np.array([0.84]), "2x") == [20.84]
    assert web_values(np.array([0.5, 0.5]), "x + y/10") == [0.5, 0.6]
    with pytest.raises(FormulaError, match="x"):
        web_values(np.array([0.84]), "x + x^2")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.1, "0.1"), (1e-7, "1e-7"), (1.5e-7, "1.5e-7"), (1e-6, "0.000001"), (100.0, "100"),
        (1e21, "1e+21"), (123456.75, "123456.75"), (-0.0, "0"), (5e-324, "5e-324"),
        (math.nan, "NaN"), (-math.inf, "-Infinity"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_javascript_writes_them(value: float, shown: str) -> None:
    assert js_number(value) == shown


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_javascripts_numbers_read_back_as_they_were(value: float) -> None:
    assert float(js_number(value)) == value


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1.005, "1.00"), (1.115, "1.11"), (0.125, "0.13"), (-0.001, "-0.00"), (2.5, "2.50")],
)
def test_halves_are_rounded_upwards_on_the_exact_number(value: float, shown: str) -> None:
    assert to_fixed(value) == shown
