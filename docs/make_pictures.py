"""Make the pictures of the mood board and of the report that the README shows.

    python docs/make_pictures.py [FOLDER]

renders the demo in FOLDER, or in a temporary one, and writes moodboard.jpg and report.jpg beside
this file. It needs Chromium.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from sheetrender.cli.options import request_of
from sheetrender.workflow.moodboard import BoardOptions, moodboard
from sheetrender.workflow.run import RunOptions, run

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent / "sample_sheets"
WIDTH = 1400
MOMENT = 0.43  # of the video, where the report's cursor stands


def main(folder: Path) -> None:
    """Render the demo and take its pictures."""
    for name in ("demo.xlsx", "song.flac"):
        if not (folder / name).exists():
            shutil.copy(SAMPLES / name, folder)
    request = request_of(str(folder / "demo.xlsx"), [], [], None, None)
    board = folder / "moodboard.png"
    list(moodboard(request, BoardOptions(target=board, status=False)))
    keep(board, "moodboard.jpg")
    list(run(request, RunOptions(status=False)))
    shot = folder / "report.png"
    take(folder / "renders" / "demo" / "report.html", shot)
    keep(shot, "report.jpg")


def take(page_file: Path, target: Path) -> None:
    """Take a picture of a report with its cursor at `MOMENT`."""
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 1220})
        page.goto(page_file.as_uri())
        page.wait_for_function("() => document.querySelector('video').readyState > 1")
        box = page.locator("#panes").bounding_box()
        assert box is not None, "the page has its panes"
        page.mouse.click(box["x"] + MOMENT * box["width"], box["y"] + 40)
        page.wait_for_function("() => !document.querySelector('video').seeking")
        page.screenshot(path=target)
        browser.close()


def keep(picture: Path, name: str) -> None:
    """Write a picture beside this file, as wide as a README is shown."""
    with Image.open(picture) as found:
        height = round(found.height * WIDTH / found.width)
        small = found.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS)
        small.save(HERE / name, format="jpeg", quality=84, optimize=True)


@contextmanager
def workplace(arguments: list[str]) -> Iterator[Path]:
    """Yield the folder to render in."""
    if arguments:
        yield Path(arguments[0])
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


if __name__ == "__main__":
    with workplace(sys.argv[1:]) as place:
        main(place)
