from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.planning.deforum.defaults import DEFAULTS
from sheetrender.planning.deforum.file_text import NoSettingsFile, parsed
from sheetrender.planning.deforum.fitting import MAX_TEXT, as_lines
from sheetrender.planning.deforum.importing import Imported, imported

DATA = Path(__file__).parents[2] / "data"
FILES = ("deforum_settings.txt", "deforum_notebook_settings.txt", "deforum_full_settings.txt")


def read(**file: object) -> Imported:
    return imported(parsed(json.dumps({"max_frames": 100, **file})))


def unused(found: Imported) -> dict[str, str]:
    return {entry.name: entry.why for entry in found.unused}


def said(found: Imported) -> str:
    return "\n".join(found.notices)


def test_the_plain_settings() -> None:
    found = read(
        W=1024, H="576", fps=24, seed=5, seed_behavior="fixed", sampler="Euler a", steps=28,
        color_coherence="HSV", border="wrap", diffusion_cadence=2, sd_model_name="a.safetensors",
    )  # fmt: skip
    assert found.settings == {
        "frames": 100, "width": 1024, "height": 576, "fps": 24, "seed": 5,
        "seed_behavior": "fixed", "sampler": "Euler a", "steps": 28, "color_coherence": "hsv",
        "border": "wrap", "cadence": 2, "model": "a.safetensors",
    }  # fmt: skip
    assert found.unused == ()
    assert found.notices == ()


@pytest.mark.parametrize(
    ("key", "heading"),
    [
        ("zoom", "zoom"), ("angle", "angle"), ("translation_x", "translation_x"),
        ("translation_y", "translation_y"), ("transform_center_x", "transform_center_x"),
        ("transform_center_y", "transform_center_y"), ("strength_schedule", "strength"),
        ("noise_schedule", "noise"), ("contrast_schedule", "contrast"),
        ("amount_schedule", "sharpen"), ("sigma_schedule", "sharpen_sigma"),
        ("cfg_scale_schedule", "scale"), ("scale", "scale"),
    ],
)  # fmt: skip
def test_every_schedule_has_its_channel(key: str, heading: str) -> None:
    schedule = "0: (0.4), 50: (0.3+0.1*sin(t))"
    found = read(**{key: schedule})
    assert found.settings[heading] == schedule
    assert (found.schedules, found.unused, found.notices) == (1, (), ())


def test_what_the_mode_of_the_file_does_not_read_is_left_out_with_the_reason() -> None:
    motion = {"zoom": "0:(1.5)", "translation_z": "0:(2)", "translation_x": "0:(3)",
              "perspective_flip_phi": "0:(4)"}  # fmt: skip
    flat = read(animation_mode="2D", **motion)
    assert {"zoom", "translation_x"} < flat.settings.keys()
    assert unused(flat)["translation_z"] == "3D motion is off in this file"
    assert unused(flat)["perspective_flip_phi"] == "the perspective flip is off in this file"
    deep = read(animation_mode="3D", flip_2d_perspective=True, **motion)
    assert {"translation_z", "translation_x", "perspective_flip_phi"} < deep.settings.keys()
    assert unused(deep)["zoom"] == "2D motion is off in this file"
    assert (flat.settings.get("motion"), deep.settings.get("motion")) == (None, "3d")
    still = read(animation_mode="None", **motion)
    assert not still.settings.keys() & motion.keys()
    assert unused(still)["zoom"] == "animation_mode None does not move the picture"


def test_a_schedule_counts_only_when_it_is_switched_on() -> None:
    schedule = "0: (20), 50: (30)"
    off = read(steps=25, steps_schedule=schedule, enable_steps_scheduling=False)
    assert off.settings["steps"] == 25
    assert unused(off)["steps_schedule"] == "is off in this file"
    on = read(steps=25, steps_schedule=schedule, enable_steps_scheduling=True)
    assert on.settings["steps"] == schedule
    assert "steps" in unused(on)


