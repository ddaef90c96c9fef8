"""The rows' first pictures in a Google Sheet, over real HTTP against the emulator."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetrender.model.cells import CellPicture
from sheetrender.model.events import Notice
from sheetrender.workflow.project import Request
from sheetrender.workflow.run import RunOptions, run
from tests.emulator.book import Book
from tests.emulator.server import SheetsEmulator
from tests.workflow.sheets import HEAD, ROWS, SMALL

KEY = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
OURS = ("row_id", "status", "progress", "message", "preview", "updated")
PREVIEW = len(HEAD) + 5
FRAMES = Path("renders/my video/frames")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand where the frames of a Google Sheet may be kept."""
    monkeypatch.chdir(tmp_path)


def add(emulator: SheetsEmulator, locale: str = "en_US", **settings: str) -> Book:
    rows = [("name", "value"), *{**SMALL, **settings}.items()]
    book = emulator.add(
        KEY, {"Keyframes": [HEAD, *ROWS], "Settings": rows}, title="my video", locale=locale
    )
    emulator.allow_writes_only(book, headings=OURS, tab="Keyframes")
    return book


def rendered(**options: bool) -> list[str]:
    events = run(Request(sheet=KEY, overrides={}), RunOptions(video=False, **options))  # type: ignore[arg-type]
    return [event.text for event in events if isinstance(event, Notice)]


def formulas(book: Book) -> list[str | None]:
    return [book.tab("Keyframes").formula(row, PREVIEW) for row in (2, 3, 4)]


def previews(book: Book) -> list[object]:
    return [book.tab("Keyframes").value(row, PREVIEW) for row in (2, 3, 4)]


@pytest.mark.parametrize("locale", ["en_US", "de_DE"])
def test_pictures_stand_in_the_rows_where_the_folder_is_on_the_web(
    emulator: SheetsEmulator, locale: str
) -> None:
    book = add(emulator, locale, public_url="https://ana.example/video/")
    rendered()
    shown = [CellPicture.of(formula) for formula in formulas(book)]
    assert [picture and picture.url.partition("?")[0] for picture in shown] == [
        f"https://ana.example/video/frames/{frame:06d}.png" for frame in (0, 8, 16)
    ]


def test_a_picture_that_changed_has_another_address_and_the_others_keep_theirs(
    emulator: SheetsEmulator,
) -> None:
    book = add(emulator, public_url="https://ana.example/video")
    rendered()
    before = formulas(book)
    book.set("Keyframes", 4, 2, "a green valley")
    rendered()
    after = formulas(book)
    assert after[:2] == before[:2]
    assert after[2] != before[2]


def test_a_picture_of_the_persons_own_is_left_and_said(emulator: SheetsEmulator) -> None:
    book = add(emulator, public_url="https://ana.example/video")
    for column, heading in enumerate(OURS, start=len(HEAD) + 1):
        book.set("Keyframes", 1, column, heading)
    book.set("Keyframes", 3, PREVIEW, '=IMAGE("https://ana.example/me.png")')
    said = rendered()
    assert formulas(book)[1] == '=IMAGE("https://ana.example/me.png")'
    assert [text for text in said if "formulas, which are left" in text]


def test_pictures_go_to_drive_once_and_everyone_with_the_link_sees_them(
    emulator: SheetsEmulator,
) -> None:
    book = add(emulator, drive_previews="yes")
    rendered()
    names = [f"{frame:06d}.png" for frame in (0, 8, 16)]
    assert emulator.drive.pictures() == {name: (FRAMES / name).read_bytes() for name in names}
    shown = formulas(book)
    begin = '=IMAGE("https://drive.google.com/thumbnail?id='
    assert [str(one).startswith(begin) for one in shown] == [True] * 3
    before = len([one for one in emulator.requests if one.kind == "drive"])
    rendered()
    assert len([one for one in emulator.requests if one.kind == "drive"]) == before
    assert formulas(book) == shown


def test_a_new_picture_takes_the_place_of_the_old_one_in_drive(emulator: SheetsEmulator) -> None:
    book = add(emulator, drive_previews="yes")
    rendered()
    before = dict(emulator.drive.pictures())
    book.set("Keyframes", 4, 2, "a green valley")
    rendered()
    after = emulator.drive.pictures()
    assert after.keys() == before.keys()
    assert [name for name in after if after[name] != before[name]] == ["000016.png"]


def test_pictures_that_somebody_removed_from_drive_are_put_there_again(
    emulator: SheetsEmulator,
) -> None:
    book = add(emulator, drive_previews="yes")
    rendered()
    emulator.drive.files.clear()
    book.set("Keyframes", 4, 2, "a green valley")
    rendered()
    assert [*emulator.drive.pictures()] == ["000016.png"]


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("storageQuotaExceeded", "shared drive"),
        ("insufficientPermissions", "login --drive"),
        ("accessNotConfigured", "Switch it on"),
    ],
)
def test_where_drive_takes_nothing_paths_stand_there_and_one_sentence_says_why(
    emulator: SheetsEmulator, reason: str, remedy: str
) -> None:
    book = add(emulator, drive_previews="yes")
    emulator.drive.refusal = reason
    said = [text for text in rendered() if "Google Drive" in text]
    assert len(said) == 1
    assert remedy in said[0]
    assert previews(book) == [f"{FRAMES}/{frame:06d}.png" for frame in (0, 8, 16)]
    assert len(list(FRAMES.glob("*.png"))) == 24


def test_without_either_the_paths_stand_there(emulator: SheetsEmulator) -> None:
    book = add(emulator)
    rendered()
    assert previews(book) == [f"{FRAMES}/{frame:06d}.png" for frame in (0, 8, 16)]
    assert not [one for one in emulator.requests if one.kind == "drive"]
