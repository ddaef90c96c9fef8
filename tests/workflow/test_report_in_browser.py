"""The report as a person meets it: opened from disk in a browser."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from sheetrender.model.programs import find_ffmpeg
from sheetrender.workflow.report import report
from tests.workflow.sheets import make_sheet, request

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FRAMES, ROWS = 4320, 60
NASTY = "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1> & <b>fox</b>"
HEAD = ("frame", "subject", "style", "seed", "cut", "zoom", "angle", "strength")
CHROMIUM = shutil.which("chromium")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of 4,320 frames in 60 rows; its pictures and its video are stand-ins."""
    folder = tmp_path_factory.mktemp("report")
    length = FRAMES // ROWS
    rows: list[tuple[object, ...]] = [
        (n * length, f"subject {n}", "ink", n, "yes" if n % 10 == 5 else None, 1.02, None, None)
        for n in range(ROWS)
    ]
    rows[0] = (0, NASTY, "ink", 0, None, "1 + 0.02*sin(t/9)", "sin(t/40)", 0.6)
    settings = {"width": 64, "height": 32, "frames": FRAMES}
    sheet = make_sheet(folder / "my.xlsx", rows, settings, HEAD)
    output = folder / "renders" / "my"
    (output / "frames").mkdir(parents=True)
    Image.new("RGB", (64, 32), "#c2571a").save(folder / "picture.png")
    picture = (folder / "picture.png").read_bytes()
    for n in range(FRAMES):
        (output / "frames" / f"{n:06d}.png").write_bytes(picture)
    command = [find_ffmpeg(), "-v", "error", "-f", "lavfi", "-i", "testsrc=s=64x32:r=30"]
    command += ["-frames:v", str(FRAMES), "-pix_fmt", "yuv420p", str(output / "video.mp4")]
    subprocess.run(command, check=True)
    # Larger than what is embedded: beside the page, as a real video is.
    with (output / "video.mp4").open("ab") as video:
        video.write(bytes(2_000_000))
    list(report(request(sheet), None, None))
    return output / "report.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--enable-precise-memory-info"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, path: Path, width: int = 1440) -> Iterator[tuple[Page, list[str]]]:
    """Open a page; yield it with what it complained of and the addresses that it asked for."""
    said: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda asked: said.append(f"asks for {asked.url.split(':')[0]}"))
    page.goto(path.as_uri())
    yield page, said
    page.close()


def with_video(page: Page) -> None:
    page.wait_for_function("() => document.querySelector('video').readyState > 0", timeout=60_000)


def click(page: Page, share: float) -> int:
    """Click into the timeline; return the frame that lies there."""
    box = page.locator("#panes").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * share, box["y"] + 40)
    return int(share * FRAMES)


def now(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(
        """() => ({
            frame: +document.getElementById('timeline').getAttribute('aria-valuenow'),
            cursor: document.getElementById('cursor').getBoundingClientRect(),
            panes: [...document.querySelectorAll('#panes canvas')].map(
                (canvas) => canvas.getBoundingClientRect()),
            values: [...document.querySelectorAll('.pane span:last-child')].map(
                (span) => span.textContent),
            row: document.querySelector('tr.here').cells[1].textContent,
            seconds: document.querySelector('video').currentTime,
        })"""
    )
    return found


def test_one_cursor_stands_in_all_panes_where_one_clicked(
    browser: Browser, page_file: Path
) -> None:
    with opened(browser, page_file) as (page, _):
        with_video(page)
        before = now(page)
        frame = click(page, 0.61)
        after = now(page)
    assert abs(after["frame"] - frame) <= 2
    assert after["row"] == str(2 + after["frame"] // (FRAMES // ROWS))
    cursor = after["cursor"]
    assert cursor["x"] - before["cursor"]["x"] > 800
    assert len(after["panes"]) >= 6
    for pane in after["panes"]:
        assert cursor["top"] <= pane["top"]
        assert cursor["bottom"] >= pane["bottom"]
        share = (cursor["x"] - pane["x"]) / pane["width"]
        assert share == pytest.approx((after["frame"] + 0.5) / FRAMES, abs=0.001)
    assert after["values"] != before["values"]


def test_the_video_seeks_to_the_clicked_frame(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as (page, _):
        with_video(page)
        click(page, 0.37)
        page.wait_for_function("() => !document.querySelector('video').seeking")
        found = now(page)
        page.keyboard.press("ArrowRight")
        page.wait_for_function("() => !document.querySelector('video').seeking")
        later = now(page)
    assert int(found["seconds"] * 30) == found["frame"]
    assert later["frame"] == found["frame"] + 1
    assert int(later["seconds"] * 30) == later["frame"]


def test_a_click_on_a_row_goes_to_its_first_frame(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as (page, _):
        page.locator("#rows tbody tr").nth(7).click()
        assert now(page)["frame"] == 7 * FRAMES // ROWS


def test_nothing_leaves_the_machine_and_nothing_is_complained_of(
    browser: Browser, page_file: Path
) -> None:
    with opened(browser, page_file) as (page, said):
        with_video(page)
        click(page, 0.5)
        page.wait_for_timeout(300)
        assert set(said) <= {"asks for file", "asks for blob", "asks for data"}


def test_hostile_text_stays_text(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as (page, _):
        assert page.evaluate("window.hacked") is None
        assert page.locator("#rows tbody tr").first.locator("td").nth(4).inner_text() == (
            f"{NASTY}, ink"
        )
        assert page.locator("#rows b, #rows img").count() == 0


def test_it_is_small_and_quick(browser: Browser, page_file: Path) -> None:
    assert page_file.stat().st_size < 5_000_000
    with opened(browser, page_file) as (page, _):
        with_video(page)
        click(page, 0.5)
        painted, heap = page.evaluate(
            "[performance.getEntriesByName('first-contentful-paint')[0].startTime,"
            " performance.memory.usedJSHeapSize]"
        )
    assert painted < 2000
    assert heap < 100e6


def test_by_mail_without_its_video_it_shows_thumbnails(
    browser: Browser, page_file: Path, tmp_path: Path
) -> None:
    alone = Path(shutil.copy(page_file, tmp_path))
    with opened(browser, alone) as (page, _):
        page.wait_for_selector("#novideo:not([hidden])")
        assert "video.mp4 is not beside this page" in page.locator("#novideo").inner_text()
        assert page.locator("#still").is_visible()
        before = page.locator("#still").get_attribute("style")
        click(page, 0.5)
        assert page.locator("#still").get_attribute("style") != before


@pytest.mark.parametrize("width", [1440, 800, 390])
def test_it_fits_every_screen(browser: Browser, page_file: Path, width: int) -> None:
    with opened(browser, page_file, width) as (page, _):
        assert page.evaluate("document.documentElement.scrollWidth") == width
