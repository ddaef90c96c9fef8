"""A live Google Sheet beside the render: what it costs, and how many requests it takes.

The sheet is the tests' emulator of the Sheets API over real HTTP, which answers as slowly, or
refuses as often, as is asked of it. Speeds are compared with a run without statuses, in turn, and
the quickest of each counts: on a shared machine the rest measure the neighbours.

Run with: python benchmarks/google_sheet.py
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from measuring import report

sys.path.insert(0, str(Path(__file__).parents[1]))

from sheetrender.model.events import FrameStored, RenderStarted
from sheetrender.reporting.block import track_rows
from sheetrender.reporting.sheet_reporter import SheetReporter
from sheetrender.reporting.statuses import RowNote
from sheetrender.sheets.store import open_store
from sheetrender.workflow.project import Request, checked_plan, read_project
from sheetrender.workflow.run import RunOptions, run
from tests.emulator.server import Fault, SheetsEmulator

KEY = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
HEAD = ["frame", "subject", "style", "seed", "cut", "zoom"]
FRAMES = 600


def main() -> None:
    """Measure speed beside slow and refusing sheets, and count requests."""
    with emulator_running() as emulator:
        rows = [[n * 50, f"subject {n}", "blue and gold", n, None, 1.01] for n in range(12)]
        emulator.add(KEY, {"Keyframes": [HEAD, *rows], "Settings": settings(FRAMES)})
        without, slow, refusing = [], [], []
        for _ in range(3):
            without.append(speed(emulator, status=False))
            slow.append(speed(emulator, latency=5.0))
            refusing.append(speed(emulator, refusals=100))
        for claim, found in (("5 s for each answer", slow), ("nothing but refusals", refusing)):
            ratio = max(found) / max(without)
            report(
                f"frames per second beside a sheet: {claim}",
                f"{ratio:.1%} of {max(without):.0f}",
                limit="at least 98 %",
                holds=ratio >= 0.98,
            )
        writes_of_a_thousand_rows(emulator)
        requests_of_a_plan(emulator)


@contextmanager
def emulator_running() -> Iterator[SheetsEmulator]:
    """Run an emulator that every sheet is opened from."""
    with SheetsEmulator() as emulator:
        os.environ["SHEETS_EMULATOR_HOST"] = emulator.host
        yield emulator


def settings(frames: int) -> list[list[object]]:
    """Return a Settings tab for small pictures."""
    pairs = {"width": 384, "height": 216, "frames": frames}
    return [["name", "value"], *([name, value] for name, value in pairs.items())]


def speed(
    emulator: SheetsEmulator, *, status: bool = True, latency: float = 0.0, refusals: int = 0
) -> float:
    """Return the frames per second of a run, from the first frame to the last."""
    with tempfile.TemporaryDirectory() as folder:
        options = RunOptions(folder=Path(folder) / "out", status=status, video=False)
        started = ended = 0.0
        with closing(run(Request(sheet=KEY, overrides={}), options)) as events:
            for event in events:
                if isinstance(event, RenderStarted):
                    emulator.latency = latency
                    emulator.faults.extend(Fault.status(503) for _ in range(refusals))
                    started = time.perf_counter()
                elif isinstance(event, FrameStored) and event.index == FRAMES - 1:
                    ended = time.perf_counter()
                    emulator.latency = 0.0
                    emulator.faults.clear()
        return FRAMES / (ended - started)


def writes_of_a_thousand_rows(emulator: SheetsEmulator) -> None:
    """Count the writes of a minute in which every row says something new all the time."""
    rows = [[n, f"subject {n}"] for n in range(1000)]
    emulator.add(KEY, {"Keyframes": [HEAD[:2], *rows]}, row_count=1100, column_count=20)
    store = open_store(KEY)
    tracked = track_rows(store.read(), range(2, 1002))
    before = sum(request.kind == "write" for request in emulator.requests)
    with tempfile.TemporaryDirectory() as folder:
        reporter = SheetReporter(store, list(tracked.values()), Path(folder) / "status.csv")
        started = time.monotonic()
        step = 0
        while time.monotonic() - started < 60:
            step += 1
            note = RowNote(status="rendering", progress=f"{step}/9999")
            reporter.report({row.row_id: note for row in tracked.values()})
            time.sleep(0.2)
        count = sum(request.kind == "write" for request in emulator.requests) - before
        reporter.close()
    report(
        "1,000 rows of statuses", f"{count} writes a minute", limit="at most 30", holds=count <= 30
    )


def requests_of_a_plan(emulator: SheetsEmulator) -> None:
    """Count the requests of opening, reading and planning a large sheet."""
    rows = [[n * 2, f"subject {n}", "blue", n, None, 1.01] for n in range(5000)]
    emulator.add(KEY, {"Keyframes": [HEAD, *rows]}, row_count=5100, column_count=20)
    before = len(emulator.requests)
    started = time.perf_counter()
    checked_plan(read_project(Request(sheet=KEY, overrides={})))
    count, took = len(emulator.requests) - before, time.perf_counter() - started
    report(
        f"a sheet of 5,000 rows opened, read and planned ({took:.1f} s)",
        f"{count} request{'s' * (count != 1)}",
        limit="at most 2",
        holds=count <= 2,
    )


if __name__ == "__main__":
    main()
