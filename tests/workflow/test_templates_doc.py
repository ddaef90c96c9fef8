"""docs/templates.md tells of every template, with formulas that stand in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sheetrender.workflow.init import about_templates, template_text

DOC = (Path(__file__).parents[2] / "docs" / "templates.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "about"), about_templates().items())
def test_every_template_is_in_the_table(name: str, about: str) -> None:
    assert f"| `{name}` | {about} |" in DOC


@pytest.mark.parametrize("name", ["loop", "moodboard", "music-video"])
def test_every_template_but_the_plain_one_has_a_section(name: str) -> None:
    assert f"\n## {name}\n" in DOC


def test_formulas_of_the_loop_are_those_of_the_template() -> None:
    section = DOC.split("\n## loop\n")[1].split("\n## ")[0]
    formulas = [text for text in re.findall(r"`([^`]+)`", section) if "t/" in text]
    assert len(formulas) == 3
    assert all(f'"{formula}"' in template_text("loop") for formula in formulas)
