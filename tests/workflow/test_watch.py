from __future__ import annotations

from functools import partial
from pathlib import Path

import openpyxl
import pytest

from sheetrender.model.errors import FolderRefused, PartMissing, SheetTaken, SheetUnavailable
from sheetrender.model.events import Made
from sheetrender.workflow.check import check
from tests.workflow.sheets import (
    ROWS,
    SMALL,
    column,
    drawn,
    edit,
    frame_bytes,
    make_sheet,
    notices,
    rendered,
    request,
)
from tests.workflow.watching import Watching, nothing

LONG = tuple((row[0] * 8, *row[1:]) for row in ROWS)
LONGER = {**SMALL, "frames": 192}


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return make_sheet(tmp_path / "my.xlsx")


@pytest.fixture
def long(tmp_path: Path) -> Path:
    return make_sheet(tmp_path / "my.xlsx", LONG, LONGER)


def set_setting(path: Path, name: str, value: object) -> None:
    book = openpyxl.load_workbook(path)
    tab = book["Settings"]
    rows = [row for row in range(1, tab.max_row + 1) if tab.cell(row, 1).value == name]
    row = rows[0] if rows else tab.max_row + 1
    tab.cell(row, 1).value, tab.cell(row, 2).value = name, value
    book.save(path)


def setting(path: Path, name: str) -> object:
    rows = openpyxl.load_workbook(path)["Settings"].iter_rows(values_only=True, max_col=2)
    return dict(rows).get(name)


def test_an_edited_row_is_drawn_again_to_the_next_cut(sheet: Path) -> None:
    watch = Watching(sheet).through(partial(edit, sheet, B3="a white whale"), nothing)
    first, second, third = map(drawn, watch.phases)
    assert (first, second, third) == (list(range(24)), list(range(8, 16)), [])
    assert column(sheet, "status") == ["done"] * 3


