"""`init --from`: a workbook from a settings file of Deforum."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sheetrender.model.errors import UsageError
from sheetrender.planning.deforum.defaults import DEFAULTS
from sheetrender.planning.deforum.file_text import parsed
from sheetrender.planning.deforum.importing import imported
from sheetrender.sheets.new_workbook import workbook_bytes
from sheetrender.workflow.check import check
from sheetrender.workflow.export import export
from sheetrender.workflow.from_deforum import workbook_of
from sheetrender.workflow.init import init, init_from_deforum
from sheetrender.workflow.plan import plan_json
from sheetrender.workflow.project import Request, read_project
from tests.workflow.sheets import drawn, rendered

DATA = Path(__file__).parents[1] / "data"
WEB, NOTEBOOK = DATA / "deforum_settings.txt", DATA / "deforum_notebook_settings.txt"


def book_of(path: Path, **file: object) -> openpyxl.Workbook:
    """Return the workbook that is made from a settings file."""
    source = path / "settings.txt"
    source.write_text(json.dumps({"max_frames": 20, **file}), "utf-8")
    init_from_deforum(path / "my.xlsx", source)
    return openpyxl.load_workbook(path / "my.xlsx")


def planned(path: Path) -> dict:
    project = read_project(Request(sheet=str(path), overrides={}))
    plan = plan_json(project.plan(draw_seed=lambda _: 7))
    assert project.findings.problems == []
    return plan


def small(source: Path, path: Path, **changes: object) -> Path:
    """Write a settings file again with a small picture."""
    file = json.loads(source.read_text("utf-8")) | {"W": 64, "H": 64} | changes
    path.write_text(json.dumps(file), "utf-8")
    return path


@pytest.mark.parametrize("source", [WEB, NOTEBOOK], ids=["web", "notebook"])
def test_a_real_settings_file_has_no_problems_and_renders(source: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "my.xlsx"
    init_from_deforum(sheet, small(source, tmp_path / "settings.txt"))
    assert check(Request(sheet=str(sheet), overrides={})).problems == ()
    events = rendered(sheet, frames=(0, 5))
    assert drawn(events) == [0, 1, 2, 3, 4, 5]
    assert len(list((tmp_path / "renders" / "my" / "frames").glob("*.png"))) == 6


def test_a_file_with_everything_renders_and_is_exported_again_with_an_equal_plan(
    tmp_path: Path,
) -> None:
    (tmp_path / "stills").mkdir()
    for name in ("foundry", "vignette"):
        Image.new("RGB", (64, 32), "grey").save(tmp_path / "stills" / f"{name}.png")
    sheet, again = tmp_path / "my.xlsx", tmp_path / "again.xlsx"
    init_from_deforum(sheet, DATA / "deforum_full_settings.txt")
    expected = planned(sheet)
    assert (expected["frames"], expected["width"]) == (1440, 960)
    assert expected["seeds"][240] == pytest.approx(771204.45)
    made = export(Request(sheet=str(sheet), overrides={}), "deforum", None)
    assert made.path is not None
    for without_our_key in (False, True):
        file = json.loads(made.path.read_text("utf-8"))
        if without_our_key:
            del file["sheetrender"]
        (tmp_path / "file.txt").write_text(json.dumps(file), "utf-8")
        again.unlink(missing_ok=True)
        init_from_deforum(again, tmp_path / "file.txt")
        found = planned(again)
        for key in ("fps", "frames", "width", "height", "segments", "prompts"):
            assert found[key] == expected[key]
        assert found["seeds"] == pytest.approx(expected["seeds"], rel=0, abs=1e-9)
        for name, values in expected["channels"].items():
            assert found["channels"][name] == pytest.approx(values, rel=0, abs=1e-9), name
    init_from_deforum(
        tmp_path / "small.xlsx",
        small(DATA / "deforum_full_settings.txt", tmp_path / "s.txt", r_upscale_video=False),
    )
    assert drawn(rendered(tmp_path / "small.xlsx", frames=(0, 3))) == [0, 1, 2, 3]


def test_the_plan_is_what_the_file_says(tmp_path: Path) -> None:
    init_from_deforum(tmp_path / "my.xlsx", WEB)
    plan = planned(tmp_path / "my.xlsx")
    assert (plan["fps"], plan["frames"], plan["width"], plan["height"]) == ("24/1", 240, 1024, 576)
    project = read_project(Request(sheet=str(tmp_path / "my.xlsx"), overrides={}))
    assert [row.frame for row in project.rows] == [0, 80, 179]
    assert plan["prompts"][1]["text"].startswith("masterpiece, woodblock print, a procession")
    assert plan["prompts"][1]["negative"] == "daylight, crowd text, watermark, blurry"
    channels = plan["channels"]
    assert channels["zoom"][160] == pytest.approx(1.01)
    assert channels["angle"][60:120] == [0.4] * 60
    assert channels["translation_y"][90:180] == [1.0] * 90
    assert channels["steps"] == [28] * 240
    assert channels["translation_z"] == [0.0] * 240
    assert plan["seeds"][:3] == [3187654321, 3187654322, 3187654323]


def test_the_workbook_looks_like_any_new_one(tmp_path: Path) -> None:
    book = book_of(tmp_path, prompts={"0": "a fox"}, tiling=True)
    usual = openpyxl.load_workbook(init(tmp_path / "usual.xlsx"))
    assert book.sheetnames == ["Keyframes", "Settings", "Not used here", "How to"]
    heads = [cell.value for cell in book["Keyframes"][2]]
    assert set(heads) == {cell.value for cell in usual["Keyframes"][2]} | {"prompt"}
    for tab in ("Keyframes", "Settings"):
        rules = [w.data_validations.dataValidation for w in (book[tab], usual[tab])]
        assert {r.formula1 for r in rules[0] if r.type == "list"} == {
            r.formula1 for r in rules[1] if r.type == "list"
        }
    assert len(book["Keyframes"].conditional_formatting) > 0
    assert [c.value for c in book["Not used here"][1]] == ["name", "value", "why"]


def test_a_file_of_which_all_is_used_has_no_further_tab(tmp_path: Path) -> None:
    assert book_of(tmp_path, seed=1).sheetnames == ["Keyframes", "Settings", "How to"]


def test_a_channel_with_a_column_stands_in_the_settings_too(tmp_path: Path) -> None:
    book = book_of(tmp_path, strength_schedule="0: (0.3)", zoom="0: (1.01)", contrast_schedule=2)
    shown = {row[0].value: row[1].value for row in book["Settings"].iter_rows()}
    assert (shown["strength"], shown["zoom"], shown["contrast"]) == (0.3, 1.01, 2)
    assert "transform_center_x" not in shown


FORMULA = '=HYPERLINK("http://a.b","x")'


def test_no_text_of_the_file_becomes_a_formula(tmp_path: Path) -> None:
    book = book_of(
        tmp_path, prompts={"0": FORMULA, "5": "@x", "9": "-1+1"}, sampler="=1+1",
        batch_name="=cmd|' /C calc'!A0", negative_prompts="+1", **{"=key": "=2+2"},
    )  # fmt: skip
    texts = [c for tab in book for row in tab.iter_rows() for c in row if isinstance(c.value, str)]
    wanted = {FORMULA, "@x", "-1+1", "=1+1", "=cmd|' /C calc'!A0", "+1", "=key", "=2+2"}
    found = {cell.value: cell for cell in texts if cell.value in wanted}
    assert found.keys() == wanted
    assert {(cell.data_type, cell.quotePrefix) for cell in found.values()} == {("s", True)}
    assert planned(tmp_path / "my.xlsx")["prompts"][0]["text"] == FORMULA


def test_a_song_beside_the_sheet_is_taken(tmp_path: Path) -> None:
    book = book_of(tmp_path, add_soundtrack="File", soundtrack_path="song.mp3")
    assert "song.mp3" in [cell.value for cell in book["Settings"]["B"]]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{\n  "W": 512,\n}', r"line 3, column 1: .* Mend that line"),
        (b"\xff\x00\xfe\xfa", "no text in UTF-8"),
        (b"[]", "it holds no settings"),
    ],
)
def test_a_broken_file_is_named_with_its_line(tmp_path: Path, content: bytes, says: str) -> None:
    source = tmp_path / "settings.txt"
    source.write_bytes(content)
    with pytest.raises(UsageError, match=says) as caught:
        init_from_deforum(tmp_path / "my.xlsx", source)
    assert str(source) in str(caught.value)
    assert not (tmp_path / "my.xlsx").exists()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.txt cannot be read"):
        init_from_deforum(tmp_path / "my.xlsx", tmp_path / "nothing.txt")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_ways_in_which_editors_save_text(tmp_path: Path, encoding: str) -> None:
    source = tmp_path / "settings.txt"
    source.write_text('{"max_frames": 9, "prompts": {"0": "ein Füchschen"}}', encoding)
    assert init_from_deforum(tmp_path / "my.xlsx", source).rows[0]["prompt"] == "ein Füchschen"


def test_an_existing_workbook_is_left_as_it_is(tmp_path: Path) -> None:
    target = tmp_path / "mine.xlsx"
    target.write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        init_from_deforum(target, WEB)
    assert target.read_text() == "mine"


TEXTS = st.text("a0t=+:(),{}-`\x00\ud800\n", max_size=12)
VALUES = st.one_of(TEXTS, st.integers(-5, 700), st.floats(), st.booleans(), st.none())
TEMPLATE = 'title = "none"\n'


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(DEFAULTS)) | TEXTS, VALUES, max_size=12))
def test_every_file_makes_a_workbook(file: dict[str, object]) -> None:
    found = imported(parsed(json.dumps(file)))
    assert workbook_bytes(workbook_of(found, TEMPLATE, "settings.txt"))


@pytest.mark.parametrize("frames", ["abc", float("nan"), 3_000_000_000, -5, 2.7])
def test_what_our_own_key_says_of_the_length_does_not_count(tmp_path: Path, frames: object) -> None:
    source = tmp_path / "settings.txt"
    kept = {"settings": {"frames": frames, "width": frames}, "exported": {"x": "1"}}
    content = {"prompts": {"0": "a"}, "zoom": "0:(1+0.01*t)", "sheetrender": kept}
    source.write_text(json.dumps(content), "utf-8")
    init_from_deforum(tmp_path / "new.xlsx", source)
    found = check(Request(sheet=str(tmp_path / "new.xlsx"), overrides={}))
    assert found.frames == 120
