"""One pass over a sheet: draw what is missing, tell the rows, make the video."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from sheetrender.engines.engine import Engine
from sheetrender.model.errors import SheetrenderError
from sheetrender.model.events import Event, FrameFailed, FrameStored, Notice
from sheetrender.model.plan import PlannedRow
from sheetrender.rendering.course import course_of
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.frame_text import FrameText
from sheetrender.rendering.journal import FAILED, UNMADE, Journal
from sheetrender.rendering.keys import frame_keys
from sheetrender.rendering.loop import MORE_SEEDS
from sheetrender.rendering.render import Work, find_work, narrowed, only, render
from sheetrender.reporting.sheet_reporter import SheetReporter
from sheetrender.reporting.statuses import RenderStatuses
from sheetrender.workflow.estimate import Stopwatch, effort, no_card, speed_name
from sheetrender.workflow.finished_video import finished_video
from sheetrender.workflow.page_file import write_page
from sheetrender.workflow.plan_file import write_plan
from sheetrender.workflow.previews import Previews
from sheetrender.workflow.ready import HOLDING, Ready, Reservations
from sheetrender.workflow.telling import RowTeller

_TELLING_FRAMES = 20
"""Fewer do not say how fast the rest will be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOptions:
    """What a pass is to do.

    Attributes:
        frames: first and last frame that are asked for, or None for all.
        fresh: draw every frame again.
        status: write statuses into the sheet.
        video: make the video.
        credentials: a file that opens Google Drive, where previews go there.
    """

    frames: tuple[int, int] | None = None
    fresh: bool = False
    status: bool = True
    video: bool = True
    credentials: Path | None = None