def test_samplers_and_models_of_a_schedule_are_taken_where_there_is_one() -> None:
    base = {"sampler": "Euler a", "sd_model_name": "base"}
    one = read(
        sampler_schedule='0: ("DDIM"), 50: ("DDIM")', enable_sampler_scheduling=True,
        checkpoint_schedule='0:("a.ckpt")', enable_checkpoint_scheduling=True, **base,
    )  # fmt: skip
    assert (one.settings["sampler"], one.settings["model"]) == ("DDIM", "a.ckpt")
    assert unused(one)["sampler"] == "sampler_schedule counts"
    more = read(
        checkpoint_schedule='0:("a"), "max_f/2":("b")', enable_checkpoint_scheduling=1,
        sampler_schedule="0: (Euler a), 9: ('DDIM'), 20: (\"DDIM\")", max_frames=21,
        enable_sampler_scheduling=1, **base,
    )  # fmt: skip
    assert (more.settings["model"], more.settings["sampler"]) == ("a", "Euler a")
    rows = {row["frame"]: row for row in more.rows}
    assert (rows[10]["model"], rows[9]["sampler"]) == ("b", "DDIM")
    assert 20 not in rows
    bad = read(checkpoint_schedule='x:("a")', enable_checkpoint_scheduling=1, **base)
    assert "names no frame" in unused(bad)["checkpoint_schedule"]
    assert "checkpoint_schedule is not used" in said(bad)
    off = read(sampler_schedule='0: ("DDIM")', **base)
    assert off.settings["sampler"] == "Euler a"
    assert unused(off)["sampler_schedule"] == "is off in this file"


@pytest.mark.parametrize(
    ("file", "name", "cell"),
    [
        ({"use_init": True, "init_image": "a/b.png"}, "init_image", "a/b.png"),
        ({"use_init": False, "init_image": "a/b.png"}, "init_image", None),
        ({"use_init": True, "init_image": "https://a.b/c.png"}, "init_image", None),
        ({"animation_mode": "Video Input", "video_init_path": "v.mp4"}, "init_video", "v.mp4"),
        ({"animation_mode": "2D", "video_init_path": "v.mp4"}, "init_video", None),
        ({"use_mask": True, "mask_file": "m.png"}, "mask", "m.png"),
        ({"use_mask": True, "mask_file": "m.png", "invert_mask": True}, "mask", "m.png"),
        ({"use_mask": True, "mask_file": "m.png", "invert_mask": True}, "invert_mask", "yes"),
        ({"use_mask": False, "mask_file": "m.png", "invert_mask": True}, "invert_mask", None),
        ({"frame_interpolation_engine": "RIFE v4.6", "fps": 12}, "fps_to", 24),
        ({"frame_interpolation_engine": "FILM", "fps": 12, "frame_interpolation_x_amount": 5},
         "fps_to", 60),
        ({"frame_interpolation_engine": "FILM", "frame_interpolation_slow_mo_enabled": True},
         "fps_to", None),
        ({"r_upscale_video": True, "r_upscale_factor": "x4", "W": 512, "H": 256},
         "scale_to", "2048x1024"),
        ({"r_upscale_video": False, "W": 512, "H": 256}, "scale_to", None),
        ({"r_upscale_video": True, "r_upscale_factor": {}, "W": 512, "H": 256}, "scale_to", None),
    ],
)  # fmt: skip
def test_first_pictures_masks_and_finishing(file: dict, name: str, cell: object) -> None:
    assert read(**file).settings.get(name) == cell


def test_a_subseed_that_leads_to_the_next_seed_is_a_fraction_of_it() -> None:
    ways = {
        "enable_subseed_scheduling": True,
        "subseed_schedule": "0:(8)",
        "subseed_strength_schedule": "0:(0.25)",
    }
    assert read(seed=7, seed_behavior="fixed", **ways).rows[0]["seed"] == 7.25
    elsewhere = read(seed=9, seed_behavior="fixed", **ways)
    assert "leads elsewhere than to the next seed" in unused(elsewhere)["subseed_schedule"]
    assert elsewhere.settings["seed"] == 9
    assert "needs a seed that is known" in said(read(seed=-1, **ways))


def test_a_manifest_of_parseq_within_the_settings_is_said() -> None:
    found = read(parseq_manifest='{"rendered_frames": []}')
    assert "take it with init --from" in said(found)
    assert "parseq_manifest" in unused(found)
    assert read(parseq_manifest="").notices == ()


