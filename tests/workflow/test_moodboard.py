from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from sheetrender.engines import animatic
from sheetrender.engines.engine import DrawRequest, Unusable
from sheetrender.model.errors import SheetInvalid, UsageError
from sheetrender.model.events import Event, Made, StillProgress
from sheetrender.workflow.moodboard import BoardOptions, moodboard
from sheetrender.workflow.plan import plan_sheet
from tests.workflow.sheets import HEAD, column, edit, make_sheet, notices, rendered, request

APPROVED = ("frame", "subject", "style", "seed", "approved")


def board(path: Path, **options: object) -> list[Event]:
    return list(moodboard(request(path), BoardOptions(**options)))  # type: ignore[arg-type]


def drawn(events: list[Event]) -> int:
    return max((event.total for event in events if isinstance(event, StillProgress)), default=0)


def stills(path: Path) -> list[str]:
    return sorted(still.name for still in (path.parent / "renders/my/stills").glob("*"))


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return make_sheet(tmp_path / "my.xlsx")


def test_each_row_has_one_still_and_the_board_is_a_png_and_a_pdf(sheet: Path) -> None:
    events = board(sheet)
    folder = sheet.parent / "renders" / "my"
    assert drawn(events) == 3
    assert [name[:12] for name in stills(sheet)] == ["000000_seed1", "000008_seed1", "000016_seed2"]
    made = [event.path for event in events if isinstance(event, Made)]
    assert made == [folder / "moodboard.png", folder / "moodboard.pdf"]
    assert (folder / "moodboard.pdf").read_bytes().startswith(b"%PDF")


def test_preview_cells_point_to_the_stills_and_other_cells_stay(sheet: Path) -> None:
    board(sheet)
    previews = column(sheet, "preview")
    assert [(sheet.parent / str(name)).exists() for name in previews] == [True] * 3
    assert column(sheet, "status") == [None] * 3


def test_nothing_is_written_into_the_sheet_where_no_status_is_wanted(sheet: Path) -> None:
    before = sheet.read_bytes()
    board(sheet, status=False)
    assert sheet.read_bytes() == before


def test_what_did_not_change_is_not_drawn_again(sheet: Path) -> None:
    board(sheet)
    assert drawn(board(sheet)) == 0
    edit(sheet, B3="a white whale")
    assert drawn(board(sheet)) == 1