def test_what_is_watched_gives_the_frames_of_one_run(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    watched, run = make_sheet(tmp_path / "a/my.xlsx"), make_sheet(tmp_path / "b/my.xlsx")
    edits = {"B3": "a white whale", "F4": "1 + 0.02*sin(t)"}
    Watching(watched).through(partial(edit, watched, **edits), nothing)
    edit(run, **edits)
    rendered(run)
    renders = [frame_bytes(path.parent / "renders/my") for path in (watched, run)]
    assert renders[0] == renders[1]


def test_statuses_that_we_write_are_no_change(sheet: Path) -> None:
    watch = Watching(sheet).through(nothing, nothing, nothing)
    assert "changed" not in notices(event for phase in watch.phases for event in phase)
    assert [len(phase) for phase in watch.phases[1:]] == [0, 0, 0]


def test_a_problem_stands_in_its_row_and_goes_when_it_is_mended(sheet: Path) -> None:
    states = []

    def mend() -> None:
        states.append((column(sheet, "status"), column(sheet, "message")[1]))
        edit(sheet, F3=1.02)

    watch = Watching(sheet).through(partial(edit, sheet, F3="1 + sinn(t)"), mend, nothing)
    ((status, message),) = states
    assert status == ["queued", "invalid", "done"]
    assert "Did you mean sin?" in str(message)
    assert "Keyframes!F3" in notices(watch.phases[1])
    assert drawn(watch.phases[2]) == list(range(1, 16))
    assert column(sheet, "status") == ["done"] * 3


def test_a_half_typed_row_does_not_stop_the_others(sheet: Path) -> None:
    edit(sheet, D3="ab")
    Watching(sheet).through(nothing)
    # The seed carries on until row 4, which has a cut: there everything is known again.
    assert len(frame_bytes(sheet.parent / "renders/my")) == 16
    assert column(sheet, "status") == ["done", "invalid", "done"]


def test_frames_that_glide_towards_a_problem_wait_as_well(sheet: Path) -> None:
    edit(sheet, F3="abc(")
    watch = Watching(sheet).through(partial(edit, sheet, F3=1.5), nothing)
    assert drawn(watch.phases[0]) == [0, *range(16, 24)]
    assert drawn(watch.phases[1]) == list(range(1, 16))


def test_finished_frames_stay_while_their_row_is_half_typed(sheet: Path) -> None:
    rendered(sheet)
    before = frame_bytes(sheet.parent / "renders/my")
    edit(sheet, D3="12a")
    watch = Watching(sheet).through(partial(edit, sheet, D3=None), nothing)
    assert [drawn(phase) for phase in watch.phases] == [[], [], []]
    assert frame_bytes(sheet.parent / "renders/my") == before


def test_a_row_whose_frame_is_unreadable_stands_where_it_stood(sheet: Path) -> None:
    states = []

    def mend() -> None:
        states.append(column(sheet, "status"))
        edit(sheet, A3=9)

    spoil = partial(edit, sheet, A3="8 0 x", B4="a grey hill")
    watch = Watching(sheet).through(nothing, spoil, mend, nothing)
    assert drawn(watch.phases[2]) == list(range(16, 24))
    assert states == [["done", "invalid", "done"]]
    assert drawn(watch.phases[3])[0] <= 8
    assert column(sheet, "status") == ["done"] * 3


def test_a_new_row_without_a_frame_is_marked_and_not_there_yet(sheet: Path) -> None:
    states = []

    def finish() -> None:
        states.append(column(sheet, "status"))
        edit(sheet, A5=20)

    watch = Watching(sheet).through(partial(edit, sheet, B5="a lake"), finish, nothing)
    assert [drawn(phase) for phase in watch.phases[1:3]] == [[], [20, 21, 22, 23]]
    assert states == [["done", "done", "done", "invalid"]]
    assert column(sheet, "status") == ["done"] * 4


def test_a_row_that_is_deleted_half_typed_says_nothing_any_more(sheet: Path) -> None:
    half, gone = partial(edit, sheet, B5="a lake"), partial(edit, sheet, B5=None)
    Watching(sheet).through(half, gone, nothing)
    assert column(sheet, "status") == ["done", "done", "done", None]
    assert column(sheet, "message")[3] is None


def test_two_rows_on_one_frame_stop_neither_watch_nor_others(sheet: Path) -> None:
    edit(sheet, A4=8)
    Watching(sheet).through(partial(edit, sheet, A4=16), nothing)
    assert column(sheet, "status") == ["done"] * 3


def test_a_problem_in_the_settings_stops_all_and_is_said_in_the_first_row(sheet: Path) -> None:
    states = []

    def mend() -> None:
        states.append((column(sheet, "status"), column(sheet, "message")[0]))
        set_setting(sheet, "fps", 30)

    spoil = partial(set_setting, sheet, "fps", "2x")
    watch = Watching(sheet).through(spoil, mend, nothing)
    ((status, message),) = states
    assert status == ["invalid", "done", "done"]
    assert "Settings!B" in str(message)
    assert [drawn(phase) for phase in watch.phases[1:]] == [[], [], []]
    assert column(sheet, "status") == ["done"] * 3


def test_an_engine_or_folder_that_cannot_be_used_ends_only_a_watch_that_begins(
    sheet: Path,
) -> None:
    states = []

    def mend() -> None:
        states.append((column(sheet, "status")[0], column(sheet, "message")[0]))
        set_setting(sheet, "engine", "animatic")

    Watching(sheet).through(partial(set_setting, sheet, "engine", "diffusion"), mend, nothing)
    assert states[0][0] == "failed"
    assert "needs a model" in str(states[0][1])
    assert column(sheet, "status") == ["done"] * 3
    set_setting(sheet, "engine", "diffusion")
    with pytest.raises(PartMissing):
        Watching(sheet).through()


def test_a_song_that_is_missing_is_waited_for(sheet: Path) -> None:
    from tests.workflow.test_run import make_song

    set_setting(sheet, "song", "song.wav")
    watch = Watching(sheet).through(partial(make_song, sheet.parent / "song.wav", 0.8), nothing)
    assert [len(drawn(phase)) for phase in watch.phases] == [0, 24, 0]


def test_rerender_is_obeyed_once(sheet: Path) -> None:
    again = partial(edit, sheet, H3="rerender")
    watch = Watching(sheet).through(again, nothing, again, nothing)
    row = list(range(8, 16))
    assert [drawn(phase) for phase in watch.phases[1:]] == [row, [], row, []]
    assert column(sheet, "status") == ["done"] * 3


def test_rerender_in_a_sheet_that_cannot_be_written_is_obeyed_once(sheet: Path) -> None:
    lock = sheet.with_name(f"~${sheet.name}")
    rendered(sheet)
    edit(sheet, H3="rerender")
    lock.write_bytes(b"")
    pauses = [nothing] * 10
    watch = Watching(sheet).through(*pauses, lock.unlink, *pauses)
    assert [len(drawn(phase)) for phase in watch.phases].count(8) == 1
    assert column(sheet, "status") == ["done"] * 3


def test_hold_and_letting_go(sheet: Path) -> None:
    hold = partial(edit, sheet, H3="hold", B3="changed")
    let_go = partial(edit, sheet, H3=None)
    watch = Watching(sheet).through(hold, nothing, let_go, nothing)
    assert [drawn(phase) for phase in watch.phases[1:]] == [[], [], list(range(8, 16)), []]
    assert column(sheet, "status") == ["done"] * 3


def test_a_held_row_with_a_problem_stays_held(sheet: Path) -> None:
    edit(sheet, H1="status", H3="hold")
    Watching(sheet).through(partial(edit, sheet, D3="ab"), partial(edit, sheet, D3=3), nothing)
    assert column(sheet, "status") == ["done", "held", "done"]


def test_hold_typed_while_it_draws_stops_that_row(long: Path) -> None:
    Watching(long).through(nothing)
    ids = dict(zip(("A", "B", "C"), column(long, "row_id"), strict=True))
    hold = partial(edit, long, H3="hold")
    edit(long, B2="another fox")
    watch = Watching(long).through(nothing, during={2: hold})
    assert max(drawn(watch.phases[0])) == 63
    assert [p.split("/")[-1] for p in map(str, column(long, "progress"))] == ["64", "64", "64"]
    assert str(column(long, "progress")[1]) != "64/64"
    assert column(long, "status") == ["done", "held", "done"]
    assert dict(zip(("A", "B", "C"), column(long, "row_id"), strict=True)) == ids


def test_an_edit_while_it_draws_takes_effect_between_frames(long: Path) -> None:
    change = partial(edit, long, B4="a grey hill")
    watch = Watching(long).through(nothing, during={2: change})
    (events, _) = watch.phases
    assert "changed" in notices(events)
    assert len(set(drawn(events))) == len(drawn(events)), "what was drawn before is kept"
    assert column(long, "status") == ["done"] * 3
    assert drawn(rendered(long)) == []


def test_an_edit_of_a_cell_that_changes_nothing_does_not_stop_the_work(long: Path) -> None:
    watch = Watching(long).through(nothing, during={2: partial(edit, long, J9="my note")})
    assert drawn(watch.phases[0]) == list(range(192))
    assert "changed" not in notices(watch.phases[0])


def test_the_video_is_made_once_for_each_change(sheet: Path) -> None:
    change = partial(edit, sheet, B4="a grey hill")
    watch = Watching(sheet, video=True).through(nothing, change, nothing)
    made = [any(isinstance(event, Made) for event in phase) for phase in watch.phases]
    assert made == [True, False, True, False]


def test_a_csv_file_is_watched_by_its_time(tmp_path: Path) -> None:
    path = tmp_path / "my.csv"
    path.write_text("frame,subject,zoom\n0,fox,1.01\n8,hill,1.02\n")

    def edit_text(old: str, new: str) -> None:
        path.write_text(path.read_text().replace(old, new))

    watch = Watching(path).through(
        partial(edit_text, "8,hill,1.02", "8,hill,abc("),
        partial(edit_text, "8,hill,abc(", "8,lake,1.02"),
        nothing,
    )
    assert "no Settings tab" in notices(watch.phases[0])
    counts = [len(drawn(phase)) for phase in watch.phases]
    assert counts == [38, 0, 30, 0]
    assert path.read_text().count(",done,") == 2


def test_a_sheet_that_is_gone_is_waited_for_and_an_old_copy_told_anew(sheet: Path) -> None:
    content = sheet.read_bytes()
    back = partial(sheet.write_bytes, content)
    watch = Watching(sheet).through(nothing, sheet.unlink, nothing, back, nothing)
    assert "does not exist" in notices(watch.phases[2])
    assert notices(watch.phases[3]) == ""
    assert column(sheet, "status") == ["done"] * 3
    with pytest.raises(SheetUnavailable):
        Watching(sheet.with_name("nowhere.xlsx")).through()


def test_statuses_that_a_held_open_sheet_refuses_come_later(sheet: Path) -> None:
    lock = sheet.with_name(f"~${sheet.name}")
    lock.write_bytes(b"")
    watch = Watching(sheet).through(nothing, lock.unlink, *[nothing] * 8)
    assert "status.csv" in notices(watch.phases[0])
    assert "lease" in notices(watch.phases[0])
    assert column(sheet, "status") == ["done"] * 3


def test_a_file_is_looked_at_every_five_seconds(sheet: Path) -> None:
    watch = Watching(sheet).through(*[nothing] * 300)
    assert set(watch.pauses) == {5.0}


def test_a_watch_and_a_run_in_one_folder_exclude_each_other(sheet: Path) -> None:
    def run_beside() -> None:
        with pytest.raises(FolderRefused):
            rendered(sheet)

    Watching(sheet).through(run_beside, nothing)


def test_the_lease_stands_in_the_settings_and_goes_at_the_end(sheet: Path) -> None:
    seen: list[object] = []

    def look() -> None:
        seen.append(setting(sheet, "renderer"))

    Watching(sheet).through(look, *[nothing] * 65, look)
    first, renewed = map(str, seen)
    assert first.startswith("here ")
    assert first.endswith("since 2026-03-01T12:00:00Z, until 2026-03-01T12:10:00Z")
    assert renewed.endswith("since 2026-03-01T12:00:00Z, until 2026-03-01T12:15:00Z")
    assert setting(sheet, "renderer") is None
    assert check(request(sheet)).warnings == ()


def test_a_living_lease_of_another_machine_is_respected(sheet: Path, tmp_path: Path) -> None:
    def begin_elsewhere() -> None:
        with pytest.raises(SheetTaken, match="here renders this sheet already, until 12:10:00"):
            Watching(sheet, host="there", folder=tmp_path / "there").through()

    Watching(sheet).through(begin_elsewhere, nothing)
    assert not (tmp_path / "there").exists()
    assert setting(sheet, "renderer") is None


def test_a_lease_that_ran_out_is_taken_over(sheet: Path) -> None:
    old = "there 7, since 2026-03-01T11:00:00Z, until 2026-03-01T11:59:59Z"
    set_setting(sheet, "renderer", old)
    seen: list[object] = []
    Watching(sheet).through(lambda: seen.append(setting(sheet, "renderer")))
    assert str(seen[0]).startswith("here ")


def test_a_lease_that_another_machine_took_ends_the_watch_and_stays(sheet: Path) -> None:
    other = "there 7, since 2026-03-01T12:00:00Z, until 2026-03-01T12:10:00Z"
    with pytest.raises(SheetTaken):
        Watching(sheet).through(partial(set_setting, sheet, "renderer", other), nothing)
    assert setting(sheet, "renderer") == other
    assert column(sheet, "status") == ["done"] * 3


def test_a_run_leaves_the_settings_alone(sheet: Path) -> None:
    rendered(sheet)
    assert setting(sheet, "renderer") is None
    assert openpyxl.load_workbook(sheet)["Settings"].max_row == 4