def test_colours_from_elsewhere_are_said() -> None:
    found = read(color_coherence="Video Input")
    assert "color_coherence" not in found.settings
    assert "lab is used instead" in unused(found)["color_coherence"]


def test_a_song_is_taken_where_it_lies_beside_the_sheet() -> None:
    assert (
        read(add_soundtrack="File", soundtrack_path="a/song.mp3").settings["song"] == "a/song.mp3"
    )
    off = read(add_soundtrack="None", soundtrack_path="song.mp3")
    assert "add_soundtrack does not ask" in unused(off)["soundtrack_path"]
    for path in ("/home/me/song.mp3", "C:\\song.mp3", "../song.mp3", "https://a.b/song.mp3"):
        found = read(add_soundtrack="File", soundtrack_path=path)
        assert "song" not in found.settings
        assert "put the song beside the sheet" in said(found)


def test_sizes_are_rounded_with_a_word_about_it() -> None:
    found = read(W=500, H=512)
    assert (found.settings["width"], found.settings["height"]) == (496, 512)
    assert unused(found) == {"W": "is taken as 496"}
    assert "W 500 is taken as 496." in said(found)


def test_a_missing_length_is_the_usual_one() -> None:
    found = imported(parsed('{"prompts": {"max_f": "a fox"}}'))
    assert found.settings["frames"] == 120
    assert [row["frame"] for row in found.rows] == [119]
    assert "max_frames is missing" in said(found)


def test_a_file_without_prompts_has_one_row() -> None:
    assert read().rows == ({"frame": 0},)
    assert read(positive_prompts="ink").rows == ({"frame": 0, "prompt": "ink"},)


def test_of_two_prompts_on_a_frame_the_later_counts_and_none_is_lost() -> None:
    found = read(prompts={"99": "a", "max_f": "b"})
    assert found.rows == ({"frame": 99, "prompt": "b"},)
    assert unused(found) == {"prompts[99]": "the prompt at max_f has the same frame and counts"}


def test_the_notebooks_prompts_for_single_pictures_are_no_rows() -> None:
    found = read(prompts=["a still"], animation_prompts={"0": "a fox"})
    assert found.rows == ({"frame": 0, "prompt": "a fox"},)
    assert [(e.name, e.value) for e in found.unused] == [("prompts", ["a still"])]
    assert found.notices == ()
    assert read(animation_prompts={"0": "a fox"}).rows == found.rows


def test_a_key_that_stands_twice_is_not_lost() -> None:
    found = imported(parsed('{"max_frames": 9, "seed": 1, "seed": 2}'))
    assert found.settings["seed"] == 2
    assert [(e.name, e.value) for e in found.unused] == [("seed", 1)]


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        ("0:(1,5), 50:(2)", "comma for a decimal point"),
        ("0: (1/t)", "has no value at frame 0"),
        ("0: (1-t)", "is 0 at frame 1; it has to be above 0, up to 100"),
        ("0: (-1)", "out of range"),
        ("0: (t*wobble)", "uses wobble"),
        ("2*chaos", "uses chaos"),
        (["0: (1)"], "neither a number nor a schedule"),
        (True, "is not a number"),
        ("", "neither a number nor a schedule"),
        ("0: (" + "1+" * 2000 + "1)", "longer than 2000"),
    ],
)  # fmt: skip
def test_a_schedule_that_nobody_can_use_is_named_and_kept(schedule: object, why: str) -> None:
    found = read(zoom=schedule)
    assert "zoom" not in found.settings
    assert why in unused(found)["zoom"]
    assert f"zoom is not used: it {unused(found)['zoom'][3:]}" in said(found)
    assert [e.value for e in found.unused] == [schedule]


def test_a_schedule_longer_than_a_cell_stands_in_the_rows() -> None:
    values = [round(1.001 + 0.0001 * (i % 7), 6) for i in range(4000)]
    schedule = ", ".join(f"{i}: ({value})" for i, value in enumerate(values))
    assert len(schedule) > MAX_TEXT
    found = read(max_frames=4000, zoom=schedule, prompts={"0": "a", "2000": "b"})
    assert "zoom" not in found.settings
    assert [row["zoom"] for row in found.rows] == values
    assert found.rows[2000]["prompt"] == "b"
    assert "4000 cells below zoom" in said(found)


