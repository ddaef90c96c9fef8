"""Every template of `init`: what it has, what it shows, and that it makes pictures."""

from __future__ import annotations

import io
import json
import re
import shutil
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import openpyxl
import pytest
from openpyxl.cell import Cell

from sheetrender.model.keyframes import Keyframe
from sheetrender.planning.columns import OUR_HEADINGS
from sheetrender.workflow.check import check
from sheetrender.workflow.init import first_step, init, template_names
from sheetrender.workflow.init_google import init_google
from sheetrender.workflow.moodboard import BoardOptions, moodboard
from sheetrender.workflow.project import Project, Request, read_project
from sheetrender.workflow.run import RunOptions, run
from tests.emulator.server import SheetsEmulator
from tests.workflow.computed_books import by_libreoffice, by_us, needs_libreoffice
from tests.workflow.sheets import drawn

SONG = Path(__file__).parents[2] / "sample_sheets" / "song.flac"
KEY = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
SMALL = {"width": "128", "height": "72"}
NAMES = template_names()


def made(folder: Path, name: str) -> Path:
    """Make a workbook, with the song beside it that one of them asks for."""
    # What the file is called does not matter; what it holds does.
    shutil.copy(SONG, folder / "song.mp3")
    return init(folder / f"{name}.xlsx", name)


def read(sheet: Path | str, **overrides: str) -> Project:
    return read_project(Request(sheet=str(sheet), overrides=overrides))


@pytest.fixture(scope="module", params=NAMES)
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("templates"), request.param)


