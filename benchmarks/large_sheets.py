"""Large sheets: planning 100,000 frames, checking and writing 10,000 rows, and `--help`.

Run with: python benchmarks/large_sheets.py
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import openpyxl
from measuring import best, report

from sheetrender.model.cells import Address, CellWrite
from sheetrender.planning.columns import CHANNEL_NAMES
from sheetrender.sheets.xlsx import XlsxStore

CHANNELS = (
    "zoom", "angle", "translation_x", "translation_y", "strength", "noise", "contrast", "scale",
    "steps", "transform_center_x", "transform_center_y", "perspective_flip_theta",
)  # fmt: skip
MIDDLE = {"zoom": 1.01, "strength": 0.6, "contrast": 1.0, "scale": 7.0, "steps": 20.0}


def make_sheet(path: Path, rows: int, frames: int) -> None:
    """Write a sheet in which every third value is a formula."""
    assert set(CHANNELS) <= set(CHANNEL_NAMES)
    book = openpyxl.Workbook()
    keyframes = book.active
    keyframes.title = "Keyframes"
    keyframes.append(["frame", "subject", "style", "seed", *CHANNELS])
    for row in range(rows):
        values = [_value(name, row + place) for place, name in enumerate(CHANNELS)]
        keyframes.append([row * (frames // rows), f"subject {row}", "style", row, *values])
    settings = book.create_sheet("Settings")
    settings.append(["name", "value"])
    settings.append(["frames", frames])
    book.save(path)


def _value(name: str, turn: int) -> str | float:
    middle = MIDDLE.get(name, 0.5)
    return f"{middle} + 0.01*sin(2*pi*t/{20 + turn % 7})" if turn % 3 == 0 else middle


def main() -> None:
    """Measure each, best of five."""
    with tempfile.TemporaryDirectory() as folder:
        long, tall = Path(folder) / "long.xlsx", Path(folder) / "tall.xlsx"
        make_sheet(long, rows=1_000, frames=100_000)
        make_sheet(tall, rows=10_000, frames=100_000)
        plan = best(5, "plan", long)
        value = f"{plan.seconds:.2f} s, {plan.megabytes:.0f} MB"
        within = plan.seconds < 1.5 and plan.megabytes < 500
        claim = "plan of 100,000 frames, 1,000 rows, 12 channels"
        report(claim, value, limit="under 1.5 s, 500 MB", holds=within)
        check = best(5, "check", tall)
        claim = "check of a 10,000-row workbook"
        report(claim, f"{check.seconds:.2f} s", limit="under 3 s", holds=check.seconds < 3)
        seconds = min(_write_seconds(tall, text) for text in "abcde")
        claim = "one cell written into a 10,000-row workbook"
        report(claim, f"{seconds:.2f} s", limit="under 0.5 s", holds=seconds < 0.5)
        usage = best(9, "--help")
        claim = "sheetrender --help"
        report(claim, f"{usage.seconds:.2f} s", limit="under 0.25 s", holds=usage.seconds < 0.25)


def _write_seconds(path: Path, text: str) -> float:
    store = XlsxStore(path)
    version = store.read().version
    started = time.perf_counter()
    store.write([CellWrite(Address("Keyframes", 5000, 2), text)], version=version)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
