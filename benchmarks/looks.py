"""The mood board of 30 rows, and the report of 4,346 frames: time, and size of the page.

The frames have to be rendered first, which takes minutes; they are kept in FOLDER, if one is named.

Run with: python benchmarks/looks.py [FOLDER]
"""

from __future__ import annotations

import resource
import shutil
import sys
import tempfile
from pathlib import Path

from measuring import Cost, cost, report

SHEET = Path(__file__).parents[1] / "sample_sheets" / "full_length.xlsx"


def main(folder: Path) -> None:
    """Measure both, and say how much of the time was the processor's."""
    sheet = folder / SHEET.name
    if not sheet.exists():
        shutil.copy(SHEET, sheet)
    board, busy = measured("moodboard", sheet, "--no-status", "-o", folder / "board.png")
    claim = "mood board of 30 rows, drawn and laid out"
    report(claim, _took(board, busy), limit="under 5 s", holds=board.seconds < 5)
    again, busy = measured("moodboard", sheet, "--no-status", "-o", folder / "board.png")
    report("the same again, nothing to draw", _took(again, busy), limit="", holds=True)
    cost("run", sheet, "--no-status")
    page = folder / "renders" / "full_length" / "report.html"
    made, busy = measured("report", sheet)
    claim = "report of 4,346 frames"
    report(claim, _took(made, busy), limit="under 10 s", holds=made.seconds < 10)
    size = page.stat().st_size / 1e6
    report("its page", f"{size:.2f} MB", limit="under 5 MB", holds=size < 5)


def measured(*words: str | Path) -> tuple[Cost, float]:
    """Run a command; return its cost, and the seconds that processors worked for it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = cost(*words)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _took(took: Cost, busy: float) -> str:
    return f"{took.seconds:.1f} s ({busy:.1f} s busy)"


if __name__ == "__main__":
    if sys.argv[1:]:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary))
