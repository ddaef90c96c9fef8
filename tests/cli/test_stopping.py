"""Ctrl-C: what is being drawn is finished, what is kept is said, and how to go on."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest

from sheetrender.cli.stopping import STOPPING, how_to_go_on, show_all
from sheetrender.model.events import Event, FrameStored, Notice, RenderStarted
from sheetrender.reporting.progress import ProgressDisplay

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX systems")


def interrupt(times: int = 1) -> None:
    for _ in range(times):
        os.kill(os.getpid(), signal.SIGINT)


class Work:
    """Draws four frames; Ctrl-C comes while one of them is being drawn."""

    def __init__(self, at: int, times: int = 1) -> None:
        self.at = at
        self.times = times
        self.finished: list[int] = []
        self.ended_by: BaseException | None = None

    def events(self) -> Generator[Event, None, None]:
        try:
            yield RenderStarted(4, 0, (0, 1, 2, 3))
            for index in range(4):
                if index == self.at:
                    interrupt(self.times)
                self.finished.append(index)
                yield FrameStored(index)
            yield Notice("The video is made.")
        except BaseException as error:
            self.ended_by = error
            raise


def stopped(work: Work, path: Path) -> tuple[KeyboardInterrupt, str]:
    with path.open("w+", encoding="utf-8") as stream:
        with pytest.raises(KeyboardInterrupt) as caught, ProgressDisplay(stream) as display:
            show_all(work.events(), display)
        stream.seek(0)
        return caught.value, stream.read()


def test_the_frame_that_is_being_drawn_is_finished(tmp_path: Path) -> None:
    work = Work(at=2)
    error, said = stopped(work, tmp_path / "said.txt")
    assert work.finished == [0, 1, 2]
    assert STOPPING in said
    assert "3 of 4 frames are there, and kept." in error.__notes__


def test_the_work_itself_learns_that_it_was_ctrl_c(tmp_path: Path) -> None:
    work = Work(at=1)
    stopped(work, tmp_path / "said.txt")
    assert isinstance(work.ended_by, KeyboardInterrupt)


def test_pressed_again_it_stops_at_once(tmp_path: Path) -> None:
    work = Work(at=2, times=2)
    error, _ = stopped(work, tmp_path / "said.txt")
    assert work.finished == [0, 1]
    assert "2 of 4 frames are there, and kept." in error.__notes__


def test_before_the_first_frame_it_stops_at_once(tmp_path: Path) -> None:
    # A model that is being fetched may take minutes.
    work = Work(at=0)
    stopped(work, tmp_path / "said.txt")
    assert work.finished == []


def test_after_the_work_ctrl_c_is_as_it_was(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    stopped(Work(at=1), tmp_path / "said.txt")
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["run", "my.xlsx"], "Go on with: sheetrender run my.xlsx"),
        (["run", "--fresh", "my film.xlsx"], "Go on with: sheetrender run 'my film.xlsx'"),
        (["preview", "my.xlsx"], ""),
        (["check", "my.xlsx"], ""),
    ],
)
def test_the_line_that_goes_on_never_throws_frames_away(words: list[str], line: str) -> None:
    assert how_to_go_on(words) == line
