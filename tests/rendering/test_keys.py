from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from sheetrender.engines.engine import EngineSettings
from sheetrender.model.frames import Size
from sheetrender.model.plan import RenderPlan
from sheetrender.model.prompts import MovingText
from sheetrender.model.timing import FrameRate
from sheetrender.rendering.keys import frame_keys
from tests.rendering.plans import BlendEngine, plan

SETTINGS = EngineSettings(size=Size(32, 24), rate=FrameRate.parse("30"))


def changed(before: RenderPlan, after: RenderPlan) -> list[int]:
    pairs = zip(
        frame_keys(before, BlendEngine(), SETTINGS),
        frame_keys(after, BlendEngine(), SETTINGS),
        strict=True,
    )
    return [index for index, (old, new) in enumerate(pairs) if old != new]


def test_the_same_plan_has_the_same_keys_and_no_two_frames_share_one() -> None:
    a_plan = plan("a", "b", cuts=[1])
    assert changed(a_plan, plan("a", "b", cuts=[1])) == []
    assert len(set(frame_keys(a_plan, BlendEngine(), SETTINGS))) == 10


def test_an_edited_row_changes_its_frames_up_to_the_next_cut() -> None:
    before = plan("a", "b", "c", "d", frames=12, cuts=[3])
    after = plan("a", "B", "c", "d", frames=12, cuts=[3])
    assert changed(before, after) == [3, 4, 5, 6, 7, 8]


def test_a_channel_that_nobody_looks_at_changes_nothing() -> None:
    assert changed(plan(), plan(steps=50.0, scale=3.0)) == []
    assert changed(plan(), plan(noise=0.5)) == list(range(10))
    assert changed(plan(), plan(strength=0.5)) == list(range(10))


def test_a_value_changes_frames_from_where_it_differs() -> None:
    zoom = np.full(10, 1.02)
    zoom[6] = 1.5
    assert changed(plan(), plan(zoom=zoom)) == [6, 7, 8, 9]


def test_seed_border_and_engine_settings_are_part_of_the_key() -> None:
    base = plan()
    assert changed(base, replace(base, border="wrap"))
    assert changed(base, replace(base, seeds=base.seeds + 1))
    travelled = np.full(10, 0.25)
    travelled[:4] = 0
    assert changed(base, replace(base, seed_shares=travelled)) == [4, 5, 6, 7, 8, 9]
    other = replace(SETTINGS, caption=False)
    assert frame_keys(base, BlendEngine(), SETTINGS) != frame_keys(base, BlendEngine(), other)


def test_weights_change_the_key_only_for_engines_that_read_them() -> None:
    class Deaf(BlendEngine):
        reads_weights = False

    before, after = plan("a fox"), plan("a (fox:1.3)")
    assert changed(before, after)
    assert frame_keys(before, Deaf(), SETTINGS)[0] != frame_keys(after, Deaf(), SETTINGS)[0]
    rows = tuple(replace(row, caption="a fox") for row in after.rows)
    silent = replace(after, rows=rows)
    assert frame_keys(before, Deaf(), SETTINGS) == frame_keys(silent, Deaf(), SETTINGS)


def test_a_number_that_moves_in_a_prompt_changes_each_frame() -> None:
    def moving(numbers: list[float]) -> RenderPlan:
        text = MovingText(("fox ", ""), np.asarray(numbers)[:, np.newaxis])
        (row,) = plan().rows
        return replace(plan(), rows=(replace(row, moving_prompt=text),))

    still, late = moving([1.0] * 10), moving([1.0] * 7 + [2.0] * 3)
    assert changed(still, late) == [7, 8, 9]


def test_every_channel_of_the_loop_is_covered() -> None:
    """What the loop reads from a frame and the key leaves out would make stale pictures."""
    import ast
    import inspect

    from sheetrender.model import camera, motion
    from sheetrender.rendering import loop
    from sheetrender.rendering.keys import LOOP_CHANNELS

    read = {
        node.attr
        for module in (loop, motion, camera)
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "spec"
    }
    covered = {"seed", "seed_share", "prompt", "negative", "previous_prompt", "index"}
    moving = motion.MOTION_CHANNELS | motion.CAMERA_CHANNELS
    assert read - covered == LOOP_CHANNELS | moving


def test_a_fade_changes_with_the_prompt_that_it_comes_from() -> None:
    before, after = plan("a", "b", frames=10), plan("A", "b", frames=10)
    faded = [
        replace(each, rows=(each.rows[0], replace(each.rows[1], blend=3)))
        for each in (before, after)
    ]
    assert changed(*faded) == list(range(10))
    assert changed(before, faded[0]) == [5, 6, 7, 8, 9]


def test_own_models_count_only_for_engines_that_read_them() -> None:
    class Model(BlendEngine):
        reads = frozenset({"strength", "model", "sampler", "loras"})

    base = plan("a", "b")
    first, second = base.rows
    others = [
        replace(base, rows=(first, replace(second, **own)))
        for own in ({"model": "x"}, {"sampler": "x"}, {"loras": ("x",)})
    ]
    weighted = replace(base, channels={**base.channels, "lora_weight": np.full(10, 0.5)})
    for other in (*others, weighted):
        assert changed(base, other) == []
    keys = [frame_keys(each, Model(), SETTINGS) for each in (base, *others)]
    assert len({key[4] for key in keys}) == 1
    assert len({key[5] for key in keys}) == 4
    assert frame_keys(weighted, Model(), SETTINGS) == keys[0]
    with_lora = replace(others[2], channels=weighted.channels)
    half = frame_keys(with_lora, Model(), SETTINGS)
    assert (half[4] == keys[3][4], half[5] == keys[3][5]) == (True, False)


def test_only_settings_that_change_pixels_are_part_of_the_key() -> None:
    base = plan()
    keys = frame_keys(base, BlendEngine(), SETTINGS)
    for same in (
        {"folders": (Path("models"),)},
        {"memory": "8"},
        {"compile": True},
        {"in_step": 4},
    ):
        assert frame_keys(base, BlendEngine(), replace(SETTINGS, **same)) == keys  # type: ignore[arg-type]
    for other in (
        {"vae": "taesd"},
        {"precision": "fp32"},
        {"model": "x"},
        {"depth_model": "x"},
        {"blend_by": "slerp"},
    ):
        assert frame_keys(base, BlendEngine(), replace(SETTINGS, **other)) != keys  # type: ignore[arg-type]


def test_only_the_motion_that_moves_something_is_part_of_the_key() -> None:
    base, deep = plan(), replace(plan(), motion="3d")
    assert changed(base, deep) == list(range(10))
    assert changed(base, plan(translation_z=3.0)) == []
    assert changed(deep, replace(plan(translation_z=3.0), motion="3d")) == list(range(10))
    assert changed(deep, replace(plan(zoom=1.5), motion="3d")) == []
