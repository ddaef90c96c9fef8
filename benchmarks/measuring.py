"""Run a command line and say what it took: the shared part of the benchmarks."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("sheetrender"))


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took.

    Attributes:
        seconds: from start to end, by the clock.
        megabytes: the most memory that it, or a program that it started, held at once.
        processor: seconds of computing, which hardly depend on what else the machine does.
    """

    seconds: float
    megabytes: float
    processor: float


def cost(*words: str | Path, folder: Path | None = None) -> Cost:
    """Run `sheetrender` with these words; its output goes nowhere unless it fails."""
    command = [COMMAND, *map(str, words)]
    started = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder
    )
    assert process.stderr is not None
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{complaint.decode()}")
    return Cost(seconds, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)


def best(count: int, *words: str | Path, folder: Path | None = None) -> Cost:
    """Return the quickest of `count` runs: on a shared machine the rest measure the neighbours."""
    return min((cost(*words, folder=folder) for _ in range(count)), key=lambda c: c.seconds)


def report(claim: str, value: str, *, limit: str, holds: bool) -> None:
    """Print one line: what was claimed, what was measured."""
    print(f"{'ok  ' if holds else 'MISS'}  {claim:58} {value:>22}   ({limit})", flush=True)
