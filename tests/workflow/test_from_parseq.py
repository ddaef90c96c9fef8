"""`init --from`: a workbook from a document or a manifest of Parseq."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sheetrender.model.errors import UsageError
from sheetrender.planning.deforum.importing import Imported
from sheetrender.workflow.check import check
from sheetrender.workflow.export import export
from sheetrender.workflow.init import init_from_deforum
from sheetrender.workflow.project import Request
from tests.workflow.sheets import drawn, rendered
from tests.workflow.test_parseq import as_texts, brought_back, planned

DOCUMENT = Path(__file__).parents[1] / "data" / "parseq_document.json"
FRAMES = 720


def taken(path: Path, **file: object) -> tuple[Imported, dict]:
    """Return what is made of a document, and the plan of its workbook."""
    source = path / "parseq.json"
    source.write_text(json.dumps(file), "utf-8")
    return brought_back(source)


def keyframes(*rows: dict, fps: int = 30, bpm: int = 120, **more: object) -> dict:
    options = {"output_fps": fps, "bpm": bpm}
    return {"keyframes": list(rows), "options": options, **more}


@pytest.fixture(scope="module")
def lanterns(tmp_path_factory: pytest.TempPathFactory) -> tuple[Imported, dict, Path]:
    path = tmp_path_factory.mktemp("lanterns") / "lanterns.xlsx"
    return init_from_deforum(path, DOCUMENT), planned(path), path


def test_a_document_of_real_size_has_the_numbers_that_parseq_makes(
    lanterns: tuple[Imported, dict, Path],
) -> None:
    _, plan, path = lanterns
    assert (plan["fps"], plan["frames"]) == ("24/1", FRAMES)
    channels = {name: np.array(values) for name, values in plan["channels"].items()}
    # Positions go on from frame to frame: 96 degrees in 192 frames.
    assert channels["angle"][[1, 192, 193]] == pytest.approx([0.5, 0.5, -0.5])
    assert channels["zoom"][[1, 432]] == pytest.approx([1.01, 1.01])
    x = 20 * np.sin(2 * np.pi * np.arange(FRAMES) / 96)
    assert channels["translation_x"][1:] == pytest.approx(np.diff(x), abs=1e-9)
    # 0.9-0.3-0.1 is 0.9-(0.3-0.1) there; S is the value of the keyframe before.
    assert channels["strength"][[0, 47, 48, 143]] == pytest.approx([0.6, 0.6, 0.7, 0.7])
    assert channels["strength"][[144, 145, 146, 156]] == pytest.approx([0.75, 0.75, 0.65, 0.75])
    assert channels["strength"][[288, 299, 300, 384]] == pytest.approx([0.3, 0.3, 0.6, 0.3])
    # 8 - f/240/2 is 8 - f/(240/2) there.
    assert channels["scale"][600] == pytest.approx(8 - 600 / 120)
    # Straight, then eased, then slid within 24 frames: 7 to 9 to 7 to 8 to 6.
    assert channels["scale"][[0, 48, 168, 240, 348, 360]] == pytest.approx([7, 8, 8, 7, 7, 6])
    assert channels["noise"][[0, 12, 24]] == pytest.approx([0.04, 0.05, 0.04])
    assert channels["noise"][193] == pytest.approx(0.02 + 0.05 * round(abs(math.sin(32 * 0.7)), 4))
    assert channels["contrast"][[0, 72, 144]] == pytest.approx([1, 0.99, 0.98])
    assert set(channels["cadence"]) == {2}
    assert plan["seeds"][192] == 1000
    assert plan["seeds"][288] == pytest.approx(1002)
    assert plan["seeds"][719] == 1004
    assert check(Request(sheet=str(path), overrides={})).problems == ()


def test_prompts_overlap_with_weights_that_move_in_few_rows(
    lanterns: tuple[Imported, dict, Path],
) -> None:
    found, plan, _ = lanterns
    assert found.prompts < 12
    assert len(found.rows) < 16
    texts = as_texts(plan)
    assert texts[0] == (
        "a lantern-lit harbour at dusk woodblock print, (mist:0.5)",
        "daylight text, watermark",
    )
    assert texts[719][0].startswith("the hill from above, a river of small fires woodblock")
    # Half way through 24 frames of fading, both weigh a half; text is to four digits.
    both = texts[252][0]
    assert both.count(" AND ") == 1
    weights = [float(part.rpartition(":")[2]) for part in both.split(" AND ")]
    assert weights == pytest.approx([11 / 24, 12 / 24], abs=2e-4)


def test_what_is_read_otherwise_or_not_at_all_is_said_with_its_keyframe(
    lanterns: tuple[Imported, dict, Path],
) -> None:
    said = "\n".join(lanterns[0].notices)
    for words in (
        "scale at keyframe 480: rand(min=5, max=9) uses rand(…)",
        "scale at keyframe 576: 8 - f/s2f(10)/2 is read from the right",
        "strength at keyframe 48: 0.9-0.3-0.1 is read from the right",
        "noise at keyframe 192: 0.02 + 0.05 * drums has nothing that means the same",
        "Time series (drums)",
    ):
        assert words in said
    names = [entry.name for entry in lanterns[0].unused]
    assert {"prompt_weight_1", "antiblur_kernel", "info", "timeSeries drums", "meta"} <= set(names)


def test_a_document_renders_and_is_exported_again_with_an_equal_plan(
    lanterns: tuple[Imported, dict, Path], tmp_path: Path
) -> None:
    _, plan, path = lanterns
    sizes = {"width": "64", "height": "32"}
    made = export(Request(sheet=str(path), overrides=sizes), "parseq", tmp_path / "again.json")
    assert made.path is not None
    again = brought_back(made.path)[1]
    for name, values in plan["channels"].items():
        assert again["channels"][name] == pytest.approx(values, rel=0, abs=1e-9), name
    assert as_texts(again) == as_texts(plan)
    assert again["seeds"] == pytest.approx(plan["seeds"], rel=0, abs=1e-9)
    assert drawn(rendered(tmp_path / "back.xlsx", frames=(0, 5))) == [0, 1, 2, 3, 4, 5]


def test_formulas_stay_formulas_where_ours_mean_the_same(tmp_path: Path) -> None:
    rows = [
        {"frame": 0, "scale": 7, "scale_i": "7 + sin(p=1b, a=2)", "fov": 60, "fov_i": "S"},
        {"frame": 30, "scale": 8, "fov": 80},
        {"frame": 60, "scale": 9, "scale_i": "bez()", "fov": 70, "fov_i": "L"},
        {"frame": 90, "scale": 5, "fov": 75},
    ]
    found, plan = taken(tmp_path, **keyframes(*rows))
    assert not any(" at keyframe " in notice for notice in found.notices)
    tab = openpyxl.load_workbook(tmp_path / "back.xlsx")["Keyframes"]
    heads = {cell.value: cell.column for cell in tab[2]}
    column = [tab.cell(row, heads["scale"]).value for row in (3, 4, 5)]
    assert column[:2] == ["7+sin(p=1b, a=2)", None]
    assert str(column[2]).startswith("bez(0.5, 0, 0.5, 1, 9, 5, 30, ")
    assert plan["channels"]["scale"][5] == pytest.approx(7 + 2 * math.sin(2 * math.pi * 5 / 15))
    assert plan["channels"]["scale"][75] == pytest.approx(7)
    assert plan["channels"]["fov"][29:62:30] == [60, 80]
    assert plan["channels"]["fov"][75] == pytest.approx(72.5)


def test_rendered_numbers_count_where_a_formula_says_otherwise(tmp_path: Path) -> None:
    frames = [
        {"frame": n, "zoom": 1 + n / 8, "zoom_delta": 1.125 if n else 1, "scale": n**0.5,
         "deforum_prompt": f"a fox {n // 3} --neg day", "seed": 7 + n // 4}
        for n in range(12)
    ]  # fmt: skip
    rows = [{"frame": 0, "scale": 0, "scale_i": "rand(s=1)"}, {"frame": 11, "scale_i": "f"}]
    found, plan = taken(tmp_path, **keyframes(*rows), rendered_frames=frames)
    assert plan["channels"]["zoom"] == [1] + [1.125] * 11
    assert plan["channels"]["scale"] == pytest.approx([n**0.5 for n in range(12)], abs=1e-9)
    assert plan["seeds"] == [7 + n // 4 for n in range(12)]
    assert [p["frame"] for p in plan["prompts"] if p["frame"] % 3] == [4, 8]
    assert as_texts(plan)[7] == ("a fox 2", "day")
    said = "\n".join(found.notices)
    assert "scale at keyframe 0: rand(s=1) uses rand(…)" in said
    assert "scale at keyframe 11: f makes other numbers than those that are rendered" in said


@pytest.mark.parametrize(
    ("prompts", "text"),
    [
        ({"positive": "an owl", "negative": "day"}, ("an owl", "day")),
        ([{"positive": "an owl", "negative": "", "from": 0, "to": 9}], ("an owl", "")),
        ([{"positive": 'an ${"owl":0.5}', "negative": ""}], ("an (owl:0.5)", "")),
        ({"positive": "an ${rand()} {owl}", "negative": ""}, ("an 1 {owl}", "")),
        ([{"positive": "an owl", "negative": "", "enabled": False}], ("", "")),
        (None, ("", "")),
    ],
)
def test_prompts_of_every_version(prompts: object, text: tuple[str, str], tmp_path: Path) -> None:
    rows = {"frame": 0, "zoom": 1}, {"frame": 9, "zoom": 1}
    assert as_texts(taken(tmp_path, **keyframes(*rows, prompts=prompts))[1]) == [text] * 10


def test_a_camera_makes_the_motion_3d(tmp_path: Path) -> None:
    rows = {"frame": 0, "translation_z": 0}, {"frame": 9, "translation_z": 18}
    found, plan = taken(tmp_path, **keyframes(*rows))
    assert plan["channels"]["translation_z"] == pytest.approx([0] + [2] * 9)
    assert any("motion is 3d" in notice for notice in found.notices)


def test_a_field_out_of_range_is_named_and_kept(tmp_path: Path) -> None:
    rows = {"frame": 0, "scale": 7, "zoom": 1}, {"frame": 9, "scale": -2, "zoom": -50}
    found, plan = taken(tmp_path, **keyframes(*rows))
    assert plan["channels"]["zoom"] == [1.0] * 10
    assert {"scale", "zoom"} <= {entry.name for entry in found.unused}
    assert any(n.startswith("scale is not used: it is -1 at frame 8") for n in found.notices)


DEEP = '{"keyframes": ' + "[" * 100_000 + "]" * 100_000 + "}"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"keyframes": []}', "no keyframes and no rendered_frames"),
        ('{"keyframes": [7]}', r"keyframes\[0\] is no object"),
        ('{"keyframes": [{"frame": "x"}]}', r"keyframes\[0\]\.frame is 'x'"),
        ('{"keyframes": [{"frame": 1e18}]}', r"keyframes\[0\]\.frame is 1e\+18"),
        ('{"keyframes": [{"frame": -1}, {"frame": 2}]}', r"frame is -1; it has to be"),
        ('{"keyframes": [{"frame": 0, "zoom": NaN}]}', "zoom of keyframe 0 is nan"),
        ('{"keyframes": [{"frame": 0, "zoom": 1e999}]}', "zoom of keyframe 0 is inf"),
        ('{"keyframes": [{"frame": 0, "zoom": [1]}]}', "zoom of keyframe 0 is '.1.', no"),
        ('{"keyframes": [{"frame": 0, "zoom_i": {}}]}', "zoom_i of keyframe 0 is no text"),
        ('{"rendered_frames": {}, "keyframes": [{"frame": 0}]}', "rendered_frames is no list"),
        ('{"rendered_frames": [{"frame": 0, "zoom": 1}, {"frame": 1}]}', "frame 1 is missing"),
        ('{"keyframes": [{"frame": 0}], "options": {"bpm": 0}}', "options.bpm is 0"),
        ('{"keyframes": [{"frame": 0}], "options": 3}', "options is no object"),
        ('{"keyframes": [{"frame": 0}], "prompts": [3]}', r"prompts\[0\] is no object"),
        ('{"keyframes": [{"frame": 0}', "line 1"),
        (DEEP, "recursion"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_refused_with_its_place(content: str, says: str, tmp_path: Path) -> None:
    source = tmp_path / "parseq.json"
    source.write_text(content, "utf-8")
    with pytest.raises(UsageError, match=says) as refused:
        init_from_deforum(tmp_path / "my.xlsx", source)
    assert len(str(refused.value)) < 400
    assert not (tmp_path / "my.xlsx").exists()


def test_fields_that_parseq_does_not_manage_are_kept_aside(tmp_path: Path) -> None:
    rows = {"frame": 0, "zoom": 1, "scale": 5}, {"frame": 9, "zoom": 1, "scale": 8}
    found, plan = taken(tmp_path, **keyframes(*rows, managedFields=["zoom", "strength", "nobody"]))
    assert set(plan["channels"]["scale"]) == {7}
    assert set(plan["channels"]["strength"]) == {0.6}
    kept = {entry.name: entry.value for entry in found.unused}
    assert kept["keyframes: scale"] == {"scale at 0": 5, "scale at 9": 8}


def test_many_fields_over_many_frames_are_refused(tmp_path: Path) -> None:
    fields = {f"field{n}": 1 for n in range(1000)}
    frames = [{"frame": 0, **fields}, {"frame": 999_999, **fields}]
    with pytest.raises(UsageError, match="1001 fields over 1000000 frames"):
        taken(tmp_path, rendered_frames=frames)


def test_a_file_of_200_megabytes_is_refused_unread(tmp_path: Path) -> None:
    source = tmp_path / "parseq.json"
    with source.open("wb") as file:
        file.truncate(200 * 2**20)
    with pytest.raises(UsageError, match="larger than 128 MB"):
        init_from_deforum(tmp_path / "my.xlsx", source)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=3,
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {"frame": st.integers(0, 30) | ANYTHING},
        optional={
            "zoom": st.floats(0.5, 2) | ANYTHING, "zoom_i": ANYTHING,
            "strength": st.floats(0, 1), "seed": st.integers() | ANYTHING, "info": ANYTHING,
            "scale": st.floats(1, 9), "scale_i": st.sampled_from(["C", "P", "k/0", "f%", "bez()"]),
        },
    ),
    max_size=4,
)  # fmt: skip


@pytest.mark.slow
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],
)  # fmt: skip
@given(ROWS, ROWS, ANYTHING, ANYTHING)
def test_any_file_becomes_a_plan_or_is_refused(
    tmp_path: Path, rows: list, frames: list, prompts: object, series: object
) -> None:
    file = {"keyframes": rows, "rendered_frames": frames, "prompts": prompts, "timeSeries": series}
    try:
        taken(tmp_path, **file)
    except UsageError as error:
        assert "cannot be taken from Parseq" in str(error)
