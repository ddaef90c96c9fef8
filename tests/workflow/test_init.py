"""`init`: what the new workbook has, and when there is none."""

import re
from pathlib import Path

import openpyxl
import pytest

from sheetrender.model.errors import UsageError
from sheetrender.planning.columns import CHANNEL_NAMES, OUR_HEADINGS, column_named
from sheetrender.planning.settings_table import SETTINGS
from sheetrender.planning.table import find_table
from sheetrender.sheets.store import open_store
from sheetrender.workflow.check import check
from sheetrender.workflow.init import about_templates, init, template_names
from sheetrender.workflow.project import Project, Request, read_project
from sheetrender.workflow.template import described

STATUSES = {"queued", "rendering", "done", "failed", "invalid", "stale", "held"}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return init(tmp_path_factory.mktemp("init") / "new.xlsx")


@pytest.fixture(scope="module")
def book(path: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def project(path: Path) -> Project:
    return read_project(Request(sheet=str(path), overrides={}))


def headings(book: openpyxl.Workbook) -> list[str]:
    return [str(cell.value) for cell in book["Keyframes"][2]]


def offered(book: openpyxl.Workbook, tab: str) -> dict[str, list[str]]:
    return {
        str(v.sqref).split(":")[0]: v.formula1.strip('"').split(",")
        for v in book[tab].data_validations.dataValidation
        if v.type == "list"
    }


def test_the_new_workbook_has_no_problems(path: Path) -> None:
    found = check(Request(sheet=str(path), overrides={}))
    assert (found.problems, found.warnings) == ((), ())
    assert (found.frames, found.rows) == (300, 6)


def test_it_has_four_tabs(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == ["Keyframes", "Settings", "For Deforum", "How to"]


def test_every_column_is_one_of_ours_but_the_timecode(book: openpyxl.Workbook) -> None:
    own = [heading for heading in headings(book) if column_named(heading) is None]
    assert own == ["timecode"]


def test_our_block_stands_complete_at_the_right_end(book: openpyxl.Workbook) -> None:
    assert tuple(headings(book)[-len(OUR_HEADINGS) :]) == OUR_HEADINGS
    band = {cell.column: cell.value for cell in book["Keyframes"][1] if cell.value}
    assert band[len(headings(book)) - len(OUR_HEADINGS) + 1] == "written by sheetrender"


def test_every_heading_says_what_it_is_for(book: openpyxl.Workbook) -> None:
    for cell in book["Keyframes"][2]:
        column = column_named(cell.value)
        expected = column.help if column else "sheetrender does not read it"
        assert expected in cell.comment.text
        if column:
            assert column.unit in cell.comment.text
            assert column.limits in cell.comment.text


def test_cut_and_status_have_drop_downs(book: openpyxl.Workbook) -> None:
    words = list(offered(book, "Keyframes").values())
    assert ["yes", "no"] in words
    assert ["rerender", "hold"] in words


def test_every_status_has_a_colour(book: openpyxl.Workbook) -> None:
    rules = [rule for area in book["Keyframes"].conditional_formatting for rule in area.rules]
    colours = {rule.formula[0].strip('"'): rule.dxf.fill.bgColor.rgb for rule in rules}
    assert set(colours) >= STATUSES
    assert len({colours[status] for status in STATUSES}) == len(STATUSES) - 1
    assert colours["failed"] == colours["invalid"]


def test_the_settings_tab_shows_every_setting_with_its_default(book: openpyxl.Workbook) -> None:
    shown = {
        row[0].value: ("" if row[1].value is None else str(row[1].value), row[2].value)
        for row in book["Settings"].iter_rows(min_row=2)
    }
    for setting in SETTINGS:
        assert shown[setting.name] == (setting.default, setting.help)
    assert "noise" in shown
    assert "strength" not in shown  # the Keyframes tab has a column for it


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("engine", ["animatic", "diffusion"]),
        ("seed_behavior", ["fixed", "iter", "ladder", "alternate", "random"]),
        ("color_coherence", ["lab", "rgb", "hsv", "none"]),
        ("border", ["replicate", "wrap", "reflect"]),
        ("interpolation", ["linear", "quadratic", "cubic", "hold", "ease"]),
        ("codec", ["h264", "hevc", "prores", "png"]),
        ("caption", ["yes", "no"]),
    ],
)
def test_settings_with_choices_have_drop_downs(
    book: openpyxl.Workbook, name: str, words: list[str]
) -> None:
    row = next(cell.row for cell in book["Settings"]["A"] if cell.value == name)
    assert offered(book, "Settings")[f"B{row}"] == words


def test_everything_offered_is_accepted(book: openpyxl.Workbook) -> None:
    names = {cell.row: cell.value for cell in book["Settings"]["A"]}
    readers = {setting.name: setting.read for setting in SETTINGS}
    choices = offered(book, "Settings")
    assert choices
    for cell, words in choices.items():
        for word in words:
            readers[names[int(cell[1:])]](word)


