"""Watch: stay, look at the sheet every few seconds, and render what people change."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from sheetrender.model.cells import Problem, Workbook
from sheetrender.model.errors import PartMissing, SheetTaken, SheetUnavailable, UsageError
from sheetrender.model.events import Event, Notice
from sheetrender.reporting.findings import write_findings
from sheetrender.sheets.store import SheetStore, open_store
from sheetrender.workflow.lease import LeaseKeeper
from sheetrender.workflow.lookout import Lookout
from sheetrender.workflow.passes import Pass, PassOptions
from sheetrender.workflow.prepared import Draft, Prepared, drafted, prepared
from sheetrender.workflow.project import Request
from sheetrender.workflow.workplace import Needs, Workplace, Workplaces, needs_of

SLOWEST_SECONDS = 8.0
"""However quiet it is: what somebody mistypes is told within ten seconds."""
QUIET_SHARE = 20.0
"""The time since the last change is so many times the pause before the next look."""
RETRY_SECONDS = 30.0
"""After which statuses that the sheet did not take are tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOptions:
    """How to watch.

    Attributes:
        folder: the output folder, or None for the sheet's own.
        engine: the engine's name, or None for the sheet's.
        video: make the video whenever all frames are there.
        every: seconds between two looks.
    """

    folder: Path | None = None
    engine: str | None = None
    video: bool = True
    every: float = 5.0


def watch(
    request: Request,
    options: WatchOptions,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    keeper: Callable[[SheetStore], LeaseKeeper] = LeaseKeeper,
) -> Generator[Event, None, None]:
    """Render a sheet, and whatever is changed in it, until somebody stops iterating.

    While frames are drawn the sheet is looked at as well: where what people changed changes the
    work, it stops at a frame's boundary and goes on with the new plan. Which frames are drawn while
    some rows have problems, says `workflow.prepared`.

    Args:
        request: which sheet.
        options: how.
        clock: seconds that never go back.
        sleep: waits between looks.
        keeper: makes what keeps the lease.

    Raises:
        SheetTaken: another machine has the lease.
        SheetUnavailable: the sheet cannot be read at the first look; later ones are only told of.
        UsageError: the folder or the engine cannot be used at the first look.
        PartMissing: likewise.
        RenderFailed: a frame or the video cannot be written; finished frames are kept.
    """
    eyes = open_store(request.sheet, recalc=request.recalc, credentials=request.credentials)
    lookout = Lookout(eyes, keeper(eyes), clock=clock)
    with ExitStack() as last, closing(_Watch(request, options, lookout, clock, sleep)) as work:
        last.callback(lookout.close)
        yield Notice(f"Watching {eyes.location}; Ctrl-C ends it.")
        yield from work.events()


