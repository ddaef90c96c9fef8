"""`export --to deforum`, and back through `init --from`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from sheetrender.model.errors import SheetInvalid, UsageError
from sheetrender.planning.columns import CHANNELS, channel
from sheetrender.planning.deforum.defaults import DEFAULTS
from sheetrender.planning.deforum.schedules import deforum_curve, keys_by_frame
from sheetrender.workflow.export import export
from sheetrender.workflow.init import init_from_deforum
from sheetrender.workflow.project import Request, read_project
from tests.workflow.plans import assert_same, planned
from tests.workflow.sheets import HEAD, SMALL, make_sheet

SAMPLES = Path(__file__).parents[2] / "sample_sheets"


def handed_over(sheet: Path, **overrides: str) -> dict:
    made = export(Request(sheet=str(sheet), overrides=overrides), "deforum", None)
    return json.loads(made.path.read_text("utf-8"))


def there_and_back(sheet: Path, without_extra: bool = False, **overrides: str) -> dict:
    """Return the plan of a sheet that was made from what another sheet exports."""
    made = export(Request(sheet=str(sheet), overrides=overrides), "deforum", None)
    if without_extra:
        file = json.loads(made.path.read_text("utf-8"))
        del file["sheetrender"]
        made.path.write_text(json.dumps(file), "utf-8")
    back = sheet.with_name("back.xlsx")
    back.unlink(missing_ok=True)
    init_from_deforum(back, made.path)
    return planned(back)


@pytest.mark.parametrize(
    ("name", "overrides"), [("demo", {"song": "", "frames": "400"}), ("full_length", {})]
)
def test_the_samples_come_back_as_they_went(name: str, overrides: dict, tmp_path: Path) -> None:
    sheet = Path(shutil.copy(SAMPLES / f"{name}.xlsx", tmp_path))
    shutil.copytree(SAMPLES / "stems", tmp_path / "stems")
    assert_same(there_and_back(sheet, **overrides), planned(sheet, **overrides))


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [
        {"fps": 29.97, "seed_behavior": "iter", "seed": 3},
        {"fps": "24000/1001", "start_timecode": "01:00:00:00", "border": "reflect"},
        {"interpolation": "ease", "color_coherence": "none", "codec": "prores"},
        {
            "scale_to": "1920x1080",
            "fps_to": 59.94,
            "between": "flow",
            "fade_in": 0.5,
            "grain": 2.5,
            "lut_input": "log",
            "song_offset": -1.25,
        },
        {"interpolation": "cubic", "bpm": 120, "first_beat": 0.5, "angle": "sin(beat)"},
        {"steps": "10 + t", "cadence": 3, "scale": "0: (7), 9: (9)", "blend": 4},
        {"translation_z": "0: (1), 20: (2)", "fov": 50, "caption": "no", "motion": "3d"},
        {"translation_z": "0: (1), 20: (2)", "sharpen": "0.1*t", "sharpen_sigma": 2},
        {"lora": "a, b", "lora_weight": "0: (0.5), 20: (1)", "vae": "taesd", "memory": 8},
        {
            "compile": "yes",
            "in_step": 3,
            "retry_unusable": "yes",
            "precision": "bf16",
            "blend_by": "slerp",
        },
        {"strength": "0.5+0.1*p", "noise": "0.1*hit(k)", "contrast": "max(1, t/20)"},
        {"perspective_flip_phi": "k/9", "frames": 3},
        {"seed": -1, "model": "sd", "sampler": "euler", "seed_behavior": "random"},
        {"frames": 40, "transform_center_x": '0: (0.5), "max_f": (0.2)', "engine": "diffusion"},
    ],
    ids=str,
)
def test_settings_come_back(changes: dict[str, object], tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", settings={**SMALL, **changes})
    assert_same(there_and_back(sheet), planned(sheet))
    told = [read_project(Request(sheet=str(p), overrides={})).settings
            for p in (sheet, tmp_path / "back.xlsx")]  # fmt: skip
    for name in (
        "codec",
        "engine",
        "model",
        "sampler",
        "start_timecode",
        "caption",
        "rate",
        "motion",
        "lora",
        "vae",
        "memory",
        "compile",
        "in_step",
        "blend_by",
        "retry_unusable",
        "precision",
    ):
        assert getattr(told[1], name) == getattr(told[0], name)


def test_models_samplers_loras_and_pictures_of_rows_come_back(tmp_path: Path) -> None:
    head = (*HEAD, "model", "sampler", "lora", "init_image")
    rows = [
        (0, "fox", "ink", 1000.25, None, 1, None, None, "ink.safetensors, b", None),
        (8, "whale", "", 7, "yes", 1.1, "other", "euler", "none", "a.png"),
        (16, "hill", "", "9+t/8", None, 1.2, "third", None, None, None),
    ]
    more = {"init_image": "a.png", "mask": "a.png", "lora_weight": 0.6, "fps_to": 60}
    for name in ("a.png",):
        Image.new("RGB", (64, 32), "grey").save(tmp_path / name)
    sheet = make_sheet(tmp_path / "my.xlsx", rows, {**SMALL, **more}, head)
    expected = planned(sheet)
    assert_same(there_and_back(sheet), expected)
    told = [
        read_project(Request(sheet=str(p), overrides={})) for p in (sheet, tmp_path / "back.xlsx")
    ]
    for before, after in zip(told[0].rows, told[1].rows, strict=True):
        for name in ("model", "sampler", "loras", "prompt"):
            assert getattr(after, name) == getattr(before, name), name
        assert {n: f.text for n, f in after.files.items()} == {
            n: f.text for n, f in before.files.items()
        }
    file = handed_over(sheet)
    assert file["prompts"]["0"] == "fox, ink <lora:ink:0.6> <lora:b:0.6>"
    assert file["sampler_schedule"] == '0: ("DDIM"), 8: ("euler")'
    assert file["checkpoint_schedule"] == '0: (""), 8: ("other"), 16: ("third")'
    assert (file["use_init"], file["mask_file"]) == (True, "a.png")
    assert (file["frame_interpolation_engine"], file["frame_interpolation_x_amount"]) == ("FILM", 2)
    assert found_seeds(there_and_back(sheet, without_extra=True)) == found_seeds(expected)


def found_seeds(plan: dict) -> list[float]:
    return [round(seed, 9) for seed in plan["seeds"]]


CELLS = st.one_of(
    st.none(),
    st.floats(0.5, 1.5).map(lambda number: round(number, 6)),
    st.sampled_from(
        ["1 + 0.01*t", "1+p", "1.2 + 0.1*sin(t/3)", "where(k<3, 1, 1.1)", "max(1, t/30)", "1e-5+1"]
    ),
)
TEXTS = st.sampled_from(["a red fox", "a whale, deep", "an owl {a|b}, ink", "-x", "=y", "z: `k`"])
SHEETS = st.lists(
    st.tuples(
        st.integers(0, 30), TEXTS, st.none() | TEXTS, st.none() | st.integers(0, 2**32 - 1),
        st.none() | st.just("yes"), CELLS, CELLS, CELLS,
    ),
    min_size=1, max_size=6, unique_by=lambda row: row[0],
)  # fmt: skip


@pytest.mark.slow
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    SHEETS,
    st.sampled_from(["linear", "ease", "hold", "cubic"]),
    st.sampled_from(["fixed", "iter", "ladder", "alternate", "random"]),
)
def test_any_sheet_comes_back(
    tmp_path: Path, rows: list[tuple], interpolation: str, behavior: str
) -> None:
    more = {"interpolation": interpolation, "seed_behavior": behavior}
    sheet = make_sheet(
        tmp_path / "my.xlsx", _as_text(rows), {**SMALL, **more}, (*HEAD, "angle", "blend")
    )
    expected = planned(sheet)
    assert_same(there_and_back(sheet), expected)
    file = handed_over(sheet)
    for column in CHANNELS:
        if column.deforum and column.heading not in ("strength", "cadence"):
            values = expected["channels"][column.heading]
            assert curve(file, column.heading) == pytest.approx(values, rel=0, abs=1e-9)


def _as_text(rows: list[tuple]) -> list[tuple]:
    """Return rows whose texts openpyxl does not take for formulas."""
    return [
        tuple(f"'{c}" if isinstance(c, str) and c[0] == "=" else c for c in row) for row in rows
    ]


def curve(file: dict, name: str) -> np.ndarray:
    """Return what a schedule of an exported file says, read as any schedule of a sheet."""
    column = channel(name)
    keys = keys_by_frame(file[column.deforum], column, frames=file["max_frames"], seed=0)
    return deforum_curve(keys, {"max_f": file["max_frames"] - 1.0}, file["max_frames"])


def test_every_key_of_deforum_is_there_with_a_value_of_its_kind(tmp_path: Path) -> None:
    file = handed_over(make_sheet(tmp_path / "my.xlsx"))
    assert list(DEFAULTS) == [key for key in file if key != "sheetrender"]
    for key, usual in DEFAULTS.items():
        assert type(file[key]) is type(usual), key
    assert file["prompts"] == {
        "0": "a red fox, orange forest",
        "8": "a blue whale, deep ocean",
        "16": "a green hill, emerald light",
    }


def test_a_schedule_that_was_changed_in_deforum_counts(tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx")
    file = handed_over(sheet) | {"zoom": "0: (1.5)", "fps": 12}
    file["prompts"]["20"] = "a new one"
    (tmp_path / "my_deforum.txt").write_text(json.dumps(file), "utf-8")
    init_from_deforum(tmp_path / "back.xlsx", tmp_path / "my_deforum.txt")
    found, expected = planned(tmp_path / "back.xlsx"), planned(sheet)
    assert found["channels"]["zoom"] == [1.5] * 24
    assert found["fps"] == "12/1"
    assert found["prompts"][-1]["text"] == "a new one"
    assert found["segments"] == expected["segments"]
    assert found["seeds"] == expected["seeds"]


def test_without_our_key_motion_prompts_and_seeds_are_still_there(tmp_path: Path) -> None:
    """Deforum drops keys that it does not know when it saves."""
    sheet = Path(shutil.copy(SAMPLES / "full_length.xlsx", tmp_path))
    found, expected = there_and_back(sheet, without_extra=True), planned(sheet)
    assert found["seeds"] == expected["seeds"]
    assert found["channels"]["zoom"] == pytest.approx(expected["channels"]["zoom"], abs=1e-9)
    assert [p["text"] for p in found["prompts"]] == [p["text"] for p in expected["prompts"]]
    cuts = [first for first, _ in expected["segments"][1:]]
    strength = np.array(expected["channels"]["strength"])
    strength[cuts] = 0
    assert found["channels"]["strength"] == pytest.approx(strength, abs=1e-9)


def test_subject_and_style_are_two_cells_again(tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx")
    there_and_back(sheet)
    tab = openpyxl.load_workbook(tmp_path / "back.xlsx")["Keyframes"]
    heads = {cell.value: cell.column for cell in tab[2]}
    row = [tab.cell(4, heads[name]).value for name in ("prompt", "subject", "style")]
    assert row == [None, "a blue whale", "deep ocean"]


def test_what_deforum_does_otherwise_is_said(tmp_path: Path) -> None:
    more = {"fps": 29.97, "blend": 3, "border": "reflect", "cadence": "0: (1), 9: (2)"}
    sheet = make_sheet(tmp_path / "my.xlsx", settings={**SMALL, **more})
    said = "\n".join(export(Request(sheet=str(sheet), overrides={}), "deforum", None).notices)
    for word in ("cuts", "blend", "reflect", "30000/1001", "cadence"):
        assert word in said


def test_formulas_in_prompts_that_deforum_cannot_compute_are_said(tmp_path: Path) -> None:
    rows = [(0, "fox `0.5+t/max_f` `sin(t)`", "ink", 1, None, 1), (8, "owl `k/8`", "", 1, None, 1)]
    sheet = make_sheet(tmp_path / "my.xlsx", [*rows, (9, "a `sqrt(t)`", "", 1, None, 1)])
    said = export(Request(sheet=str(sheet), overrides={}), "deforum", None).notices
    assert [notice.split(".")[0] for notice in said] == [
        "Deforum cannot compute `k/8` in the prompt at frame 8",
        "Deforum cannot compute `sqrt(t)` in the prompt at frame 9",
    ]


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ("parsec", "Did you mean parseq"),
        ("defrum", "Did you mean deforum"),
        ("dance", "Use --to deforum"),
    ],
)
def test_other_tools_are_refused(form: str, says: str, tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx")
    with pytest.raises(UsageError, match=says):
        export(Request(sheet=str(sheet), overrides={}), form, None)
    assert [path.name for path in tmp_path.iterdir()] == ["my.xlsx"]


@pytest.mark.parametrize("name", ["my.xlsx", "my.csv", "no/where.txt"])
def test_the_sheet_is_never_written_over(name: str, tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx")
    content = sheet.read_bytes()
    with pytest.raises(UsageError):
        export(Request(sheet=str(sheet), overrides={}), "deforum", tmp_path / name)
    assert sheet.read_bytes() == content


def test_a_sheet_with_problems_is_not_handed_over(tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", [(0, "fox", "ink", "abc", None, 1)])
    with pytest.raises(SheetInvalid):
        export(Request(sheet=str(sheet), overrides={}), "deforum", None)
    assert [path.name for path in tmp_path.iterdir()] == ["my.xlsx"]
