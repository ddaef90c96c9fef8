from __future__ import annotations

import numpy as np
import pytest

from sheetrender.model.keyframes import ChannelKey, Interpolation
from sheetrender.planning.columns import channel
from sheetrender.planning.schedule_text import read_schedule, resolved
from sheetrender.planning.schedules import FormulaNames, channel_curve

ANGLE = channel("angle")


def curve(schedule: str | float, frames: int = 100, how: Interpolation = "linear") -> list[float]:
    names = FormulaNames({"max_f": frames - 1.0, "pi": np.pi}, [0], frames)
    keys = resolved(read_schedule(schedule, ANGLE, None), max_f=frames - 1, seed=0)
    return channel_curve(keys, names, frames, how).tolist()


def test_numbers_go_in_a_straight_line_to_the_next() -> None:
    assert curve("0: (0), 10: (5), 20: (-5)", 25)[::5] == [0, 2.5, 5, 0, -5]


def test_the_first_number_holds_backwards_and_the_last_forwards() -> None:
    values = curve("30: (3), 60: (9)")
    assert values[0] == values[30] == 3
    assert values[99] == 9


def test_a_formula_holds_until_the_frame_before_the_next_key() -> None:
    values = curve("0: (t), 10: (1)", 12)
    assert values == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 1]


def test_a_number_goes_on_to_a_formulas_first_value() -> None:
    assert curve("0: (0), 10: (10 + t)", 12) == [*range(0, 20, 2), 20, 21]


def test_a_key_behind_the_end_is_never_reached() -> None:
    assert curve("0: (1), 200: (20)") == [1] * 100


def test_the_other_ways_between_numbers() -> None:
    assert curve("0: (0), 10: (10)", 11, "hold") == [0] * 10 + [10]
    eased = curve("0: (0), 10: (10)", 11, "ease")
    assert eased[0] == 0
    assert eased[5] == pytest.approx(5)
    assert eased[1] < 1 < 9 < eased[9]
    assert eased[10] == 10


def test_a_formula_counts_from_its_row() -> None:
    names = FormulaNames({}, [0, 10, 20], 30)
    keys = [ChannelKey(0, "k", None)]
    assert channel_curve(keys, names, 30, "linear").tolist() == list(range(10)) * 3
    keys = [ChannelKey(10, "p*n", None)]
    assert channel_curve(keys, names, 30, "linear")[10:].tolist() == list(range(10)) * 2


@pytest.mark.parametrize("how", ["quadratic", "cubic"])
@pytest.mark.parametrize("frames", [1, 2, 3, 4, 5, 30])
@pytest.mark.parametrize(
    "schedule",
    [
        "0:(1), 1:(2), 2:(1), 3:(5), 50:(3)",
        "0:(1/t), 2:(3), 20:(2), 25:(2)",
        "5:(log(0-1)), 6:(1)",
        "0:(1), 2:(1/0), 9:(2), 12:(4)",
    ],
)
def test_splines_stand_few_frames_and_formulas_without_a_value(
    schedule: str, frames: int, how: Interpolation
) -> None:
    values = curve(schedule, frames, how)
    assert len(values) == frames
    if "1/t" in schedule:
        assert values[0] == np.inf
