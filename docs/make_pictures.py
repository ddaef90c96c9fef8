"""Make every picture that the README and the pages of docs/ show.

    python docs/make_pictures.py [FOLDER]

renders the demo in FOLDER, or in a temporary one, and writes demo.jpg, statuses.png, curves.png,
moodboard.jpg and report.jpg beside this file. It needs Chromium and LibreOffice.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from sheetrender.cli.options import request_of
from sheetrender.model.events import FrameStored
from sheetrender.workflow.moodboard import BoardOptions, moodboard
from sheetrender.workflow.plan import plan_sheet, plot_plan
from sheetrender.workflow.project import Request
from sheetrender.workflow.run import RunOptions, run

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent / "sample_sheets"
WIDTH = 1400
LOOK = """
    table { border-collapse: collapse; width: 1400px !important; background: white; }
    td { padding: 3px 12px; border-bottom: 1px solid #dfe3e8; white-space: nowrap; }
    font { font-family: Arial, sans-serif; font-size: 15px; }
    a.comment-indicator { display: none !important; }
"""
"""Of the sheet as a page; LibreOffice writes its colours."""
SHOWN_FRAMES = (40, 100, 210, 280, 330, 420, 500, 580)
"""Of the demo, in two lines."""
SHOWN_COLUMNS = ("frame", "timecode", "subject", "row_id", "status", "progress", "message")
LOOKED_AT = range(380, 600, 8)
"""Frames after which the sheet is looked at: it is shown as soon as a row is being rendered."""
MOMENT = 0.43  # of the video, where the report's cursor stands


def main(folder: Path) -> None:
    """Render the demo and take its pictures."""
    for name in ("demo.xlsx", "song.flac"):
        if not (folder / name).exists():
            shutil.copy(SAMPLES / name, folder)
    shutil.copytree(SAMPLES / "stems", folder / "stems", dirs_exist_ok=True)
    request = request_of(str(folder / "demo.xlsx"), [], [], None, None)
    board = folder / "moodboard.png"
    list(moodboard(request, BoardOptions(target=board, status=False)))
    keep(board, "moodboard.jpg")
    plot_plan(plan_sheet(request), HERE / "curves.png")
    while_it_renders(request, folder)
    list(run(request, RunOptions(status=False)))
    put_together(folder / "renders" / "demo" / "frames")
    shot = folder / "report.png"
    take(folder / "renders" / "demo" / "report.html", shot)
    keep(shot, "report.jpg")


def while_it_renders(request: Request, folder: Path) -> None:
    """Take a picture of the sheet as it stands in the middle of a run."""
    seen = folder / "seen.xlsx"
    work = run(request, RunOptions(video=False))
    for event in work:
        if isinstance(event, FrameStored) and event.index in LOOKED_AT:
            shutil.copy(folder / "demo.xlsx", seen)
            words = {cell.value for row in keyframes(seen)[1].iter_rows() for cell in row}
            if "rendering" in words:
                break
    work.close()
    shown_columns(seen)
    command = ["soffice", "--headless", "--convert-to", "html", "--outdir", str(folder), str(seen)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with browser_page(height=600) as page:
        page.goto(seen.with_suffix(".html").as_uri())
        page.add_style_tag(content=LOOK)
        page.locator("table").first.screenshot(path=HERE / "statuses.png")


def keyframes(workbook: Path) -> tuple[Workbook, Worksheet]:
    """Return a workbook, and its tab with the rows."""
    book = openpyxl.load_workbook(workbook)
    return book, book["Keyframes"]


def shown_columns(workbook: Path) -> None:
    """Hide the other columns and the free rows of a copy, so that the rest fits onto a page."""
    book, sheet = keyframes(workbook)
    heading = next(row for row in sheet.iter_rows() if row[0].value == "frame")
    for cell in heading:
        sheet.column_dimensions[cell.column_letter].hidden = cell.value not in SHOWN_COLUMNS
    filled = [row[0].row for row in sheet.iter_rows() if row[0].value is not None]
    for row in range(max(filled) + 1, sheet.max_row + 1):
        sheet.row_dimensions[row].hidden = True
    book.active = book.index(sheet)
    book.save(workbook)


def put_together(frames: Path) -> None:
    """Put some frames of the demo beside and below each other."""
    across = len(SHOWN_FRAMES) // 2
    width = WIDTH // across
    height = width * 9 // 16
    sheet = Image.new("RGB", (WIDTH, 2 * height))
    for place, index in enumerate(SHOWN_FRAMES):
        with Image.open(frames / f"{index:06d}.png") as frame:
            small = frame.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
            sheet.paste(small, (place % across * width, place // across * height))
    sheet.save(HERE / "demo.jpg", quality=84, optimize=True)


def take(page_file: Path, target: Path) -> None:
    """Take a picture of a report with its cursor at `MOMENT`."""
    with browser_page(height=1220) as page:
        page.goto(page_file.as_uri())
        page.wait_for_function("() => document.querySelector('video').readyState > 1")
        box = page.locator("#panes").bounding_box()
        assert box is not None, "the page has its panes"
        page.mouse.click(box["x"] + MOMENT * box["width"], box["y"] + 40)
        page.wait_for_function("() => !document.querySelector('video').seeking")
        page.screenshot(path=target)


@contextmanager
def browser_page(height: int) -> Iterator[Page]:
    """Yield an empty page of Chromium."""
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1440, "height": height})
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
