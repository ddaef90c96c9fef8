from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sheetrender.output.contact_sheet import ContactSheet, SheetPicture, write_contact_sheet
from sheetrender.output.page_grid import GAP, PAGE, fitting_grid


def sheet_of(path: Path | None, **others: object) -> ContactSheet:
    look = {"place": "row 2 · 00:00:00:00", "seed": 7, "subject": "a fox", **others}
    picture = SheetPicture(path=path, **look)  # type: ignore[arg-type]
    return ContactSheet(title="my", facts="mood board", pictures=[picture], aspect=2.0)


def written(folder: Path, sheet: ContactSheet) -> bytes:
    write_contact_sheet(folder / "board.png", sheet)
    return Image.open(folder / "board.png").tobytes()


@pytest.fixture
def red(tmp_path: Path) -> Path:
    Image.new("RGB", (64, 32), "#ff0000").save(tmp_path / "red.png")
    return tmp_path / "red.png"


@given(
    count=st.integers(1, 30),
    aspect=st.floats(0.4, 3.0),
    together=st.integers(1, 12),
)
def test_every_picture_with_its_text_stands_on_the_page(
    count: int, aspect: float, together: int
) -> None:
    grid = fitting_grid(count, aspect, together)
    corners = [grid.corner(number) for number in range(count)]
    assert len(set(corners)) == count
    assert all(left + grid.width <= PAGE.width - PAGE.margin for left, _ in corners)
    assert corners[-1][1] + grid.step - GAP <= PAGE.height - PAGE.margin
    assert grid.bottom(count) <= PAGE.height


def test_one_picture_fills_the_page() -> None:
    grid = fitting_grid(1, 16 / 9)
    assert grid.width > 0.9 * (PAGE.width - 2 * PAGE.margin)


def test_the_picture_itself_is_on_the_page(tmp_path: Path, red: Path) -> None:
    assert written(tmp_path, sheet_of(red)).count(b"\xff\x00\x00") > 100_000


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "a whale"},
        {"seed": 8},
        {"place": "row 3 · 00:00:00:00"},
        {"note": "ink wash"},
        {"is_approved": True},
    ],
)
def test_everything_that_is_said_of_a_picture_can_be_seen(
    tmp_path: Path, red: Path, change: dict[str, object]
) -> None:
    assert written(tmp_path, sheet_of(red)) != written(tmp_path, sheet_of(red, **change))


def test_a_missing_picture_says_why(tmp_path: Path) -> None:
    black = written(tmp_path, sheet_of(None, missing="came out black"))
    assert black != written(tmp_path, sheet_of(None))


@pytest.mark.parametrize("subject", ["", "狐", "\n\x00\u202e", "x" * 9999, "a b " * 999])
def test_any_subject_can_be_written(tmp_path: Path, red: Path, subject: str) -> None:
    assert written(tmp_path, sheet_of(red, subject=subject))
