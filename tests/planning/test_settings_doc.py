"""The README and the pages of docs/ tell of every heading and every setting."""

from __future__ import annotations

import re
from pathlib import Path

from sheetrender.planning.columns import COLUMNS
from sheetrender.planning.settings_table import SETTINGS

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
TOLD = "\n".join(page.read_text("utf-8") for page in PAGES)
NAMES = set(re.findall(r"`(\w+)`", TOLD))


def test_every_heading_is_told_of() -> None:
    untold = {column.heading for column in COLUMNS} - NAMES
    # Pairs and triples are told of as `transform_center_*`, `rotation_3d_x`, `_y` and `_z`.
    assert untold <= {"rotation_3d_y", "rotation_3d_z"}


def test_every_setting_is_told_of() -> None:
    assert {setting.name for setting in SETTINGS} <= NAMES