def test_a_still_that_is_cut_short_is_drawn_again(sheet: Path) -> None:
    board(sheet)
    still = sheet.parent / "renders/my/stills" / stills(sheet)[0]
    whole = still.read_bytes()
    still.write_bytes(whole[: len(whole) // 2])
    assert drawn(board(sheet)) == 1
    assert still.read_bytes() == whole


def test_several_seeds_give_several_pictures_of_each_row(sheet: Path) -> None:
    assert drawn(board(sheet, seeds=4)) == 12
    assert {name.split("_")[1] for name in stills(sheet) if name.startswith("000016")} == {
        "seed2",
        "seed3",
        "seed4",
        "seed5",
    }


def test_styles_are_tried_in_the_place_of_the_rows_own(sheet: Path) -> None:
    assert drawn(board(sheet, styles=("ink wash, black and white", "coral gouache"))) == 6
    # The row's own style, tried by name, is the picture that it has anyway.
    board(sheet)
    assert drawn(board(sheet, styles=("orange forest",))) == 2


def test_a_still_is_the_first_frame_of_its_segment(tmp_path: Path) -> None:
    sheet = make_sheet(
        tmp_path / "my.xlsx", settings={"width": 64, "height": 32, "frames": 24, "caption": "no"}
    )
    board(sheet)
    rendered(sheet)
    folder = sheet.parent / "renders" / "my"
    first = Image.open(folder / "stills" / stills(sheet)[2])
    assert first.tobytes() == Image.open(folder / "frames" / "000016.png").tobytes()


def test_two_hundred_rows_take_several_pages(tmp_path: Path) -> None:
    rows = [(n, f"thing {n}", "red", 1, None, 1) for n in range(200)]
    settings = {"width": 16, "height": 16, "frames": 200}
    sheet = make_sheet(tmp_path / "my.xlsx", rows, settings)
    made = [event.path.name for event in board(sheet, status=False) if isinstance(event, Made)]
    assert len(made) == 8
    assert made[:2] == ["moodboard.png", "moodboard-2.png"]


def test_pages_of_an_earlier_larger_board_are_gone(sheet: Path) -> None:
    board(sheet, seeds=12)
    pages = sheet.parent / "renders" / "my"
    assert len(list(pages.glob("moodboard*.png"))) == 3
    board(sheet)
    assert len(list(pages.glob("moodboard*.png"))) == 1


def test_an_approved_row_keeps_picture_and_seed_until_the_tick_is_gone(tmp_path: Path) -> None:
    rows = [(0, "a fox", "red", 5, None), (8, "a whale", "blue", 6, "yes")]
    settings = {"width": 64, "height": 32, "frames": 16}
    sheet = make_sheet(tmp_path / "my.xlsx", rows, settings, APPROVED)
    board(sheet)
    before = column(sheet, "preview")
    edit(sheet, D2=50, D3=60)
    assert drawn(board(sheet)) == 1
    after = column(sheet, "preview")
    assert after[1] == before[1]
    assert after[0] != before[0]
    assert plan_sheet(request(sheet)).plan.seeds.tolist() == [50] * 8 + [6] * 8
    edit(sheet, E3="no")
    board(sheet)
    assert column(sheet, "preview")[1] != before[1]
    assert plan_sheet(request(sheet)).plan.seeds.tolist() == [50] * 8 + [60] * 8


@pytest.mark.parametrize("seed", ["9 + t/4", 4294967295, 1000.25])
def test_approving_changes_nothing_as_long_as_the_cells_stay(tmp_path: Path, seed: object) -> None:
    settings = {"width": 16, "height": 16, "frames": 16, "seed_behavior": "iter"}
    rows = [(0, "a fox", "red", seed, "yes"), (8, "a whale", "blue", None, "yes")]
    sheet = make_sheet(tmp_path / "my.xlsx", rows, settings, APPROVED)
    before = plan_sheet(request(sheet)).plan
    board(sheet)
    after = plan_sheet(request(sheet)).plan
    assert after.seeds.tolist() == before.seeds.tolist()
    assert after.seed_shares.tolist() == before.seed_shares.tolist()


def test_the_seeds_of_an_approved_row_go_on_as_they_did(tmp_path: Path) -> None:
    settings = {"width": 16, "height": 16, "frames": 4, "seed_behavior": "iter"}
    rows = [(0, "a fox", "red", 4294967294, "yes")]
    sheet = make_sheet(tmp_path / "my.xlsx", rows, settings, APPROVED)
    board(sheet)
    edit(sheet, D2=7)
    assert plan_sheet(request(sheet)).plan.seeds.tolist() == [4294967294, 4294967295, 0, 1]


def test_an_approved_row_shows_its_picture_alone(tmp_path: Path) -> None:
    rows = [(0, "a fox", "red", 5, None), (8, "a whale", "blue", 6, True)]
    settings = {"width": 64, "height": 32, "frames": 16}
    sheet = make_sheet(tmp_path / "my.xlsx", rows, settings, APPROVED)
    assert drawn(board(sheet, seeds=3)) == 4


def test_a_run_draws_an_approved_row_with_its_seed(tmp_path: Path) -> None:
    rows = [(0, "a fox", "red", 5, "x")]
    settings = {"width": 64, "height": 32, "frames": 4}
    sheet = make_sheet(tmp_path / "my.xlsx", rows, settings, APPROVED)
    board(sheet)
    rendered(sheet)
    edit(sheet, D2=7)
    assert plan_sheet(request(sheet)).left == ()


def test_a_still_that_comes_out_black_is_told_and_leaves_its_place_empty(
    sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = animatic.AnimaticEngine.draw

    def draw(self: animatic.AnimaticEngine, requests: list[DrawRequest]) -> list[object]:
        pictures: list[object] = list(whole(self, requests))
        is_fox = [request.spec.caption == "a red fox" for request in requests]
        return [
            Unusable("came out black") if fox else picture
            for fox, picture in zip(is_fox, pictures, strict=True)
        ]

    monkeypatch.setattr(animatic.AnimaticEngine, "draw", draw)
    events = board(sheet)
    assert "The still of row 2 with seed 1 came out black. Try another seed" in notices(events)
    assert len(stills(sheet)) == 2
    assert column(sheet, "preview")[0] is None


def test_a_sheet_with_problems_has_no_board(tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", [(0, "a fox", "red", "abc", None, 1)], head=HEAD)
    with pytest.raises(SheetInvalid):
        board(sheet)


def test_a_board_is_a_png_or_a_pdf(sheet: Path) -> None:
    with pytest.raises(UsageError, match=r"does not end in \.png"):
        board(sheet, target=sheet.parent / "board.gif")