class Pass:
    """One pass in its folder.

    Attributes:
        keys: of every frame.
        failed: what is said of frames that came out unusable, by number.
    """

    def __init__(
        self,
        ready: Ready,
        options: PassOptions,
        output: OutputFolder,
        journal: Journal,
        engine: Engine,
        reserved: Reservations | None = None,
    ) -> None:
        self._project = ready.project
        self._plan = ready.plan
        self._tracked = ready.tracked
        self._options = options
        self._output = output
        self._journal = journal
        self._engine = engine
        self._reserved = reserved or Reservations()
        self._blocked: set[str] = set()
        self._doubtful: set[str] = set()
        self.failed: dict[int, str] = {}
        self._course = course_of(self._plan, engine)
        self.keys = frame_keys(self._plan, engine, ready.project.engine_settings)

    def events(self) -> Generator[Event, None, None]:
        """Do it; whoever stops iterating stops the work, and finished frames are kept."""
        self._obey()
        work = self._work()
        yield from self._surplus()
        self._leave_plan(work)
        previews = self._previews()
        teller = self._teller(work, previews)
        try:
            yield from self._rendered(work, teller)
            # The last statuses and previews are delivered while the video is made.
            yield from self._video(len(work.missing) - len(work.todo))
            said = previews.close()
            teller.tell()
        # Whatever ends the pass, Ctrl-C and a closed terminal too: the sheet is told of it.
        except BaseException as error:
            self._note_end(error, work)
            previews.close(seconds=0.0)
            teller.close_after(error)
            raise
        yield from map(Notice, [*said, *teller.close()])

    def _leave_plan(self, work: Work) -> None:
        """Leave in the folder what is about to be done, for people and for the live page."""
        write_plan(self._output, self._project, self._plan, self._engine)
        if self._journal.about(FAILED) is not None:
            self._journal.set_about(FAILED, "{}")
        if self._journal.about(UNMADE):
            self._journal.set_about(UNMADE, "")
        write_page(
            self._output,
            self._project,
            self._plan,
            self._engine,
            keys=self.keys,
            todo=work.todo,
            makes_video=self._options.video,
        )

    def _note_failure(self, index: int, sentence: str) -> None:
        self.failed[index] = sentence
        self._journal.set_about(FAILED, json.dumps(self.failed))

    def _note_end(self, error: BaseException, work: Work) -> None:
        """Note where the work stopped and why, if the journal still takes it."""
        if not isinstance(error, SheetrenderError):
            return
        with suppress(SheetrenderError):
            done = self._journal.frames()
            left = [n for n in work.todo if n not in done or done[n][0] != self.keys[n]]
            if left:
                self._note_failure(left[0], str(error))
            elif self._options.video:
                self._journal.set_about(UNMADE, str(error))

    def _previews(self) -> Previews:
        credentials = self._options.credentials
        return Previews(self._project, self._output, self._journal, self.keys, credentials)

    def _teller(self, work: Work, previews: Previews) -> RowTeller:
        statuses = RenderStatuses(
            self._plan,
            work.missing,
            outdated=work.outdated,
            held=self._held(),
            blocked=self._blocked,
            doubtful=self._doubtful,
            preview=previews.shown,
        )
        notes = self._reserved.notes
        instead = {t.row_id: notes[row] for row, t in self._tracked.items() if row in notes}
        return RowTeller(statuses, self._reporter() if self._options.status else None, instead)

    def _reporter(self) -> SheetReporter:
        return SheetReporter(
            self._project.store,
            tuple(self._tracked.values()),
            self._output.undelivered,
            obeyed=dict.fromkeys(self._held(), "hold")
            | {row.key: "rerender" for row in self._rerendered()},
        )

    def _obey(self) -> None:
        """Carry out what people typed into status cells, and ``--fresh``."""
        if self._options.fresh:
            self._journal.forget(self._asked())
        for row in self._rerendered():
            if row.row not in self._reserved.obeyed:
                self._journal.forget(range(row.first, row.last + 1))

    def _asked(self) -> range:
        """Return the frames that this pass is about."""
        first, last = self._options.frames or (0, self._plan.frames - 1)
        return range(first, min(last, self._plan.frames - 1) + 1)

    def _rerendered(self) -> list[PlannedRow]:
        """Return the rows to draw again; one that is only partly asked for keeps its command."""
        asked = self._asked()
        return [
            row
            for row in self._plan.rows
            if row.status == "rerender" and row.first in asked and row.last in asked
        ]

    def _surplus(self) -> Iterator[Notice]:
        """Say where the folder holds frames behind the end: they are kept, and may be wanted."""
        surplus = sum(index >= self._plan.frames for index in self._journal.frames())
        if surplus:
            yield Notice(
                f"{self._output.frames} holds {surplus} more frames than this video has, "
                f"from {self._plan.frames:06d}.png on."
            )

    def _work(self) -> Work:
        """Return what this pass draws."""
        work = find_work(self._output.frames, self._journal, self.keys)
        if self._options.frames is not None:
            work = narrowed(work, self._course, self._asked())
        return self._without_held(work)

    def _held(self) -> list[str]:
        return [row.key for row in self._plan.rows if row.status in HOLDING]

    def _without_held(self, work: Work) -> Work:
        """Leave out what is held and, up to the next cut, what follows: it needs the pictures."""
        held = set(self._held())
        waits_for: dict[int, set[str]] = {}
        kept = []
        for index in work.todo:
            segment = self._plan.segment_of(index).first
            key = self._plan.rows[self._plan.row_of[index]].key
            if key in held:
                waits_for.setdefault(segment, self._blocked)
            elif index in self._reserved.frames:
                waits_for.setdefault(segment, self._doubtful).add(key)
            elif segment in waits_for:
                waits_for[segment].add(key)
            else:
                kept.append(index)
        return only(work, set(kept) - set(self._between_held(work, kept)))

    def _between_held(self, work: Work, kept: Collection[int]) -> Iterator[int]:
        """Yield tweens that lie before a picture that is left out."""
        left = frozenset(work.todo).difference(kept)
        for index in kept if left else ():
            if int(self._course.newer[index]) in left:
                self._blocked.add(self._plan.rows[self._plan.row_of[index]].key)
                yield index

    def _rendered(self, work: Work, teller: RowTeller) -> Iterator[Event]:
        teller.tell()
        rows = {int(self._plan.row_of[index]) for index in work.todo}
        yield from self._engine.fetch({self._plan.rows[row].model for row in rows})
        stopwatch = Stopwatch(effort(self._plan, self._engine))
        events = render(
            self._plan,
            self._engine,
            keys=self.keys,
            journal=self._journal,
            folder=self._output.frames,
            work=work,
            width=self._project.settings.in_step or self._engine.width,
            more_seeds=MORE_SEEDS if self._project.settings.retry_unusable else 0,
            text_of=self._text_of(),
        )
        # Closed here and now: what the writers still hold is noted before the journal is closed.
        with closing(events):
            for event in events:
                if isinstance(event, FrameStored):
                    stopwatch.stored(event.index)
                    settings = self._project.engine_settings
                    yield from map(Notice, no_card(stopwatch, self._engine, settings))
                    yield from map(Notice, teller.stored(event.index))
                elif isinstance(event, FrameFailed):
                    self._note_failure(event.index, event.sentence)
                    teller.failed(event.index, event.sentence)
                yield event
        self._keep_speed(stopwatch)
        teller.stopped()

    def _text_of(self) -> Callable[[int], str] | None:
        """Return what says how a frame was made, where the pictures are to say it."""
        if not self._project.settings.metadata:
            return None
        return FrameText(self._plan, self._engine, self._project.engine_settings).of

    def _keep_speed(self, stopwatch: Stopwatch) -> None:
        speed = stopwatch.per_second
        if speed is not None and stopwatch.frames >= _TELLING_FRAMES:
            name = speed_name(self._engine, self._project.engine_settings)
            self._journal.set_about(name, f"{speed:.6g}")

    def _has_video(self) -> bool:
        return self._output.video.exists() or self._output.master.exists()

    def _video(self, missing: int) -> Iterator[Event]:
        if not self._options.video:
            return
        if self.failed:
            yield Notice("No video is made: a frame failed.")
            return
        if missing:
            older = " The one that is there is of an earlier run." if self._has_video() else ""
            why = "held, to be mended or not asked for"
            if not self._reserved.frames:
                why = "being held or not asked for"
            yield Notice(
                f"No video is made: {missing} of {self._plan.frames} frames are still missing, "
                f"{why}.{older}"
            )
            return
        yield from finished_video(self._project, self._plan, self._output, self._journal)
