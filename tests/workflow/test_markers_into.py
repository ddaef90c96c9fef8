"""Marker files into sheets: `markers --into`, with rows and without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from sheetrender.model.errors import SheetChanged, SheetInvalid, SheetLocked, UsageError
from sheetrender.workflow.init import init
from sheetrender.workflow.init_google import init_google
from sheetrender.workflow.markers import Asked
from sheetrender.workflow.markers_into import Filled, fill_sheet
from sheetrender.workflow.project import Request, read_project
from tests.emulator.book import Book
from tests.emulator.server import SheetsEmulator
from tests.sheets.workbooks import raw_members, rich
from tests.workflow.sheets import edit, frame_bytes, make_sheet, rendered

KEY = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
HEAD = "Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type\t\r\n"
CUES = (("Sky", "a blue whale", 6), ("Hill", "", 12), ("Hill", "a green hill", 20))


def premiere(path: Path, *cues: tuple[str, str, int]) -> Path:
    """Write an export of Premiere at 30 fps."""
    rows = ""
    for name, comment, frame in cues:
        label = f"00:00:{frame // 30:02d}:{frame % 30:02d}"
        rows += f"{name}\t{comment}\t{label}\t{label}\t00:00:00:00\tComment\t\r\n"
    path.write_text(HEAD + rows, encoding="utf-16", newline="")
    return path


@pytest.fixture
def cues(tmp_path: Path) -> Path:
    return premiere(tmp_path / "premiere.csv", *CUES)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    settings = {"width": 64, "height": 32, "frames": 26}
    rows = [(0, "a red fox", "forest", None, None, None)]
    return make_sheet(tmp_path / "my.xlsx", rows, settings)


def fill(sheet: Path | str, *files: Path, rows: bool = True, fps: str = "30") -> Filled:
    asked = Asked(files=files, fps=fps)
    return fill_sheet(Request(sheet=str(sheet), overrides={}), asked, rows=rows)


def starts(sheet: Path | str) -> list[tuple[int, str]]:
    """Return frame and subject of each row, as the program understands them."""
    project = read_project(Request(sheet=str(sheet), overrides={}))
    assert project.findings.problems == []
    return [(row.frame, row.prompt) for row in project.rows]


def tab(path: Path, title: str) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(path)[title].iter_rows(values_only=True))


def test_the_tab_is_made_and_filled(sheet: Path, cues: Path) -> None:
    filled = fill(sheet, cues, rows=False)
    assert filled.tab.added == ("Sky", "Hill", "Hill 2")
    assert tab(sheet, "Markers") == [
        ("name", "frame", "timecode", "comment", "duration", "fps"),
        ("Sky", 6, "00:00:00:06", "a blue whale", 0, 30),
        ("Hill", 12, "00:00:00:12", None, 0, 30),
        ("Hill 2", 20, "00:00:00:20", "a green hill", 0, 30),
    ]
    assert len(tab(sheet, "Keyframes")) == 2


def test_rows_are_appended_and_those_that_are_there_stay(sheet: Path, cues: Path) -> None:
    before = tab(sheet, "Keyframes")
    filled = fill(sheet, cues)
    assert filled.rows is not None
    assert filled.rows.rows == (3, 5)
    after = tab(sheet, "Keyframes")
    assert after[:2] == before
    assert [row[:2] for row in after[2:]] == [
        ("@Sky", "a blue whale"),
        ("@Hill", "Hill"),
        ("@Hill 2", "a green hill"),
    ]
    assert [frame for frame, _ in starts(sheet)] == [0, 6, 12, 20]


def test_a_sheet_of_whole_prompts_gets_the_words_there(tmp_path: Path, cues: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", [(0, "a red fox")], head=("frame", "prompt"))
    fill(sheet, cues)
    assert starts(sheet)[1] == (6, "a blue whale")


def test_a_run_changes_its_pictures_on_the_frames_of_the_markers(sheet: Path, cues: Path) -> None:
    edit(sheet, A2=0, B2="a red fox", C2="orange forest")
    rendered(sheet)
    plain = frame_bytes(sheet.parent / "renders" / "my")
    fill(sheet, cues)
    rendered(sheet)
    marked = frame_bytes(sheet.parent / "renders" / "my")
    assert len(plain) == len(marked) == 26
    assert [a == b for a, b in zip(plain, marked, strict=True)] == [True] * 6 + [False] * 20
    moments = [
        row.first for row in read_project(Request(sheet=str(sheet), overrides={})).plan().rows
    ]
    assert moments == [0, 6, 12, 20]


def test_again_after_the_edit_moved_it_updates_by_name(sheet: Path, cues: Path) -> None:
    fill(sheet, cues)
    edit(sheet, B3="a whale, as I want it", F3=1.02)
    mine = tab(sheet, "Keyframes")
    premiere(cues, ("Sky", "", 9), ("Hill", "", 12), ("Hill", "", 17), ("End", "night", 24))
    filled = fill(sheet, cues)
    assert [(m.name, m.old, m.new) for m in filled.tab.moved] == [("Sky", 6, 9), ("Hill 2", 20, 17)]
    assert filled.tab.added == ("End",)
    after = tab(sheet, "Keyframes")
    assert after[: len(mine)] == mine
    assert starts(sheet)[1] == (9, "a whale, as I want it, forest")
    assert [frame for frame, _ in starts(sheet)] == [0, 9, 12, 17, 24]


def test_the_same_file_again_writes_nothing(sheet: Path, cues: Path) -> None:
    fill(sheet, cues)
    before = sheet.read_bytes()
    filled = fill(sheet, cues)
    assert (filled.changed, filled.copy) == (False, None)
    assert sheet.read_bytes() == before


def test_the_file_as_it_was_is_kept_beside_it(sheet: Path, cues: Path) -> None:
    before = sheet.read_bytes()
    filled = fill(sheet, cues)
    assert filled.copy == sheet.with_name("my.before-markers.xlsx")
    assert filled.copy.read_bytes() == before


def test_a_sheet_that_is_open_elsewhere_is_left_alone_without_a_copy(
    sheet: Path, cues: Path
) -> None:
    before = sheet.read_bytes()
    lock = sheet.with_name(f"~${sheet.name}")
    lock.touch()
    with pytest.raises(SheetLocked):
        fill(sheet, cues)
    lock.unlink()
    assert sheet.read_bytes() == before
    assert list(sheet.parent.glob("*before*")) == []


def test_everything_else_in_a_workbook_stays_byte_for_byte(tmp_path: Path, cues: Path) -> None:
    rich(tmp_path / "rich.xlsm")
    old = raw_members((tmp_path / "rich.xlsm").read_bytes())
    fill(tmp_path / "rich.xlsm", cues)
    new = raw_members((tmp_path / "rich.xlsm").read_bytes())
    assert {name for name in old if old[name] != new[name]} == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/worksheets/sheet1.xml",
    }
    assert set(new) - set(old) == {"xl/worksheets/sheet3.xml"}


def test_a_template_takes_rows_below_its_examples(tmp_path: Path, cues: Path) -> None:
    sheet = init(tmp_path / "new.xlsx")
    rows = len(read_project(Request(sheet=str(sheet), overrides={})).rows)
    filled = fill(sheet, premiere(cues, ("Sky", "a blue whale", 6), ("Start", "", 0)))
    assert filled.rows is not None
    assert filled.rows.added == ("Sky",)
    assert filled.rows.occupied == (("Start", 0),)
    assert len(starts(sheet)) == rows + 1
    # The look goes on, and the person's own formulas are not touched.
    book = openpyxl.load_workbook(sheet)["Keyframes"]
    first, _ = filled.rows.rows or (0, 0)
    assert book.cell(first, 1).font.name == book.cell(first - 1, 1).font.name == "Arial"
    assert str(book.cell(first, 2).value).startswith("=IF(ISNUMBER(")


def test_a_marker_that_moves_onto_another_row_is_warned_of(sheet: Path, cues: Path) -> None:
    fill(sheet, cues)
    premiere(cues, ("Sky", "", 0))
    filled = fill(sheet, cues)
    assert "is the frame of row 2 too" in filled.warnings[0]
    assert filled.tab.gone == ("Hill", "Hill 2")


def test_two_markers_on_one_frame_are_kept_and_one_gets_the_row(sheet: Path, cues: Path) -> None:
    filled = fill(sheet, premiere(cues, ("A", "", 5), ("B", "", 5)))
    assert filled.found.notes == ("Frame 5 has A and B.",)
    assert filled.rows is not None
    assert (filled.rows.added, filled.rows.occupied) == (("A",), (("B", 5),))


def test_the_sheets_rate_and_start_count_where_nobody_says_more(tmp_path: Path) -> None:
    settings = {"fps": 24, "start_timecode": "01:00:00:00", "frames": 200}
    sheet = make_sheet(tmp_path / "my.xlsx", settings=settings)
    cues = tmp_path / "m.csv"
    cues.write_text("name,timecode\nDrop,01:00:02:12\n", encoding="utf-8")
    filled = fill(sheet, cues, fps="")
    assert [marker.frame for marker in filled.found.markers] == [60]
    assert tab(sheet, "Markers")[1][:3] == ("Drop", 60, "01:00:02:12")
    assert 60 in [frame for frame, _ in starts(sheet)]


def test_a_file_at_another_rate_keeps_its_moments(tmp_path: Path, cues: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", settings={"fps": 15, "frames": 20})
    filled = fill(sheet, cues)
    assert [marker.frame for marker in filled.found.markers] == [3, 6, 10]
    assert any("keeps its moment" in note for note in filled.found.notes)


def test_a_csv_sheet_is_refused_before_anything_is_read(tmp_path: Path, cues: Path) -> None:
    path = tmp_path / "shots.csv"
    path.write_text("frame,subject\n0,a red fox\n", encoding="utf-8")
    with pytest.raises(UsageError, match="has no Markers tab"):
        fill(path, cues)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["premiere.csv", "shots.csv"]


def test_a_markers_tab_of_the_persons_own_is_left_alone(sheet: Path, cues: Path) -> None:
    book = openpyxl.load_workbook(sheet)
    book.create_sheet("Markers").append(["Cue", "Where"])
    book.save(sheet)
    before = sheet.read_bytes()
    with pytest.raises(UsageError, match="other headings"):
        fill(sheet, cues)
    assert sheet.read_bytes() == before


def test_a_sheet_without_a_heading_row_takes_no_rows(tmp_path: Path, cues: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", [], head=("a", "b"))
    with pytest.raises(SheetInvalid, match="no heading row"):
        fill(sheet, cues)


def test_a_sheet_with_only_headings_becomes_a_video_of_the_markers(
    tmp_path: Path, cues: Path
) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", [])
    filled = fill(sheet, cues)
    assert filled.warnings == ()
    assert [frame for frame, _ in starts(sheet)] == [6, 12, 20]


def test_markers_beyond_a_million_frames_are_refused(sheet: Path, tmp_path: Path) -> None:
    cues = tmp_path / "late.csv"
    cues.write_text("name,seconds\nEarly,1\nLate,40000\n", encoding="utf-8")
    with pytest.raises(UsageError, match="a sheet ends at a million"):
        fill(sheet, cues)


@pytest.fixture
def book(emulator: SheetsEmulator) -> Book:
    rows = [["frame", "subject"], [0, "a red fox"]]
    return emulator.add(KEY, {"Keyframes": rows}, title="My video")


def test_a_google_sheet_gets_the_tab_and_the_rows(book: Book, cues: Path) -> None:
    filled = fill(KEY, cues)
    assert (filled.is_google, filled.copy) == (True, None)
    assert book.tab("Markers").rows()[:3] == [
        ["name", "frame", "timecode", "comment", "duration", "fps"],
        ["Sky", 6, "00:00:00:06", "a blue whale", 0, 30],
        ["Hill", 12, "00:00:00:12", None, 0, 30],
    ]
    assert book.tab("Keyframes").rows()[1:] == [
        [0, "a red fox"],
        ["@Sky", "a blue whale"],
        ["@Hill", "Hill"],
        ["@Hill 2", "a green hill"],
    ]
    assert [frame for frame, _ in starts(KEY)] == [0, 6, 12, 20]


def test_a_google_sheet_follows_an_edit_that_moved(book: Book, cues: Path) -> None:
    fill(KEY, cues)
    premiere(cues, ("Sky", "", 9), ("Hill", "", 12), ("Hill", "", 20))
    filled = fill(KEY, cues)
    assert [(m.name, m.new - m.old) for m in filled.tab.moved] == [("Sky", 3)]
    assert [frame for frame, _ in starts(KEY)] == [0, 9, 12, 20]
    assert fill(KEY, cues).changed is False


@pytest.mark.slow
def test_a_google_sheet_made_by_init_takes_more_markers_than_it_has_rows(
    emulator: SheetsEmulator, tmp_path: Path
) -> None:
    emulator.add(KEY, {"Sheet1": []}, title="My video")
    init_google(KEY)
    before = len(starts(KEY))
    cues = tmp_path / "many.csv"
    lines = "".join(f"m{n},{400 + n}\n" for n in range(1100))
    cues.write_text(f"name,frame\n{lines}", encoding="utf-8")
    fill(KEY, cues)
    assert len(starts(KEY)) == before + 1100


def add_by_hand(book: Book) -> None:
    """Begin a row below the last one, as somebody does who types there."""
    keyframes = book.tab("Keyframes")
    row = keyframes.used() + 1
    book.set("Keyframes", row, 1, 3)
    book.set("Keyframes", row, 2, "typed by hand")


def insert_above(book: Book) -> None:
    book.insert_rows("Keyframes", 2)
    book.set("Keyframes", 2, 1, 3)
    book.set("Keyframes", 2, 2, "typed by hand")


@pytest.mark.parametrize("act", [add_by_hand, insert_above])
@pytest.mark.parametrize("turn", range(1, 5))
def test_rows_that_people_add_in_that_moment_stay_and_ours_are_all_there(
    emulator: SheetsEmulator, book: Book, cues: Path, act: Callable[[Book], None], turn: int
) -> None:
    done = []
    emulator.before_write(turn, lambda book: done.append(act(book)))
    fill(KEY, cues)
    if not done:
        act(book)
    assert sorted(map(tuple, book.tab("Keyframes").rows()[1:]), key=str) == sorted(
        [
            (0, "a red fox"),
            (3, "typed by hand"),
            ("@Sky", "a blue whale"),
            ("@Hill", "Hill"),
            ("@Hill 2", "a green hill"),
        ],
        key=str,
    )
    assert fill(KEY, cues).changed is False


@pytest.mark.parametrize("turn", range(1, 4))
@pytest.mark.parametrize("moved", ["down", "sorted", "deleted"])
def test_markers_that_people_move_in_that_moment_keep_their_own_frames(
    emulator: SheetsEmulator, book: Book, cues: Path, turn: int, moved: str
) -> None:
    fill(KEY, cues, rows=False)
    tab = book.tab("Markers")
    for column, value in enumerate(("Mine", 21, "00:00:00:21", "my own", 4, 30), start=1):
        book.set("Markers", tab.used() + (column == 1), column, value)

    def act(book: Book) -> None:
        if moved == "down":
            book.insert_rows("Markers", 2)
        elif moved == "deleted":
            book.delete_rows("Markers", 2)
        else:
            book.sort("Markers", 2, 2, 5, descending=True)

    done = []
    emulator.before_write(turn, lambda book: done.append(act(book)))
    premiere(cues, ("Sky", "", 9), ("Hill", "", 13), ("Hill", "", 17), ("End", "night", 24))
    fill(KEY, cues)
    # What landed in a row that was set in empty has no name, and so is no marker.
    rows = [row for row in book.tab("Markers").rows()[1:] if row and row[0]]
    assert sorted((row[0], row[1], row[2]) for row in rows) == [
        ("End", 24, "00:00:00:24"),
        ("Hill", 13, "00:00:00:13"),
        ("Hill 2", 17, "00:00:00:17"),
        ("Mine", 21, "00:00:00:21"),
        ("Sky", 9, "00:00:00:09"),
    ]
    assert next(row[3:5] for row in rows if row[0] == "Mine") == ["my own", 4]


def test_formulas_of_the_persons_own_go_on_in_the_new_rows_of_a_google_sheet(
    emulator: SheetsEmulator, cues: Path
) -> None:
    rows: list[list[object]] = [["frame", "subject", "where"], [0, "a red fox", "=A2+1"]]
    rows += [[None, None, f"=A{row}+1"] for row in range(3, 9)]
    book = emulator.add(KEY, {"Keyframes": rows}, title="My video")
    fill(KEY, cues)
    tab = book.tab("Keyframes")
    assert [tab.value(row, 1) for row in range(2, 7)] == [0, "@Sky", "@Hill", "@Hill 2", None]
    assert [tab.formula(row, 3) for row in range(2, 12)] == [f"=A{r}+1" for r in range(2, 12)]


def test_a_sheet_in_which_rows_move_without_an_end_says_so(
    emulator: SheetsEmulator, book: Book, cues: Path
) -> None:
    fill(KEY, cues, rows=False)
    premiere(cues, ("Sky", "", 9), ("Hill", "", 12), ("Hill", "", 20))

    def put_back(book: Book) -> None:
        book.set("Markers", 2, 2, 6)
        book.set("Markers", 2, 3, "00:00:00:06")

    emulator.between_requests(put_back)
    with pytest.raises(SheetChanged, match="Run the same line again"):
        fill(KEY, cues)


def test_drop_frame_labels_in_a_sheet_that_starts_without_are_the_sheets_and_that_is_told(
    tmp_path: Path,
) -> None:
    table = tmp_path / "table.csv"
    table.write_text("name,timecode\nSky,01;00;01;00\n", encoding="utf-8")
    labels = {"01:00:00:00": "01:00:01:00", "01:00:00;00": "01:00:01;00"}
    for number, (start, label) in enumerate(labels.items()):
        settings = {"fps": 29.97, "start_timecode": start, "frames": 60}
        rows = [(0, "a red fox", "forest", None, None, None)]
        sheet = make_sheet(tmp_path / f"{number}.xlsx", rows, settings)
        filled = fill(sheet, table, fps="")
        tab = openpyxl.load_workbook(sheet)["Markers"]
        assert [cell.value for cell in tab[2]][:3] == ["Sky", 30, label]
        told = [note for note in filled.found.notes if "write it 01:00:00;00 for the" in note]
        assert len(told) == (";" not in start)
        assert fill(sheet, table, fps="").tab.edited == ()
        assert starts(sheet)[1:] == [(30, "Sky, forest")]


def test_subtitles_of_an_edit_that_begins_at_an_hour_land_in_the_song(tmp_path: Path) -> None:
    srt = tmp_path / "words.srt"
    srt.write_text("1\n01:00:01,000 --> 01:00:02,000\nSky\n\n", encoding="utf-8")
    rows = [(0, "a red fox", "forest", None, None, None)]
    sheet = make_sheet(tmp_path / "my.xlsx", rows, {"fps": 25, "frames": 60})
    with pytest.raises(UsageError, match="give --start 00:00:00:00"):
        fill(sheet, srt, fps="")
    asked = Asked(files=[srt], start="01:00:00:00")
    fill_sheet(Request(sheet=str(sheet), overrides={}), asked, rows=True)
    assert starts(sheet)[1:] == [(25, "Sky, forest")]