@pytest.fixture(scope="module")
def book(path: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(path)


def columns(book: openpyxl.Workbook) -> dict[str, int]:
    return {str(cell.value): cell.column for cell in book["Keyframes"][2]}


def test_it_has_no_problems(path: Path) -> None:
    found = check(Request(sheet=str(path), overrides={}))
    assert found.problems == ()
    # A stem that is taken out of the song roughly is said to be so; nothing else is.
    assert {warning.heading for warning in found.warnings} <= {"stem"}
    assert found.rows >= 4


def test_the_animatic_draws_it(path: Path, tmp_path: Path) -> None:
    request = Request(sheet=str(path), overrides=SMALL)
    options = RunOptions(video=False, status=False, frames=(0, 3), folder=tmp_path / "out")
    assert drawn(list(run(request, options))) == [0, 1, 2, 3]
    pictures = sorted((tmp_path / "out" / "frames").glob("*.png"))
    assert all(cv2.imread(str(picture)).std() > 5 for picture in pictures)
    assert len(pictures) == 4


def test_every_part_is_well_formed(path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ET.fromstring(archive.read(name))


def test_nothing_is_larger_than_excel_takes_without_a_repair(book: openpyxl.Workbook) -> None:
    for sheet in book:
        assert len(sheet.title) <= 31
        for rule in sheet.data_validations.dataValidation:
            assert len(rule.formula1) <= 255
            assert len(rule.errorTitle) <= 32
            assert len(rule.error) <= 225
        for row in sheet.iter_rows():
            formulas = [str(c.value) for c in row if c.data_type == "f"]
            for formula in formulas:
                assert len(formula) <= 8192
                assert all(len(text) <= 255 for text in re.findall(r'"([^"]*)"', formula))


def test_what_a_person_meets_is_there(book: openpyxl.Workbook) -> None:
    keyframes = book["Keyframes"]
    assert tuple(columns(book))[-len(OUR_HEADINGS) :] == OUR_HEADINGS
    offered = {v.formula1 for v in keyframes.data_validations.dataValidation if v.type == "list"}
    assert '"rerender,hold"' in offered
    rules = [rule for area in keyframes.conditional_formatting for rule in area.rules]
    assert {'"done"', '"failed"', '"stale"'} <= {rule.formula[0] for rule in rules}
    assert keyframes.cell(3, columns(book)["seed"]).number_format == "0"
    assert keyframes.freeze_panes == f"{'D' if 'part' in columns(book) else 'C'}3"
    assert (keyframes.print_title_rows, keyframes.print_title_cols[:2]) == ("$1:$2", "$A")
    assert all(cell.comment for cell in keyframes[2])
    assert book.sheetnames[-2:] == ["For Deforum", "How to"]


def test_texts_of_the_examples_have_room(book: openpyxl.Workbook) -> None:
    keyframes = book["Keyframes"]
    for name, column in columns(book).items():
        width = keyframes.column_dimensions[keyframes.cell(2, column).column_letter].width
        for row in range(3, 16):
            value = str(keyframes.cell(row, column).value or "")
            if not value.startswith("="):
                assert len(value) <= 1.3 * width, (name, value)


def test_how_to_tells_of_every_column_that_is_special(book: openpyxl.Workbook) -> None:
    text = " ".join(str(c.value) for row in book["How to"].iter_rows() for c in row if c.value)
    for name in {"approved", "cut", "strength", "seed"} & columns(book).keys():
        assert name in text
    assert "sheetrender run FILE.xlsx" in text
    assert "For Deforum" in text


@pytest.mark.slow
@needs_libreoffice
def test_libreoffice_shows_what_we_compute(tmp_path: Path) -> None:
    paths = [made(tmp_path, name) for name in NAMES]
    for path, theirs in zip(paths, by_libreoffice(paths, tmp_path), strict=True):
        ours = by_us(path)
        assert ours == theirs, path.name
        assert not [value for value in theirs.values() if str(value).startswith("#N")]
        assert sum(tab == "For Deforum" for tab, _, _ in theirs) > 15


def rows_of(project: Project) -> list[Keyframe]:
    """Return rows without what tells where they stand."""
    return [
        replace(row, keys={name: replace(key, place=None) for name, key in row.keys.items()})
        for row in project.rows
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_an_empty_google_sheet_becomes_the_same(
    emulator: SheetsEmulator, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = emulator.add(KEY, {"Sheet1": []}, title="My video")
    path = made(tmp_path, name)
    monkeypatch.chdir(tmp_path)
    init_google(KEY, template=name)
    assert rows_of(read(KEY)) == rows_of(read(path))
    assert [tab.title for tab in book.tabs] == openpyxl.load_workbook(path).sheetnames
    assert check(Request(sheet=KEY, overrides={})).problems == ()
    formula = book.tab("For Deforum").formula(3, 1)
    assert formula is not None
    assert formula.startswith('=IFERROR("{"&TEXTJOIN(')
    text = "\n".join(str(value) for row in book.tab("How to").rows() for value in row)
    assert ".xlsx" not in text.replace("other.xlsx", "")


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_where_people_write_decimal_commas_it_means_the_same(
    emulator: SheetsEmulator, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.add(KEY, {"Tabelle1": []}, locale="de_DE", title="Mein Video")
    path = made(tmp_path, name)
    monkeypatch.chdir(tmp_path)
    init_google(KEY, template=name)
    online, offline = read(KEY), read(path)
    assert online.findings.problems == []
    plans = [project.plan(draw_seed=lambda _: 0) for project in (online, offline)]
    for channel, values in plans[0].channels.items():
        assert (values == plans[1].channels[channel]).all(), channel


def test_a_song_moves_the_music_video(tmp_path: Path) -> None:
    project = read(made(tmp_path, "music-video"))
    zoom = project.plan().channels["zoom"]
    assert list(project.curves) == ["drums", "bass", "voice", "kick"]
    assert zoom[360:480].max() > 1.05
    assert zoom[348:358].max() < 1.01


def test_the_music_video_offers_the_parts_of_songs(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(made(tmp_path, "music-video"))
    offered = [v.formula1 for v in book["Keyframes"].data_validations.dataValidation]
    assert any("verse" in words and "chorus" in words for words in offered)
    assert book.sheetnames[1] == "Audio"
    stems = [row[2].value for row in book["Audio"].iter_rows(min_row=3)]
    assert {"drums", "bass", "vocals"} <= set(stems)


def test_the_mood_board_has_a_still_for_each_row(tmp_path: Path) -> None:
    sheet = made(tmp_path, "moodboard")
    list(moodboard(Request(sheet=str(sheet), overrides=SMALL), BoardOptions()))
    stills = list((tmp_path / "renders" / "moodboard" / "stills").glob("*.png"))
    assert len(stills) == 12
    assert (tmp_path / "renders" / "moodboard" / "moodboard.png").is_file()
    rows = read(sheet).rows
    assert len({row.prompt for row in rows}) == 12
    assert len({row.seed for row in rows}) == 3
    assert "approved" in columns(openpyxl.load_workbook(sheet))


def test_a_new_sheet_says_which_command_follows() -> None:
    assert first_step() == "Fill in its rows, then: sheetrender run"
    assert first_step("moodboard").endswith("then: sheetrender moodboard")
    assert first_step("music-video").startswith("Put your song beside it as song.mp3")


def cell_of(book: openpyxl.Workbook, setting: str) -> Cell:
    """Return the cell of the Settings tab that holds a setting."""
    (cell,) = (row[1] for row in book["Settings"].iter_rows() if row[0].value == setting)
    return cell


def differences(sheet: Path, **cells: object) -> np.ndarray:
    """Render a loop of 120 frames, small.

    Returns:
        How far each picture is from the one before it, and the first one from the last.
    """
    book = openpyxl.load_workbook(sheet)
    cell_of(book, "frames").value = 120
    for name, value in cells.items():
        book["Keyframes"].cell(3, columns(book)[name]).value = value
    book.save(sheet)
    list(run(Request(sheet=str(sheet), overrides=SMALL), RunOptions(video=False)))
    frames = sorted((sheet.parent / "renders" / "loop" / "frames").glob("*.png"))
    pictures = [cv2.imread(str(frame)).astype(float) for frame in frames]
    return np.array(
        [np.abs(pictures[n] - pictures[n - 1]).mean() for n in range(len(pictures))], float
    )


def test_the_last_frame_of_the_loop_leads_back_into_the_first(tmp_path: Path) -> None:
    found = differences(init(tmp_path / "loop.xlsx", "loop"))
    assert len(found) == 120
    assert found[0] == 0
    # Nor is there a jump on the way there, once the words have faded over.
    assert found[-12:].max() < 2 * np.median(found[1:])


def test_without_the_falling_strength_the_seam_would_be_seen(tmp_path: Path) -> None:
    found = differences(init(tmp_path / "loop.xlsx", "loop"), strength=0.7)
    assert found[0] > 3 * np.median(found[1:])


@pytest.mark.parametrize("frames", [240, 97, 1000])
def test_the_motion_of_the_loop_undoes_itself(tmp_path: Path, frames: int) -> None:
    sheet = init(tmp_path / "loop.xlsx", "loop")
    book = openpyxl.load_workbook(sheet)
    cell_of(book, "frames").value = frames
    book.save(sheet)
    project = read(sheet)
    channels = project.plan().channels
    assert project.findings.problems == []
    assert len(channels["zoom"]) == frames
    assert np.prod(channels["zoom"]) == pytest.approx(1, abs=1e-9)
    assert channels["angle"].sum() == pytest.approx(0, abs=1e-9)
    assert channels["strength"][-1] == 0
    first, *_, last = project.rows
    assert (last.prompt, last.negative, last.seed) == (first.prompt, first.negative, first.seed)
    assert last.frame == pytest.approx(frames * 3 / 4, abs=1)


def test_the_prompts_of_the_loop_close_it(tmp_path: Path) -> None:
    shown = by_us(init(tmp_path / "loop.xlsx", "loop"))
    prompts = json.loads(str(shown["For Deforum", 3, 1]))
    assert list(prompts) == ["0", "60", "120", "180"]
    assert prompts["0"] == prompts["180"]
