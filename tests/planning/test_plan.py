from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sheetrender.model.cells import Value
from sheetrender.model.frames import Segment
from tests.planning.workbooks import grid, planned, understood, workbook

HEAD = ("frame", "subject", "style", "seed", "cut", "zoom", "angle")


def problem_cells(*rows: Any, head: Any = HEAD, settings: Any = None) -> list[str]:
    _, findings = planned([head, *rows], settings)
    return [f"{problem.cell} ({problem.heading})" for problem in findings.problems]


def test_rows_become_prompts_segments_and_seeds() -> None:
    plan, findings = planned(
        [
            HEAD,
            (0, "a ship", "oil painting", 5),
            (30, "a storm", None, None, None, 1.02),
            (60, None, ", neon", 7, "yes"),
        ]
    )
    assert not findings.problems
    assert [row.prompt for row in plan.rows] == [
        "a ship, oil painting",
        "a storm, oil painting",
        "a storm, neon",
    ]
    assert plan.frames == 90
    assert plan.segments == (Segment(0, 59), Segment(60, 89))
    assert plan.seeds[[0, 59, 60, 89]].tolist() == [5, 5, 7, 7]
    assert plan.frame(60).starts_segment
    assert plan.frame(61).prompt == "a storm, neon"
    assert [row.caption for row in plan.rows] == ["a ship", "a storm", "a storm"]


def test_a_prompt_beats_subject_and_style_in_its_row_only() -> None:
    head = ("frame", "subject", "style", "prompt")
    plan, _ = planned([head, (0, "a", "b", "whole"), (5, "c"), (9, None, None, None)])
    assert [row.prompt for row in plan.rows] == ["whole", "c, b", "c, b"]


def test_rows_stand_in_any_order_and_blank_rows_and_comments_do_not_count() -> None:
    plan, findings = planned(
        [HEAD, (60, "later"), (None, None), ("# not yet", "x"), (0, "first"), (None, "  ")]
    )
    assert not findings.problems
    assert [(row.first, row.caption) for row in plan.rows] == [(0, "first"), (60, "later")]


def test_frames_before_the_first_row_belong_to_it() -> None:
    plan, _ = planned([HEAD, (10, "late", None, 3, None, 1.05)])
    assert plan.rows[0].first == 0
    assert plan.frame(0).zoom == 1.05
    assert plan.frame(0).seed == 3


def test_headings_match_without_regard_to_case_blanks_and_underscores() -> None:
    head = ("Frame", "PROMPT", "Translation X", "transform_Center-y")
    plan, findings = planned([("my notes",), head, (0, "x", 3, 0.25)])
    assert not findings.problems
    assert not findings.warnings
    assert plan.channels["translation_x"][0] == 3
    assert plan.channels["transform_center_y"][0] == 0.25


def test_a_heading_close_to_ours_is_a_warning_and_others_are_the_persons_own() -> None:
    _, findings = planned([("frame", "subject", "strenght", "mood"), (0, "x", "?", "happy")])
    assert [(w.cell, w.remedy) for w in findings.warnings] == [
        ("Keyframes!C1", "Did you mean strength?")
    ]


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ((-1, "x"), ["Keyframes!A3 (frame)"]),
        ((1.5, "x"), ["Keyframes!A3 (frame)"]),
        ((None, "x"), ["Keyframes!A3 (frame)"]),
        ((0, "x"), ["Keyframes!A3 (frame)"]),
        (("=1/0", "x"), ["Keyframes!A3 (frame)"]),
        ((5, "x", None, 2**32), ["Keyframes!D3 (seed)"]),
        ((5, "x", None, "seven"), ["Keyframes!D3 (seed)"]),
        ((5, "x", None, -0.5), ["Keyframes!D3 (seed)"]),
        ((5, "x", None, "t - 9"), ["Keyframes!D3 (seed)"]),
        ((5, "x", None, -2), ["Keyframes!D3 (seed)"]),
        ((5, "x", None, None, "maybe"), ["Keyframes!E3 (cut)"]),
        ((5, "x", None, None, None, 0), ["Keyframes!F3 (zoom)"]),
        ((5, "x", None, None, None, "1,02"), ["Keyframes!F3 (zoom)"]),
        ((5, "x", None, None, None, "=XIRR(1)"), ["Keyframes!F3 (zoom)"]),
        ((5, "x", None, "a", "b", 0, "(("), [f"Keyframes!{c}" for c in
         ("D3 (seed)", "E3 (cut)", "F3 (zoom)", "G3 (angle)")]),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_cell(row: Any, cells: list[str]) -> None:
    assert problem_cells((0, "first"), row) == cells


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("1/t", "divides by zero at frame 0"),
        ("1 - t", "is 0 at frame 1"),
        ("zoomm", "neither a number nor a formula"),
        ("sinn(t)", "sinn"),
        ("abc", "neither a number nor a formula"),
        ("abc + 1", "abc"),
    ],
)
def test_a_formula_that_fails_names_its_cell_and_frame(formula: str, says: str) -> None:
    _, findings = planned([HEAD, (0, "x", None, None, None, formula), (20, "y")])
    (problem,) = findings.problems
    assert problem.cell == "Keyframes!F2"
    assert says in problem.wrong


