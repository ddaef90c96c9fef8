from __future__ import annotations

from typing import Any

import pytest

from sheetrender.model.plan import RenderPlan
from tests.planning.workbooks import planned

HEAD = ("frame", "subject", "seed", "zoom")


def plan_of(*rows: tuple[Any, ...], **settings: Any) -> RenderPlan:
    plan, findings = planned([HEAD, *rows], {"frames": 12, **settings})
    assert not findings.problems, findings.problems
    return plan


@pytest.mark.parametrize(
    ("behavior", "seeds"),
    [
        ("fixed", [5] * 6),
        ("iter", [5, 6, 7, 8, 9, 10]),
        ("ladder", [5, 7, 6, 8, 7, 9]),
        ("alternate", [5, 6, 5, 6, 5, 6]),
    ],
)
def test_seeds_go_on_as_deforums_do(behavior: str, seeds: list[int]) -> None:
    plan = plan_of((0, "a", 5), (6, "b", 9), seed_behavior=behavior)
    assert plan.seeds[:6].tolist() == seeds
    assert plan.seeds[6] == 9


def test_random_seeds_are_the_same_on_every_day() -> None:
    first = plan_of((0, "a", 5), seed_behavior="random").seeds.tolist()
    assert first == plan_of((0, "a", 5), seed_behavior="random").seeds.tolist()
    assert len(set(first)) == 12


def test_a_seed_holds_until_the_next_one() -> None:
    assert plan_of((0, "a", 5), (4, "b"), (8, "c", 7)).seeds.tolist() == [5] * 8 + [7] * 4


def test_a_fraction_is_the_way_to_the_next_seed() -> None:
    plan = plan_of((0, "a", 1000.25), (6, "b"), (9, "c", 3))
    assert (plan.frame(0).seed, plan.frame(0).seed_share) == (1000, 0.25)
    assert plan.seed_shares.tolist() == [0.25] * 9 + [0] * 3


def test_a_formula_travels_from_seed_to_seed() -> None:
    plan = plan_of((0, "a", 7), (4, "b", "1000 + k/4"), (9, "c", 3))
    assert plan.seeds.tolist() == [7] * 4 + [1000] * 4 + [1001] + [3] * 3
    assert plan.seed_shares[4:9].tolist() == [0, 0.25, 0.5, 0.75, 0]


def test_a_frame_alone_is_a_seed() -> None:
    assert plan_of((0, "a", "t")).seeds.tolist() == list(range(12))


def test_the_last_seed_of_all_travels_on_to_the_first() -> None:
    plan = plan_of((0, "a", 2**32 - 1), seed_behavior="iter")
    assert plan.seeds[:3].tolist() == [2**32 - 1, 0, 1]


def test_s_is_the_seed_that_the_row_says_whatever_it_goes_on_to() -> None:
    plan = plan_of((0, "a", 3, "1 + s/100"), (6, "b", 5), seed_behavior="iter")
    assert plan.channels["zoom"].tolist() == pytest.approx([1.03] * 6 + [1.05] * 6)


def test_a_drawn_seed_is_one_for_the_row() -> None:
    plan = plan_of((0, "a", -1), (6, "b", 5))
    assert plan.seeds.tolist() == [4711] * 6 + [5] * 6


def test_the_settings_give_the_seed_of_rows_without_one() -> None:
    assert plan_of((0, "a"), seed=8.5).seed_shares.tolist() == [0.5] * 12


@pytest.mark.parametrize(
    ("seed", "says"),
    [
        ("abc", "is not a whole number. Write a whole number from -1 to 4294967295."),
        ("seven up", "is not a whole number"),
        ("1000 + k/", "ends too early"),
        ("sinn(t)", "Did you mean sin?"),
        (2**32, "is out of range"),
        (-2, "is out of range"),
        ("5 - t", "is -1 at frame 6. Seeds run from 0"),
        ("1/t^0*log(-1)", "takes the logarithm of a negative number at frame 0"),
        ("10 + secs", "secs, which is no name here. Did you mean sec?"),
    ],
)
def test_what_is_no_seed_says_why(seed: object, says: str) -> None:
    _, findings = planned([HEAD, (0, "a", seed)], {"frames": 12})
    (problem,) = findings.problems
    assert problem.cell == "Keyframes!C2"
    assert problem.heading == "seed"
    assert says in f"{problem.wrong}. {problem.remedy}"
