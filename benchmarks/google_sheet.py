"""A live Google Sheet beside the render: what it costs, and how many requests it takes.

The sheet is the tests' emulator of the Sheets API over real HTTP, in a process of its own, which
answers as slowly, or refuses as often, as is asked of it. Speeds are compared with a run without
statuses, in turn, and the quickest of each counts: on a shared machine the rest measure the
neighbours.

Run with: python benchmarks/google_sheet.py
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from contextlib import closing
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from measuring import report

sys.path.insert(0, str(Path(__file__).parents[1]))

from sheetrender.model.cells import CellPicture
from sheetrender.model.events import FrameStored, RenderStarted
from sheetrender.reporting.sheet_reporter import SheetReporter
from sheetrender.reporting.statuses import RowNote
from sheetrender.reporting.tracked_rows import track_rows
from sheetrender.sheets.store import open_store
from sheetrender.workflow.project import Request, checked_plan, read_project
from sheetrender.workflow.run import RunOptions, run
from tests.emulator.server import Fault, SheetsEmulator

KEY = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
HEAD = ["frame", "subject", "style", "seed", "cut", "zoom"]
FRAMES = 600
ROUNDS = 5


class Elsewhere:
    """The emulator in another process, so that its own work does not count."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def ask(self, action: str, *values: object) -> object:
        """Have something done there, and return what comes back."""
        self._pipe.send((action, values))
        return self._pipe.recv()


def serve(pipe: Connection) -> None:
    """Run an emulator and do what comes through the pipe, until it is closed."""
    with SheetsEmulator() as emulator:
        pipe.send(emulator.host)
        while (asked := pipe.recv()) is not None:
            action, values = asked
            if action == "add":
                emulator.add(KEY, values[0], row_count=5100, column_count=20)
            elif action == "latency":
                emulator.latency = values[0]
            elif action == "refuse":
                emulator.faults[:] = [Fault.status(503) for _ in range(values[0])]
            requests = [request.kind for request in emulator.requests]
            pipe.send((len(requests), requests.count("write")))


def main() -> None:
    """Measure speed beside slow and refusing sheets, and count requests."""
    here, there = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=serve, args=(there,))
    process.start()
    os.environ["SHEETS_EMULATOR_HOST"] = here.recv()
    emulator = Elsewhere(here)
    rows = [[n * 50, f"subject {n}", "blue and gold", n, None, 1.01] for n in range(12)]
    emulator.ask("add", {"Keyframes": [HEAD, *rows], "Settings": settings(FRAMES)})
    speeds: dict[str, list[float]] = {"": [], "5 s for each answer": [], "nothing but refusals": []}
    for _ in range(ROUNDS):
        speeds[""].append(speed(emulator, status=False))
        speeds["5 s for each answer"].append(speed(emulator, latency=5.0))
        speeds["nothing but refusals"].append(speed(emulator, refusals=1000))
    alone = max(speeds.pop(""))
    for claim, found in speeds.items():
        report(
            f"frames per second beside a sheet: {claim}",
            f"{max(found) / alone:.1%} of {alone:.0f}",
            limit="at least 98 %",
            holds=max(found) / alone >= 0.98,
        )
    writes_of_a_thousand_rows(emulator)
    requests_of_a_plan(emulator)
    here.send(None)
    process.join()


def settings(frames: int) -> list[list[object]]:
    """Return a Settings tab for small pictures."""
    pairs = {"width": 384, "height": 216, "frames": frames}
    return [["name", "value"], *([name, value] for name, value in pairs.items())]


def speed(
    emulator: Elsewhere, *, status: bool = True, latency: float = 0.0, refusals: int = 0
) -> float:
    """Return the frames per second of a run, from the first frame to the last."""
    with tempfile.TemporaryDirectory() as folder:
        options = RunOptions(folder=Path(folder) / "out", status=status, video=False)
        started = ended = 0.0
        with closing(run(Request(sheet=KEY, overrides={}), options)) as events:
            for event in events:
                if isinstance(event, RenderStarted):
                    emulator.ask("latency", latency)
                    emulator.ask("refuse", refusals)
                    started = time.perf_counter()
                elif isinstance(event, FrameStored) and event.index == FRAMES - 1:
                    ended = time.perf_counter()
                    emulator.ask("latency", 0.0)
                    emulator.ask("refuse", 0)
        return FRAMES / (ended - started)


def writes_of_a_thousand_rows(emulator: Elsewhere) -> None:
    """Count the writes of a minute in which every row says something new all the time."""
    rows = [[n, f"subject {n}"] for n in range(1000)]
    emulator.ask("add", {"Keyframes": [HEAD[:2], *rows]})
    store = open_store(KEY)
    tracked = track_rows(store.read(), range(2, 1002))
    before = writes_so_far(emulator)
    with tempfile.TemporaryDirectory() as folder:
        reporter = SheetReporter(store, list(tracked.values()), Path(folder) / "status.csv")
        started = time.monotonic()
        step = 0
        while time.monotonic() - started < 60:
            step += 1
            picture = CellPicture.at("https://example.com", "frames/000000.png", f"{step:08x}")
            note = RowNote(status="rendering", progress=f"{step}/9999", preview=picture)
            reporter.report({row.row_id: note for row in tracked.values()})
            time.sleep(0.2)
        count = writes_so_far(emulator) - before
        reporter.close()
    report(
        "1,000 rows of statuses and pictures",
        f"{count} writes a minute",
        limit="at most 30",
        holds=count <= 30,
    )


def requests_of_a_plan(emulator: Elsewhere) -> None:
    """Count the requests of opening, reading and planning a large sheet."""
    rows = [[n * 2, f"subject {n}", "blue", n, None, 1.01] for n in range(5000)]
    emulator.ask("add", {"Keyframes": [HEAD, *rows]})
    before = requests_so_far(emulator)
    started = time.perf_counter()
    checked_plan(read_project(Request(sheet=KEY, overrides={})))
    count, took = requests_so_far(emulator) - before, time.perf_counter() - started
    report(
        f"a sheet of 5,000 rows opened, read and planned ({took:.1f} s)",
        f"{count} request{'s' * (count != 1)}",
        limit="at most 2",
        holds=count <= 2,
    )


def requests_so_far(emulator: Elsewhere) -> int:
    """Return how many requests the emulator has answered."""
    counts = emulator.ask("count")
    assert isinstance(counts, tuple)
    return int(counts[0])


def writes_so_far(emulator: Elsewhere) -> int:
    """Return how many of its requests were writes."""
    counts = emulator.ask("count")
    assert isinstance(counts, tuple)
    return int(counts[1])


if __name__ == "__main__":
    main()
