"""A queue: several sheets and variants, one video after the other.

What is wrong with one of them ends that one alone. Run again, each goes on where it stopped.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from sheetrender.engines.engine import Engines
from sheetrender.model.errors import RenderFailed, SheetrenderError, UsageError
from sheetrender.model.events import Event, FolderOpened, JobEnded, JobStarted, Made, Notice
from sheetrender.sheets.store import is_google
from sheetrender.workflow.comparison import Finished, compared
from sheetrender.workflow.project import Request
from sheetrender.workflow.run import RunOptions, run
from sheetrender.workflow.variants import Variant


@dataclass(frozen=True, slots=True)
class Job:
    """One video that is asked for.

    Attributes:
        sheet: what a person calls its sheet.
        request: which sheet, and which variant of it.
        options: how it is run.
    """

    sheet: str
    request: Request
    options: RunOptions

    @property
    def name(self) -> str:
        """What a person calls it."""
        label = self.request.variant.label
        return f"{self.sheet}, {label}" if label else self.sheet


@dataclass(slots=True)
class Outcome:
    """What became of a job.

    Attributes:
        job: that was asked for.
        state: how far it came.
        seconds: that it took.
        folder: of its frames, None where it was never opened.
        video: None where none was made.
        error: why it failed.
    """

    job: Job
    state: Literal["waiting", "stopped", "done", "failed"] = "waiting"
    seconds: float = 0.0
    folder: Path | None = None
    video: Path | None = None
    error: SheetrenderError | None = None

    def as_json(self) -> dict[str, object]:
        """Return the form of ``run --json``."""
        return {
            "name": self.job.name,
            "sheet": self.job.request.sheet,
            "variant": dict(self.job.request.variant.values),
            "result": self.state,
            "exit_status": self.error.exit_code if self.error else 0,
            "message": str(self.error) if self.error else "",
            "seconds": round(self.seconds, 3),
            "folder": str(self.folder) if self.folder else None,
            "video": str(self.video) if self.video else None,
        }


def jobs_of(requests: Sequence[Request], made: Sequence[Variant], options: RunOptions) -> list[Job]:
    """Return a job for every variant of every sheet.

    Args:
        requests: one for each sheet.
        made: the variants of each; one of no values for the sheet as it is.
        options: with several sheets, its folder holds a folder for each.

    Raises:
        UsageError: a sheet is named twice, or two would have one folder.
    """
    _refuse_doubles(requests)
    names = _names(requests)
    jobs = []
    for request, name in zip(requests, names, strict=True):
        own = options
        if len(requests) > 1:
            own = replace(
                options,
                folder=options.folder and options.folder / name,
                archive=options.archive and options.archive / name,
            )
        jobs += [_job(name, request, variant, own) for variant in made]
    return jobs


def _job(name: str, request: Request, variant: Variant, options: RunOptions) -> Job:
    if not variant.values:
        return Job(name, request, options)
    archive = options.archive and options.archive / variant.folder
    # The rows say how far the sheet's own video is; several at once would only shout each other
    # down.
    options = replace(options, status=False, archive=archive)
    return Job(name, replace(request, variant=variant), options)


def _refuse_doubles(requests: Sequence[Request]) -> None:
    written = [request.sheet for request in requests]
    known = Counter(str(Path(name).absolute()) for name in written)
    twice = next((name for name in written if known[str(Path(name).absolute())] > 1), None)
    if twice is not None:
        raise UsageError(f"{twice} is named twice. Name each sheet once.")


def _names(requests: Sequence[Request]) -> list[str]:
    """Return what each sheet is called: two of one name bring their folder along."""
    paths = [_path(request.sheet) for request in requests]
    shared = Counter(path.stem.casefold() for path in paths)
    return [
        path.stem
        if shared[path.stem.casefold()] == 1
        else f"{path.absolute().parent.name}-{path.stem}"
        for path in paths
    ]


def _path(sheet: str) -> Path:
    """Return the path of a sheet; of a Google Sheet its key, which names it as well."""
    words = re.findall(r"[\w-]+", sheet)
    return Path(max(words, key=len)) if is_google(sheet) and words else Path(sheet)


class Queue:
    """Jobs that are done one after the other.

    Attributes:
        outcomes: of each, as far as it is known.
    """

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.outcomes = [Outcome(job) for job in jobs]
        self._engines = Engines()

    def events(self) -> Generator[Event, None, None]:
        """Do them; whoever stops iterating stops the one that runs, and those behind it."""
        total = len(self.outcomes)
        for number, outcome in enumerate(self.outcomes, start=1):
            name = outcome.job.name
            yield JobStarted(number, total, name)
            yield from self._run(outcome)
            yield JobEnded(number, total, name, outcome.error)
        yield from self._compared()

    def _compared(self) -> Iterator[Event]:
        by_sheet: dict[str, list[Finished]] = {}
        names = {}
        for outcome in self.outcomes:
            request = outcome.job.request
            if outcome.state == "done" and outcome.folder and request.variant.values:
                done = Finished(request.variant.label, outcome.folder)
                by_sheet.setdefault(request.sheet, []).append(done)
                names[request.sheet] = outcome.job.sheet
        for sheet, variants in by_sheet.items():
            try:
                yield from compared(names[sheet], variants)
            except RenderFailed as error:
                yield Notice(f"The variants are not compared: {error}")

    def _run(self, outcome: Outcome) -> Iterator[Event]:
        started = time.monotonic()
        outcome.state = "stopped"
        try:
            with closing(run(outcome.job.request, outcome.job.options, self._engines)) as events:
                for event in events:
                    _note(outcome, event)
                    yield event
            outcome.state = "done"
        except SheetrenderError as error:
            outcome.state, outcome.error = "failed", error
        finally:
            outcome.seconds = time.monotonic() - started

    @property
    def exit_status(self) -> int:
        """The highest exit status of all: what is missing weighs more than what went wrong."""
        return max(outcome.error.exit_code if outcome.error else 0 for outcome in self.outcomes)


def _note(outcome: Outcome, event: Event) -> None:
    match event:
        case FolderOpened(path):
            outcome.folder = path
        case Made(path, "video" | "pictures"):
            outcome.video = path
