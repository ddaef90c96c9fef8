"""Serve: the report as a live page, over the folder of a run that goes on in another window."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sheetrender.dashboard.address import Address, keep_address, kept_address
from sheetrender.dashboard.facts import Facts
from sheetrender.dashboard.guard import LOOPBACK, Guard
from sheetrender.dashboard.lookout import Lookout
from sheetrender.engines.engine import Engine, open_engine
from sheetrender.model.errors import PartMissing, SheetrenderError
from sheetrender.model.frames import Size
from sheetrender.model.plan import RenderPlan
from sheetrender.output.report_page import live_page
from sheetrender.output.thumbnails import COLUMNS, chosen_frames, small_jpeg, small_size
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.keys import frame_keys
from sheetrender.workflow.approvals import with_known_approved_seeds
from sheetrender.workflow.from_plan import read_project
from sheetrender.workflow.project import Project, Request
from sheetrender.workflow.report import problem_notes_of, stills_of
from sheetrender.workflow.report_data import plan_data, wave
from sheetrender.workflow.seeds import known_seeds
from sheetrender.workflow.video_folder import with_folder

_THUMBNAILS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """How to serve.

    Attributes:
        folder: the output folder, or None for the sheet's own.
        host: name or number of this machine, where it listens.
        port: where; None for any, if possible the one that it had last.
    """

    folder: Path | None = None
    host: str = "127.0.0.1"
    port: int | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """A page that is served.

    Attributes:
        address: that opens it, with its token.
        warnings: what a person should know, a sentence each.
    """

    address: str
    warnings: tuple[str, ...]
    _ended: threading.Event

    def wait(self) -> None:
        """Wait for Ctrl-C."""
        # In short pieces: not every system lets Ctrl-C through a wait without an end.
        while not self._ended.wait(0.5):
            pass


@contextmanager
def serve(request: Request, options: ServeOptions) -> Iterator[Served]:
    """Serve the page of a sheet as long as the block lasts; nothing of the sheet is written.

    The sheet is read once. What is shown afterwards comes from the output folder: each run leaves
    its plan there.

    Raises:
        PartMissing: the extra `dashboard` is not installed.
        SheetInvalid: the sheet has no row that can be shown.
        SheetUnavailable: it cannot be read.
        UsageError: it cannot listen there.
    """
    _refuse_missing_packages()
    from sheetrender.dashboard.answers import Show
    from sheetrender.dashboard.server import Server, is_everywhere, is_loopback, listen

    output, lookout, warnings = _lookout(request, options.folder)
    kept = kept_address(output.path)
    listening = listen(options.host, options.port, kept.port)
    port = listening.getsockname()[1]
    keep_address(output.path, Address(kept.token, port))
    guard = Guard(
        token=kept.token,
        cookie=f"sheetrender-{port}",
        hosts=_names(options.host),
        is_open=is_everywhere(options.host),
    )
    if not is_loopback(options.host):
        warnings = (*warnings, _warning(options.host))
    pages = _Pages()
    show = Show(lookout=lookout, page=pages.page, thumbnail=small_jpeg, guard=guard)
    with Server(show, listening) as server:
        name = socket.gethostname() if is_everywhere(options.host) else options.host
        shown = f"[{name}]" if ":" in name else name
        yield Served(f"http://{shown}:{port}/?token={kept.token}", warnings, server.ended)


def _refuse_missing_packages() -> None:
    missing = [name for name in ("starlette", "uvicorn") if find_spec(name) is None]
    if missing:
        raise PartMissing(
            f"The live page needs {' and '.join(missing)}. "
            'Run `pip install "sheetrender[dashboard]"`.'
        )


def _names(host: str) -> frozenset[str]:
    """Return what the machine may be called, in lower case."""
    own = socket.gethostname().lower()
    return LOOPBACK | {host.lower(), own, f"{own}.local"}


def _warning(host: str) -> str:
    return (
        f"Warning: with --host {host} other machines reach the page. Whoever has its whole address "
        "can look, and on the way it can be read: use it in a network that you trust."
    )


def _lookout(
    request: Request, folder: Path | None
) -> tuple[OutputFolder, Lookout, tuple[str, ...]]:
    project = read_project(request)
    with closing(project.store):
        if not project.rows:
            project.refuse_problems()
        project, output = with_folder(project, folder, request)
        plan = project.plan(known_seeds(output, project.rows))
        plan = with_known_approved_seeds(plan, project.rows, output)
        try:
            engine = open_engine(project.settings.engine, project.engine_settings)
        except PartMissing as error:
            facts = _facts(project, plan, None)
            said = f"Until a run begins, what is done cannot be told exactly: {error}"
            return output, Lookout(output, facts), (said,)
        stills = stills_of(project, plan, output, engine)
        return output, Lookout(output, _facts(project, plan, engine), stills), ()


def _facts(project: Project, plan: RenderPlan, engine: Engine | None) -> Facts:
    """Return what a sheet asks for; without its engine nobody can tell what its frames are."""
    told = project.engine_settings
    versions = (engine.name, engine.version) if engine else (project.settings.engine, "")
    return Facts(
        shown=plan_data(project, plan, problem_notes_of(project, plan), versions),
        keys=frame_keys(plan, engine, told) if engine else (),
        song=str(project.song or ""),
    )


class _Pages:
    """Makes pages; a song's outline is made once."""

    def __init__(self) -> None:
        self._song = ""
        self._wave: str | None = None

    def page(self, facts: Facts) -> tuple[str, str]:
        shown: Mapping[str, Any] = facts.shown
        size = small_size(Size(shown["width"], shown["height"]))
        firsts = [row["first"] for row in shown["rows"]]
        data = {
            **shown,
            "rows": [{**row, "thumb": -1} for row in shown["rows"]],
            "done": "",
            "wave": self._wave_of(facts),
            "thumbs": {
                "data": "",
                "columns": COLUMNS,
                "w": size.width,
                "h": size.height,
                "frames": [],
                "slots": chosen_frames(firsts, range(facts.frames), _THUMBNAILS),
            },
            "video": None,
            "novideo": "",
            "live": facts.identity,
        }
        return live_page(data, str(shown["title"]))

    def _wave_of(self, facts: Facts) -> str | None:
        if facts.song != self._song:
            self._song = facts.song
            try:
                self._wave = wave(Path(facts.song)) if facts.song else None
            except SheetrenderError:
                self._wave = None  # Gone since the run began; the rest of the page needs no song.
        return self._wave