def test_the_examples_show_both_kinds_of_formula(project: Project, book: openpyxl.Workbook) -> None:
    zooms = [row.keys["zoom"].value for row in project.rows]
    assert "1 + 0.02*sin(2*pi*t/30)" in zooms
    assert book["Keyframes"]["H4"].value == "=H3+0.008"
    assert zooms[1] == pytest.approx(1.018)


def test_the_examples_move_visibly_and_gently(project: Project) -> None:
    channels = project.plan(draw_seed=lambda _: 0).channels
    zoom, angle = channels["zoom"], channels["angle"]
    assert 0.95 < zoom.min() < zoom.max() <= 1.03
    assert -0.5 <= angle.min() < angle.max() <= 0.5
    assert channels["translation_x"].max() > 0


def test_the_examples_have_one_cut(project: Project) -> None:
    assert len(project.plan(draw_seed=lambda _: 0).segments) == 2


def test_numbers_have_formats_and_frames_have_none(book: openpyxl.Workbook) -> None:
    formats = {name: book["Keyframes"].cell(3, n) for n, name in enumerate(headings(book), 1)}
    assert formats["zoom"].number_format == "0.000##"
    assert formats["seed"].number_format == "0"
    # A spreadsheet shows 1:23.5 as a time only where the cell has no format of its own.
    assert formats["frame"].number_format == "General"


def test_prepared_rows_below_the_examples_are_blank_to_us(path: Path) -> None:
    workbook = open_store(str(path)).read()
    grid = workbook.grid("Keyframes")
    assert grid is not None
    assert max(row for row, _ in grid.cells) > 20
    project = read_project(Request(sheet=str(path), overrides={}))
    assert find_table(workbook, project.findings) is not None
    assert max(row.row for row in project.rows) == 8


def test_how_to_explains_what_people_meet(book: openpyxl.Workbook) -> None:
    terms = {str(cell.value) for cell in book["How to"]["A"] if cell.value}
    text = " ".join(str(cell.value) for cell in book["How to"]["B"] if cell.value)
    for term in ("A row", "A blank cell", "cut", "seed", "strength", "rerender", "hold"):
        assert term in terms
    for command in ("check", "preview", "run"):
        assert any(term.startswith(f"sheetrender {command} ") for term in terms)
    for status in STATUSES:
        assert status in text


def test_two_new_workbooks_are_the_same(path: Path, tmp_path: Path) -> None:
    assert init(tmp_path / "other.xlsx").read_bytes() == path.read_bytes()


def test_nothing_else_is_left_in_the_folder(path: Path) -> None:
    assert [entry.name for entry in path.parent.iterdir()] == ["new.xlsx"]


def test_an_existing_file_is_left_as_it_is(tmp_path: Path) -> None:
    target = tmp_path / "mine.xlsx"
    target.write_text("mine")
    with pytest.raises(UsageError, match="exists already and is left as it is"):
        init(target)
    assert target.read_text() == "mine"


@pytest.mark.parametrize("name", ["video", "video.csv", "video.xls"])
def test_another_ending_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"ends in \.xlsx, such as video\.xlsx"):
        init(tmp_path / name)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no folder .*nowhere\. Make the folder first"):
        init(tmp_path / "nowhere" / "new.xlsx")
    assert not (tmp_path / "nowhere").exists()


def test_an_unknown_template_is_answered_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Did you mean minimal\? Templates:\n  loop") as caught:
        init(tmp_path / "new.xlsx", "minimial")
    for name, about in about_templates().items():
        assert re.search(rf"\n  {name} +{re.escape(about)}\.", str(caught.value))
    with pytest.raises(UsageError, match=r"no template '\.\./layout'\. Templates:\n"):
        init(tmp_path / "new.xlsx", "../layout")
    assert not (tmp_path / "new.xlsx").exists()


def test_the_layout_is_no_template() -> None:
    assert template_names() == ["loop", "minimal", "moodboard", "music-video"]


def test_the_name_of_old_still_stands_for_the_music_video(tmp_path: Path) -> None:
    old, new = init(tmp_path / "old.xlsx", "song"), init(tmp_path / "new.xlsx", "music-video")
    assert old.read_bytes() == new.read_bytes()


def test_every_channel_may_stand_in_a_template() -> None:
    names = ", ".join(f'"{name}"' for name in ("frame", "subject", *CHANNEL_NAMES))
    table = described(f'title = "all"\nkeyframes = {{columns = [{names}], rows = []}}').tabs[0]
    assert [h.text for h in table.headings[2:]] == list(CHANNEL_NAMES)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("columns", "rows", "wrong"),
    [
        ('"frame", "zom"', "", "zom is no heading of ours"),
        ('"frame", "zoom"', "{zom = 1}", "there is no column for zom"),
    ],
)
def test_a_slip_in_a_template_is_named(columns: str, rows: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        described(f'title = "slip"\nkeyframes = {{columns = [{columns}], rows = [{rows}]}}')