def test_one_bad_formula_does_not_hide_another() -> None:
    _, findings = planned(
        [HEAD, (0, "x", None, None, None, "foo"), (9, "y", None, None, None, "bar(1)")]
    )
    assert {problem.cell for problem in findings.problems} == {"Keyframes!F2", "Keyframes!F3"}


@pytest.mark.parametrize(
    ("name", "value", "ok"),
    [
        ("width", 431, False), ("width", 432, True), ("fps", "fast", False), ("fps", 0, False),
        ("fps", 29.97, True), ("frames", 0, False), ("frames", "12", True), ("seed", -1, True),
        ("seed", 2**32, False), ("engine", "animatik", False), ("border", "WRAP", True),
        ("zoom", 0, False), ("zoom", "0: (1), 30: (1.02)", True), ("zoom", "0: (1), 30", False),
        ("bpm", "fast", False), ("scale_to", "1920x1080", True), ("scale_to", "big", False),
        ("start_timecode", "01:00:00:00", True), ("start_timecode", "01:00:00:99", False),
        ("caption", "no", True), ("grain", 101, False), ("codec", "avi", False),
    ],
)  # fmt: skip
def test_settings_are_checked(name: str, value: Value, ok: bool) -> None:
    cells = problem_cells((0, "x"), settings={name: value})
    assert cells == ([] if ok else [f"Settings!B2 ({name})"])


def test_an_unknown_setting_is_a_warning_with_the_likeliest_name() -> None:
    _, _, findings = understood(workbook([HEAD, (0, "x")], {"widht": 800}))
    assert not findings.problems
    assert findings.warnings[0].remedy == "Did you mean width?"


def test_a_settings_tab_with_other_headings_is_the_persons_own() -> None:
    own = grid("Settings", [("camera", "lens"), ("A", "50mm")])
    _, _, findings = understood(workbook([HEAD, (0, "x")], None, own))
    assert not findings.problems
    assert "left alone" in findings.warnings[0].wrong


def test_without_heading_row_or_rows_there_is_one_clear_problem() -> None:
    for rows in ([("hello", "world")], [], [HEAD]):
        _, _, findings = understood(workbook(rows))
        (problem,) = findings.problems
        assert problem.cell == "Keyframes"
        assert problem.remedy


def test_a_channel_of_the_sheet_beats_one_of_the_settings() -> None:
    plan, _ = planned([HEAD, (0, "x", None, None, None, 1.5)], {"zoom": 2, "angle": "t"})
    assert plan.channels["zoom"][3] == 1.5
    assert plan.channels["angle"][3] == 3


@pytest.mark.parametrize(
    ("behavior", "seeds"),
    [
        ("fixed", [10, 10, 10, 10, 10]),
        ("iter", [10, 11, 12, 13, 14]),
        ("ladder", [10, 12, 11, 13, 12]),
        ("alternate", [10, 11, 10, 11, 10]),
    ],
)
def test_seeds_go_on_as_in_deforum(behavior: str, seeds: list[int]) -> None:
    plan, _ = planned([HEAD, (0, "x", None, 10)], {"seed_behavior": behavior})
    assert plan.seeds[:5].tolist() == seeds


def test_random_seeds_are_the_same_on_every_run_and_begin_with_the_rows_own() -> None:
    first, _ = planned([HEAD, (0, "x", None, 10)], {"seed_behavior": "random"})
    again, _ = planned([HEAD, (0, "x", None, 10)], {"seed_behavior": "random"})
    assert first.seeds.tolist() == again.seeds.tolist()
    assert first.seeds[0] == 10
    assert len(set(first.seeds.tolist())) == first.frames


def test_a_drawn_seed_holds_for_the_rows_below() -> None:
    plan, _ = planned([HEAD, (0, "x", None, -1), (5, "y"), (9, "z", None, 3)])
    assert plan.seeds[[0, 6, 9]].tolist() == [4711, 4711, 3]


def test_a_prompt_fades_in_over_its_blend_but_not_across_a_cut() -> None:
    head = ("frame", "subject", "blend", "cut")
    plan, _ = planned([head, (0, "a"), (10, "b", 4), (20, "c", 4, "x")])
    assert [plan.frame(i).prompt_weight for i in (9, 10, 13, 14)] == [1, 0.2, 0.8, 1]
    assert plan.frame(10).previous_prompt == "a"
    assert plan.frame(20).prompt_weight == 1


@pytest.mark.parametrize("how", ["quadratic", "cubic"])
def test_splines_do_not_swing_beyond_what_a_channel_allows(how: str) -> None:
    head = ("frame", "subject", "zoom", "noise")
    steps = [(0, "x", 0.1, 0), (10, "x", 2.0, 1), (20, "x", 0.1, 0), (24, "x", 0.1, 0)]
    plan, findings = planned([head, *steps], {"interpolation": how})
    assert not findings.problems
    assert plan.channels["zoom"].min() == 0.1
    assert plan.channels["noise"].min() == 0
    assert plan.channels["noise"].max() == 1


