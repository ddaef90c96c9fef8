from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from sheetrender.engines.engine import DrawRequest, Image
from sheetrender.model.errors import DiskFull, FolderRefused, RenderFailed
from sheetrender.model.events import FrameDamaged, FrameStored, RenderStarted
from sheetrender.rendering import render as render_module
from sheetrender.rendering.frame_files import frame_path, read_frame, write_frame
from sheetrender.rendering.in_step import every_frame
from sheetrender.rendering.journal import Journal
from tests.rendering.plans import BlendEngine, plan
from tests.rendering.workshop import Workshop


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path / "out")


A_PLAN = plan("a", "b", "c", frames=18, cuts=[2])


def test_every_frame_is_drawn_stored_and_told_of_in_order(workshop: Workshop) -> None:
    events = workshop.render(A_PLAN)
    assert events[0] == RenderStarted(18, 0, tuple(range(18)))
    assert events[1:] == [FrameStored(index) for index in range(18)]
    names = [path.name for path in sorted(workshop.output.frames.iterdir())]
    assert names == [f"{index:06d}.png" for index in range(18)]


def test_a_second_run_draws_nothing(workshop: Workshop) -> None:
    workshop.render(A_PLAN)
    assert workshop.render(A_PLAN) == [RenderStarted(18, 18, ())]
    assert workshop.engine.drawn == []


@pytest.mark.parametrize("stop_after", [1, 3, 7, 12, 13, 17])
def test_a_stopped_run_goes_on_byte_for_byte(tmp_path: Path, stop_after: int) -> None:
    whole, broken = Workshop(tmp_path / "whole"), Workshop(tmp_path / "broken")
    whole.render(A_PLAN)
    broken.render(A_PLAN, stop_after=stop_after)
    kept = len(broken.bytes())
    broken.render(A_PLAN)
    assert len(broken.engine.drawn) == 18 - kept
    assert broken.bytes() == whole.bytes()


def test_an_engine_that_gives_up_costs_no_finished_frame(tmp_path: Path) -> None:
    class SmallCard(BlendEngine):
        def draw(self, requests: Sequence[DrawRequest]) -> list[Image]:
            if any(request.spec.index == 9 for request in requests):
                raise RenderFailed("The graphics card has too little memory.")
            return super().draw(requests)

    whole, broken = Workshop(tmp_path / "whole"), Workshop(tmp_path / "broken", SmallCard())
    whole.render(A_PLAN)
    with pytest.raises(RenderFailed, match="too little memory"):
        broken.render(A_PLAN)
    assert broken.bytes() == whole.bytes()[:9]
    broken.engine = BlendEngine()
    broken.render(A_PLAN)
    assert broken.engine.drawn == list(range(9, 18))
    assert broken.bytes() == whole.bytes()


def test_an_edited_row_is_drawn_again_to_the_next_cut_only(workshop: Workshop) -> None:
    workshop.render(A_PLAN)
    workshop.render(plan("a", "B", "c", frames=18, cuts=[2]))
    assert workshop.engine.drawn == list(range(6, 12))


def test_an_edit_gives_the_bytes_of_a_fresh_render(tmp_path: Path) -> None:
    edited, fresh = Workshop(tmp_path / "edited"), Workshop(tmp_path / "fresh")
    after = plan("a", "B", "c", frames=18, cuts=[2])
    edited.render(A_PLAN)
    edited.render(after)
    fresh.render(after)
    assert edited.bytes() == fresh.bytes()


@pytest.mark.parametrize("damage", ["cut short", "altered", "gone", "empty"])
def test_a_damaged_frame_alone_is_drawn_again(workshop: Workshop, damage: str) -> None:
    workshop.render(A_PLAN)
    before = workshop.bytes()
    path = frame_path(workshop.output.frames, 8)
    data = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        changed = {"cut short": data[:100], "altered": data[:-1] + b"x", "empty": b""}
        path.write_bytes(changed[damage])
    events = workshop.render(A_PLAN)
    assert FrameDamaged(8) in events
    assert workshop.engine.drawn == [8]
    assert workshop.bytes() == before


def test_damaged_frames_apart_from_each_other_are_drawn_from_what_is_whole(
    workshop: Workshop,
) -> None:
    workshop.render(A_PLAN)
    before = workshop.bytes()
    for index in (0, 2, 5, 12, 14):
        frame_path(workshop.output.frames, index).write_bytes(b"damaged")
    workshop.render(A_PLAN)
    assert workshop.engine.drawn == [0, 2, 5, 12, 14]
    assert workshop.bytes() == before


