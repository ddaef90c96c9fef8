"""A template, which is text that people edit, becomes the description of a new workbook."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from sheetrender.sheets.new_description import Look, NewWorkbook, Page, Section, Table
from sheetrender.workflow.template_audio import audio_tab
from sheetrender.workflow.template_keyframes import KeyframesTab
from sheetrender.workflow.template_prompts import prompts_tab
from sheetrender.workflow.template_settings import SettingsTab

LAYOUT = "layout.toml"
"""The file of the package of templates that says how all of them look."""

_FILE = "FILE.xlsx"


def described(template: str, address: str = "") -> NewWorkbook:
    """Return the workbook that the text of a template describes.

    Args:
        template: TOML.
        address: of the Google Sheet that it is for; empty for a file.

    Raises:
        ValueError: the text is no TOML, or names a column that nobody describes.
        KeyError: it leaves something out, or names a setting or cell that there is not.
    """
    return laid_out(tomllib.loads(template), address)


def laid_out(wanted: Mapping[str, Any], address: str = "") -> NewWorkbook:
    """Return the workbook that a template describes once its text is read.

    Args:
        wanted: what the template says.
        address: of the Google Sheet that it is for; empty for a file.

    Raises:
        ValueError: it names a column that nobody describes.
        KeyError: it leaves something out, or names a setting or cell that there is not.
    """
    layout = look_of_all()
    return NewWorkbook(
        title=wanted["title"],
        look=Look(**layout["look"]),
        tabs=(*_tables(layout, wanted), *_pages(layout, wanted, address)),
    )


def _tables(layout: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[Table]:
    settings, rows = SettingsTab(layout, wanted).table()
    keyframes = KeyframesTab(layout, wanted).table(rows)
    yield keyframes
    if "audio" in wanted:
        yield audio_tab(layout, wanted)
    yield settings
    if wanted.get("prompts_for_deforum"):
        yield prompts_tab(layout, keyframes, rows)


def look_of_all() -> dict[str, Any]:
    """Return what all templates share: colours, widths, groups."""
    text = files("sheetrender.templates").joinpath(LAYOUT).read_text(encoding="utf-8")
    return tomllib.loads(text)


def _pages(layout: Mapping[str, Any], wanted: Mapping[str, Any], address: str) -> Iterator[Page]:
    for page in wanted.get("pages", ()):
        sections = (
            Section(
                s.get("heading", ""), tuple(_line(*line, address=address) for line in s["lines"])
            )
            for s in page["sections"]
        )
        yield Page(
            title=page["title"],
            colour=layout["tabs"]["page"],
            headline=page["headline"],
            sections=tuple(sections),
        )


def _line(term: str, text: str, online: str = "", *, address: str) -> tuple[str, str]:
    """Return a line of a page; some say another thing in a Google Sheet than in a file."""
    if not address:
        return term, text
    return term.replace(_FILE, address), (online or text).replace(_FILE, address)
