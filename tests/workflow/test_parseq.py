"""Parseq both ways: `export --to parseq`, `init --from`, and what comes back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sheetrender.planning.columns import CHANNELS
from sheetrender.planning.deforum.importing import Imported
from sheetrender.planning.parseq.fields import CHANNEL_OF, POSITIONS
from sheetrender.workflow.export import export
from sheetrender.workflow.init import init_from_deforum
from sheetrender.workflow.project import Request, read_project
from tests.workflow.plans import assert_same, planned
from tests.workflow.sheets import HEAD, SMALL, make_sheet

SAMPLES = Path(__file__).parents[2] / "sample_sheets"


def manifest_of(sheet: Path, **overrides: str) -> tuple[Path, dict]:
    made = export(Request(sheet=str(sheet), overrides=overrides), "parseq", None)
    assert made.path is not None
    return made.path, json.loads(made.path.read_text("utf-8"))


def brought_back(file: Path) -> tuple[Imported, dict]:
    back = file.with_name("back.xlsx")
    back.unlink(missing_ok=True)
    return init_from_deforum(back, file), planned(back)


def assert_same_in_numbers(found: dict, expected: dict) -> None:
    """Compare what a manifest says by itself; Parseq has no cuts: strength is 0 there."""
    assert found["frames"] == expected["frames"]
    assert found["seeds"] == pytest.approx(expected["seeds"], rel=0, abs=1e-9)
    wanted = {name: np.array(values) for name, values in expected["channels"].items()}
    wanted["strength"][[first for first, _ in expected["segments"][1:]]] = 0
    for name in CHANNEL_OF.values():
        assert found["channels"][name] == pytest.approx(wanted[name], rel=0, abs=1e-9), name


def as_texts(plan: dict) -> list[tuple[str, str]]:
    """Return prompt and negative of every frame, blanks made one."""
    rows = {row["frame"]: (row["text"], row["negative"]) for row in plan["prompts"]}
    held, texts = ("", ""), []
    for frame in range(plan["frames"]):
        held = rows.get(frame, held)
        texts.append((" ".join(held[0].split()), " ".join(held[1].split())))
    return texts


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "overrides"), [("demo", {"song": "", "frames": "300"}), ("full_length", {})]
)
def test_the_samples_come_back_as_they_went(name: str, overrides: dict, tmp_path: Path) -> None:
    sheet = Path(shutil.copy(SAMPLES / f"{name}.xlsx", tmp_path))
    shutil.copytree(SAMPLES / "stems", tmp_path / "stems")
    expected = planned(sheet, **overrides)
    path, manifest = manifest_of(sheet, **overrides)
    assert_same(brought_back(path)[1], expected)
    del manifest["sheetrender"]
    path.write_text(json.dumps(manifest), "utf-8")
    found = brought_back(path)[1]
    assert_same_in_numbers(found, expected)
    assert as_texts(found) == as_texts(expected)


CELLS = st.one_of(
    st.none(),
    st.floats(0.5, 1.5).map(lambda number: round(number, 6)),
    st.sampled_from(["1 + 0.01*t", "1+p", "1.2 + 0.1*sin(t/3)", "where(k<3, 1, 1.1)", "1e-5+1"]),
)
TEXTS = st.sampled_from(["a red fox", "a whale, deep", "an owl {a|b}, ink", "z: `k`", "9 (x:1.2)"])
SHEETS = st.lists(
    st.tuples(
        st.integers(0, 30), TEXTS, st.none() | TEXTS,
        st.none() | st.integers(0, 2**32 - 1) | st.sampled_from([7.25, "100+t/7"]),
        st.none() | st.just("yes"), CELLS, CELLS, st.none() | st.floats(0, 1),
    ),
    min_size=1, max_size=6, unique_by=lambda row: row[0],
)  # fmt: skip


@pytest.mark.slow
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],
)
@given(SHEETS, st.sampled_from(["linear", "ease", "hold"]), st.sampled_from(["fixed", "iter"]))
def test_any_sheet_comes_back(
    tmp_path: Path, rows: list[tuple], interpolation: str, behavior: str
) -> None:
    more = {"interpolation": interpolation, "seed_behavior": behavior}
    head = (*HEAD, "angle", "strength")
    sheet = make_sheet(tmp_path / "my.xlsx", rows, {**SMALL, **more}, head)
    expected = planned(sheet)
    path, manifest = manifest_of(sheet)
    assert_same(brought_back(path)[1], expected)
    del manifest["sheetrender"]
    path.write_text(json.dumps(manifest), "utf-8")
    assert_same_in_numbers(brought_back(path)[1], expected)
    # Parseq itself knows the keyframes alone.
    del manifest["rendered_frames"]
    path.write_text(json.dumps(manifest), "utf-8")
    found = brought_back(path)[1]
    if expected["frames"] > 1:
        for name in CHANNEL_OF.values():
            if name != "strength":
                wanted = expected["channels"][name]
                assert found["channels"][name] == pytest.approx(wanted, abs=1e-8), name


def test_what_deforum_asks_of_a_manifest_is_there(tmp_path: Path) -> None:
    """Source: Deforum's adapter: the first frame has every field, steps end in _delta."""
    _, manifest = manifest_of(make_sheet(tmp_path / "my.xlsx"))
    frames = manifest["rendered_frames"]
    assert [frame["frame"] for frame in frames] == list(range(24))
    assert manifest["options"]["output_fps"] == 30
    assert manifest["options"]["cadence"] == 1
    expected = planned(tmp_path / "my.xlsx")["channels"]
    fields = {c.heading for c in CHANNELS} & set(CHANNEL_OF)
    for frame in frames:
        assert {*fields, "seed", "subseed", "subseed_strength", "deforum_prompt"} <= set(frame)
        for field in POSITIONS:
            assert frame[f"{field}_delta"] == expected[field][frame["frame"]]
    steps = np.diff([frame["zoom"] for frame in frames]) + 1
    assert steps == pytest.approx(expected["zoom"][1:])
    assert frames[0]["deforum_prompt"] == "a red fox, orange forest"
    assert frames[16]["strength"] == 0
    assert json.dumps(manifest, allow_nan=False)


def test_a_fraction_of_a_seed_is_a_subseed(tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", [(0, "fox", "ink", 1000.25, None, 1)])
    path, manifest = manifest_of(sheet)
    frame = manifest["rendered_frames"][3]
    assert (frame["seed"], frame["subseed"], frame["subseed_strength"]) == (1000.25, 1001, 0.25)
    del manifest["sheetrender"]
    path.write_text(json.dumps(manifest), "utf-8")
    brought_back(path)
    plan = read_project(Request(sheet=str(tmp_path / "back.xlsx"), overrides={})).plan(
        draw_seed=lambda _: 7
    )
    assert set(plan.seeds) == {1000}
    assert set(plan.seed_shares) == {0.25}


def test_frames_that_were_changed_in_parseq_count_and_sizes_stay(tmp_path: Path) -> None:
    path, manifest = manifest_of(make_sheet(tmp_path / "my.xlsx"))
    for frame in manifest["rendered_frames"]:
        frame["zoom_delta"] = 1.5
        frame["deforum_prompt"] = "an owl --neg day"
    path.write_text(json.dumps(manifest), "utf-8")
    found = brought_back(path)[1]
    assert found["channels"]["zoom"] == [1.5] * 24
    assert (found["width"], found["height"]) == (64, 32)
    assert [(p["text"], p["negative"]) for p in found["prompts"]] == [("an owl", "day")] * len(
        found["prompts"]
    )
