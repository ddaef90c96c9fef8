from __future__ import annotations

import numpy as np
import pytest

from sheetrender.planning.deforum.seeds import said_by, seed_settings


@pytest.mark.parametrize("behavior", ["fixed", "iter", "ladder", "alternate", "random"])
def test_a_seed_and_how_it_goes_on(behavior: str) -> None:
    cells = said_by({"seed": "42", "seed_behavior": behavior, "seed_iter_N": 1}, 100)
    assert cells.settings == {"seed": 42, "seed_behavior": behavior}
    assert (cells.rows, cells.unused, cells.notices) == ({}, {}, [])


def test_a_drawn_seed_stays_one() -> None:
    assert said_by({"seed": -1}, 100).settings == {"seed": -1, "seed_behavior": "iter"}


def test_a_schedule_becomes_seeds_of_rows() -> None:
    file = {"seed": 7, "seed_behavior": "schedule", "seed_schedule": "0:(s), 30:(s), 31:(9)"}
    cells = said_by(file, 100)
    assert cells.settings == {"seed": 7, "seed_behavior": "fixed"}
    assert cells.rows == {0: 7, 31: 9}


def test_the_usual_schedule_draws_in_the_middle() -> None:
    cells = said_by({"seed": 7, "seed_behavior": "schedule"}, 100)
    assert cells.rows == {0: 7, 1: -1, 98: 7}
    assert "one seed is drawn and kept" in cells.notices[0]


def test_a_schedule_that_always_changes_becomes_a_formula() -> None:
    file = {"seed": 1000, "seed_behavior": "schedule", "seed_schedule": "0:(s+t/4+sin(t))"}
    assert said_by(file, 900).rows == {0: "floor(1000+t/4+sin(t))"}


def test_a_seed_that_goes_on_slowly_is_a_formula() -> None:
    cells = said_by({"seed": 1000, "seed_behavior": "iter", "seed_iter_N": 3}, 100)
    assert cells.settings["seed_behavior"] == "fixed"
    assert cells.rows == {0: "1000+floor((t+2)/3)"}
    values = [1000 + (t + 2) // 3 for t in range(5)]
    assert values == [1000, 1001, 1001, 1001, 1002]


@pytest.mark.parametrize(
    ("file", "key"),
    [
        ({"seed": "lucky"}, "seed"),
        ({"seed": 2**32}, "seed"),
        ({"seed": 1, "seed_behavior": "dance"}, "seed_behavior"),
        ({"seed": 1, "seed_behavior": "schedule", "seed_schedule": "0:(-5)"}, "seed_schedule"),
        ({"seed": 1, "seed_behavior": "schedule", "seed_schedule": "chaos:"}, "seed_schedule"),
        ({"seed": 1, "seed_behavior": "schedule", "seed_schedule": "0:(0), 2900:(2900)"},
         "seed_schedule"),
        ({"seed": -1, "seed_behavior": "iter", "seed_iter_N": 3}, "seed_iter_N"),
        ({"seed": 1, "seed_behavior": "iter", "seed_iter_N": []}, "seed_iter_N"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_named_with_the_reason(file: dict[str, object], key: str) -> None:
    assert list(said_by(file, 3000).unused) == [key]


def test_seeds_of_rows_are_a_schedule_for_deforum() -> None:
    seeds = np.array([5, 5, 5, 9, 9, 7], dtype=np.uint32)
    found = seed_settings(seeds, draws_all=True)
    assert found["seed_behavior"] == "schedule"
    assert found["seed_schedule"] == "0: (5), 2: (5), 3: (9), 4: (9), 5: (7)"
    again = said_by(found, 6)
    assert again.rows == {0: 5, 3: 9, 5: 7}


@pytest.mark.parametrize(
    ("seeds", "behavior"),
    [
        ([9, 9, 9, 9], "fixed"),
        ([9, 10, 11, 12], "iter"),
        ([9, 11, 10, 12], "ladder"),
        ([9, 10, 9, 10], "alternate"),
        ([9, 8, 7, 6], "schedule"),
    ],
)
def test_seeds_that_go_on_as_deforum_does_it_need_no_schedule(
    seeds: list[int], behavior: str
) -> None:
    found = seed_settings(np.array(seeds, dtype=np.uint32), draws_all=True)
    assert (found["seed"], found["seed_behavior"]) == (9, behavior)


def test_with_cadence_deforum_goes_on_less_often() -> None:
    found = seed_settings(np.arange(8, dtype=np.uint32), draws_all=False)
    assert found["seed_behavior"] == "schedule"
