"""The live page as a person meets it: in a browser, beside a run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from sheetrender.workflow.serve import ServeOptions, serve
from tests.workflow.sheets import edit, make_sheet, rendered, request

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium")
PATIENCE = 60_000
"""Milliseconds, however busy the machine is."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
NASTY = "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1> <b>fox</b>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return make_sheet(tmp_path / "my.xlsx")


@contextmanager
def opened(browser: Browser, sheet: Path, width: int = 1440) -> Iterator[tuple[Page, list[str]]]:
    """Open the page; yield it with what it complained of and whom it asked."""
    said: list[str] = []
    with serve(request(sheet), ServeOptions()) as served:
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda asked: said.append(f"asks {urlsplit(asked.url).hostname}"))
        page.goto(served.address)
        yield page, said
        page.close()


def says(page: Page, words: str) -> None:
    page.wait_for_function(
        "words => document.getElementById('phase').textContent.includes(words)",
        arg=words,
        timeout=PATIENCE,
    )


def statuses(page: Page) -> list[str]:
    return page.locator("#rows tbody tr td:last-child > span").all_inner_texts()


def test_frames_rows_and_the_video_appear_while_a_run_goes_on(
    browser: Browser, sheet: Path
) -> None:
    with opened(browser, sheet) as (page, said):
        says(page, "Nothing is drawn yet")
        assert page.locator("#blank").is_visible()
        assert "token" not in page.url
        subprocess.run([sys.executable, "-m", "sheetrender", "run", str(sheet)], check=True)
        says(page, "All frames are done.")
        page.wait_for_function(
            "() => document.querySelector('video').readyState > 0", timeout=PATIENCE
        )
        assert statuses(page) == ["done"] * 3
        page.wait_for_function(
            "() => [...document.querySelectorAll('#rows img')].every((i) => i.naturalWidth)"
        )
        page.locator("#rows tbody tr").nth(1).click()
        page.wait_for_function("() => !document.querySelector('video').seeking")
        assert int(page.evaluate("document.querySelector('video').currentTime") * 30) == 8
        assert set(said) == {"asks 127.0.0.1"}


def test_a_frame_that_lands_is_shown_and_followed_until_somebody_looks_elsewhere(
    browser: Browser, sheet: Path
) -> None:
    rendered(sheet, frames=(0, 10))
    with opened(browser, sheet) as (page, _):
        says(page, "Nothing is being drawn. 11 of 24 frames are done")
        page.wait_for_function("() => document.getElementById('picture')?.naturalWidth === 64")
        assert statuses(page) == ["done", "queued", "queued"]
        box = page.locator("#panes").bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] * 5.5 / 24, box["y"] + 40)
        page.wait_for_function("() => document.getElementById('picture').src.includes('frame/5')")
        rendered(sheet, frames=(0, 12))
        says(page, "13 of 24 frames are done")
        assert page.locator("#timeline").get_attribute("aria-valuenow") == "5"


def test_a_sheet_that_is_edited_and_run_again_makes_the_page_anew(
    browser: Browser, sheet: Path
) -> None:
    with opened(browser, sheet) as (page, _):
        says(page, "Nothing is drawn yet")
        edit(sheet, B2=NASTY)
        rendered(sheet)
        page.wait_for_function(
            "() => document.querySelector('#rows').textContent.includes('<b>fox')",
            timeout=PATIENCE,
        )
        says(page, "All frames are done.")
        assert page.evaluate("window.hacked") is None
        assert page.locator("#rows b").count() == 0


def test_the_page_goes_on_when_the_server_is_started_again(browser: Browser, sheet: Path) -> None:
    with serve(request(sheet), ServeOptions()) as first:
        page = browser.new_page()
        page.goto(first.address)
        says(page, "Nothing is drawn yet")
    says(page, "The server does not answer")
    rendered(sheet)
    with serve(request(sheet), ServeOptions()) as second:
        assert second.address == first.address
        says(page, "All frames are done.")
        page.close()


@pytest.mark.parametrize("width", [1440, 800, 390])
def test_it_fits_every_screen(browser: Browser, sheet: Path, width: int) -> None:
    rendered(sheet, frames=(0, 10))
    with opened(browser, sheet, width) as (page, _):
        says(page, "Nothing is being drawn")
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_why_there_is_no_video_and_where_a_master_is_stands_in_words(
    browser: Browser, sheet: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\necho the encoder broke off >&2\nexit 1\n")
    broken.chmod(0o755)
    command = [sys.executable, "-m", "sheetrender", "run", str(sheet)]
    with opened(browser, sheet) as (page, _):
        environment = {**os.environ, "SHEETRENDER_FFMPEG": str(broken)}
        subprocess.run(command, env=environment, check=False)
        says(page, "All frames are done. No video was made: ")
        says(page, "the encoder broke off")
        subprocess.run([*command, "--set", "codec=png"], check=True)
        says(page, "All frames are done. The finished pictures are in finished in the output")
        subprocess.run([*command, "--set", "codec=prores"], check=True)
        says(page, "All frames are done. The video is video.mov in the output folder: browsers")
        subprocess.run(command, check=True)
        page.wait_for_function(
            "() => document.querySelector('video').readyState > 0", timeout=PATIENCE
        )
        assert page.locator("#phase").inner_text() == "All frames are done."
