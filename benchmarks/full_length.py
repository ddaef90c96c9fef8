"""The full-length sheet (4,346 frames, 768×432, 30 fps): speed against real time, and memory.

Run with: python benchmarks/full_length.py
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import openpyxl
from measuring import Cost, cost, report

SHEET = Path(__file__).parents[1] / "sample_sheets" / "full_length.xlsx"
FRAMES = 4346
REAL_TIME = FRAMES / 30


def main() -> None:
    """Measure preview, run and the memory of a short and a long run."""
    with tempfile.TemporaryDirectory() as folder:
        sheet = Path(folder) / "full_length.xlsx"
        shutil.copy(SHEET, sheet)
        preview = cost("preview", sheet, "-o", Path(folder) / "preview.mp4")
        _speed("preview of the full-length sheet", preview, 3.0)
        short = cost("run", shortened(sheet, 500), "-o", Path(folder) / "short")
        shutil.rmtree(Path(folder) / "short")
        whole = cost("run", sheet, "-o", Path(folder) / "whole")
        _speed("run with lossless frames and the video", whole, 1.3)
        again = cost("run", sheet, "-o", Path(folder) / "whole")
        report("the same run again, nothing to do", f"{again.seconds:.1f} s", limit="", holds=True)
        growth = whole.megabytes / short.megabytes - 1
        report(
            f"memory of {FRAMES} frames against 500 ({short.megabytes:.0f} MB)",
            f"{whole.megabytes:.0f} MB, {growth:+.1%}",
            limit="within 10 %",
            holds=growth <= 0.1,
        )


def shortened(sheet: Path, frames: int) -> Path:
    """Return a copy with all the rows in fewer frames: what a row needs must not blur the count."""
    book = openpyxl.load_workbook(sheet)
    for cell in book["Keyframes"]["A"]:
        if isinstance(cell.value, int):
            cell.value = cell.value * frames // FRAMES
    for name, value in book["Settings"].iter_rows(max_col=2):
        if name.value == "frames":
            value.value = frames
    copy = sheet.with_name("shortened.xlsx")
    book.save(copy)
    return copy


def _speed(claim: str, measured: Cost, wanted: float) -> None:
    ratio = REAL_TIME / measured.seconds
    value = f"{ratio:.2f}× ({FRAMES / measured.seconds:.0f} frames/s)"
    report(claim, value, limit=f"at least {wanted}×", holds=ratio >= wanted)


if __name__ == "__main__":
    main()