def test_the_seed_in_formulas_is_the_files_where_rows_have_seeds() -> None:
    found = read(seed=7, seed_behavior="schedule", seed_schedule="0:(s), 9:(8)", angle="0:(s+t)")
    assert found.settings["angle"] == "0:(7+t)"


@pytest.mark.parametrize("name", FILES)
def test_every_key_is_a_cell_or_stands_with_what_is_not_used(name: str) -> None:
    text = (DATA / name).read_text("utf-8")
    file = json.loads(text)
    found = imported(parsed(text))
    left = {entry.name for entry in found.unused}
    became_cells = file.keys() - left
    assert left <= file.keys()
    assert all(entry.value == file[entry.name] for entry in found.unused)
    assert all(entry.why for entry in found.unused)
    assert became_cells <= {
        "W", "H", "fps", "max_frames", "seed", "seed_behavior", "sampler", "steps", "scale",
        "prompts", "positive_prompts", "negative_prompts", "zoom", "angle", "translation_x",
        "translation_y", "translation_z", "rotation_3d_z", "transform_center_x", "fov",
        "strength_schedule", "noise_schedule", "contrast_schedule", "cfg_scale_schedule",
        "diffusion_cadence", "color_coherence", "border", "sd_model_name", "amount_schedule",
        "animation_mode", "init_image", "mask_file", "sampler_schedule", "checkpoint_schedule",
        "steps_schedule", "subseed_schedule", "subseed_strength_schedule", "seed_schedule",
        "enable_subseed_scheduling", "frame_interpolation_engine", "frame_interpolation_x_amount",
        "r_upscale_video", "r_upscale_factor", "sigma_schedule", "rotation_3d_x", "rotation_3d_y",
        "perspective_flip_phi", "fov_schedule", "invert_mask",
    }  # fmt: skip
    assert len(became_cells) >= 14


def test_what_was_changed_stands_before_what_is_deforums_default() -> None:
    file = {**DEFAULTS, "tiling": True}
    assert imported(parsed(json.dumps(file))).unused[0].name == "tiling"


def test_texts_that_no_cell_can_hold() -> None:
    long = "ink " * 9000 + "end"
    found = read(prompts={"0": long, "5": "a\x00b \ud800"}, batch_name="x" * 70_000)
    assert all(len(str(row["prompt"])) <= MAX_TEXT for row in found.rows)
    assert found.rows[1]["prompt"] == "a b  "
    assert "longer than 32767 letters" in said(found)
    assert "control characters" in said(found)
    lines = list(as_lines(found.unused))
    assert max(len(value) for _, value, _ in lines) <= MAX_TEXT
    parts = [value for name, value, _ in lines if name.startswith("batch_name (part ")]
    assert "".join(parts) == "x" * 70_000
    assert '"a\\u0000b \\ud800"' in [value for _, value, _ in lines]


texts = st.text("a0t:(),{}-=`\x00\ud800é\n", max_size=12)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
keys = st.sampled_from(
    [*(k for k in DEFAULTS if not re.match("cn_|hybrid_", k)), "sheetrender", "scale", "fov"]
)


@given(st.dictionaries(keys, json_values, max_size=12))
def test_nothing_that_json_can_hold_breaks_the_import(file: dict[str, object]) -> None:
    found = imported(parsed(json.dumps(file)))
    assert found.rows
    assert list(as_lines(found.unused)) or not found.unused


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"W": 512,\n "H": }', "line 2, column 7"),
        ("", "line 1"),
        ("[1]", "it holds no settings"),
        ("[" * 100_000, "recursion"),
        ('{"seed": ' + "9" * 5000 + "}", "Save the settings in Deforum again"),
    ],
)
def test_broken_json_is_named_with_its_line(text: str, says: str) -> None:
    with pytest.raises(NoSettingsFile, match=says):
        parsed(text)