def test_a_range_draws_what_it_needs_and_no_more(workshop: Workshop) -> None:
    workshop.render(A_PLAN, wanted=range(14, 16))
    assert workshop.engine.drawn == [12, 13, 14, 15]
    workshop.render(A_PLAN, wanted=range(3, 5))
    assert workshop.engine.drawn == [0, 1, 2, 3, 4]
    workshop.render(A_PLAN, wanted=range(14, 17))
    assert workshop.engine.drawn == [16]


def test_frames_drawn_by_ranges_are_those_of_one_run(tmp_path: Path) -> None:
    ranges, whole = Workshop(tmp_path / "ranges"), Workshop(tmp_path / "whole")
    for first in (14, 3, 9, 0):
        ranges.render(A_PLAN, wanted=range(first, first + 3))
    ranges.render(A_PLAN)
    whole.render(A_PLAN)
    assert ranges.bytes() == whole.bytes()


def test_a_full_disk_keeps_what_is_written_and_says_what_is_missing(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path, index: int, picture: Image, text: str) -> object:
        if index >= 9:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_frame(folder, index, picture, text)

    monkeypatch.setattr(render_module, "write_frame", full)
    with pytest.raises(DiskFull, match="9 frames are missing"):
        workshop.render(A_PLAN)
    assert len(workshop.bytes()) == 9
    monkeypatch.undo()
    workshop.render(A_PLAN)
    assert workshop.engine.drawn == list(range(9, 18))


def test_a_half_written_frame_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "000003.tmp").mkdir()
    with pytest.raises(OSError):  # noqa: PT011  # which one depends on the system
        write_frame(tmp_path, 3, np.zeros((8, 8, 3), np.uint8))
    assert read_frame(tmp_path, 3) is None


def test_frames_are_stored_without_loss(tmp_path: Path) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (24, 32, 3), dtype=np.uint8)
    write_frame(tmp_path, 0, picture)
    np.testing.assert_array_equal(read_frame(tmp_path, 0), picture)


def test_a_folder_of_another_sheet_is_refused(workshop: Workshop) -> None:
    workshop.render(A_PLAN)
    with pytest.raises(FolderRefused, match="another sheet"), workshop.output.opened("other"):
        pass


def test_a_second_run_beside_a_living_one_is_refused(workshop: Workshop) -> None:
    with (
        workshop.output.opened("sheet"),
        pytest.raises(FolderRefused, match="Another run"),
        workshop.output.opened("sheet"),
    ):
        pass
    with workshop.output.opened("sheet"):
        pass


def test_a_file_in_the_journals_place_is_no_journal(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_text("hello " * 1000)
    with pytest.raises(FolderRefused, match="cannot be used as a journal"):
        Journal(tmp_path / "journal.sqlite")


def test_seeds_are_kept_by_row(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.sqlite") as journal:
        assert journal.seed(["row", "frame 0"]) is None
        journal.keep_seed("frame 0", 12)
        assert journal.seed(["row", "frame 0"]) == 12
    with Journal(tmp_path / "journal.sqlite", read_only=True) as journal:
        assert journal.seed(["frame 0"]) == 12
    assert [path.name for path in tmp_path.iterdir()] == ["journal.sqlite"]


def test_a_journal_is_read_while_a_run_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    with Journal(path) as writing:
        writing.keep_seed("frame 0", 12)
        with Journal(path, read_only=True) as reading:
            assert reading.seed(["frame 0"]) == 12


def test_an_engine_that_reads_no_weights_is_given_the_plain_words() -> None:
    seen: list[tuple[str, str]] = []

    class Listening(BlendEngine):
        def draw(self, requests: Sequence[DrawRequest]) -> list[Image]:
            seen.extend((r.spec.prompt, r.spec.previous_prompt) for r in requests)
            return super().draw(requests)

    class Deaf(Listening):
        reads_weights = False

    a_plan = plan("a (fox:1.3)", frames=2)
    for engine in (Listening(), Deaf()):
        assert len(list(every_frame(a_plan, engine))) == 2
    assert seen == [("a (fox:1.3)", "a (fox:1.3)")] * 2 + [("a fox", "a fox")] * 2
