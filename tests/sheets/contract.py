"""What every kind of sheet promises; each adapter's test module runs all of it."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetrender.model.cells import Address, Cell, CellPicture, CellWrite, Grid, Value
from sheetrender.model.errors import CellsRefused, SheetChanged, SheetLocked, SheetUnavailable
from sheetrender.sheets import files
from sheetrender.sheets.store import SheetStore

TAB = "Keyframes"
Rows = Sequence[Sequence[Value]]
Make = Callable[[Rows], SheetStore]

SHOTS: Rows = [
    ["frame", "subject", "zoom", "cut", "status"],
    [0, "a city of glass", 1.5, True, "queued"],
    [122, "Straße, 東京, 🎬", 0.25, False, "queued"],
    [244, None, None, None, "queued"],
]

# No spreadsheet keeps control characters, and a text file shows numbers and texts alike.
TEXTS = st.builds(
    "{}{}".format,
    st.sampled_from(
        ["", "", "=", "+", "-", "@", "\t", "'", "'=", "''+", '"', " ", "_x0041_", "]]>"]
    ),
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
        | st.sampled_from("\n\t\r\"',;|<&>"),
        max_size=40,
    ),
).filter(lambda text: text and not re.fullmatch(r"[-\d.,eE+]+|TRUE|FALSE", text, re.ASCII))


def cell(row: int, column: int) -> Address:
    return Address(TAB, row, column)


def set_cell(row: int, column: int, value: str | int | float | None) -> CellWrite:
    return CellWrite(cell(row, column), value)


def grid(store: SheetStore) -> Grid:
    found = store.read().grid(TAB)
    assert found is not None
    return found


def write(store: SheetStore, *changes: CellWrite) -> str:
    return store.write(changes, version=store.read().version)


class SheetStoreContract:
    """Subclasses override the fixture `make`: rows in, a store that holds them out."""

    @pytest.fixture
    def make(self, tmp_path: Path) -> Make:
        raise NotImplementedError

    @pytest.fixture
    def store(self, make: Make) -> SheetStore:
        return make(SHOTS)

    def test_cells_are_read_by_row_and_column_with_their_types(self, store: SheetStore) -> None:
        cells = grid(store).cells
        assert cells[1, 1] == Cell("frame")
        assert cells[2, 1] == Cell(0)
        assert type(cells[2, 1].value) is int
        assert cells[2, 3] == Cell(1.5)
        assert cells[2, 4].value is True
        assert cells[3, 2] == Cell("Straße, 東京, 🎬")

    def test_blank_cells_are_absent(self, store: SheetStore) -> None:
        cells = grid(store).cells
        assert (4, 2) not in cells
        assert all(found.value is not None for found in cells.values())

    def test_leading_zeros_and_timecodes_stay_text(self, make: Make) -> None:
        cells = grid(make([["007", "00:00:04:02", "4.07s", "1e"]])).cells
        assert [cells[1, column].value for column in (1, 2, 3, 4)] == [
            "007",
            "00:00:04:02",
            "4.07s",
            "1e",
        ]

    def test_a_formula_without_a_value_comes_with_its_tokens(self, make: Make) -> None:
        found = grid(make([["zoom"], ["=1+0.02*SIN(A2)"]])).cells[2, 1]
        assert found.value is None
        assert found.formula == "=1+0.02*SIN(A2)"
        assert found.tokens
        assert [token.text for token in found.tokens][:3] == ["1", "+", "0.02"]

    def test_what_is_written_is_read_back(self, store: SheetStore) -> None:
        write(
            store,
            set_cell(2, 5, "done"),
            set_cell(3, 5, 12),
            set_cell(4, 5, 0.5),
            set_cell(4, 4, True),
        )
        cells = grid(store).cells
        assert cells[2, 5] == Cell("done")
        assert cells[3, 5] == Cell(12)
        assert cells[4, 5] == Cell(0.5)
        assert cells[4, 4].value is True

    def test_every_other_cell_stays(self, store: SheetStore) -> None:
        before = dict(grid(store).cells)
        write(store, set_cell(3, 5, "done"))
        after = dict(grid(store).cells)
        assert after.pop((3, 5)) == Cell("done")
        before.pop((3, 5))
        assert after == before

    def test_none_and_the_empty_text_empty_a_cell(self, store: SheetStore) -> None:
        write(store, set_cell(2, 5, None), set_cell(3, 5, ""))
        cells = grid(store).cells
        assert (2, 5) not in cells
        assert (3, 5) not in cells
        assert (4, 5) in cells

    def test_emptying_what_is_empty_changes_nothing(self, store: SheetStore) -> None:
        before = store.read().version
        after = write(store, set_cell(4, 2, None), set_cell(90, 2, None), set_cell(2, 90, ""))
        assert after == before == store.read().version

    def test_no_changes_keep_the_version(self, store: SheetStore) -> None:
        version = store.read().version
        assert store.write([], version=version) == version == store.read().version

    def test_new_cells_appear_right_of_a_row_and_below_the_last(self, store: SheetStore) -> None:
        before = dict(grid(store).cells)
        changes = [(1, 8), (4, 2), (4, 30), (7, 3), (7, 1), (5, 2), (12, 27)]
        write(store, *(set_cell(row, column, f"new {row}") for row, column in changes))
        after = dict(grid(store).cells)
        for row, column in changes:
            assert after.pop((row, column)) == Cell(f"new {row}")
        assert after == before

    @pytest.mark.parametrize(
        "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''-1", "'", "=", '="x"']
    )
    def test_text_never_becomes_a_formula(self, store: SheetStore, text: str) -> None:
        write(store, set_cell(2, 5, text))
        assert grid(store).cells[2, 5] == Cell(text)

    @pytest.mark.parametrize(
        "text", ["two\nlines", 'say "hello", twice', ";,\t|", " around ", "ü—🎬"]
    )
    def test_awkward_texts_are_kept(self, store: SheetStore, text: str) -> None:
        write(store, set_cell(2, 5, text), set_cell(9, 1, text))
        assert grid(store).cells[2, 5] == Cell(text)
        assert grid(store).cells[9, 1] == Cell(text)

    def test_random_texts_are_read_back(self, make: Make) -> None:
        store = make(SHOTS)

        @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.lists(TEXTS, min_size=1, max_size=8))
        def check(texts: list[str]) -> None:
            write(store, *(set_cell(2, 5 + i, text) for i, text in enumerate(texts)))
            cells = grid(store).cells
            assert [cells[2, 5 + i] for i in range(len(texts))] == [Cell(text) for text in texts]

        check()

    def test_a_write_returns_the_version_that_is_read_next(self, store: SheetStore) -> None:
        before = store.read().version
        after = write(store, set_cell(2, 5, "rendering"))
        assert after != before
        assert store.read().version == after
        assert store.write([set_cell(2, 5, "done")], version=after) == store.read().version

    def test_a_picture_is_shown_or_its_address_stands_there(self, store: SheetStore) -> None:
        picture = CellPicture.at("https://ana.example/x", "f/0.png", "0123abcd")
        write(store, CellWrite(Address(TAB, 2, 5), picture))
        cell = grid(store).cells[2, 5]
        assert CellPicture.of(cell.formula) == picture or cell.value == picture.url
        write(store, CellWrite(Address(TAB, 2, 5), "a path"))
        assert grid(store).cells[2, 5] == Cell("a path")

    def test_a_write_for_an_older_version_is_refused(self, store: SheetStore) -> None:
        old = store.read().version
        write(store, set_cell(2, 5, "by somebody else"))
        with pytest.raises(SheetChanged, match="Read it again"):
            store.write([set_cell(2, 5, "done"), set_cell(3, 5, "done")], version=old)
        cells = grid(store).cells
        assert cells[2, 5].value == "by somebody else"
        assert cells[3, 5].value == "queued"

    def test_a_formula_is_refused_by_its_cell_and_nothing_is_written(self, make: Make) -> None:
        store = make([["status", "message"], ["queued", '="row "&2']])
        with pytest.raises(CellsRefused, match=r"Keyframes!B2 .* formula") as refusal:
            write(store, set_cell(2, 1, "done"), set_cell(2, 2, "hello"))
        assert set(refusal.value.reasons) == {cell(2, 2)}
        assert grid(store).cells[2, 1].value == "queued"
        assert grid(store).cells[2, 2].formula == '="row "&2'

    def test_a_tab_that_is_not_there_is_refused(self, store: SheetStore) -> None:
        change = CellWrite(Address("Shopping list", 1, 1), "milk")
        with pytest.raises(SheetUnavailable, match="Shopping list"):
            store.write([change], version=store.read().version)

    def test_the_tab_is_found_whatever_its_case(self, store: SheetStore) -> None:
        change = CellWrite(Address(TAB.upper(), 2, 5), "done")
        store.write([change, set_cell(3, 5, "done")], version=store.read().version)
        assert grid(store).cells[2, 5].value == grid(store).cells[3, 5].value == "done"

    @pytest.mark.parametrize(
        "changes",
        [
            [set_cell(2, 5, "a"), set_cell(2, 5, "b")],
            [set_cell(2, 5, float("nan"))],
            [set_cell(2, 5, float("inf"))],
            [set_cell(0, 5, "a")],
            [set_cell(1_048_577, 1, "a")],
        ],
    )
    def test_changes_that_no_sheet_can_take_are_a_mistake(
        self, store: SheetStore, changes: list[CellWrite]
    ) -> None:
        with pytest.raises(ValueError, match=r"twice|hold|outside"):
            store.write(changes, version=store.read().version)

    def test_it_knows_its_name_and_where_it_lives(self, store: SheetStore) -> None:
        assert store.name == "shots"
        assert store.location
        assert store.folder.is_dir()


class FileStoreContract(SheetStoreContract):
    """What holds for sheets that are files."""

    def test_the_location_is_the_absolute_path(self, store: SheetStore) -> None:
        assert Path(store.location).is_absolute()
        assert Path(store.location).parent == store.folder

    def test_a_file_that_is_not_there_is_named(self, store: SheetStore) -> None:
        version = store.read().version
        Path(store.location).unlink()
        with pytest.raises(SheetUnavailable, match=re.escape(store.location)):
            store.read()
        with pytest.raises(SheetUnavailable, match="does not exist"):
            store.write([set_cell(2, 5, "done")], version=version)

    def test_a_folder_is_no_sheet(self, store: SheetStore) -> None:
        Path(store.location).unlink()
        Path(store.location).mkdir()
        with pytest.raises(SheetUnavailable, match="folder"):
            store.read()

    def test_a_file_that_may_not_be_opened_is_said(
        self, store: SheetStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
        with pytest.raises(SheetUnavailable, match="may not be opened"):
            store.read()

    @pytest.mark.parametrize(
        ("lock", "program"), [("~${}", "Excel"), (".~lock.{}#", "LibreOffice")]
    )
    def test_a_sheet_that_a_program_holds_open_is_left_alone(
        self, store: SheetStore, lock: str, program: str
    ) -> None:
        path = Path(store.location)
        before = path.read_bytes()
        (path.parent / lock.format(path.name)).write_text("someone")
        with pytest.raises(SheetLocked, match=program) as refusal:
            write(store, set_cell(2, 5, "done"))
        assert store.location in str(refusal.value)
        assert path.read_bytes() == before

    def test_a_sheet_that_is_held_open_can_still_be_read(self, store: SheetStore) -> None:
        path = Path(store.location)
        (path.parent / f"~${path.name}").write_text("someone")
        assert grid(store).cells

    def test_a_change_at_the_last_moment_is_noticed(
        self, store: SheetStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = Path(store.location)
        other = path.read_bytes() + b"\n"
        looks = []

        def look(_: Path) -> None:
            looks.append(1)
            if len(looks) == 2:
                path.write_bytes(other)

        monkeypatch.setattr(files, "refuse_locked", look)
        with pytest.raises(SheetChanged):
            write(store, set_cell(2, 5, "done"))
        assert path.read_bytes() == other
        assert [found.name for found in path.parent.iterdir()] == [path.name]

    def test_a_file_that_cannot_be_replaced_is_held_open(
        self, store: SheetStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise PermissionError(errno.EACCES, "The process cannot access the file")

        path = Path(store.location)
        before = path.read_bytes()
        monkeypatch.setattr(Path, "replace", refuse)
        with pytest.raises(SheetLocked, match="Excel or another program"):
            write(store, set_cell(2, 5, "done"))
        assert path.read_bytes() == before
        assert [found.name for found in path.parent.iterdir()] == [path.name]

    def test_a_full_disk_leaves_the_sheet_and_nothing_else(
        self, store: SheetStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(_: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        path = Path(store.location)
        before = path.read_bytes()
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(SheetUnavailable, match="No space left"):
            write(store, set_cell(2, 5, "done"))
        assert path.read_bytes() == before
        assert [found.name for found in path.parent.iterdir()] == [path.name]

    def test_an_interrupt_leaves_no_temporary_file(
        self, store: SheetStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupt(_: int) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(os, "fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            write(store, set_cell(2, 5, "done"))
        assert [found.name for found in store.folder.iterdir()] == [Path(store.location).name]

    def test_a_write_protected_file_is_left_alone(
        self, store: SheetStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "access", lambda *_: False)
        with pytest.raises(SheetUnavailable, match="write-protected"):
            write(store, set_cell(2, 5, "done"))

    def test_a_folder_that_takes_no_file_is_said(
        self, store: SheetStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(**_: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(files.tempfile, "mkstemp", refuse)
        with pytest.raises(SheetUnavailable, match="folder takes no new file"):
            write(store, set_cell(2, 5, "done"))

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes and links")
    def test_mode_and_symbolic_links_are_kept(self, store: SheetStore, tmp_path: Path) -> None:
        path = Path(store.location)
        path.chmod(0o640)
        link = tmp_path / f"link{path.suffix}"
        link.symlink_to(path)
        through = type(store)(link)  # type: ignore[call-arg]
        write(through, set_cell(2, 5, "done"))
        assert link.is_symlink()
        assert through.location == store.location
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        assert grid(store).cells[2, 5].value == "done"

    def test_only_the_sheet_is_in_its_folder_after_a_write(self, store: SheetStore) -> None:
        write(store, set_cell(2, 5, "done"))
        assert [found.name for found in store.folder.iterdir()] == [Path(store.location).name]
