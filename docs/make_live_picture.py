"""Make the picture of the live page that `watching-live.md` shows.

    python docs/make_live_picture.py

renders the demo in a temporary folder up to its middle, takes the picture while that run is alive,
and writes live.jpg beside this file. It needs Chromium.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import closing
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from sheetrender.cli.options import request_of
from sheetrender.model.events import FrameStored
from sheetrender.workflow.run import RunOptions, run
from sheetrender.workflow.serve import ServeOptions, serve

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent / "sample_sheets"
LAST = 431  # the frame whose landing is shown
WIDTH = 1400


def main(folder: Path) -> None:
    """Render half of the demo and take the picture."""
    shutil.copytree(SAMPLES, folder, dirs_exist_ok=True)
    request = request_of(str(folder / "demo.xlsx"), [], [], None, None)
    with (
        serve(request, ServeOptions()) as page,
        closing(run(request, RunOptions(status=False))) as events,
    ):
        for event in events:
            if isinstance(event, FrameStored) and event.index == LAST:
                take(page.address, folder / "live.png")
                break
    with Image.open(folder / "live.png") as found:
        height = round(found.height * WIDTH / found.width)
        small = found.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS)
        small.save(HERE / "live.jpg", format="jpeg", quality=84, optimize=True)


def take(address: str, target: Path) -> None:
    """Take a picture of the page once it shows the newest pictures."""
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 1282})
        page.goto(address)
        page.wait_for_function("() => document.getElementById('picture')?.naturalWidth > 0")
        page.wait_for_timeout(2000)  # for the thumbnails
        page.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        main(Path(place))