class _Watch:
    """One watch over one sheet."""

    def __init__(
        self,
        request: Request,
        options: WatchOptions,
        lookout: Lookout,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._request = request
        self._options = options
        self._lookout = lookout
        self._clock = clock
        self._sleep = sleep
        # Statuses are written beside the looks, and not every store takes two threads.
        self._store = open_store(
            request.sheet, recalc=request.recalc, credentials=request.credentials
        )
        self._places = Workplaces(self._store.location)
        self._is_first = True
        self._meaning: bytes | None = None
        self._known: dict[str, int] = {}
        self._obeyed: set[str] = set()
        # What the rows said after the last pass: an older copy of the sheet says something else.
        self._left: frozenset[tuple[str, str]] | None = None
        self._told: dict[str, set[str]] = {}
        self._is_unmarked = False
        self._changed = self._next_look = self._tried = clock()

    def close(self) -> None:
        """Leave the output folder."""
        self._places.close()
        self._store.close()

    def events(self) -> Iterator[Event]:
        look = self._lookout.look()
        yield from self._news("lease", [look.notice])
        workbook = look.workbook
        while True:
            if workbook is None or not (yield from self._worked(workbook)):
                self._sleep(self._pause())
                self._retry()
            workbook = yield from self._looked()

    def _pause(self) -> float:
        """Return the seconds until the next look: more and more while nothing changes."""
        every = self._options.every
        if self._lookout.is_cheap:
            return every
        quiet = self._clock() - self._changed
        return min(max(every, quiet / QUIET_SHARE), max(every, SLOWEST_SECONDS))

    def _retry(self) -> None:
        """Let the next look do all anew where the sheet did not take what its rows should say."""
        is_left = self._is_unmarked or self._places.has_undelivered
        if is_left and self._clock() - self._tried >= RETRY_SECONDS:
            self._tried = self._clock()
            self._lookout.forget()
            self._meaning = None

    def _looked(self) -> Generator[Event, None, Workbook | None]:
        """Look; return the workbook where people changed it."""
        try:
            self._lookout.settle()
            look = self._lookout.look()
        except SheetUnavailable as error:
            yield from self._news("look", [str(error)])
            return None
        yield from self._news("look", [])
        yield from self._news("lease", [look.notice])
        return look.workbook

    def _worked(self, workbook: Workbook) -> Generator[Event, None, bool]:
        """Do what a workbook asks for; say whether people changed that before it was done."""
        draft, found, place = self._entered(self._draft(workbook))
        warnings = draft.project.findings.warnings
        yield from self._news("sheet", [*map(str, draft.problems), *map(_warning, warnings)])
        self._lookout.watch_beside(draft.beside)
        if found is None or place is None or not draft.is_drawable:
            self._is_first = False
            self._meaning = None
            yield from self._marked(draft.problems_in_rows(), workbook, mended=True)
            return False
        work = self._pass(found, place)
        meaning = found.meaning(work.keys)
        is_done = meaning == self._meaning and not draft.commanded.keys() - self._obeyed
        if is_done and self._left in (None, draft.standing):
            self._left = draft.standing
            return False
        if self._meaning is not None:
            yield Notice("The sheet was changed.")
        self._changed = self._clock()
        self._meaning = meaning
        self._obeyed |= draft.commanded.keys()
        yield from self._marked(found.unnamed, workbook)
        return (yield from self._passed(work))

    def _draft(self, workbook: Workbook) -> Draft:
        engine = self._options.engine
        draft = drafted(self._store, workbook, self._request, engine, self._known)
        self._known |= {row.row_id: row.frame for row in draft.project.rows if row.row_id}
        self._obeyed &= draft.commanded.keys()
        return draft

    def _entered(self, draft: Draft) -> tuple[Draft, Prepared | None, Workplace | None]:
        """Return a draft, prepared in its folder where it is drawable."""
        if not draft.is_drawable:
            return draft, None, None
        try:
            place = self._places.enter(self._needs(draft))
        except (UsageError, PartMissing) as error:
            # Whoever edits the sheet cannot end the watch.
            if self._is_first:
                raise
            return draft.with_general(str(error)), None, None
        found = self._prepared(draft, place)
        return found.draft, found, place

    def _needs(self, draft: Draft) -> Needs:
        return needs_of(draft.project, self._options.folder, self._request)

    def _prepared(self, draft: Draft, place: Workplace) -> Prepared:
        obeyed = {name: draft.commanded[name] for name in self._obeyed}
        return prepared(draft, place.journal, obeyed)

    def _pass(self, found: Prepared, place: Workplace) -> Pass:
        options = PassOptions(video=self._options.video, credentials=self._request.credentials)
        return Pass(found.ready, options, place.output, place.journal, place.engine, found.reserved)

    def _passed(self, work: Pass) -> Generator[Event, None, bool]:
        """Do a pass; say whether it was stopped because the sheet is another one."""
        is_other = False
        self._next_look = self._clock() + self._options.every
        said: list[str] = []
        try:
            with closing(work.events()) as events:
                for event in events:
                    if not isinstance(event, Notice):
                        yield event
                    else:
                        said.append(event.text)
                        yield from self._news("pass", said, keep=True)
                    is_other = yield from self._is_other()
                    if is_other:
                        break
        except SheetTaken:
            raise
        except (UsageError, PartMissing) as error:
            # An engine may look for its model only when it draws.
            if self._is_first and isinstance(error, PartMissing):
                raise
            said.append(str(error))
        self._is_first = False
        yield from self._news("pass", said)
        self._tried = self._clock()
        self._left = None
        # Rows that say `rerender` still, or again, are looked at even where nothing else changes.
        self._lookout.forget()
        return is_other

    def _is_other(self) -> Generator[Event, None, bool]:
        """Look beside the work, without waiting; say whether the work is another one now."""
        if not self._lookout.is_looking:
            if self._clock() >= self._next_look:
                self._lookout.begin()
            return False
        try:
            look = self._lookout.outcome()
        except SheetUnavailable as error:
            self._next_look = self._clock() + self._options.every
            yield from self._news("look", [str(error)])
            return False
        if look is None:
            return False
        self._next_look = self._clock() + self._options.every
        yield from self._news("lease", [look.notice])
        return look.workbook is not None and self._means_other(look.workbook)

    def _means_other(self, workbook: Workbook) -> bool:
        draft = self._draft(workbook)
        if not draft.is_drawable or draft.commanded.keys() - self._obeyed:
            return True
        needs = self._needs(draft)
        if not self._places.suits(needs):
            return True
        place = self._places.enter(needs)
        found = self._prepared(draft, place)
        if not found.draft.is_drawable:
            return True
        return found.meaning(self._pass(found, place).keys) != self._meaning

    def _marked(
        self, problems: Sequence[Problem], workbook: Workbook, *, mended: bool = False
    ) -> Iterator[Event]:
        """Write problems into their rows where no pass does it."""
        self._is_unmarked = False
        if not problems and not mended:
            return
        try:
            write_findings(self._store, workbook, problems, mended=mended)
        except SheetUnavailable as error:
            self._is_unmarked = True
            self._tried = self._clock()
            yield from self._news("mark", [f"The rows could not be marked in the sheet: {error}"])

    def _news(self, kind: str, texts: Iterable[str], *, keep: bool = False) -> Iterator[Event]:
        """Tell what was not told before.

        Args:
            kind: of news; what was told of it and is no longer among `texts` is told anew one day.
            texts: what there is to say now.
            keep: more of it is to come, so nothing is forgotten yet.
        """
        now = dict.fromkeys(text for text in texts if text)
        before = self._told.get(kind, set())
        self._told[kind] = before | set(now) if keep else set(now)
        yield from (Notice(text) for text in now if text not in before)


def _warning(warning: Problem) -> str:
    return f"Warning: {warning}"
