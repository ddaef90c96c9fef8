"""Measure what it costs that each frame says in its file how it was made, in one run.

    python benchmarks/frame_text.py [FRAMES]

Frames of 768×432 are written with and without their words, by turns; the medians count.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from measuring import report

from sheetrender.engines.engine import EngineSettings, Image, open_engine
from sheetrender.model.cells import Cell, Findings, Grid, Workbook
from sheetrender.planning.plan import build_plan
from sheetrender.planning.rows import read_rows
from sheetrender.planning.settings import read_settings
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.planning.table import find_table
from sheetrender.rendering.frame_files import write_frame
from sheetrender.rendering.frame_text import FrameText

LEAST = 0.95


def main() -> None:
    """Measure, and say how fast it is with the words as a share of without."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    told = _told(count)
    coarse = np.random.default_rng(1).integers(0, 256, (54, 96, 3), dtype=np.uint8)
    picture = np.asarray(cv2.resize(coarse, (768, 432)), np.uint8)
    silent, telling = [], []
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        for index in range(count):
            silent.append(_seconds(lambda: write_frame(room, 0, picture)))
            telling.append(_seconds(partial(_write, room, picture, told, index)))
    without, with_words = statistics.median(silent), statistics.median(telling)
    print(f"without: {without * 1000:.2f} ms a frame")
    print(f"with:    {with_words * 1000:.2f} ms a frame")
    share = without / with_words
    report(
        "frames are written as fast with their words as without",
        f"{share:.3f}",
        limit=f"at least {LEAST}",
        holds=share >= LEAST,
    )


def _told(count: int) -> FrameText:
    cells: list[tuple[str | int, ...]] = [
        ("frame", "subject", "style"),
        (0, "a red fox in the snow", "oil painting, 海"),
    ]
    grid = Grid(
        "Keyframes",
        {(r, c): Cell(v) for r, row in enumerate(cells, 1) for c, v in enumerate(row, 1)},
    )
    workbook, findings = Workbook(grids=[grid], version=""), Findings()
    computed = ComputedCells(workbook)
    settings = replace(read_settings(None, computed, {}, findings), frames=count)
    table = find_table(workbook, findings)
    assert table is not None
    rows = read_rows(table, workbook, computed, settings, findings)
    plan = build_plan(rows, settings, findings, frames=count, draw_seed=lambda _: 1)
    told = EngineSettings(size=settings.size, rate=settings.rate)
    return FrameText(plan, open_engine("animatic", told), told)


def _write(room: Path, picture: Image, told: FrameText, index: int) -> None:
    write_frame(room, 1, picture, told.of(index))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