def test_rows_behind_the_end_are_a_warning() -> None:
    plan, findings = planned([HEAD, (0, "x"), (50, "y")], {"frames": 40})
    assert plan.frames == 40
    assert len(plan.rows) == 1
    assert "after the last frame" in findings.warnings[0].wrong
    assert findings.warnings[0].cell == "Keyframes!A3"


def test_spreadsheet_formulas_without_values_are_computed() -> None:
    plan, findings = planned([HEAD, (0, "x", None, None, None, "=1+0.02*SIN(A3)"), ("=A2+30", "y")])
    assert not findings.problems
    assert plan.rows[1].first == 30
    assert plan.channels["zoom"][0] == pytest.approx(1 + 0.02 * np.sin(30))


def test_markers_and_beats_name_frames() -> None:
    markers = grid("Markers", [("name", "frame"), ("Chorus", 45), ("Drop", "00:00:02:00")])
    plan, findings = planned(
        [HEAD, (0, "x"), ("@chorus", "y"), ("b8", "z"), ("bar 4", "w")], {"bpm": 120}, markers
    )
    assert not findings.problems
    assert [row.first for row in plan.rows] == [0, 45, 120, 180]
    beats, _ = planned([HEAD, (0, "x", None, None, None, None, "beat")], {"bpm": 120})
    assert beats.channels["angle"][15] == pytest.approx(1)


def test_whole_channels_lose_their_fraction_and_strength_its_excess() -> None:
    head = ("frame", "subject", "steps", "strength")
    plan, findings = planned([head, (0, "x", 10, "t/10"), (10, "y", 15)])
    assert not findings.problems
    assert plan.channels["steps"][1] == 10
    assert isinstance(plan.frame(1).steps, int)
    assert plan.channels["strength"].max() == 1


def test_a_decimal_comma_is_a_number_where_the_sheet_writes_so() -> None:
    book = workbook([HEAD, (0, "x", None, None, None, "1,02")], decimal_comma=True)
    _, rows, findings = understood(book)
    assert not findings.problems
    assert rows[0].keys["zoom"].value == 1.02


def test_what_shows_something_else_each_time_is_a_warning_of_its_cell() -> None:
    _, findings = planned(
        [HEAD, (0, "x", None, None, None, "=1+RAND()/100"), (5, "y", None, None, None, "=F2")],
        {"fps": "=25+0*NOW()"},
    )
    assert not findings.problems
    assert [(w.cell, w.heading) for w in findings.warnings] == [
        ("Settings!B2", "fps"), ("Keyframes!F2", "zoom"), ("Keyframes!F3", "zoom")
    ]  # fmt: skip
    assert "rests on RAND" in findings.warnings[1].wrong


def test_too_much_work_for_all_formulas_together_is_told_and_no_traceback() -> None:
    long = "+".join(["bez()"] * 6)
    rows = [(n * 9_000, "x", None, None, None, f"1 + 0*({long}) + {n}/1000") for n in range(9)]
    plan, findings = planned(
        [HEAD, *rows, (90_000, "y", None, None, None, "abcd")], {"frames": 100_000}
    )
    assert plan.channels["zoom"].shape == (100_000,)
    wrong = [p.wrong for p in findings.problems]
    assert "is neither a number nor a formula" in wrong
    assert "is one long formula too many for a video of 100,000 frames" in wrong


@pytest.mark.parametrize("how", ["linear", "ease", "hold", "quadratic", "cubic"])
def test_what_a_zoom_formula_says_is_never_cut_off(how: str) -> None:
    rows = [
        (0, "x", None, None, None, 1.01),
        (10, "y", None, None, None, "1 + 0.02*sin(2*pi*t/30)"),
        (40, "z", None, None, None, "(0.97)"),
        (50, "w", None, None, None, 1.02),
    ]
    plan, findings = planned([HEAD, *rows], {"frames": 60, "interpolation": how})
    assert not findings.problems
    frames = np.arange(10, 40)
    expected = 1 + 0.02 * np.sin(2 * np.pi * frames / 30)
    assert plan.channels["zoom"][10:40] == pytest.approx(expected)
    assert plan.channels["zoom"][40:50] == pytest.approx([0.97] * 10)


def test_strength_between_a_number_and_a_formula_stays_in_range() -> None:
    head = ("frame", "subject", "strength")
    plan, findings = planned([head, (0, "x", 0.5), (10, "y", "2 + t"), (20, "z", 0)])
    assert plan.channels["strength"].max() == 1
    assert findings.warnings[0].cell == "Keyframes!C3"


def test_a_fade_belongs_to_its_row_and_holds_until_the_next() -> None:
    head = ("frame", "subject", "blend")
    plan, _ = planned([head, (0, "a"), (30, "b", 20), (60, "c"), (90, "d", 0)])
    assert [row.blend for row in plan.rows][1:] == [20, 20, 0]
