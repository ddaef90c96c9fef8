from __future__ import annotations

import json
from pathlib import Path

from sheetrender.output.deforum_file import write_deforum


def test_the_file_is_json_as_deforum_writes_it(tmp_path: Path) -> None:
    settings = {"W": 512, "prompts": {"0": "ein Füchschen"}, "tiling": False}
    write_deforum(tmp_path / "my.txt", settings)
    text = (tmp_path / "my.txt").read_text("utf-8")
    assert json.loads(text) == settings
    assert text.startswith('{\n    "W": 512,\n    "prompts": {\n        "0": "ein Füchschen"')
    assert [path.name for path in tmp_path.iterdir()] == ["my.txt"]


def test_letters_that_no_file_can_hold_are_escaped(tmp_path: Path) -> None:
    write_deforum(tmp_path / "my.txt", {"a": "\ud800"})
    assert json.loads((tmp_path / "my.txt").read_text("utf-8")) == {"a": "\ud800"}
