"""Progress for people: a bar on a terminal, plain lines elsewhere; always on stderr."""

from __future__ import annotations

import sys
import time
from math import ceil
from types import TracebackType
from typing import TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from sheetrender.model.events import (
    Event,
    FetchProgress,
    FrameDamaged,
    FrameFailed,
    FrameStored,
    JobEnded,
    JobStarted,
    Made,
    Notice,
    RenderStarted,
    StillProgress,
    VideoProgress,
)

LINE_SECONDS = 5.0
_MEASURABLE = 0.5
_FETCHING = "Fetching"


class _Speed(ProgressColumn):
    """Frames per second, or seconds per frame; or how much comes over the network."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        text = _speed_text(speed, task.description) if speed else ""
        return Text(text, style="progress.data.speed")


class _Jobs(ProgressColumn):
    """Which of several videos is made just now."""

    def render(self, task: Task) -> Text:
        total = int(task.total or 0)
        return Text(f"{min(int(task.completed) + 1, total)} of {total}")


def _speed_text(speed: float, title: str) -> str:
    if title.startswith(_FETCHING):
        return f"{speed:.1f} MB/s"
    return f"{speed:.1f} frames/s" if speed >= 1 else f"{1 / speed:.1f} s/frame"


def _left_text(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min left"
    return f"{minutes} min {rest} s left" if minutes else f"{rest} s left"


class ProgressDisplay:
    """Shows events as they come; use it as a context manager.

    Attributes:
        is_drawing: a frame is being drawn, and frames before it were.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._reason = ""
        self._console = Console(file=self._stream, highlight=False, soft_wrap=True)
        is_lively = self._console.is_terminal and not self._console.is_dumb_terminal
        self._bar: _Bar | _Lines = _Bar(self._console) if is_lively else _Lines(self._stream)
        self._there = self._frames = self._to_draw = 0
        self.is_drawing = False

    def __enter__(self) -> ProgressDisplay:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.close()
        if isinstance(error, KeyboardInterrupt) and self._frames:
            error.add_note(f"{self._there} of {self._frames} frames are there, and kept.")

    def show(self, event: Event) -> None:
        """Show one event."""
        self._count(event)
        match event:
            case JobStarted(number, total, name):
                self.say(f"Video {number} of {total}: {name}")
                self._bar.begin_job(number, total)
            case JobEnded(number, total, name, error):
                self._bar.end_job(number, total)
                if error is not None:
                    self._say_failure(name, error)
            case RenderStarted(frames, there, todo):
                self._bar.end()
                if there == frames:
                    self.say(f"All {frames} frames are there.")
                elif there or len(todo) < frames:
                    self.say(f"{there} of {frames} frames are there; {len(todo)} to draw.")
                if todo:
                    self._bar.begin("Drawing", len(todo))
            case FrameStored():
                self._bar.advance()
            case VideoProgress(frames, total):
                self._bar.reach("Encoding", frames, total)
            case FetchProgress(name, done, total):
                title = f"{_FETCHING} {name} (MB)"
                self._bar.reach(title, ceil(done / 1e6), ceil(total / 1e6))
            case StillProgress(stills, total):
                self._bar.reach("Drawing stills", stills, total)
            case FrameDamaged(index):
                self.say(f"Frame {index} was damaged and is drawn again.")
            case FrameFailed():
                self.say(event.sentence)
            case Notice(text):
                self.say(text)
            case Made(path, what):
                self._bar.end()
                self.say(f"{what.capitalize()}: {path}")

    def _count(self, event: Event) -> None:
        if isinstance(event, RenderStarted):
            self._frames, self._there = event.frames, event.there
            self._to_draw = len(event.todo)
        elif isinstance(event, FrameStored):
            self._there += 1
            self._to_draw -= 1
        self.is_drawing = isinstance(event, FrameStored) and self._to_draw > 0

    def _say_failure(self, name: str, error: Exception) -> None:
        """Say why a video failed; a reason that was just said is not said again."""
        reason = "\n".join([str(error), *getattr(error, "__notes__", [])])
        self.say(f"{name} failed: {reason if reason != self._reason else 'the same.'}")
        self._reason = reason

    def say(self, text: str) -> None:
        """Print a line above the bar."""
        start, colon, rest = text.partition(": ")
        if start == "Warning":
            self._console.print(Text.assemble((f"{start}{colon}", "yellow"), rest))
        else:
            self._console.print(text, markup=False)


class _Bar:
    """The bar of the work, and of several videos one above it that counts them."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress: Progress | None = None
        self._title = ""
        self._jobs: Progress | None = None
        self._live: Live | None = None

    def begin_job(self, number: int, total: int) -> None:
        self.end()
        if self._live is None:
            self._jobs = Progress(TextColumn("{task.description}"), BarColumn(), _Jobs())
            self._jobs.add_task("Videos", total=total)
            self._live = Live(self._jobs, console=self._console, refresh_per_second=10)
            self._live.start()
        assert self._jobs is not None
        self._jobs.update(self._jobs.task_ids[0], completed=number - 1)

    def end_job(self, number: int, total: int) -> None:
        self.end()
        if self._jobs is not None:
            self._jobs.update(self._jobs.task_ids[0], completed=number)
        if self._live is not None and number == total:
            self.close()

    def begin(self, title: str, total: int) -> None:
        self.end()
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Speed(),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=self._console,
        )
        self._progress.add_task(title, total=total)
        if self._live is None:
            self._progress.start()
        else:
            # One display at a time can be alive: both bars stand in that of the videos.
            self._live.update(Group(self._jobs or "", self._progress), refresh=True)
        self._title = title

    def advance(self) -> None:
        if self._progress:
            self._progress.advance(self._progress.task_ids[0])

    def reach(self, title: str, done: int, total: int) -> None:
        if self._title != title:
            self.begin(title, total)
        if self._progress:
            self._progress.update(self._progress.task_ids[0], completed=done)

    def end(self) -> None:
        if self._live is not None:
            self._live.update(self._jobs or "")
        elif self._progress:
            self._progress.stop()
        self._progress = None
        self._title = ""

    def close(self) -> None:
        self.end()
        if self._live is not None:
            self._live.stop()
        self._live = self._jobs = None


class _Lines:
    """A line when work begins, every few seconds, and when it ends."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._title = ""
        self._done = self._total = self._printed = 0
        self._started = self._last = 0.0

    def begin_job(self, number: int, total: int) -> None:
        self.end()

    def end_job(self, number: int, total: int) -> None:
        self.end()

    def close(self) -> None:
        self.end()

    def begin(self, title: str, total: int) -> None:
        self._title, self._done, self._total, self._printed = title, 0, total, -1
        self._started = self._last = time.monotonic()

    def advance(self) -> None:
        self.reach(self._title, self._done + 1, self._total)

    def reach(self, title: str, done: int, total: int) -> None:
        if self._title != title:
            self.begin(title, total)
        self._done = done
        now = time.monotonic()
        if done >= total or now - self._last >= LINE_SECONDS:
            self._last = now
            self._print(now)

    def _print(self, now: float) -> None:
        if self._printed == self._done:
            return
        self._printed = self._done
        took = now - self._started
        speed = self._done / max(took, 1e-6)
        left = (self._total - self._done) / max(speed, 1e-6)
        rest = f", {_left_text(left)}" if self._done < self._total else ""
        line = f"{self._title} {self._done}/{self._total}"
        # What is done at once has no speed that means anything.
        line += f": {_speed_text(speed, self._title)}{rest}" if took > _MEASURABLE and speed else ""
        self._stream.write(line + "\n")
        self._stream.flush()

    def end(self) -> None:
        self._title = ""
